"""Which words lie near a word, and what b - a + c comes to, with the cosines and the angles that decide it."""

from __future__ import annotations

import contextlib
import functools
import re
import threading
from typing import Any, ClassVar

import traitlets

from llm_widgets import corpora, i18n
from llm_widgets.analysis import WordVectors, word_vectors
from llm_widgets.models.token_table import TokenTable
from llm_widgets.widgets._computed import ComputedWidget, plain
from llm_widgets.widgets._keywords import check_keywords
from llm_widgets.widgets._table_source import LiveTable, finished_table
from llm_widgets.widgets._words import whole_text

K = 10  # answers
SHARED = 5  # words that explain why two are near
LONGEST = 60  # characters of a word
# What can be tried, as a, b, c of b - a + c; only those are offered whose words are all there.
TRIES = (
    ("film", "films", "movie"),
    ("he", "his", "she"),
    ("is", "was", "are"),
    ("man", "king", "woman"),
    ("good", "better", "bad"),
    ("man", "actor", "woman"),
    ("france", "paris", "italy"),
    ("big", "bigger", "small"),
    ("春", "花", "秋"),
    ("马", "骑", "酒"),
    ("便宜", "贵", "好"),
    ("酒店", "房间", "书"),
    ("好", "很好", "差"),
    ("高", "低", "大"),
)
FIRST = ("good", "好", "king", "月")
_WORD = re.compile(r"\s?[^\W\d_]+(?:['’-][^\W\d_]+)*\Z")


@functools.lru_cache(maxsize=2)
def review_vectors(language: str) -> WordVectors:
    """Vectors from the reviews of a language, counted once."""
    return word_vectors(corpora.load("reviews", language=language))


def words_of(table: TokenTable) -> WordVectors:
    """The tokens of a model that are words, or could be one, with their rows."""
    names = tuple(getattr(table.tokenizer, "vocabulary", ()))[: len(table.vectors)]
    special = {*getattr(table.tokenizer, "special_ids", ())}
    rows = [i for i, name in enumerate(names) if i not in special and _WORD.match(name)]
    return WordVectors(tuple(names[i] for i in rows), table.vectors[rows])


