"""A list of errors that a learner checks: nothing is told before, and what is computed is computed once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import traitlets

from llm_widgets import ErrataView, i18n

CALLS: list[str] = []


def count() -> dict[str, Any]:
    CALLS.append("count")
    return {"n": 402561, "x": -0.25, "list": np.array([1.0, -2.5]), "shape": (1, 100), "yes": True, "text": "{a}"}


@dataclass(frozen=True)
class Row:
    key: str
    kind: str = "number"
    title: str = "The loss"
    places: tuple[tuple[str, str], ...] = (("en", "4.2"), ("zh", "10.1"))
    claim: str = "The new bias is 0.52."
    right: str = "The sum is 1.9."
    findings: tuple[str, ...] = field(default=("{n}, {x}, {list}, {shape}, {yes}, {text}",))
    compute: Any = count
    reference: str = ""


ROWS = (
    Row("a"),
    Row("b", kind="unconfirmed", compute=None, findings=("Not confirmed. The chapters do not repeat it.",)),
)


def shown(view, key="a"):
    return next(row for row in view._found["rows"] if row["key"] == key)


def test_nothing_is_told_and_nothing_computed_before_the_button_is_pressed():
    CALLS.clear()
    view = ErrataView(ROWS)
    assert view.row == "a"
    assert view._found["chapters"] == [4, 10]
    assert "findings" not in shown(view)
    assert CALLS == []
    view.check("a")
    assert shown(view)["findings"] == ["402,561, −0.25, [1, −2.5], 1 × 100, true, {a}"]
    assert shown(view)["code"].startswith("def count()")
    view.check("b", "a")
    assert view.checked == ["a", "b"]
    assert CALLS == ["count"]
    assert shown(view, "b")["code"] == ""
    view.checked = []
    assert "findings" not in shown(view)
    view.check()
    assert view.checked == ["a", "b"]
    assert view.values("b") == {}


def test_its_texts_follow_the_language():
    view = ErrataView(ROWS)
    view.check("a")
    i18n.set_language("zh")
    assert shown(view)["title"] == "损失"
    assert shown(view)["findings"] == ["402,561, −0.25, [1, −2.5], 1 × 100, 是, {a}"]
    i18n.set_language("en")
    assert shown(view)["title"] == "The loss"


@pytest.mark.parametrize(
    "wrong",
    [{"row": "c"}, {"checked": ["c"]}, {"kind": "odd"}, {"chapter": -1}, {"chapter": "4"}, {"checked": 3}],
    ids=str,
)
def test_bad_settings_are_refused(wrong):
    with pytest.raises((ValueError, traitlets.TraitError)):
        ErrataView(ROWS, **wrong)
    view = ErrataView(ROWS)
    sent = []
    view.send = lambda content, buffers=None: sent.append(content)
    view._on_message(view, {"type": "settings", "changes": wrong}, [])
    assert sent[0]["type"] == "failed"
    assert (view.row, view.checked, view.kind, view.chapter) == ("a", [], "", 0)


def test_bad_rows_are_refused():
    for rows in ((), (Row("a"), Row("a"))):
        with pytest.raises(ValueError, match="Received: "):
            ErrataView(rows)
    with pytest.raises(ValueError, match="Received: kind='odd'"):
        ErrataView([Row("a", kind="odd")])
    with pytest.raises(TypeError, match="chapter"):
        ErrataView(ROWS, chaptre=4)
    with pytest.raises(ValueError, match="There is no such row"):
        ErrataView(ROWS).values("c")
