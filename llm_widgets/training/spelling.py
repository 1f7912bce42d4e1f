"""How likely a word is as a string of letters: what a word costs that a text has not had before."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from llm_widgets.tokenizers.wording import Wording
from llm_widgets.training.ngram import NGramModel

ORDER = 5
_END = 0


class Spelling:
    """A model of single words, letter by letter, learned from the different words of a text.

    The probabilities of all words sum to 1: each ends by a sign of its own, and a letter that no word had shares its
    probability with all other letters of Unicode. Where each word is one character, all new ones are equally likely.

    Args:
        words: different ones.
        wording: how words are told.

    Example:
        >>> spelling = Spelling(["cat", "cats", "rat", "rats", "sat"], Wording("en"))
        >>> bool(spelling.log2_probability("rat") > spelling.log2_probability("trs"))
        True
    """

    def __init__(self, words: Sequence[str], wording: Wording) -> None:
        signs = sorted({sign for word in words for sign in word})
        self._unknown_bits = math.log2(wording.other_letters(signs))
        self._ids = {sign: number for number, sign in enumerate(signs, 1)}
        self._model: NGramModel | None = None
        if not wording.single:
            start = [_END] * (ORDER - 1)
            text = [number for word in words for number in (*start, *self._numbers(word))] + start
            self._model = NGramModel.fit(np.array(text), order=ORDER, vocabulary_size=len(signs) + 2)
            nothing = self._model.next_probabilities(np.array(start))[_END]
            self._begins = math.log2(1 - nothing)  # a word has one letter at least
            self.known = float(np.exp2(self.log2_probabilities(words)).sum())
        else:
            self.known = 0.0

    def log2_probability(self, word: str) -> float:
        """Of one word among all that could be written."""
        return float(self.log2_probabilities([word])[0])

    def log2_probabilities(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Of several words, float64 [N]."""
        if self._model is None:
            return np.array([-self._unknown_bits if len(word) == 1 else -np.inf for word in words])
        start = [_END] * (ORDER - 1)
        rows = [self._numbers(word) for word in words]
        logs = self._model.log2_probabilities(np.array([number for row in rows for number in (*start, *row)] + start))
        found, at = np.zeros(len(words)), 0
        for i, row in enumerate(rows):
            at += len(start)
            unknown = row.count(len(self._ids) + 1)
            found[i] = logs[at : at + len(row) + 1].sum() - self._begins - unknown * self._unknown_bits
            at += len(row)
        return found

    def new_log2_probability(self, word: str) -> float:
        """Of a word that is none of those it learned from, among all such words."""
        return self.log2_probability(word) - math.log2(max(1e-12, 1 - self.known))

    def _numbers(self, word: str) -> list[int]:
        return [self._ids.get(sign, len(self._ids) + 1) for sign in word]
