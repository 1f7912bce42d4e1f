"""What the judges of all exercises share."""

from __future__ import annotations

from typing import Any

from llm_widgets.i18n import t


class NotYet(Exception):
    """A function that is still to be written returned nothing."""


def whole(answer: Any) -> int | None:
    """The answer as a whole number, None where it is none."""
    return int(answer) if isinstance(answer, int | float) and answer == int(answer) else None


def number(answer: Any) -> float | None:
    """The answer as a number, None where it is none."""
    import numpy as np  # here, and not above: the command line opens this module too, and computes nothing

    try:
        given = np.asarray(answer, np.float64)
    except (TypeError, ValueError):
        return None
    return float(given.reshape(())) if given.size == 1 and np.isfinite(given).all() else None


def not_a_number(answer: Any) -> str:
    return t("The answer is a number. Received: {answer}", answer=repr(answer))


def softmax(scores: Any, axis: int = -1) -> Any:
    """Softmax over any axis: a learner may have taken the wrong one."""
    import numpy as np

    from llm_widgets import foundations

    return np.moveaxis(foundations.softmax(np.moveaxis(np.asarray(scores), axis, -1)), -1, axis)
