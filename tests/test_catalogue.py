"""The catalogue is complete, says nothing that nobody uses, and its tool sees each kind of gap."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tools import catalogue


def test_every_message_is_translated_and_none_is_left_over() -> None:
    assert catalogue.problems() == []


def test_translations_are_chinese_and_set_as_chinese() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    half_width = re.compile(r"[\u4e00-\u9fff][,;?!]|[,;?!][\u4e00-\u9fff]")
    messages = {str(m.id): str(m.string) for m in catalogue.load() if m.id}
    assert [m for m in messages.values() if half_width.search(m)] == []
    # Names, units, signs and what is filled in stay as they are; a sentence does not.
    words = {m: re.findall(r"[a-z]{2,}", re.sub(r"\{\w+\}", "", m)) for m in messages}
    assert [m for m, c in messages.items() if not han.search(c) and len(words[m]) > 2] == []


def test_the_messages_of_python_are_found() -> None:
    source = """
t("Train"); i18n.t("Batch {i} of {n}", i=1, n=2); N_("Later")
t(variable); t(f"Not {this}"); other("nor this"); t("joined " "text")
"""
    assert list(catalogue.python_messages(source)) == ["Train", "Batch {i} of {n}", "Later", "joined text"]


def test_the_messages_of_javascript_are_found() -> None:
    source = 't("Train"); x = t( "a \\"b\\"", {n: 1}); N("Later"); format("no"); o.t("no"); set("no")'
    assert list(catalogue.script_messages(source)) == ["Train", 'a "b"', "Later"]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "package"
    package.mkdir()
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    monkeypatch.setattr(catalogue, "PACKAGE", package)
    monkeypatch.setattr(catalogue, "CATALOGUE", tmp_path / "zh.po")
    (package / "a.py").write_text('t("Train"); t("Batch {i} of {n}", i=1, n=2)', encoding="utf-8")
    return tmp_path


def add(folder: Path, **messages: str) -> int:
    path = folder / "add.json"
    path.write_text(json.dumps(messages), encoding="utf-8")
    return catalogue.add(path)


def test_adding_fills_the_gaps_and_counts_what_changed(own: Path) -> None:
    assert sorted(problem.split(":")[0] for problem in catalogue.problems()) == ["missing", "missing"]
    messages = {"Train": "训练", "Batch {i} of {n}": "第 {i} 批，共 {n} 批"}
    assert add(own, **messages) == 2
    assert catalogue.problems() == []
    assert add(own, **messages) == 0
    assert add(own, Train="开始训练") == 1
    assert catalogue.load()["Train"].string == "开始训练"


def test_a_message_that_nobody_uses_any_more_is_named(own: Path) -> None:
    add(own, Train="训练", Old="旧", **{"Batch {i} of {n}": "{n} {i}"})
    assert catalogue.problems() == ["left over: 'Old'"]


def test_other_placeholders_are_refused(own: Path) -> None:
    with pytest.raises(SystemExit, match="Placeholders differ"):
        add(own, **{"Batch {i} of {n}": "第 {i} 批"})


def test_placeholders_are_compared_by_name_and_not_by_format() -> None:
    assert catalogue.placeholders("{a:.1%} of {b!r}, {{not}}") == ["a", "b"]
