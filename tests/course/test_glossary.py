"""The glossary: a definition in both languages for every term, and a page that is in step with the tables."""

from __future__ import annotations

import doctest
import importlib
import re

import pytest

from llm_widgets import i18n
from llm_widgets.course import chapters, terms
from llm_widgets.course.glossary import PAGE, definitions, entries
from tools import glossary as tool


def test_examples_give_what_they_say() -> None:
    assert doctest.testmod(importlib.import_module("llm_widgets.course.glossary")).failed == 0


def test_every_term_is_defined_and_nothing_else() -> None:
    assert set(definitions()) == {term.english for term in terms.table()}
    assert len(entries()) == len(definitions())


def test_definitions_are_a_sentence_or_two_in_their_language_and_in_the_courses_words() -> None:
    for entry in entries():
        for text in (entry.definition_en, entry.definition_zh):
            assert text[-1] in ".。", entry.english
            assert len(re.findall(r"[.。](?:\s|$)|[。]", text)) <= 2, entry.english
            assert not re.search(r"\d", text), "numbers in words: the page has no cell that computes them"
        assert 25 < len(entry.definition_en) < 200, entry.english
        assert 8 < len(entry.definition_zh) < 80, entry.english
        assert len(re.findall(r"[\u4e00-\u9fff]", entry.definition_zh)) > 6
        assert not re.search(r"[\u4e00-\u9fff]", entry.definition_en)
        assert terms.rejected(entry.definition_zh) == []


def test_the_page_is_in_step_and_has_a_place_for_every_term() -> None:
    assert tool.problems() == []
    for language in ("en", "zh"):
        page = chapters.read(chapters.path_of(PAGE, language))
        headings = set(re.findall(r"^### (.+)$", page.prose, re.M))
        assert headings == {entry.english for entry in entries()}
        # A heading is found only once it was drawn, a cell also in a page that opens just now.
        ids = [cell.id for cell in page.cells]
        assert len(set(ids)) == len(ids)
        linked = set(re.findall(r"\]\(#cell-id=([^)]+)\)", page.prose))
        assert linked == {cell.id for cell in page.cells if cell.source.startswith("### ")}
        assert linked == {entry.anchor for entry in entries()} == {heading.replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_links_from_chapters_meet_a_term(language: str) -> None:
    anchors = {entry.anchor for entry in entries()}
    for name in chapters.names():
        linked = re.findall(r"\(glossary\.ipynb#([^)]+)\)", chapters.read(chapters.path_of(name, language)).prose)
        assert {link.removeprefix("cell-id=") for link in linked if link.startswith("cell-id=")} <= anchors, name
        assert all(link.startswith("cell-id=") for link in linked), name


def test_chapters_are_named_where_they_introduce_a_term() -> None:
    token = next(entry for entry in entries() if entry.english == "token")
    assert {"03-algorithms", "05-practice"} <= set(token.chapters)
    assert PAGE not in token.chapters


def test_the_page_runs() -> None:
    made: dict[str, object] = {}
    try:
        exec(chapters.read(chapters.path_of(PAGE, "zh")).code, made)
        assert "Chapter('glossary'" in repr(made["chapter"])
    finally:
        i18n.set_language("en")


def test_a_page_that_was_changed_by_hand_is_seen(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    for language in ("en", "zh"):
        (tmp_path / language).mkdir()
        (tmp_path / language / "glossary.ipynb").write_text(tool.written(language), encoding="utf-8")
    monkeypatch.setattr(tool, "NOTEBOOKS", tmp_path)
    assert tool.problems() == []
    path = tmp_path / "zh" / "glossary.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("词元", "令牌"), encoding="utf-8")
    assert len(tool.problems()) == 1
    assert tool.main(["write"]) == 0
    assert tool.problems() == []
