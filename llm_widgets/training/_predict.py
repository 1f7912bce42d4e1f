"""Probabilities from a model, a chunk at a time, on whichever backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.models.reading import synchronize as synchronize

# Few shapes, so that TensorFlow and JAX compile a model's prediction twice at most.
_SMALL, _LARGE = 8, 128
_CLIP = 1e-7  # as keras.losses.BinaryCrossentropy does


def probabilities(
    model: Any, ids: NDArray[np.int32], go_on: Callable[[], bool] = lambda: True
) -> NDArray[np.float32] | None:
    """The probability of positive for each row of `ids` [N, T].

    Args:
        go_on: asked between two chunks.

    Returns:
        float32 [N], or None where `go_on` said no.
    """
    synchronize(model)
    N, T = ids.shape
    result = np.empty(N, np.float32)
    size = _SMALL if N <= _SMALL else _LARGE
    for start in range(0, N, size):
        if start and not go_on():
            return None
        chunk = ids[start : start + size]
        padded = np.zeros((size, T), np.int32)
        padded[: len(chunk)] = chunk
        # A row of padding alone has no token to read: such a row repeats the first one instead.
        padded[len(chunk) :] = chunk[0]
        result[start : start + size] = np.asarray(model.predict_on_batch(padded))[: len(chunk), 0]
    return result


def score(labels: NDArray[np.int8], probabilities: NDArray[np.float32]) -> tuple[float, float]:
    """Loss (binary cross-entropy, as Keras computes it) and accuracy at one half; NaN where there is nothing."""
    if not len(labels):
        return float("nan"), float("nan")
    p = np.clip(probabilities.astype(np.float64), _CLIP, 1 - _CLIP)
    loss = -np.where(labels == 1, np.log(p), np.log1p(-p)).mean()
    return float(loss), float(((probabilities > 0.5) == (labels == 1)).mean())
