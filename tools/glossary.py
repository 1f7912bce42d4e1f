"""Makes the glossary's page in both languages from the tables: `write`; `check` says whether it is in step.

notebooks/{en,zh}/glossary.ipynb have a cell for each term, and chapters link to `glossary.ipynb#cell-id=token`:
JupyterLab scrolls to a cell of a notebook that it has just opened, and to a heading only where it was drawn before.
Nothing in them is written by hand: change `terms.csv`, `glossary.csv` or this file, and write them anew.
"""

from __future__ import annotations

import sys
from typing import Any

import nbformat

from llm_widgets.course import chapters
from llm_widgets.course.glossary import PAGE, Entry, entries
from tools.notebooks import NOTEBOOKS

_OPEN = f'import llm_widgets as lw\n\nchapter = lw.course.open_chapter("{PAGE}")\nchapter'
_WIDGET = "lw.course.glossary()"
_TITLE = {
    "en": "# Glossary\n\nEvery term of the course, in English and in Chinese. Run the two cells below to search in "
    "both languages at once, or go through the list that follows. Links in the chapters lead to it; where one has "
    "opened this page at its top, as in Notebook 7, choose the term in the list.",
    "zh": "# 术语表\n\n课程的全部术语，中英对照。运行下面两个单元格，就能用两种语言同时查找；"
    "也可以直接翻阅后面的列表。章节里的链接会指到这里；"
    "如果打开后停在页首（例如在 Notebook 7 里），就在列表里点选术语。",
}
_ALL = {"en": "## All terms", "zh": "## 全部术语"}


def cells(language: str) -> list[tuple[str, str, str]]:
    """The page's cells: kind, id and text."""
    index = " · ".join(f"[{_named(entry, language)}](#cell-id={entry.anchor})" for entry in entries())
    return [
        ("markdown", "title", _TITLE[language]),
        ("code", "open", _OPEN),
        ("code", "search", _WIDGET),
        ("markdown", "index", f"{_ALL[language]}\n\n{index}"),
        *(("markdown", entry.anchor, f"### {entry.english}\n\n{_defined(entry, language)}") for entry in entries()),
    ]


def _named(entry: Entry, language: str) -> str:
    same = entry.chinese.lower() == entry.english.lower()
    return entry.english if language == "en" or same else f"{entry.chinese}（{entry.english}）"


def _defined(entry: Entry, language: str) -> str:
    name, definition = (entry.chinese, entry.definition_en) if language == "en" else ("", entry.definition_zh)
    return f"**{name or entry.chinese}**\n\n{definition}"


def notebook(language: str) -> Any:
    """The page as a notebook."""
    english = {id: source for kind, id, source in cells("en") if kind == "markdown"}
    made = []
    for kind, id, source in cells(language):
        new = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
        cell = new(source, id=id)  # type: ignore[no-untyped-call]
        if kind == "markdown" and language != chapters.SOURCE_LANGUAGE:
            cell.metadata[chapters.KEY] = {"translates": chapters.prose_hash(english[id])}
        made.append(cell)
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}, chapters.KEY: {"language": language}}
    return nbformat.v4.new_notebook(cells=made, metadata=metadata, nbformat_minor=5)  # type: ignore[no-untyped-call]


def written(language: str) -> str:
    """The page as it stands in its file."""
    text: str = nbformat.writes(notebook(language))  # type: ignore[no-untyped-call]
    return text + "\n"


def problems() -> list[str]:
    """The languages whose page is not what the tables make."""
    paths = {language: NOTEBOOKS / language / f"{PAGE}.ipynb" for language in ("en", "zh")}
    return [
        f"{language}/{PAGE}.ipynb is not in step with the tables: run python -m tools.glossary write"
        for language, path in paths.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != written(language)
    ]


def main(arguments: list[str]) -> int:
    """Runs one of the commands; returns the exit status."""
    match arguments:
        case ["write"]:
            for language in ("en", "zh"):
                (NOTEBOOKS / language / f"{PAGE}.ipynb").write_text(written(language), encoding="utf-8")
            return 0
        case [] | ["check"]:
            print("\n".join(problems()) or "The glossary is in step.")
            return bool(problems())
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
