"""Vectors of words from nothing but counts: which words stand near which.

Reference:
    Levy and Goldberg (2014), Neural Word Embedding as Implicit Matrix Factorization, NeurIPS, sections 3.3 and 4.2
    (PPMI, and its SVD with the square root of the singular values); Levy, Goldberg and Dagan (2015), Improving
    Distributional Similarity with Lessons Learned from Word Embeddings, TACL 3 (the power 0.75 of the contexts'
    counts). The principle is older: "You shall know a word by the company it keeps" (Firth, 1957).
"""

from __future__ import annotations

import difflib
import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from llm_widgets._runtime import give_back_memory
from llm_widgets.analysis._cooccurrence import cooccurrence, count_words, paragraphs, ppmi, unit_of
from llm_widgets.analysis.embeddings import Neighbour, analogy, cosine_similarity, nearest, unit
from llm_widgets.corpora import Corpus, TextCorpus
from llm_widgets.i18n import t
from llm_widgets.tokenizers.encoding import MAX_VOCABULARY
from llm_widgets.tokenizers.units import checked

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MAX_SIZE = 1_000


@dataclass(frozen=True, eq=False)
class WordVectors:
    """Words and their vectors; `names, vectors = found` gives both.

    Args:
        names: the V words, the commonest first. vectors: one row each, float [V, C].
        counts: how often each was seen, int64 [V]; None where that is not known.
        ppmi: what the vectors were made of, a sparse [V, V]; None where they come from elsewhere.
        unit: what a word is: "words", "segments", "characters", or "" where that is not known.

    Raises:
        ValueError: there are not as many names as vectors, or the vectors are no finite numbers.

    Example:
        >>> found = WordVectors(("man", "king", "woman", "queen"), [[1, 0, 0], [1, 0, 1], [0, 1, 0], [0, 1, 1]])
        >>> found.analogy("man", "king", "woman", k=1)[0][0]
        'queen'
    """

    names: tuple[str, ...]
    vectors: NDArray[np.float32]
    counts: NDArray[np.int64] | None = None
    ppmi: csr_matrix | None = field(default=None, repr=False)
    unit: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(map(str, self.names)))
        object.__setattr__(self, "vectors", np.asarray(self.vectors, np.float32))
        shape = self.vectors.shape
        if len(shape) != 2 or shape[0] != len(self.names):
            raise ValueError(
                t(
                    "Give one vector a name, [V, C]. Received: {names} names, {shape}",
                    names=len(self.names),
                    shape=shape,
                )
            )
        if not np.isfinite(self.vectors).all():
            raise ValueError(t("A vector holds finite numbers only. Received: {value}", value=repr(self.vectors)[:80]))

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {name: row for row, name in reversed(list(enumerate(self.names)))}

    def find(self, word: str) -> int | None:
        """The row of a word, written with capitals or not, with a space before it or not; None: not there.

        Example:
            >>> WordVectors(("king",), [[1.0]]).find("King ")
            0
        """
        word = word.strip().replace("’", "'")
        for form in (word, word.lower(), f" {word}", f" {word.lower()}"):
            if form in self._rows:
                return self._rows[form]
        return None

    def suggest(self, word: str, k: int = 3) -> list[str]:
        """Words of the vocabulary that are written nearly so.

        Example:
            >>> WordVectors(("king", "queen"), [[1.0], [2.0]]).suggest("kingg")
            ['king']
        """
        return difflib.get_close_matches(word.strip().lower()[:40], self.names, k, 0.6)

    def index(self, word: str) -> int:
        """The row of a word.

        Raises:
            ValueError: it is not in the vocabulary; the message says which are written nearly so.
        """
        row = self.find(word)
        if row is None:
            near = ", ".join(self.suggest(word)) or "–"
            raise ValueError(
                t(
                    "This word has no vector: it is not in the text, or too rare there. Written nearly so: {near}. "
                    "Received: {word}",
                    near=near,
                    word=repr(word[:60]),
                )
            )
        return row

    def __getitem__(self, word: str) -> NDArray[np.float32]:
        """The vector of a word, float32 [C]."""
        found: NDArray[np.float32] = self.vectors[self.index(word)]
        return found

    def cosine(self, a: str, b: str) -> float:
        """The cosine of the angle between the vectors of two words."""
        return float(cosine_similarity(self[a], self[b]))

    def nearest(self, to: str | ArrayLike, k: int = 10) -> list[tuple[str, float]]:
        """The k words whose vectors have the nearest directions, with the cosine; a word is no neighbour of itself.

        Args:
            to: a word, or a vector [C].

        Raises:
            ValueError: the word is not in the vocabulary, or the vector has another size.
        """
        return self._named(nearest(self.vectors, self.index(to) if isinstance(to, str) else to, k))

    def analogy(self, a: str, b: str, c: str, k: int = 10, *, include: bool = False) -> list[tuple[str, float]]:
        """What is to `c` as `b` is to `a`: the words nearest to b - a + c, each of the three at length 1 first.

        Args:
            include: the three words themselves may be answers. By custom they may not, which makes analogies look
                better than they are: `b` or `c` lies nearest most of the time.

        Raises:
            ValueError: a word is not in the vocabulary.
        """
        one, other, third = (self.index(word) for word in (a, b, c))
        if not include:
            return self._named(analogy(self.vectors, one, other, third, k))
        first, second, last = unit(self.vectors[[one, other, third]].astype(np.float64))
        return self._named(nearest(self.vectors, second - first + last, k))

    def shared_contexts(self, a: str, b: str, k: int = 5) -> list[str]:
        """Why two words are near: the words beside which both stand more often than chance, the strongest first.

        Returns:
            at most k words; [] where the vectors were not made of counts.
        """
        if self.ppmi is None:
            return []
        one, other = (np.asarray(self.ppmi[self.index(word)].todense()).ravel() for word in (a, b))
        product = one * other
        return [self.names[i] for i in np.argsort(-product, kind="stable")[:k] if product[i] > 0]

    def _named(self, found: Iterable[Neighbour]) -> list[tuple[str, float]]:
        return [(self.names[one.index], one.cosine) for one in found]

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Any]:
        yield self.names
        yield self.vectors

    def __repr__(self) -> str:
        return f"WordVectors({len(self.names)} words, size={self.vectors.shape[1]})"


