"""How the answers to the exercises on algorithms are read, and matched with the usual slips."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from llm_widgets.course.answers import whole
from llm_widgets.i18n import t

# The learner computes on paper, and may round.
NEAR = 0.01


def number(answer: Any) -> float | None:
    """The answer as a number, None where it is none."""
    import numpy as np  # here, and not above: the command line opens this module too, and computes nothing

    try:
        given = np.asarray(answer, np.float64)
    except (TypeError, ValueError):
        return None
    return float(given.reshape(())) if given.size == 1 and np.isfinite(given).all() else None


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


def not_a_number(answer: Any) -> str:
    return t("The answer is a number. Received: {answer}", answer=repr(answer))


def not_a_pair(answer: Any) -> str:
    return t("The answer is two whole numbers in brackets. Received: {answer}", answer=repr(answer))
