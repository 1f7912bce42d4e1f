"""Rows of a model's embedding table, whatever the model and the backend, and how often their tokens occur."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from llm_widgets.models.token_table import classifier_table, looked_up


def embedding_rows(model: Any, ids: ArrayLike) -> NDArray[np.float32]:
    """The vectors of tokens, as the model has them now, float32 [N, C].

    Call it within `run.call(lambda model: embedding_rows(model, ids))`, where the model stands still.

    Args:
        model: a classifier with a Keras layer called "embedding", or one built from a `TransformerSpec`.
        ids: the tokens' numbers [N].

    Raises:
        ValueError: it is no such model.

    Example:
        >>> run.call(lambda model: embedding_rows(model, [2, 3])).shape  # doctest: +SKIP
        (2, 32)
    """
    import keras

    numbers = np.asarray(ids, np.int32)
    if hasattr(model, "embed") and hasattr(model, "reading"):
        return looked_up(model, numbers)
    # A view of the table where the backend allows it: taking the rows is then the only copy.
    values = np.asarray(keras.ops.convert_to_numpy(classifier_table(model).value), np.float32)
    rows: NDArray[np.float32] = values[numbers]
    return rows


def occurrences(
    ids: NDArray[np.int32], labels: ArrayLike, size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """How often each token occurs, in how many texts, and in how many of the positive ones; int64 [size] each.

    A token that stands in a text several times counts as one text.

    Args:
        ids: int32 [N, T], padded. labels: 1 for positive texts, [N]. size: of the vocabulary.

    Example:
        >>> count, texts, positive = occurrences(np.array([[2, 2, 3], [3, 0, 0]]), [1, 0], 4)
        >>> count[2:].tolist(), texts[2:].tolist(), positive[2:].tolist()
        ([2, 2], [1, 2], [1, 1])
    """
    ordered = np.sort(ids, axis=1)
    fresh = np.ones(ordered.shape, bool)
    fresh[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    good = np.broadcast_to(np.asarray(labels)[:, None] == 1, ordered.shape)
    return (
        np.bincount(ordered.ravel(), minlength=size)[:size],
        np.bincount(ordered[fresh], minlength=size)[:size],
        np.bincount(ordered[fresh & good], minlength=size)[:size],
    )
