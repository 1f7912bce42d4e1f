"""What a language model must beat: counts of a few tokens in a row, smoothed so that nothing is impossible.

The smoothing is interpolated Kneser-Ney with three discounts an order. A token's count after a context is lowered a
little, and what this saves goes to the shorter context. In a shorter context a token counts as often as there are
different tokens before it: "Francisco" is common, but it follows "San" alone, so it is a poor guess elsewhere.

Reference:
    Kneser, R. and Ney, H. (1995). Improved backing-off for m-gram language modeling. ICASSP.
    Chen, S. F. and Goodman, J. (1999). An empirical study of smoothing techniques for language modeling. Computer
    Speech and Language 13.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t
from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.training._grams import Grams, count_grams
from llm_widgets.training.checks import checked_count

MAX_ORDER = 5

Floats = NDArray[np.float64]
Integers = NDArray[np.integer]


class NGramModel:
    """Probabilities of the next token from the `order - 1` tokens before it.

    Example:
        >>> tokenizer = TextTokenizer.train("abracadabra")
        >>> ids = tokenizer.ids("abracadabra")
        >>> model = NGramModel.fit(
        ...     ids, order=2, vocabulary_size=tokenizer.vocabulary_size, impossible=tokenizer.special_ids
        ... )
        >>> tokenizer.decode([model.next_probabilities(tokenizer.ids("b")).argmax()])
        'r'
    """

    def __init__(self, levels: Sequence[Grams], vocabulary_size: int, base: Floats) -> None:
        """Use `fit`; this only puts the parts together."""
        self._levels = tuple(levels)
        self._base = base
        self.vocabulary_size = vocabulary_size

    @classmethod
    def fit(
        cls,
        ids: Integers,
        *,
        order: int,
        vocabulary_size: int,
        impossible: Iterable[int] = (),
        rest: int | None = None,
        discounts: Sequence[Sequence[float]] | None = None,
    ) -> NGramModel:
        """Counts the grams of a text.

        Args:
            ids: the training text, int [N].
            order: the longest gram, 1 (single tokens) to 5.
            vocabulary_size: how many ids there are.
            impossible: ids that no text has: `TextTokenizer.special_ids`. All others have some probability.
            rest: the id for all that the text lacks, which gets what the discounts leave when no context is left; None
                shares it among all ids.
            discounts: for each order what is taken from counts of 1, of 2 and above; None finds them in the counts.

        Raises:
            ValueError: a number is wrong, or the ids do not fit the vocabulary.
        """
        checked_count("order", order)
        checked_count("vocabulary_size", vocabulary_size)
        if order > MAX_ORDER:
            raise ValueError(
                t("An n-gram has at most {most} tokens. Received: order={order}", most=MAX_ORDER, order=order)
            )
        base = np.ones(vocabulary_size)
        base[list(impossible)] = 0
        numbers = _checked(ids, vocabulary_size)
        if not base[numbers].all():
            raise ValueError(_misfit(numbers[base[numbers] == 0], vocabulary_size))
        if rest is not None:
            if not 0 <= rest < vocabulary_size:
                raise ValueError(_misfit(np.array([rest]), vocabulary_size))
            base = np.zeros(vocabulary_size)
            base[rest] = 1
        return cls(count_grams(numbers, order, vocabulary_size, discounts), vocabulary_size, base / base.sum())

    @property
    def order(self) -> int:
        """How many tokens the longest gram has."""
        return len(self._levels)

    @property
    def discounts(self) -> tuple[tuple[float, ...], ...]:
        """For each order what is taken from counts of 1, of 2 and above."""
        return tuple(tuple(float(one) for one in level.discounts) for level in self._levels)

    def log2_probabilities(self, ids: Integers) -> Floats:
        """For each token of a text the logarithm of its probability after those before it, float64 [N].

        Raises:
            ValueError: there are no ids, or the vocabulary does not have one of them.
        """
        numbers = _checked(ids, self.vocabulary_size)
        padded = np.concatenate([np.full(self.order - 1, self.vocabulary_size), numbers])
        probabilities = self._base[numbers]
        # [N]: for each token the number of its context of k - 1 tokens, -1 where the training text does not have it.
        for k, level in enumerate(self._levels):
            contexts = np.zeros(len(numbers), np.int64)
            for step, shorter in enumerate(self._levels[:k]):
                # The context grows to the right: its first token, its first two, ...
                tokens = padded[self.order - 1 - k + step :][: len(numbers)]
                contexts = shorter.find(contexts, tokens)
            probabilities = level.refine(probabilities, contexts, numbers)
        with np.errstate(divide="ignore"):
            logs: Floats = np.log2(probabilities)
        return logs

    def next_probabilities(self, context: Integers) -> Floats:
        """The probability of every id after a context, float64 [vocabulary_size]; they sum to 1.

        Args:
            context: the ids before it, as many as there are; the last `order - 1` count.
        """
        before = [self.vocabulary_size] * (self.order - 1) + [int(number) for number in context]
        probabilities = self._base.copy()
        for k, level in enumerate(self._levels):
            place = 0
            for step, shorter in enumerate(self._levels[:k]):
                token = before[len(before) - k + step]
                place = int(shorter.find(np.array([place]), np.array([token]))[0])
            level.refine_all(probabilities, place)
        return probabilities

    def sample(self, length: int, rng: np.random.Generator, prompt: Integers | Sequence[int] = ()) -> NDArray[np.int32]:
        """Writes `length` ids after a prompt, each drawn with its probability, int32 [length]."""
        written = [int(number) for number in prompt]
        start = len(written)
        for _ in range(checked_count("length", length, least=0)):
            probabilities = self.next_probabilities(np.array(written[-self.order :], np.int64))
            written.append(int(np.searchsorted(probabilities.cumsum(), rng.random() * probabilities.sum(), "right")))
        return np.array(written[start:], np.int32)

    def perplexity(self, ids: Integers) -> float:
        """Of how many tokens, all as likely, the model has to choose on average.

        Raises:
            ValueError: there are no ids, or the vocabulary does not have one of them.
        """
        return float(2 ** -self.log2_probabilities(ids).mean())

    def bits_per_character(self, text: str, tokenizer: TextTokenizer) -> float:
        """How many bits a character of a text costs. An unknown one costs its choice among all others, too.

        Raises:
            ValueError: there is no text, or the tokenizer has ids that the model does not know.
        """
        ids = tokenizer.ids(text)
        unknown = int((ids == tokenizer.UNKNOWN_ID).sum()) * tokenizer.unknown_bits
        return float(unknown - self.log2_probabilities(ids).sum()) / len(text)


def _checked(ids: Integers, vocabulary_size: int) -> NDArray[np.int64]:
    numbers = np.asarray(ids)
    if numbers.ndim != 1 or not len(numbers) or numbers.min() < 0 or numbers.max() >= vocabulary_size:
        raise ValueError(_misfit(numbers, vocabulary_size))
    return numbers.astype(np.int64)


def _misfit(ids: Integers, vocabulary_size: int) -> str:
    return t(
        "One or more ids in a row were expected, from 0 to {last}, and none that no text has. Received: {ids}",
        last=vocabulary_size - 1,
        ids=ids.ravel()[:8].tolist(),
    )