class NeighbourExplorer(ComputedWidget):
    """A word and its nearest neighbours as bars of cosine; and b - a + c with its ranked answers. The angle between two
    vectors is drawn as it is.

    By custom the three given words are left out of the answers; a switch lets them in, and shows how much that custom
    does for the answers.

    Args:
        source: `WordVectors`, or names with vectors [V, C]; a model, a run or the name of a model, whose tokens are the
            words. None: vectors counted from the reviews of the learner's language.
        word: whose neighbours are shown; None: one that is there.
        settings: a, b, c (the three words of b - a + c), include (they may be answers).

    Raises:
        ValueError: the source has no vectors.

    Example:
        >>> vectors = WordVectors(("man", "king", "woman", "queen"), [[1, 0, 0], [1, 0, 1], [0, 1, 0], [0, 1, 1]])
        >>> explorer = NeighbourExplorer(vectors, "king", a="man", b="king", c="woman")
        >>> word, cosine = explorer.answers[0]
        >>> word, round(cosine, 2)
        ('queen', 0.96)
        >>> explorer.neighbours[0][0]
        'man'

    Reference:
        Mikolov, Yih and Zweig (2013), Linguistic Regularities in Continuous Space Word Representations, NAACL; Rogers,
        Drozd and Li (2017), The (too Many) Problems of Analogical Reasoning with Word Vectors, *SEM (the given words).
    """

    _front = "neighbour_explorer"
    SETTINGS: ClassVar[tuple[str, ...]] = ("word", "a", "b", "c", "include")

    # The word whose neighbours are shown.
    word = traitlets.Unicode().tag(sync=True)
    # The words of b - a + c.
    a = traitlets.Unicode().tag(sync=True)
    b = traitlets.Unicode().tag(sync=True)
    c = traitlets.Unicode().tag(sync=True)
    # Whether these three may be answers.
    include = traitlets.Bool(False).tag(sync=True)

    def __init__(self, source: Any = None, word: str | None = None, **settings: Any) -> None:
        check_keywords(NeighbourExplorer, settings, NeighbourExplorer.SETTINGS)
        self._lock = threading.RLock()
        self._live: LiveTable | None = None
        self._known: dict[Any, Any] = {}
        self.vectors = _vectors(source)
        first = self._first_words()
        settings = {**dict(zip("abc", first[1], strict=True)), **settings}
        super().__init__(word=first[0] if word is None else word, **settings)
        if self.vectors is None:
            self._live = LiveTable(source, self._renew, self.send)

    @property
    def neighbours(self) -> list[tuple[str, float]]:
        """The nearest words with their cosines; [] where the word has no vector."""
        return [(one["word"], one["cosine"]) for one in self._found.get("near", {}).get("answers", [])]

    @property
    def answers(self) -> list[tuple[str, float]]:
        """The words nearest to b - a + c with their cosines; [] where a word has no vector."""
        return [(one["word"], one["cosine"]) for one in self._found.get("analogy", {}).get("answers", [])]

    def _first_words(self) -> tuple[str, tuple[str, str, str]]:
        if self.vectors is None or not len(self.vectors):
            return "", ("", "", "")
        names = self.vectors.names
        word = next((word for word in FIRST if self.vectors.find(word) is not None), names[0])
        tries = self._tries()
        if self.vectors.counts is None:  # of a model, whose words come from far more text
            tries.sort(key=lambda three: three != ("man", "king", "woman"))
        return word, next(iter(tries), (names[0], names[min(1, len(names) - 1)], names[-1]))

    def _tries(self) -> list[tuple[str, str, str]]:
        vectors = self.vectors
        if vectors is None:
            return []
        return [three for three in TRIES if all(vectors.find(word) is not None for word in three)]

    def _compute(self) -> dict[str, Any]:
        vectors = self.vectors
        if vectors is None:
            return {"waiting": True}
        found: dict[str, Any] = plain(
            {
                "words": len(vectors),
                "size": vectors.vectors.shape[1],
                "near": self._kept("near", self.word, make=lambda: self._near(vectors)),
                "analogy": self._kept(
                    "analogy", self.a, self.b, self.c, self.include, make=lambda: self._analogy(vectors)
                ),
                "tries": self._kept("tries", make=self._tries),
                "live": self._live is not None,
            }
        )
        return found

    def _kept(self, part: str, *of: Any, make: Any) -> Any:
        """What was found for the same words is not looked for again."""
        if self._known.get(part, (None,))[0] != of:
            self._known[part] = (of, make())
        return self._known[part][1]

    def _near(self, vectors: WordVectors) -> dict[str, Any]:
        row = vectors.find(self.word)
        if row is None:
            return {"missing": [_missing(vectors, self.word)]}
        name = vectors.names[row]
        answers = [
            {"word": word, "cosine": cosine, "shared": vectors.shared_contexts(name, word, SHARED)}
            for word, cosine in vectors.nearest(vectors.vectors[row], K + 1)
            if word != name
        ][:K]
        return {"word": name, "count": None if vectors.counts is None else vectors.counts[row], "answers": answers}

    def _analogy(self, vectors: WordVectors) -> dict[str, Any]:
        given = (self.a, self.b, self.c)
        missing = [_missing(vectors, word) for word in dict.fromkeys(given) if vectors.find(word) is None]
        if missing:
            return {"missing": missing}
        names = [vectors.names[vectors.index(word)] for word in given]
        found = vectors.analogy(*given, K, include=self.include)
        answers = [{"word": word, "cosine": cosine, "given": word in names} for word, cosine in found]
        return {"given": names, "answers": answers}

    def _refresh(self) -> None:
        with self._lock:
            super()._refresh()

    def _renew(self, table: TokenTable) -> None:
        """A run has learned; on the worker's thread."""
        with self._lock, self.hold_sync():
            self.vectors = words_of(table)
            self._known = {}
            if not self.word:
                self.word, (self.a, self.b, self.c) = self._first_words()
            self._refresh()

    @traitlets.validate("word", "a", "b", "c")
    def _short(self, proposal: Any) -> str:
        return whole_text(proposal["value"], LONGEST)

    def close(self) -> None:
        """Takes the widget off the page; a run goes on."""
        with contextlib.suppress(AttributeError):
            if self._live is not None:
                self._live.end()
        super().close()


def _missing(vectors: WordVectors, word: str) -> dict[str, Any]:
    return {"word": word, "near": vectors.suggest(word)}


def _vectors(source: Any) -> WordVectors | None:
    if source is None:
        return review_vectors(i18n.get_language())
    if isinstance(source, WordVectors):
        return source
    if isinstance(source, tuple) and len(source) == 2:
        return WordVectors(*source)
    table = finished_table(source)
    return None if table is None else words_of(table)
