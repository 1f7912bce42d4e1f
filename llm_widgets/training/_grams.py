"""Tables of grams: how often k tokens stand in a row, in arrays that are searched, not in dictionaries.

Each gram has a number, its place in its level's sorted table; a longer gram is the number of its beginning and one more
token. So tables of any length are arrays of whole numbers, and all tokens of a text are looked up at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
# Where a text is too short for its counts to tell.
FALLBACK = 0.5


class Grams:
    """All grams of one length.

    Args:
        keys: int64 [M], sorted: number of the beginning × (V + 1) + the last token.
        counts: int64 [M], what Kneser and Ney count: how often the longest grams stand in the text, and of the others,
            how many different tokens stand before them.
        contexts: how many grams the level below has.
        radix: V + 1: the ids, and one for "before the text".
        discounts: float64 [3], what is taken from counts of 1, of 2 and above.
    """

    def __init__(self, keys: Longs, counts: Longs, contexts: int, radix: int, discounts: Floats) -> None:
        self._keys = keys
        self._radix = radix
        self.discounts = discounts
        beginnings = keys // radix
        taken = np.concatenate([[0.0], discounts])[np.minimum(counts, 3)]  # [M]
        self._left = counts - taken
        # Of each context: all counts, and what was taken from them.
        self._totals = np.bincount(beginnings, counts, contexts)
        self._saved = np.bincount(beginnings, taken, contexts)

    def find(self, beginnings: Longs, tokens: Longs) -> Longs:
        """The number of each gram, -1 where there is none; a beginning may be -1 already."""
        wanted = beginnings * self._radix + tokens
        places = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        return np.where((beginnings >= 0) & (self._keys[places] == wanted), places, -1)

    def refine(self, shorter: Floats, contexts: Longs, tokens: Longs) -> Floats:
        """Probabilities after these contexts, from those after contexts that are one token shorter; all [N]."""
        places = self.find(contexts, tokens)
        left = np.where(places >= 0, self._left[places], 0.0)
        totals = np.where(contexts >= 0, self._totals[contexts], 0.0)
        refined = (left + self._saved[contexts] * shorter) / np.maximum(totals, 1)
        return np.where(totals > 0, refined, shorter)

    def refine_all(self, shorter: Floats, context: int) -> None:
        """The same for every token after one context, in place, [V]."""
        if context < 0 or not self._totals[context]:
            return
        first, last = np.searchsorted(self._keys, [context * self._radix, (context + 1) * self._radix])
        tokens = self._keys[first:last] - context * self._radix
        real = tokens < len(shorter)  # not "before the text"
        shorter *= self._saved[context] / self._totals[context]
        shorter[tokens[real]] += self._left[first:last][real] / self._totals[context]


def count_grams(
    ids: NDArray[np.integer], order: int, vocabulary_size: int, discounts: Sequence[Sequence[float]] | None
) -> list[Grams]:
    """The tables of a text, from single tokens to grams of `order` tokens."""
    before, radix = order - 1, vocabulary_size + 1
    # So much of "before the text" that the first token has a whole context.
    padded = np.concatenate([np.full(before, vocabulary_size), np.asarray(ids, np.int64)])
    numbers = np.zeros(len(padded) + 1, np.int64)  # of the gram that begins at each place; of none yet
    keys: list[Longs] = []
    counts: list[Longs] = []
    for k in range(1, order + 1):
        shorter = numbers
        begins = shorter[: len(padded) - k + 1] * radix + padded[k - 1 :]
        found, first, numbers, often = np.unique(begins, return_index=True, return_inverse=True, return_counts=True)
        keys.append(found)
        counts.append(often)
        if k > 1:
            # Each distinct gram counts once for the shorter one that it ends in, if its last token is of the text.
            first = first[first + k > before]
            counts[-2] = np.bincount(shorter[first + 1], minlength=len(keys[-2]))
    levels = []
    for k in range(order):
        chosen = estimated_discounts(counts[k]) if discounts is None else np.array(discounts[k], float)
        levels.append(Grams(keys[k], counts[k], len(keys[k - 1]) if k else 1, radix, chosen))
    return levels


def estimated_discounts(counts: Longs) -> Floats:
    """The three discounts, from how many grams stand once, twice, three and four times (Chen and Goodman).

    Example:
        >>> estimated_discounts(np.repeat([1, 2, 3, 4], [40, 20, 10, 5])).tolist()
        [0.5, 1.25, 2.0]
    """
    once, twice, thrice, four = (int((counts == number).sum()) for number in (1, 2, 3, 4))
    share = once / (once + 2 * twice) if once and twice else FALLBACK
    pairs = ((once, twice), (twice, thrice), (thrice, four))
    found = [
        number - (number + 1) * share * more / fewer if fewer and more else 0.0
        for number, (fewer, more) in enumerate(pairs, 1)
    ]
    # Where nothing is taken, nothing is left for tokens that were not seen, and they would be impossible.
    return np.array([one if one > 0 else number * FALLBACK for number, one in enumerate(found, 1)])
