"""The lines of the documents' worked example as the page shows them: its numbers and, between them, its rules."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from llm_widgets.foundations import worked_example as example
from llm_widgets.widgets._computed import plain

# In the document's order; the three rules are not among `example.rows()`, for nothing is printed for them.
LINES = (
    "products", "weighted_sum", "output", "loss", "weight_rule", "bias_rule",
    "weight_gradient", "bias_gradient", "update_rule", "new_weight", "new_bias",
)  # fmt: skip
_RULES = {"weight_rule": ("en", "zh"), "bias_rule": ("en", "zh"), "update_rule": ("zh",)}


@functools.cache
def lines() -> tuple[dict[str, Any], ...]:
    """Each line with what is printed, what is right, and its verdict (see `worked_example.Row.verdict`)."""
    found = {row.key: row for row in example.rows()}
    return tuple(_number(found[key]) if key in found else _rule(key) for key in LINES)


def as_printed() -> list[dict[str, Any]]:
    """The lines as the document has them, with no word on what is wrong."""
    return [{name: line[name] for name in ("key", "kind", "section", "documents", "printed")} for line in lines()]


def wrong() -> set[str]:
    """The lines whose result or rule is not right."""
    return {line["key"] for line in lines() if line["verdict"] != "right"}


def judged(marked: Iterable[str]) -> list[dict[str, Any]]:
    """The lines and how a learner did who marked some as wrong: "found", "missed", "false_alarm" or "cleared" each."""
    outcomes = {(True, True): "found", (True, False): "missed", (False, True): "false_alarm", (False, False): "cleared"}
    chosen, bad = set(marked), wrong()
    return [line | {"outcome": outcomes[line["key"] in bad, line["key"] in chosen]} for line in lines()]


def differences() -> list[float]:
    """∂L/∂w and, last, ∂L/∂b by finite differences: an opinion on the gradients that knows no chain rule."""
    found: list[float] = plain(example.neuron().check(example.INPUT, example.TARGET, example.LOSS).differences)
    return found


def _number(row: example.Row) -> dict[str, Any]:
    names = ("key", "section", "documents", "printed", "computed", "follows", "carried", "verdict")
    line: dict[str, Any] = plain({"kind": "number"} | {name: getattr(row, name) for name in names})
    return line


def _rule(key: str) -> dict[str, Any]:
    """A rule is right where it gives what comes out by finite differences, or does what an update does."""
    now, slope = example.neuron(), np.array(differences())
    formula_w, formula_b = example.RULES["as_formula"](now)
    chain_w, chain_b = example.RULES["chain_rule"](now)
    after = example.right_step().after.w
    # What the printed rule gives, what is right, and what to check it with.
    sides: dict[str, tuple[ArrayLike, ArrayLike, ArrayLike]] = {
        "weight_rule": (formula_w, chain_w, slope[:-1]),
        "bias_rule": (formula_b, chain_b, slope[-1]),
        "update_rule": (now.w - example.LEARNING_RATE * chain_w, after, after),
    }
    gives, right, check = (np.atleast_1d(np.asarray(side, np.float64)) for side in sides[key])
    good = np.allclose(gives, check, atol=1e-6)
    return {
        "key": key,
        "kind": "rule",
        "section": "4.2",
        "documents": list(_RULES[key]),
        "printed": [],
        "gives": plain(gives),
        "computed": plain(right),
        "verdict": "right" if good else "rule",
    }