def word_vectors(
    text: str | Iterable[str] | Corpus | TextCorpus,
    size: int = 100,
    window: int = 4,
    *,
    vocabulary_size: int = 5_000,
    min_count: int = 5,
    unit: str | None = None,
    smoothing: float = 0.75,
    power: float = 0.5,
) -> WordVectors:
    """Counts which words stand near which, asks how much that is beyond chance (PPMI), and keeps the directions in
    which the words differ most (a truncated SVD). Nothing is trained, and the same text gives the same vectors.

    Args:
        text: one text, several, or a corpus, of which the training part is read.
        size: numbers a word, C; less where there are fewer words.
        window: how many words to each side are near; those farther away count less.
        vocabulary_size: words that count at most, the commonest ones.
        min_count: how often a word must occur.
        unit: "words", "segments" (Chinese words) or "characters"; None takes what suits the text.
        smoothing: power of the contexts' counts; below 1 rare contexts weigh less.
        power: of the singular values: 0.5, or 0 for directions of equal weight.

    Raises:
        ValueError: a number is out of range, or fewer than three words occur often enough.

    Example:
        >>> texts = ["The cat drinks milk.", "The dog drinks water.", "A red car drives fast.", "A red bus runs late."]
        >>> found = word_vectors(texts * 5, size=2)
        >>> found.cosine("cat", "dog") > 0.9, abs(found.cosine("cat", "car")) < 0.1
        (True, True)
        >>> found.shared_contexts("cat", "dog")
        ['the', 'drinks']
    """
    size = _whole("size", size, 1, MAX_SIZE)
    window = _whole("window", window, 1, 50)
    vocabulary_size = _whole("vocabulary_size", vocabulary_size, 3, MAX_VOCABULARY)
    min_count = _whole("min_count", min_count, 1, 1_000_000)
    for name, value in (("smoothing", smoothing), ("power", power)):
        if not 0 <= value <= 1:
            raise ValueError(t("{name} must be from 0 to 1. Received: {value}", name=name, value=value))
    texts = _texts(text)
    counted = count_words(texts, checked(unit or unit_of(texts)), vocabulary_size, min_count)
    if len(counted.names) < 3:
        raise ValueError(
            t(
                "Vectors need at least three words that occur {least} times or more: give a longer text or a smaller "
                "min_count. Received: {count} such words",
                least=min_count,
                count=len(counted.names),
            )
        )
    beyond_chance = ppmi(cooccurrence(counted, window), smoothing)
    give_back_memory()  # what counting took, before the next large job
    vectors = _reduced(beyond_chance, min(size, len(counted.names)), power)
    give_back_memory()
    return WordVectors(counted.names, vectors, counted.counts, beyond_chance, counted.unit)


def _reduced(matrix: csr_matrix, size: int, power: float) -> NDArray[np.float32]:
    """U Σ^power of the truncated SVD, float32 [V, size]; the seed makes it the same each time."""
    from sklearn.utils.extmath import randomized_svd

    left, values, _ = randomized_svd(matrix, size, n_oversamples=20, n_iter=6, random_state=0)
    found: NDArray[np.float32] = (left * values**power).astype(np.float32)
    return found


def _texts(text: str | Iterable[str] | Corpus | TextCorpus) -> list[str]:
    if isinstance(text, Corpus):
        return list(text.train.texts)
    if isinstance(text, TextCorpus):
        return paragraphs(text.train)
    return paragraphs(text) if isinstance(text, str) else list(text)


def _whole(name: str, value: Any, least: int, most: int) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or not least <= number <= most:
        raise ValueError(
            t(
                "{name} must be a whole number from {least} to {most}. Received: {value}",
                name=name,
                least=least,
                most=most,
                value=repr(value)[:60],
            )
        )
    return number
