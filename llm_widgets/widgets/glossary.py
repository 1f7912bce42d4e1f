"""A glossary to search: terms in two languages, their definitions, and the chapters that explain them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Protocol

import traitlets

from llm_widgets.widgets._computed import ComputedWidget
from llm_widgets.widgets._keywords import check_keywords
from llm_widgets.widgets._words import whole_text

# What is typed into the search; more would be no term.
LONGEST = 200


class GlossaryEntry(Protocol):
    """What an entry must have; `course.glossary.Entry` is one."""

    @property
    def english(self) -> str: ...
    @property
    def chinese(self) -> str: ...
    @property
    def definition_en(self) -> str: ...
    @property
    def definition_zh(self) -> str: ...
    @property
    def chapters(self) -> Sequence[str]: ...
    @property
    def anchor(self) -> str: ...


class GlossaryView(ComputedWidget):
    """Terms with a definition in English and in Chinese, searched in both languages at once.

    Args:
        entries: see `GlossaryEntry`; `lw.course.glossary()` has those of the course.
        titles: of the chapters, by the name of their file and by language, `{"03-algorithms": {"en": …, "zh": …}}`.
        settings: query (what is searched for) and term (the English name of the one that is shown).

    Raises:
        ValueError: there are no entries, two have the same English name, or a setting names none.

    Example:
        >>> from llm_widgets import course
        >>> view = course.glossary()
        >>> view.change(query="困惑度")
        >>> view.found()[0]
        'perplexity'
    """

    _front: ClassVar[str] = "glossary"
    SETTINGS: ClassVar[tuple[str, ...]] = ("query", "term")

    # What is searched for, in either language; "" shows all.
    query = traitlets.Unicode().tag(sync=True)
    # The English name of the term that is shown.
    term = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, entries: Iterable[GlossaryEntry], titles: Mapping[str, Mapping[str, str]], **settings: Any
    ) -> None:
        check_keywords(GlossaryView, settings, (*self.SETTINGS, "projector"))
        self.entries = tuple(entries)
        self.titles = {name: dict(title) for name, title in titles.items()}
        self._known = {entry.english: entry for entry in self.entries}
        if len(self._known) < len(self.entries) or not self.entries:
            raise ValueError(
                f"A glossary has entries, each with an English name of its own. Received: {len(self.entries)} entries"
            )
        super().__init__(**{"term": self.entries[0].english, **settings})

    def found(self) -> list[str]:
        """The English names of the entries that match the query, the nearest first."""
        words = _folded(self.query).split()
        ranked = [(rank, i) for i, entry in enumerate(self.entries) if (rank := _rank(entry, words)) is not None]
        return [self.entries[i].english for _, i in sorted(ranked)]

    def _compute(self) -> dict[str, Any]:
        return {
            "entries": [
                {
                    "english": entry.english,
                    "chinese": entry.chinese,
                    "en": entry.definition_en,
                    "zh": entry.definition_zh,
                    "anchor": entry.anchor,
                    "chapters": list(entry.chapters),
                }
                for entry in self.entries
            ],
            "titles": self.titles,
        }

    @traitlets.validate("query")
    def _check_query(self, proposal: Any) -> str:
        return whole_text(proposal["value"], LONGEST)

    @traitlets.validate("term")
    def _check_term(self, proposal: Any) -> str:
        term = str(proposal["value"])
        if term not in self._known:
            raise ValueError(f"There is no such term; look at found(). Received: term={term[:100]!r}")
        return term


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().strip()


def _rank(entry: GlossaryEntry, words: Sequence[str]) -> int | None:
    """0 for the term itself, then its beginning, a part of it, and its definitions; None where a word is nowhere."""
    names = [_folded(entry.english), _folded(entry.chinese)]
    everything = " ".join([*names, _folded(entry.definition_en), _folded(entry.definition_zh)])
    if not all(word in everything for word in words):
        return None
    query = " ".join(words)
    tests = (
        query in names,
        any(name.startswith(query) for name in names),
        any(query in name for name in names),
    )
    return tests.index(True) if True in tests else len(tests)
