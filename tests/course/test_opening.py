from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from llm_widgets import PRESETS, course, i18n
from llm_widgets.course import chapters


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr(i18n, "_language", None)
    monkeypatch.setenv("LLM_WIDGETS_LANG", "en")


def notebook(path: Path, language: str | None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"llm_widgets": {"language": language}} if language else {}
    path.write_text(json.dumps({"metadata": metadata, "cells": []}), encoding="utf-8")
    return path


def test_jupyter_names_the_notebook_and_the_notebook_its_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Copied into a folder of another name, renamed, and with the environment against it.
    monkeypatch.setenv("JPY_SESSION_NAME", str(notebook(tmp_path / "mine" / "my copy.ipynb", "zh")))
    chapter = course.open_chapter("05-practice")
    assert (chapter.language, chapter.preset, i18n.get_language()) == ("zh", "document_zh", "zh")


def test_vs_code_names_the_notebook_in_the_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = notebook(tmp_path / "a.ipynb", "zh")
    monkeypatch.setattr(sys.modules["__main__"], "__vsc_ipynb_file__", str(path), raising=False)
    assert course.open_chapter("05-practice").language == "zh"


def test_without_a_front_end_the_chapter_beside_the_kernel_is_asked(tmp_path: Path) -> None:
    notebook(tmp_path / "05-practice.ipynb", "zh")
    assert course.open_chapter("05-practice").language == "zh"
    i18n.set_language("en")
    assert course.open_chapter("06-another").language == "en"


def test_the_folder_tells_where_the_file_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "zh" / "renamed-since.ipynb"))
    assert course.open_chapter("05-practice").language == "zh"
    broken = tmp_path / "zh" / "broken.ipynb"
    broken.parent.mkdir()
    broken.write_text("not a notebook", encoding="utf-8")
    monkeypatch.setenv("JPY_SESSION_NAME", str(broken))
    assert course.open_chapter("05-practice").language == "zh"


@pytest.mark.parametrize("session", ["", "kernel-5f3a", "/nowhere/at/all.ipynb", "RTC:zz/05-practice.ipynb"])
def test_the_environment_decides_where_nothing_else_does(session: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", session)
    monkeypatch.setenv("LLM_WIDGETS_LANG", "zh")
    assert course.open_chapter("05-practice").language == "zh"


def test_who_asks_for_a_language_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", str(notebook(tmp_path / "a.ipynb", "zh")))
    assert course.open_chapter("05-practice", language="en").language == "en"
    with pytest.raises(ValueError, match="Received: language='fr'"):
        course.open_chapter("05-practice", language="fr")


def test_the_real_chapters_open_in_their_own_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for language in i18n.LANGUAGES:
        monkeypatch.setenv("JPY_SESSION_NAME", str(chapters.path_of("05-practice", language)))
        chapter = course.open_chapter("05-practice")
        assert chapter.language == language
        assert chapter.preset in PRESETS
