"""The terms of the course: one Chinese word for each English one, introduced with the English in brackets.

The table is `terms.csv` beside this file: the English term, the Chinese one, the variants that the course does not
use (separated by |), and "yes" where a chapter must introduce the term when it first uses it.
"""

from __future__ import annotations

import csv
import functools
import re
from dataclasses import dataclass
from pathlib import Path

_TABLE = Path(__file__).with_name("terms.csv")
_FENCE = re.compile(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", re.DOTALL)
_LINK_TARGET = re.compile(r"\]\([^)]*\)")
_HEADING = re.compile(r"^#.*$", re.MULTILINE)


@dataclass(frozen=True)
class Term:
    """One row: `introduce` asks for the English in brackets at the first use in a chapter."""

    english: str
    chinese: str
    rejected: tuple[str, ...]
    introduce: bool


@functools.cache
def table() -> tuple[Term, ...]:
    """All terms, in the order of the file."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Term(
                row["english"],
                row["chinese"],
                tuple(filter(None, row["rejected"].split("|"))),
                row["introduce"] == "yes",
            )
            for row in csv.DictReader(file)
        )


def plain(prose: str) -> str:
    """Prose without code, formulas, link targets and headings: there no term is introduced."""
    return _HEADING.sub("", _LINK_TARGET.sub("]", _FENCE.sub(" ", prose)))


def rejected(text: str) -> list[str]:
    """The variants in `text` that the course does not use, each with the right word.

    Example:
        >>> rejected("把文本切成令牌")
        ['令牌: write 词元 (token)']
    """
    return [
        f"{variant}: write {term.chinese} ({term.english})"
        for term in table()
        for variant in term.rejected
        if variant in text
    ]


def not_introduced(prose: str) -> list[str]:
    """Terms whose first use in a Chinese chapter lacks the English in brackets.

    Example:
        >>> not_introduced("每个词元（token）都有编号。")
        []
        >>> not_introduced("每个词元都有编号。")
        ['词元: first used without （token）: 每个词元都有编号。']
    """
    text = plain(prose)
    found = []
    # Longest first, each struck out once judged: 嵌入 is no first use inside a longer term.
    for term in sorted(table(), key=lambda term: -len(term.chinese)):
        if term.introduce and (start := text.find(term.chinese)) >= 0:
            end = start + len(term.chinese)
            if not _bracket(term.english).match(text, end):
                around = text[max(0, start - 8) : end + 16].strip()
                found.append(f"{term.chinese}: first used without （{term.english}）: {around}")
        text = text.replace(term.chinese, "□" * len(term.chinese))
    return found


def introduces(plain_prose: str, term: Term) -> bool:
    """A Chinese chapter, as `plain` leaves it, explains the term: it stands there with its English in brackets.

    Example:
        >>> token = next(term for term in table() if term.english == "token")
        >>> introduces("每个词元（token）都有编号。", token), introduces("每个词元都有编号。", token)
        (True, False)
    """
    pattern = re.compile(re.escape(term.chinese) + _bracket(term.english).pattern, re.IGNORECASE)
    return bool(pattern.search(plain_prose))


def _bracket(english: str) -> re.Pattern[str]:
    # A word of one or two characters may stand between: 嵌入层（embedding layer）; so may a closing ** or 」.
    return re.compile(rf"[\w*」”]{{0,4}}（[^（）]*{re.escape(english)}", re.IGNORECASE)
