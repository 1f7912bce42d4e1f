"""A long text as windows of one length, in batches whose order depends on seed and epoch alone."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t
from llm_widgets.training.checks import checked_count


class Windows:
    """Cuts ids into windows of `length` tokens and one more, so that each token has the one that follows it.

    An epoch has almost every token as a target once. Where the first window begins is drawn anew in each epoch, so that
    a token is not always read with the same ones before it. Any batch can be made by itself.

    Args:
        ids: the text, int [N].
        length: tokens a model reads at once.
        batch_size: windows a batch; the last one of an epoch may have fewer.

    Raises:
        ValueError: a number is wrong, or the text is too short for one window.

    Example:
        >>> windows = Windows(np.arange(100), length=4, batch_size=8)
        >>> len(windows), windows.batch(epoch=0, step=0).shape
        (3, (8, 5))
    """

    def __init__(self, ids: NDArray[np.integer], *, length: int, batch_size: int, seed: int = 0) -> None:
        self.length = checked_count("length", length)
        self.batch_size = checked_count("batch_size", batch_size)
        self.seed = checked_count("seed", seed, least=0)
        self._ids = np.asarray(ids, np.int32)
        if self._ids.ndim != 1 or len(self._ids) < self.length + 1:
            raise ValueError(
                t(
                    "A window needs {least} tokens: as many as are read, and the next one. Take more text or shorter "
                    "windows. Received: ids of shape {shape}",
                    least=self.length + 1,
                    shape=self._ids.shape,
                )
            )
        # One window fewer than would fit, so that all may be moved by up to a window's length.
        self.count = max(1, (len(self._ids) - self.length) // self.length)
        self._room = min(self.length - 1, len(self._ids) - 1 - self.count * self.length)

    def __len__(self) -> int:
        """Batches an epoch."""
        return math.ceil(self.count / self.batch_size)

    def batch(self, epoch: int, step: int) -> NDArray[np.int32]:
        """The windows of one batch, int32 [B, T + 1].

        Raises:
            IndexError: the epoch has no such step.
        """
        if not 0 <= step < len(self):
            raise IndexError(t("An epoch has {count} batches. Received: step={step}", count=len(self), step=step))
        draw = np.random.default_rng([self.seed, epoch])
        first = int(draw.integers(self._room + 1))
        order = draw.permutation(self.count)[step * self.batch_size : (step + 1) * self.batch_size]
        return self._rows(first + order * self.length)

    def in_order(self) -> NDArray[np.int32]:
        """All windows that fit, one after the other, int32 [N, T + 1]: to measure a loss on a held-out part."""
        starts = np.arange((len(self._ids) - 1) // self.length) * self.length
        return self._rows(starts)

    def generator(self, epoch: int, step: int) -> np.random.Generator:
        """Chance for what is done to this batch, from seed, epoch and step alone."""
        return np.random.default_rng([self.seed, epoch, step])

    def _rows(self, starts: NDArray[np.int64]) -> NDArray[np.int32]:
        rows: NDArray[np.int32] = self._ids[starts[:, None] + np.arange(self.length + 1)]
        return rows
