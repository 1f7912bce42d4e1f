"""The author's tool, on notebooks of its own making."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from llm_widgets.course import chapters
from tools import notebooks as tool


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tool, "NOTEBOOKS", tmp_path)
    write(tmp_path / "en" / "01-a.ipynb", [("title", "markdown", "# Words"), ("sum", "code", "1 + 1")])
    return tmp_path


def write(path: Path, cells: list[tuple[str, str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    make = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    notebook = nbformat.v4.new_notebook(cells=[make[kind](text, id=name) for name, kind, text in cells])
    notebook.nbformat_minor = 5
    nbformat.write(notebook, path)
    tool.strip(path)


def edit(path: Path, index: int, source: str) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[index].source = source
    nbformat.write(notebook, path)


def test_from_skeleton_to_translation_to_stale_and_back(home: Path) -> None:
    chinese = home / "zh" / "01-a.ipynb"
    assert tool.sync("01-a") == ["title"]
    assert any("names none" in problem for problem in tool.problems())
    edit(chinese, 0, "# 字")
    assert tool.stamp("01-a", []) == 1
    assert tool.problems() == []

    edit(home / "en" / "01-a.ipynb", 0, "# Words and numbers")
    assert any("older text" in problem for problem in tool.problems())
    assert tool.sync("01-a") == ["title"]
    assert chapters.read(chinese).cells[0].source == "# 字"  # Nobody's translation is lost.
    tool.stamp("01-a", ["title"])
    assert tool.problems() == []


def test_code_follows_the_source(home: Path) -> None:
    tool.sync("01-a")
    edit(home / "en" / "01-a.ipynb", 1, "2 + 2")
    assert any("the code differs" in problem for problem in tool.problems())
    tool.sync("01-a")
    assert chapters.read(home / "zh" / "01-a.ipynb").cells[1].source == "2 + 2"


def test_strip_removes_what_running_leaves(home: Path) -> None:
    path = home / "en" / "01-a.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="2")]
    notebook.cells[1].execution_count = 7
    notebook.cells[1].metadata["collapsed"] = True
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}
    notebook.metadata["kernelspec"] = {"name": "mine", "display_name": "Mine"}
    nbformat.write(notebook, path)
    problems = " ".join(tool.hygiene(path))
    assert "outputs" in problems
    assert "state of widgets" in problems
    assert "not python3" in problems
    tool.strip(path)
    assert tool.hygiene(path) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("![](picture.png)", "alternative text"),
        ('<img src="a.png">', "alternative text"),
        ('<script src="https://unpkg.com/x"></script>', "from elsewhere"),
        ("![words](https://example.org/a.png)", "from elsewhere"),
    ],
)
def test_pictures_need_words_and_nothing_is_loaded(home: Path, source: str, words: str) -> None:
    path = home / "en" / "01-a.ipynb"
    edit(path, 0, source)
    assert any(words in problem for problem in tool.hygiene(path))


def test_size_and_ids_are_bounded(home: Path) -> None:
    path = home / "en" / "02-b.ipynb"
    write(path, [("Bad_Id", "markdown", "x" * tool.MAXIMUM_BYTES)])
    problems = " ".join(tool.hygiene(path))
    assert "at most" in problems
    assert "an id is words" in problems


def test_a_chapter_in_one_language_is_seen(home: Path) -> None:
    assert tool.problems() == ["01-a.ipynb: only in one language"]


def test_stamping_an_unknown_cell_is_refused(home: Path) -> None:
    tool.sync("01-a")
    with pytest.raises(SystemExit, match="nowhere"):
        tool.stamp("01-a", ["nowhere"])


def test_the_command_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main(["sync", "01-a"]) == 0
    assert tool.main(["check"]) == 1
    edit(home / "zh" / "01-a.ipynb", 0, "# 字")
    assert tool.main(["stamp", "01-a"]) == 0
    assert tool.main([]) == 0
    assert tool.main(["what"]) == 2
    assert "in order" in capsys.readouterr().out
