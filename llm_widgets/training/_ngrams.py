"""Counts of characters or words and of their neighbours, weighed by TF-IDF, in little memory.

The same numbers as scikit-learn's `TfidfVectorizer(sublinear_tf=True, min_df=2, dtype=float32)`. That one keeps every
piece as a string, of which four in five stand in one text alone: 50 MB for the Chinese reviews. Here a piece is the
numbers of its signs in one integer.

Reference:
    Manning, C. D., Raghavan, P. and Schütze, H. (2008). Introduction to Information Retrieval, sections 6.2 and 6.4.1.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_BITS = 21  # of a sign's number: three signs in 63 bits
_SPACES = re.compile(r"\s\s+")
# As Chinese needs it, and as the network reads: every sign counts, one-letter words too.
_WORDS = re.compile(r"\w+|[^\w\s]")


class NgramWeights:
    """Learns which pieces stand in two texts at least, and how rare each is; then weighs those of any text.

    Args:
        texts: of the training split.
        characters: whether signs are characters (pieces of 1 to 3) or words (of 1 to 2).
        least: in how many texts a piece must stand.

    Example:
        >>> weights = NgramWeights(["a b", "a b c"], characters=False)
        >>> weights(["b c a"]).toarray().round(2)  # of "a", "b" and "a b"
        array([[0.71, 0.71, 0.  ]], dtype=float32)
    """

    def __init__(self, texts: Sequence[str], *, characters: bool, least: int = 2) -> None:
        self._characters, self._longest = characters, 3 if characters else 2
        self._numbers: dict[str, int] = {}
        for text in texts:
            for sign in self._signs(text):
                self._numbers.setdefault(sign, len(self._numbers) + 1)  # 0: no sign
        together = array("q")  # one block that grows: thousands of small arrays cost as much again
        for pieces in self._pieces(texts):
            together.frombytes(np.unique(pieces).tobytes())
        found = np.frombuffer(together, np.int64)
        found.sort()
        first = np.flatnonzero(np.append(True, found[1:] != found[:-1])[: len(found)])
        times = np.diff(np.append(first, len(found)))  # in how many texts each stands
        self.pieces: NDArray[np.int64] = found[first[times >= least]]  # [V], by their signs' first appearance
        times = times[times >= least]
        # As if one text more had each piece once.
        self._rarity: NDArray[np.float32] = (np.log((1 + len(texts)) / (1 + times)) + 1).astype(np.float32)  # [V]

    def __call__(self, texts: Sequence[str]) -> csr_matrix:
        """The weights of the pieces in each text, float32 [N, V]; each row has length 1, or 0 where it knows none."""
        from scipy.sparse import csr_matrix

        columns, weights, ends = array("i"), array("f"), array("i", [0])
        for pieces in self._pieces(texts):
            found, times = np.unique(pieces, return_counts=True)
            column = np.minimum(np.searchsorted(self.pieces, found), max(0, len(self.pieces) - 1))
            known = self.pieces[column] == found if len(self.pieces) else np.zeros(len(found), bool)
            column = column[known].astype(np.int32)
            weight = (np.log(times[known].astype(np.float32)) + 1) * self._rarity[column]
            columns.frombytes(column.tobytes())
            weights.frombytes((weight / (np.sqrt((weight * weight).sum()) or np.float32(1))).tobytes())
            ends.append(len(columns))
        parts = np.frombuffer(weights, np.float32), np.frombuffer(columns, np.int32), np.frombuffer(ends, np.int32)
        return csr_matrix(parts, shape=(len(texts), len(self.pieces)))

    def _signs(self, text: str) -> Sequence[str]:
        text = text.lower()
        return _SPACES.sub(" ", text) if self._characters else _WORDS.findall(text)

    def _pieces(self, texts: Sequence[str]) -> Iterator[NDArray[np.int64]]:
        """All pieces of each text as numbers; what has an unknown sign is left out."""
        for text in texts:
            signs = self._signs(text)
            numbers = np.fromiter((self._numbers.get(sign, 0) for sign in signs), np.int64, len(signs))
            several, whole = numbers, numbers > 0
            found = [several[whole]]
            for n in range(1, self._longest):
                several = several[:-1] << _BITS | numbers[n:]
                whole = whole[:-1] & (numbers[n:] > 0)
                found.append(several[whole])
            yield np.concatenate(found)
