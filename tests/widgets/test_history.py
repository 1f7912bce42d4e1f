"""What the history and the glossary take from Python, and what they refuse."""

from __future__ import annotations

import doctest
import importlib
import time

import pytest
import traitlets

import llm_widgets as lw
from llm_widgets.course.history import AS_OF, milestones
from llm_widgets.widgets import GlossaryView, HistoryView


def test_examples_give_what_they_say() -> None:
    for name in ("history", "glossary"):
        assert doctest.testmod(importlib.import_module(f"llm_widgets.widgets.{name}")).failed == 0


def test_everything_of_a_row_reaches_the_page_in_the_learners_language() -> None:
    figure = lw.course.history()
    found = figure._found
    assert found["as_of"] == AS_OF
    assert len(found["points"]) == len(milestones())
    assert {axis: len(span) for axis, span in found["whole"].items()} == {"parameters": 4, "amount": 4, "flops": 4}
    gpt4 = next(point for point in found["points"] if point["key"] == "gpt-4")
    assert (gpt4["parameters"], gpt4["amount"], gpt4["undisclosed"]) == (None, None, True)
    lw.set_language("zh")
    try:
        brown = next(point for point in figure._found["points"] if point["key"] == "brown")
        assert brown["name"] == "基于词类的 n 元模型"
        assert brown["new"] != next(point for point in found["points"] if point["key"] == "brown")["new"]
    finally:
        lw.set_language("en")


def test_the_whole_holds_every_point() -> None:
    figure = lw.course.history()
    for axis in ("parameters", "amount", "flops"):
        first, last, low, high = figure.whole(axis)
        for row in milestones():
            value = getattr(row, axis)
            assert first < row.year < last
            assert value is None or 10**low < value < 10**high


def test_a_span_of_another_axis_is_left() -> None:
    figure = lw.course.history(span=[2017, 2027, 8, 12])
    figure.axis = "flops"
    assert figure.span == [2017, 2027, *figure.whole("flops")[2:]]
    figure.change(axis="parameters", span=[])
    assert figure.span == []


@pytest.mark.parametrize(
    "wrong",
    [{"chosen": "nobody"}, {"chosen": "<img src=x>"}, {"span": [1, 2]}, {"span": [2000, 1990, 1, 5]},
     {"span": [2000, 2010, 3, 3]}, {"span": [2000, float("nan"), 3, 5]}, {"span": [0, 1e9, 0, 1]}],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_changes(wrong: dict[str, object]) -> None:
    figure = lw.course.history()
    before = (figure.chosen, figure.span)
    with pytest.raises(ValueError, match="Received"):
        figure.change(**wrong)
    assert (figure.chosen, figure.span) == before


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises((ValueError, traitlets.TraitError)):
        lw.course.history(axis="price")
    with pytest.raises(ValueError, match="rows"):
        HistoryView((), AS_OF)
    with pytest.raises(TypeError, match="chosen"):
        lw.course.history(choosen="gpt-3")
    with pytest.raises(ValueError, match="entries"):
        GlossaryView((), {})
    with pytest.raises(ValueError, match="no such term"):
        lw.course.glossary(term="nobody")


@pytest.mark.parametrize(
    ("query", "first"),
    [("token", "token"), ("词元", "token"), ("TOKEN", "token"), ("ｔｏｋｅｎ", "token"), ("  self attention", None),
     ("注意力", "attention"),
     ("自注意", "self-attention"), ("masked", None), ("softmax 概率", "logit"), ("", "ablation")],
)  # fmt: skip
def test_search_finds_in_both_languages_the_nearest_first(query: str, first: str | None) -> None:
    found = lw.course.glossary(query=query).found()
    if first:
        assert found[0] == first
    else:
        assert "ablation" not in found


@pytest.mark.parametrize("query", ["\ud800", "😀\x00", "مرحبا", "<script>alert(1)</script>", "x" * 100_000, ".*[("])
def test_odd_searches_find_nothing_and_break_nothing(query: str) -> None:
    view = lw.course.glossary(query=query)
    assert view.found() == []
    assert len(view.query) <= 200
    view.query.encode("utf-8")


def test_both_open_at_once() -> None:
    lw.course.history(), lw.course.glossary()  # what is read from files is read now
    begin = time.perf_counter()
    lw.course.history(), lw.course.glossary()
    assert time.perf_counter() - begin < 1
