"""The networks of a transfer run: two copies that learn from labels, and while it is needed the one that pre-trains."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.models.bag_of_words import BODY, BagSpec, build_classifier, build_word_guesser
from llm_widgets.training._predict import probabilities
from llm_widgets.training._pretraining import Start
from llm_widgets.training._task import CLIP_NORM

COPIES = ("scratch", "pretrained")
PRETRAINING_RATE = 5e-3


class Models:
    """The two copies, and while it is needed the network that pre-trains."""

    def __init__(self, spec: BagSpec, seed: int) -> None:
        self._spec = spec
        self._guesser: Any = None
        # The same first weights: they differ in nothing but what pre-training found.
        self.scratch, self.pretrained = (build_classifier(spec, seed) for _ in COPIES)

    def jax_state_sync(self) -> None:
        """As `synchronize` asks of a model; a step of its own brings its weights back itself."""

    def train_words(self, batch: tuple[NDArray[Any], ...]) -> float:
        """One step of pre-training: the loss of a batch of `Guesses`."""
        if self._guesser is None:
            self._guesser = _compiled_guesser(self._spec)
        self._guesser.reset_metrics()
        told = self._guesser.train_on_batch(list(batch), np.zeros((len(batch[0]), 1), np.float32))
        return float(told[0] if isinstance(told, (list, tuple)) else told)

    def vectors(self) -> NDArray[np.float32]:
        """What pre-training has found, [V, E]; its network is given back."""
        found: NDArray[np.float32] = np.asarray(self._guesser.get_layer(BODY).get_weights()[0])
        self._guesser = None
        return found

    def compile(self, start: Start, freeze: bool, rate: float) -> None:
        """Lets the pre-trained copy begin from `start`."""
        import keras

        from llm_widgets.models.layers.adam import Adam

        self.pretrained.get_layer(BODY).set_weights([start.vectors])
        for model in (self.scratch, self.pretrained):
            model.get_layer(BODY).trainable = not freeze
            model.compile(
                optimizer=Adam(learning_rate=rate, global_clipnorm=CLIP_NORM),
                loss=keras.losses.BinaryCrossentropy(),
                metrics=[keras.metrics.BinaryAccuracy(name="accuracy")],
            )

    def train(self, copy: str, ids: NDArray[np.int32], labels: NDArray[np.int8], rate: float) -> tuple[float, float]:
        """One step of one copy: loss and accuracy of the batch."""
        model = getattr(self, copy)
        model.reset_metrics()
        model.optimizer.learning_rate = rate
        loss, accuracy = model.train_on_batch(ids, labels[:, None].astype(np.float32))
        return float(loss), float(accuracy)

    def said(self, copy: str, ids: NDArray[np.int32]) -> NDArray[np.float32]:
        """The probability of positive for each row of ids, [N]."""
        said = probabilities(getattr(self, copy), ids)
        assert said is not None
        return said


def _compiled_guesser(spec: BagSpec) -> Any:
    import keras

    from llm_widgets.models.layers.adam import Adam

    guesser = build_word_guesser(spec, 0)
    # The network gives its own loss; there is no right answer to compare it with.
    guesser.compile(optimizer=Adam(PRETRAINING_RATE), loss=lambda ignored, each: keras.ops.mean(each, axis=-1))
    return guesser
