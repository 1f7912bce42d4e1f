"""Attention at several steps of a training: a bounded number of snapshots, thinned evenly, both ends kept."""

from __future__ import annotations

import bisect

import numpy as np
from numpy.typing import NDArray

MOST = 200  # snapshots
ROOM = 256_000_000  # bytes of all of them


class Snapshots:
    """Float32 weights [L, H, T, S] by step, in order. Not safe for threads: its owner has the lock."""

    def __init__(self, most: int = MOST, room: int = ROOM) -> None:
        self._most, self._room = most, room
        self._steps: list[int] = []
        self._weights: list[NDArray[np.float32]] = []

    @property
    def steps(self) -> tuple[int, ...]:
        return tuple(self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    def add(self, step: int, weights: NDArray[np.float32]) -> None:
        """Puts a snapshot at the end; the same step again replaces it. The caller sees to the order."""
        if self._steps and self._steps[-1] == step:
            self._weights[-1] = weights
            return
        self._steps.append(step)
        self._weights.append(weights)
        # Two always have room: a difference needs them.
        most = max(2, min(self._most, self._room // max(1, weights.nbytes)))
        while len(self._steps) > most:
            self._thin()

    def _thin(self) -> None:
        """Takes out the snapshot whose neighbours are nearest to each other."""
        steps = self._steps
        gone = min(range(1, len(steps) - 1), key=lambda i: (steps[i + 1] - steps[i - 1], i))
        del steps[gone], self._weights[gone]

    def near(self, step: int | None) -> tuple[int, NDArray[np.float32]]:
        """The snapshot at a step, else the nearest one that was kept; None for the newest."""
        if step is None:
            return self._steps[-1], self._weights[-1]
        i = bisect.bisect_left(self._steps, step)
        if i and (i == len(self._steps) or step - self._steps[i - 1] <= self._steps[i] - step):
            i -= 1
        return self._steps[i], self._weights[i]

    def some(self, *steps: int | None) -> list[tuple[int, NDArray[np.float32]]]:
        """The snapshots nearest to these steps (None: the newest), each once, in order."""
        found = dict(self.near(step) for step in steps)
        return [(step, found[step]) for step in sorted(found)]

    def spread(self, room: int, *needed: int | None) -> list[tuple[int, NDArray[np.float32]]]:
        """As many as have room at one byte a weight, evenly over the steps, with both ends and the needed."""
        count = max(2, room // max(1, self._weights[-1].size))
        evenly = np.linspace(0, len(self) - 1, min(count, len(self))).round().astype(int)
        chosen = {self._steps[i] for i in evenly} | {self.near(step)[0] for step in needed if step is not None}
        return [(step, self.near(step)[1]) for step in sorted(chosen)]


def as_bytes(weights: NDArray[np.float32]) -> bytes:
    """Weights from 0 to 1 as one byte each, 0 to 255."""
    return bytes(np.rint(weights * np.float32(255)).astype(np.uint8))
