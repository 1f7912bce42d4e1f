"""The glossary: every term of the course in both languages, with a definition in each.

`terms.csv` is the one source of names; `glossary.csv` has a row with two definitions for each of them. The page
notebooks/{en,zh}/glossary.ipynb is made from both (`python -m tools.glossary write`).
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llm_widgets.course import chapters, terms

if TYPE_CHECKING:
    from llm_widgets.widgets import GlossaryView

PAGE = "glossary"
_TABLE = Path(__file__).with_name("glossary.csv")


@dataclass(frozen=True)
class Entry:
    """One term: its two names, its two definitions, and the chapters that use it, by the names of their files."""

    english: str
    chinese: str
    definition_en: str
    definition_zh: str
    chapters: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """The id of its cell on the glossary's page: `[token](glossary.ipynb#cell-id=token)`."""
        return self.english.replace(" ", "-")


@functools.cache
def definitions() -> dict[str, tuple[str, str]]:
    """English and Chinese definition by English term, as they stand in the file."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {row["english"]: (row["definition_en"], row["definition_zh"]) for row in csv.DictReader(file)}


@functools.cache
def entries() -> tuple[Entry, ...]:
    """All terms, in alphabetical order of their English names.

    Raises:
        KeyError: a term has no definition.

    Example:
        >>> token = next(entry for entry in entries() if entry.english == "key-value cache")
        >>> token.chinese, token.anchor
        ('键值缓存', 'key-value-cache')
    """
    prose = {name: chapters.read(chapters.path_of(name, "zh")).prose for name in chapters.names() if name != PAGE}
    plain = {name: terms.plain(text) for name, text in prose.items()}
    return tuple(
        Entry(
            term.english,
            term.chinese,
            *definitions()[term.english],
            tuple(name for name, text in plain.items() if terms.introduces(text, term)),
        )
        for term in sorted(terms.table(), key=lambda term: term.english.lower())
    )


def glossary(**settings: Any) -> GlossaryView:
    """The glossary to search, in both languages at once.

    Args:
        settings: query (what is searched for), term (the English name of the term that is shown).

    Raises:
        ValueError: there is no such term.

    Example:
        >>> glossary(query="注意力", term="attention").found()[0]
        'attention'
    """
    from llm_widgets.widgets import GlossaryView

    titles = {
        name: {language: chapters.read(chapters.path_of(name, language)).title for language in ("en", "zh")}
        for name in chapters.names()
        if name != PAGE
    }
    return GlossaryView(entries(), titles, **settings)
