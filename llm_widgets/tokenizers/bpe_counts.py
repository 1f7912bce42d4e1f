"""How often each pair stands at each step of a byte-pair encoding: any step is reached from any other at once."""

from __future__ import annotations

from array import array
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_BITS = 32


def packed(left: int, right: int) -> int:
    """A pair of pieces as one number; numbers compare as pairs do."""
    return left << _BITS | right


def unpacked(pair: int) -> tuple[int, int]:
    """The pair of a number."""
    return pair >> _BITS, pair & ((1 << _BITS) - 1)


class PairCount(NamedTuple):
    """Two pieces and how often they stand together."""

    left: int
    right: int
    times: int


class PairCounts:
    """The changes that each merge makes to the counts. Between two steps they are added or taken away as one array.

    Only what a merge touches is kept, so that a history of 1,000 merges is not 1,000 tables.
    """

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}  # a pair's row in the table
        self._rows, self._changes, self._ends = array("i"), array("i"), [0]
        self._at = 0  # the step whose counts `_now` has
        self._now = np.zeros(0, np.int64)
        self._pairs = np.zeros(0, np.int64)
        self._arrays: tuple[NDArray[np.int32], NDArray[np.int32]] | None = None

    def add(self, changes: dict[int, int]) -> None:
        """One step more, and by how much it changed the count of each pair."""
        numbers = self.numbers
        for pair, change in changes.items():
            if change:
                self._rows.append(numbers.setdefault(pair, len(numbers)))
                self._changes.append(change)
        self._ends.append(len(self._rows))
        self._arrays = None

    def commonest(self, step: int, most: int) -> tuple[list[PairCount], int]:
        """The `most` commonest pairs at a step, and how many are as common as the first.

        Of two that are as common, the one whose pieces came first into the vocabulary stands first.
        """
        self._go(step)
        there = np.flatnonzero(self._now > 0)
        if not len(there) or most < 1:
            return [], 0
        counts = self._now[there]
        if len(there) > most:
            least = np.partition(counts, len(counts) - most)[-most]
            there = there[counts >= least]
            counts = self._now[there]
        order = np.lexsort((self._pairs[there], -counts))[:most]
        found = [PairCount(*unpacked(int(self._pairs[there[i]])), int(counts[i])) for i in order]
        return found, int(np.count_nonzero(self._now == found[0].times))

    def times(self, pair: tuple[int, int], step: int) -> int:
        """How often one pair stands at a step."""
        self._go(step)
        number = self.numbers.get(packed(*pair))
        return 0 if number is None else int(self._now[number])

    def _go(self, step: int) -> None:
        rows, changes = self._logged()
        # `add` of step 0 holds the first counts: a step's own changes are those up to its end.
        first, last = self._ends[min(self._at, step + 1)], self._ends[max(self._at, step + 1)]
        np.add.at(self._now, rows[first:last], changes[first:last] * (1 if step + 1 > self._at else -1))
        self._at = step + 1

    def _logged(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        if self._arrays is None:
            self._arrays = np.array(self._rows, np.int32), np.array(self._changes, np.int32)
            known = np.fromiter(self.numbers, np.int64, len(self.numbers))
            self._now = np.concatenate([self._now, np.zeros(len(known) - len(self._now), np.int64)])
            self._pairs = known
        return self._arrays
