"""The next word by counting: unigrams and trigrams of words, in which no word is impossible.

The counts are of words and marks, since a full stop says much about what comes after it; the probabilities are of words
alone: everybody who guesses knows that a word stands here. What smoothing takes from the words that were seen is the
probability that a new word comes; which one, its spelling tells (`Spelling`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t
from llm_widgets.tokenizers.wording import Piece, Wording
from llm_widgets.training.ngram import NGramModel
from llm_widgets.training.spelling import Spelling

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_NEAR = 1_000  # characters before a word in which its context is looked for


class WordCounts:
    """The words and marks of a training text, numbered: the words first, then "a new word", then the marks.

    Args:
        text: to learn from.
        language: of the text, see `Wording`.

    Raises:
        ValueError: there is no word in the text.
    """

    def __init__(self, text: str, language: str) -> None:
        self.wording = Wording(language)
        pieces = self.wording.pieces(text)
        self.words = tuple(sorted({piece.event for piece in pieces if piece.is_word}))
        if not self.words:
            raise ValueError(t("There is no word in this text. Received: {text!r}", text=text[:60]))
        marks = sorted({piece.event for piece in pieces if not piece.is_word})
        self.new_id = len(self.words)
        self.size = len(self.words) + 1 + len(marks)
        self._words = {word: number for number, word in enumerate(self.words)}
        self._marks = {mark: number for number, mark in enumerate(marks, self.new_id + 1)}
        self.ids = self.numbers(pieces)
        self.spelling = Spelling(self.words, self.wording)

    def numbers(self, pieces: Iterable[Piece]) -> Integers:
        """Ids of pieces; a mark that the text did not have is as foreign as a new word."""
        new = self.new_id
        found = [(self._words if piece.is_word else self._marks).get(piece.event, new) for piece in pieces]
        return np.array(found, np.int64)

    def number(self, word: str) -> int | None:
        """The id of a word; None for a new one."""
        return self._words.get(word)

    def before(self, text: str, count: int) -> Integers:
        """Ids of the last `count` words and marks of a text."""
        if not count:
            return np.zeros(0, np.int64)
        pieces = self.wording.pieces(text[-_NEAR:])
        return self.numbers(pieces[-count:])


class WordNGrams:
    """Probabilities of the next word after a text, given that a word comes next.

    Args:
        counts: of the training text.
        order: 1 looks at nothing before the word, 3 at two words or marks.

    Example:
        >>> trigram = WordNGrams(WordCounts("the cat sat. the cat ran. the cat sat on the mat.", "en"), order=3)
        >>> trigram.top("Then the cat ", 1)[0][0]
        'sat'
        >>> 0 < trigram.probability("purred", "the cat ") < trigram.probability("mat", "the cat ")
        True

    Reference:
        Kneser and Ney (1995), Improved backing-off for m-gram language modeling. A letter model for words that a text
        lacks: Brown et al. (1992), An Estimate of an Upper Bound for the Entropy of English, section 3.
    """

    def __init__(self, counts: WordCounts, order: int) -> None:
        self.counts = counts
        self.model = NGramModel.fit(counts.ids, order=order, vocabulary_size=counts.size, rest=counts.new_id)

    @property
    def order(self) -> int:
        """How many words and marks the longest gram has."""
        return self.model.order

    def probabilities(self, before: str) -> Floats:
        """Of each of `counts.words` after a text, and last of all new words together, float64 [V + 1]; the sum is 1."""
        every = self.model.next_probabilities(self.counts.before(before, self.order - 1))
        words: Floats = every[: self.counts.new_id + 1]
        words /= words.sum()
        return words

    def log2_probability(self, word: str, before: str) -> float:
        """Of a word as `Wording.event` writes it; a new one pays for being new and for its spelling."""
        return self.log2_of([word], self.probabilities(before))[0]

    def log2_of(self, words: Sequence[str], probabilities: Floats) -> list[float]:
        """Of some words, where `probabilities` of all are known already."""
        found = []
        for word in words:
            number = self.counts.number(word)
            spelled = self.counts.spelling.new_log2_probability(word) if number is None else 0.0
            found.append(float(np.log2(probabilities[self.counts.new_id if number is None else number])) + spelled)
        return found

    def probability(self, word: str, before: str) -> float:
        """As `log2_probability`, from 0 to 1."""
        return float(np.exp2(self.log2_probability(word, before)))

    def top(self, before: str, count: int) -> list[tuple[str, float]]:
        """The likeliest words and their probabilities, the likeliest first."""
        return self.top_of(self.probabilities(before), count)

    def top_of(self, probabilities: Floats, count: int) -> list[tuple[str, float]]:
        """The same, where `probabilities` are known already."""
        words = probabilities[:-1]
        return [(self.counts.words[i], float(words[i])) for i in np.argsort(-words, kind="stable")[:count]]
