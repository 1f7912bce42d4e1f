"""Chapters as files: one in English, one in Chinese, held together by cell ids, equal code and hashes of prose.

The English notebook is the source. Its translation has the same cells in the same order; a prose cell of the
translation carries in its metadata the hash of the English prose that it translates, so a test sees when it is stale.

Example:
    >>> prose_hash("Some prose.  ") == prose_hash("Some prose.")
    True
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llm_widgets._resources import folder
from llm_widgets.i18n import LANGUAGES

SOURCE_LANGUAGE = "en"
KEY = "llm_widgets"  # our corner of a notebook's and of a cell's metadata


@dataclass(frozen=True)
class Cell:
    """One cell: `kind` is "markdown" or "code"; `translates` the hash that a translated prose cell names."""

    id: str
    kind: str
    source: str
    translates: str | None = None


@dataclass(frozen=True)
class ChapterFile:
    """A notebook as read from disk, with only what the course needs of it."""

    path: Path
    language: str | None
    cells: tuple[Cell, ...]

    @property
    def title(self) -> str:
        """The first heading, without its marks."""
        for cell in self.cells:
            for line in cell.source.splitlines():
                if cell.kind == "markdown" and line.startswith("# "):
                    return line[2:].strip()
        return self.path.stem

    @property
    def prose(self) -> str:
        """All prose, in order."""
        return "\n\n".join(cell.source for cell in self.cells if cell.kind == "markdown")

    @property
    def code(self) -> str:
        """All code, in order."""
        return "\n\n".join(cell.source for cell in self.cells if cell.kind == "code")


def names() -> tuple[str, ...]:
    """The chapters that exist, by the names of their files, in reading order."""
    return tuple(sorted(path.stem for path in (folder("notebooks") / "en").glob("*.ipynb")))


def path_of(name: str, language: str) -> Path:
    """Where the chapter `name` lies in `language`.

    Raises:
        ValueError: there is no such chapter.
    """
    path = folder("notebooks") / language / f"{name}.ipynb"
    if language not in LANGUAGES or not path.is_file():
        raise ValueError(
            f"There is no such chapter; choose one of {', '.join(names())} in {', '.join(LANGUAGES)}. "
            f"Received: name={name!r}, language={language!r}"
        )
    return path


def read(path: Path) -> ChapterFile:
    """Reads a notebook.

    Raises:
        ValueError: the file is not a notebook.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = tuple(_cell(cell) for cell in notebook["cells"])
        language = notebook["metadata"].get(KEY, {}).get("language")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This file is not a Jupyter notebook ({error}). Received: {path}") from error
    return ChapterFile(path, language if language in LANGUAGES else None, cells)


def _cell(cell: dict[str, Any]) -> Cell:
    source = cell["source"]
    return Cell(
        id=cell.get("id", ""),
        kind=cell["cell_type"],
        source=source if isinstance(source, str) else "".join(source),
        translates=cell.get("metadata", {}).get(KEY, {}).get("translates"),
    )


def prose_hash(prose: str) -> str:
    """Sixteen hex digits of SHA-256; blanks at line ends and Unicode spelling do not count."""
    lines = (line.rstrip() for line in unicodedata.normalize("NFC", prose).strip().splitlines())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def differences(source: ChapterFile, translation: ChapterFile) -> list[str]:
    """What keeps `translation` from being a true copy of `source` in another language; empty when nothing does."""
    ids = [cell.id for cell in source.cells]
    other_ids = [cell.id for cell in translation.cells]
    if ids != other_ids:
        lost = [i for i in ids if i not in other_ids]
        added = [i for i in other_ids if i not in ids]
        return [f"other cells or another order: missing {lost}, left over {added}"]
    found = []
    for cell, other in zip(source.cells, translation.cells, strict=True):
        if cell.kind != other.kind:
            found.append(f"{cell.id}: {cell.kind} in the source, {other.kind} in the translation")
        elif cell.kind == "code" and cell.source != other.source:
            found.append(f"{cell.id}: the code differs")
        elif cell.kind == "markdown" and other.translates != prose_hash(cell.source):
            found.append(f"{cell.id}: the translation is of an older text, or names none")
        elif cell.kind == "markdown" and other.source.strip() == cell.source.strip():
            found.append(f"{cell.id}: not translated")
    return found
