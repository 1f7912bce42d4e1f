"""The way back when a step has ruined the weights."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

INTERVAL = 1.0  # seconds between two copies


def finite(model: Any) -> bool:
    """Whether all weights are numbers."""
    return all(np.isfinite(copied(variable)).all() for variable in model.trainable_variables)


def copied(variable: Any) -> NDArray[np.float32]:
    """A variable's value as an array of its own."""
    import keras

    array: NDArray[np.float32] = keras.ops.convert_to_numpy(variable.value).copy()
    return array


class Weights:
    """A copy of weights that are known to give a finite loss, renewed about once a second."""

    def __init__(self) -> None:
        self._good: list[NDArray[np.float32]] | None = None
        self._candidate: list[NDArray[np.float32]] | None = None
        self._due = 0.0

    def before_batch(self, model: Any) -> None:
        began = time.perf_counter()
        if began < self._due:
            return
        self._candidate = [copied(variable) for variable in model.trainable_variables]
        now = time.perf_counter()
        # A large model is copied less often: one per cent of the time at most.
        self._due = now + max(INTERVAL, 100 * (now - began))

    def were_good(self) -> None:
        if self._candidate is not None:
            self._good, self._candidate = self._candidate, None

    def restore(self, model: Any) -> None:
        if self._good is not None:
            for variable, value in zip(model.trainable_variables, self._good, strict=True):
                variable.assign(value)
