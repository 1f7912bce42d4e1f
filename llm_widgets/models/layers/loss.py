"""The loss of every model that says tokens: how surprised it is by the right ones."""

from __future__ import annotations

from typing import Any

import keras

from llm_widgets.models.layers import ops

IGNORED = -100  # no token: a position that does not count


@keras.saving.register_keras_serializable(package="llm_widgets")
class TokenCrossentropy(keras.losses.Loss):  # type: ignore[misc]
    """The mean of -log p(right token) over all positions that count.

    Right tokens are ids [B, T], what the model says logits [B, T, V]. Those whose id is `IGNORED` do not count: what
    follows the end of a text, or all but BERT's masked words. Over log 2 it is in bits a token.

    Example:
        >>> import numpy as np
        >>> loss = TokenCrossentropy()
        >>> logits = np.zeros((1, 3, 4), "float32")
        >>> round(float(loss(np.array([[1, 2, IGNORED]]), logits)), 4)  # log 4: it knows nothing
        1.3863
    """

    def __init__(self, name: str = "token_crossentropy", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The loss of a batch, one number.

        Args:
            y_true: ids of the right tokens, [B, T].
            y_pred: logits, [B, T, V].
            sample_weight: not known here; give the ids that do not count as `IGNORED`.

        Raises:
            ValueError: there are sample weights.
        """
        if sample_weight is not None:
            raise ValueError(
                "TokenCrossentropy takes no sample weights; set ids that do not count to IGNORED. "
                f"Received: sample_weight={sample_weight!r}"
            )
        # Not Keras's own `__call__`: it makes floats of the ids, and its mean would count the ignored ones too.
        tensor = keras.ops.convert_to_tensor
        return ops.crossentropy(tensor(y_pred), tensor(y_true, dtype="int32"), IGNORED)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """As `__call__`."""
        return self(y_true, y_pred)


@keras.saving.register_keras_serializable(package="llm_widgets")
class TokenAccuracy(keras.metrics.Mean):  # type: ignore[misc]
    """The share of the positions that count where the right token has the highest score.

    Example:
        >>> import numpy as np
        >>> accuracy = TokenAccuracy()
        >>> accuracy.update_state(np.array([[1, 2, IGNORED]]), np.eye(4, dtype="float32")[None, [1, 3, 0]])
        >>> float(accuracy.result())
        0.5
    """

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Takes a batch in.

        Args:
            y_true: ids of the right tokens, [B, T], `IGNORED` where none counts.
            y_pred: logits, [B, T, V].
            sample_weight: not known here.
        """
        k = keras.ops
        right = k.convert_to_tensor(y_true, dtype="int32")
        best = k.cast(k.argmax(y_pred, axis=-1), "int32")
        super().update_state(k.cast(best == right, "float32"), sample_weight=k.cast(right != IGNORED, "float32"))
