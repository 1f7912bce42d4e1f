from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from llm_widgets.course import chapters
from llm_widgets.course.chapters import Cell, ChapterFile, differences, prose_hash


def chapter(*cells: Cell) -> ChapterFile:
    return ChapterFile(Path("x.ipynb"), None, cells)


ENGLISH = chapter(
    Cell("title", "markdown", "# Title"), Cell("sum", "code", "1 + 1"), Cell("end", "markdown", "The end.")
)
CHINESE = chapter(
    Cell("title", "markdown", "# 标题", prose_hash("# Title")),
    Cell("sum", "code", "1 + 1"),
    Cell("end", "markdown", "完。", prose_hash("The end.")),
)


def changed(of: ChapterFile, index: int, **what: str) -> ChapterFile:
    cells = list(of.cells)
    cells[index] = replace(cells[index], **what)
    return chapter(*cells)


def test_a_true_translation_has_no_differences() -> None:
    assert differences(ENGLISH, CHINESE) == []


def test_a_changed_source_makes_the_translation_stale() -> None:
    edited = changed(ENGLISH, 2, source="The end, for now.")
    assert differences(edited, CHINESE) == ["end: the translation is of an older text, or names none"]


def test_other_code_is_seen() -> None:
    assert differences(ENGLISH, changed(CHINESE, 1, source="1 + 2")) == ["sum: the code differs"]


def test_prose_that_was_copied_is_seen() -> None:
    assert differences(ENGLISH, changed(CHINESE, 0, source="# Title")) == ["title: not translated"]


def test_another_order_and_lost_cells_are_seen() -> None:
    first, second, third = CHINESE.cells
    assert differences(ENGLISH, chapter(second, first, third))
    assert "missing ['end']" in differences(ENGLISH, chapter(first, second))[0]


def test_another_kind_is_seen() -> None:
    assert "code in the source" in differences(ENGLISH, changed(CHINESE, 1, kind="markdown"))[0]


def test_the_hash_sees_words_but_not_blanks_or_spelling_of_accents() -> None:
    assert prose_hash("cafe\u0301  \nb\n") == prose_hash("caf\u00e9\nb")
    assert prose_hash("a b") != prose_hash("a c")
    assert prose_hash("a\n\nb") != prose_hash("a\nb")


def test_reading_takes_text_as_lines_or_as_one_string(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    cells = [
        {
            "cell_type": "markdown",
            "id": "a",
            "metadata": {"llm_widgets": {"translates": "7"}},
            "source": ["# A\n", "b"],
        },
        {"cell_type": "code", "id": "c", "metadata": {}, "source": "pass", "outputs": []},
    ]
    path.write_text(json.dumps({"metadata": {"llm_widgets": {"language": "zh"}}, "cells": cells}), encoding="utf-8")
    read = chapters.read(path)
    assert read.cells == (Cell("a", "markdown", "# A\nb", "7"), Cell("c", "code", "pass"))
    assert (read.language, read.title, read.prose, read.code) == ("zh", "A", "# A\nb", "pass")


@pytest.mark.parametrize("text", ["", "[]", '{"cells": 1}', '{"cells": [{}], "metadata": {}}', "{"])
def test_what_is_no_notebook_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"Received: .*broken\.ipynb"):
        chapters.read(path)


def test_each_chapter_that_is_named_can_be_opened_in_both_languages() -> None:
    assert "05-practice" in chapters.names()
    for name in chapters.names():
        titles = {chapters.read(chapters.path_of(name, language)).title for language in ("en", "zh")}
        assert len(titles) == 2


@pytest.mark.parametrize(("name", "language"), [("99-nothing", "en"), ("05-practice", "fr"), ("05-practice", "../en")])
def test_a_chapter_that_is_not_there_is_refused(name: str, language: str) -> None:
    with pytest.raises(ValueError, match="05-practice"):
        chapters.path_of(name, language)
