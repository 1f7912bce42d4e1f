"""The training set in batches, for Keras."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray


def make_batches(ids: NDArray[np.int32], labels: NDArray[np.int8], batch_size: int, seed: int) -> Any:
    """The training set in batches, in an order that depends on seed and epoch alone.

    Keras's own shuffling draws from generators that every thread of the process shares.
    """
    import keras

    class Batches(keras.utils.PyDataset):  # type: ignore[misc]
        epoch = 0

        def __init__(self) -> None:
            super().__init__(workers=1)
            self._order = (-1, np.empty(0, np.int64))

        def __len__(self) -> int:
            return math.ceil(len(ids) / batch_size)

        def __getitem__(self, index: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
            epoch, order = self._order
            if epoch != self.epoch:
                epoch, order = self.epoch, np.random.default_rng([seed, self.epoch]).permutation(len(ids))
                self._order = epoch, order
            rows = order[index * batch_size : (index + 1) * batch_size]
            return ids[rows], labels[rows, None].astype(np.float32)  # [B, T], [B, 1]

        def rows(self, index: int) -> int:
            """How many texts a batch has: the last one often has fewer."""
            return min(batch_size, len(ids) - index * batch_size)

        def set_epoch(self, epoch: int) -> None:
            self.epoch = epoch

    return Batches()
