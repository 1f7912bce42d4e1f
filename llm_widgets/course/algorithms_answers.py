"""How the answers to the exercises on algorithms are read, and matched with the usual slips."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from llm_widgets.course.answers import number, whole
from llm_widgets.i18n import t

# The learner computes on paper, and may round.
NEAR = 0.01


def pair(answer: Any) -> tuple[int, int] | None:
    """The answer as two whole numbers, None where it is none."""
    try:
        first, second = (whole(number(one)) for one in answer)
    except (TypeError, ValueError):
        return None
    return None if first is None or second is None else (first, second)


def first(given: float, slips: Iterable[tuple[float, str]], otherwise: str) -> str:
    """What the first slip says that leads to the same number."""
    found = (words for slip, words in slips if math.isclose(given, slip, rel_tol=NEAR, abs_tol=1e-9))
    return next(found, otherwise)


def not_a_pair(answer: Any) -> str:
    return t("The answer is two whole numbers in brackets. Received: {answer}", answer=repr(answer))
