"""Keeps the chapters: `check` lists problems, `strip` removes outputs, `sync NAME` makes the Chinese notebook follow
the English one, `stamp NAME [CELL ...]` declares that its prose now translates the English prose as it stands.

An author edits notebooks/en/NAME.ipynb, runs `python -m tools.notebooks sync NAME`, translates the cells that it
names, and runs `stamp`. `sync` never touches Chinese prose that is there already; what it cannot translate it copies.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import nbformat

from llm_widgets.course import chapters, terms

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
TRANSLATION = "zh"
MAXIMUM_BYTES = 200_000
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LOADED_ADDRESS = re.compile(r"(?:src|href)\s*=|!\[[^\]]*\]\(\s*https?:|\bimport\(|cdn|unpkg|jsdelivr", re.IGNORECASE)
_IMAGE_WITHOUT_WORDS = re.compile(r"!\[\s*\]\(|<img(?![^>]*\balt=\"[^\"]+\")", re.IGNORECASE)


def _load(path: Path) -> Any:
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]


def _save(notebook: Any, path: Path) -> None:
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def hygiene(path: Path) -> list[str]:
    """What is wrong with one notebook file by itself, in either language."""
    notebook = _load(path)
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        return [f"not a valid notebook: {error}"]
    found = []
    size = path.stat().st_size
    if size >= MAXIMUM_BYTES:
        found.append(f"{size} bytes; at most {MAXIMUM_BYTES}")
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        found.append("the kernel is not python3")
    if notebook.metadata.get(chapters.KEY, {}).get("language") != path.parent.name:
        found.append(f"its metadata does not say that its language is {path.parent.name}")
    if "widgets" in notebook.metadata:
        found.append("carries the state of widgets")
    for cell in notebook.cells:
        found += [f"{cell.id}: {problem}" for problem in _cell_problems(cell)]
    return found


def _cell_problems(cell: Any) -> list[str]:
    found = []
    if not _ID.fullmatch(cell.id):
        found.append("an id is words in small letters with hyphens")
    if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
        found.append("has outputs or an execution count")
    if cell.cell_type not in ("code", "markdown"):
        found.append(f"is of type {cell.cell_type}")
    if _LOADED_ADDRESS.search(cell.source):
        found.append("loads something from elsewhere")
    if _IMAGE_WITHOUT_WORDS.search(cell.source):
        found.append("has an image without alternative text")
    return found


def problems() -> list[str]:
    """Everything that is wrong with the chapters, one line each."""
    found = []
    for language in (chapters.SOURCE_LANGUAGE, TRANSLATION):
        for path in sorted((NOTEBOOKS / language).glob("*.ipynb")):
            found += [f"{language}/{path.name}: {problem}" for problem in hygiene(path)]
    english, chinese = (
        {path.name for path in (NOTEBOOKS / language).glob("*.ipynb")}
        for language in (chapters.SOURCE_LANGUAGE, TRANSLATION)
    )
    found += [f"{name}: only in one language" for name in sorted(english ^ chinese)]
    for name in sorted(english & chinese):
        source = chapters.read(NOTEBOOKS / chapters.SOURCE_LANGUAGE / name)
        translation = chapters.read(NOTEBOOKS / TRANSLATION / name)
        per_chapter = chapters.differences(source, translation)
        per_chapter += terms.rejected(translation.prose) + terms.not_introduced(translation.prose)
        found += [f"{TRANSLATION}/{name}: {problem}" for problem in per_chapter]
    return found


def strip(path: Path) -> None:
    """Removes outputs, execution counts, widget state and whatever a front end left in the metadata."""
    notebook = _load(path)
    ours = notebook.metadata.get(chapters.KEY, {})
    notebook.metadata.clear()
    notebook.metadata["kernelspec"] = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook.metadata["language_info"] = {"name": "python"}
    notebook.metadata[chapters.KEY] = {**ours, "language": path.parent.name}
    for cell in notebook.cells:
        ours = cell.metadata.get(chapters.KEY)
        cell.metadata.clear()
        if ours:
            cell.metadata[chapters.KEY] = ours
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    _save(notebook, path)


def sync(name: str) -> list[str]:
    """Gives the Chinese notebook the cells and the code of the English one; returns the ids of cells to translate."""
    source = _load(NOTEBOOKS / chapters.SOURCE_LANGUAGE / f"{name}.ipynb")
    path = NOTEBOOKS / TRANSLATION / f"{name}.ipynb"
    known = {cell.id: cell for cell in _load(path).cells} if path.is_file() else {}
    to_translate = []
    for index, cell in enumerate(source.cells):
        if cell.cell_type != "markdown":
            continue
        translated = known.get(cell.id)
        ours = translated.metadata.get(chapters.KEY, {}) if translated else {}
        if ours.get("translates") != chapters.prose_hash(cell.source):
            to_translate.append(cell.id)
        if translated is not None:
            source.cells[index] = translated
    path.parent.mkdir(parents=True, exist_ok=True)
    source.metadata[chapters.KEY] = {"language": TRANSLATION}
    _save(source, path)
    strip(path)
    return to_translate


def stamp(name: str, ids: list[str]) -> int:
    """Writes the hash of the English prose into the named prose cells of the translation (all, where none is named)."""
    english = {c.id: c for c in chapters.read(NOTEBOOKS / chapters.SOURCE_LANGUAGE / f"{name}.ipynb").cells}
    path = NOTEBOOKS / TRANSLATION / f"{name}.ipynb"
    notebook = _load(path)
    if unknown := [i for i in ids if i not in english]:
        raise SystemExit(f"No such cells in {name}. Received: {unknown}")
    stamped = 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.id in english and (not ids or cell.id in ids):
            cell.metadata[chapters.KEY] = {"translates": chapters.prose_hash(english[cell.id].source)}
            stamped += 1
    _save(notebook, path)
    return stamped


def main(arguments: list[str]) -> int:
    """Runs one of the commands; returns the exit status."""
    match arguments:
        case [] | ["check"]:
            found = problems()
            print("\n".join(found) or "The chapters are in order.")
            return bool(found)
        case ["strip", *names]:
            for path in [Path(n) for n in names] or sorted(NOTEBOOKS.glob("*/*.ipynb")):
                strip(path)
        case ["sync", name]:
            print("\n".join(sync(name)) or "Nothing to translate.")
        case ["stamp", name, *ids]:
            print(f"{stamp(name, ids)} cells stamped")
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
