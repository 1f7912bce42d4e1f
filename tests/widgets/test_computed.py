"""Widgets whose picture follows at once from their settings."""

from __future__ import annotations

import numpy as np
import pytest
import traitlets

from llm_widgets.widgets._computed import ComputedWidget, plain


class Product(ComputedWidget):
    _front = "saliency"
    SETTINGS = ("a", "b")

    a = traitlets.Float(2.0).tag(sync=True)
    b = traitlets.Float(3.0).tag(sync=True)
    times = 0

    @traitlets.validate("b")
    def _even(self, proposal):
        if proposal["value"] < 0:
            raise ValueError("b must not be negative")
        return proposal["value"]

    def _compute(self):
        self.times += 1
        if abs(self.a * self.b) > 1e6:
            raise ValueError("too large")
        return {"product": self.a * self.b}


def test_it_computes_at_once_and_again_with_each_change():
    widget = Product()
    assert widget._found == {"product": 6.0}
    widget.a = 5.0
    assert widget._found == {"product": 15.0}


def test_several_changes_are_computed_once_and_all_or_none_of_them_happen():
    widget = Product()
    before = widget.times
    widget.change(a=4.0, b=5.0)
    assert (widget._found, widget.times) == ({"product": 20.0}, before + 1)
    with pytest.raises(ValueError, match="negative"):
        widget.change(a=7.0, b=-1.0)
    assert (widget.a, widget.b, widget._found) == (4.0, 5.0, {"product": 20.0})
    with pytest.raises(ValueError, match=r"choose one of a, b\. Received: c"):
        widget.change(c=1)


def test_what_overflows_is_told_and_can_be_taken_back():
    widget = Product(a=1e9)
    assert (widget._found, widget._overflow) == ({}, True)
    widget.a = 1.0
    assert (widget._found, widget._overflow) == ({"product": 3.0}, False)


def test_the_page_may_change_settings_alone(caplog):
    widget = Product()
    widget._on_message(widget, {"type": "settings", "changes": {"a": 9, "times": 99, "language": "xx"}}, [])
    assert (widget.a, widget.language, widget._found) == (9.0, "en", {"product": 27.0})
    sent = []
    widget.send = lambda content, buffers=None: sent.append(content)
    widget._on_message(widget, {"type": "settings", "changes": {"b": "text"}}, [])
    assert sent[0]["type"] == "failed"
    assert widget.b == 3.0


def test_what_the_page_gets_is_plain():
    found = plain(
        {"x": np.array([1.0, np.inf]), 2: (np.float64(3), np.int64(4)), "n": np.nan, "text": "a", "yes": True}
    )
    assert found == {"x": [1.0, None], "2": [3.0, 4], "n": None, "text": "a", "yes": True}
