"""How the learning rate moves in the course of a run."""

from __future__ import annotations

import math

from llm_widgets.i18n import t

SCHEDULES = ("constant", "cosine")
WARM_UP = 100  # steps, or a tenth of a run that is shorter than ten times as many
LAST = 0.1  # the share of the rate that is left at the end


def checked_schedule(name: str) -> str:
    """The name of a schedule.

    Raises:
        ValueError: there is none of this name.
    """
    if name not in SCHEDULES:
        raise ValueError(
            t("Choose one of {names}. Received: schedule={name}", names=", ".join(SCHEDULES), name=repr(name))
        )
    return name


def share(schedule: str, step: int, steps: int) -> float:
    """Which share of the learning rate a step has.

    Args:
        schedule: "constant", always 1; "cosine", from near 0 up to 1 along a line, then along half a cosine down to
            a tenth.
        step: batches trained before. steps: of the whole run.

    Example:
        >>> [round(share("cosine", step, 1000), 3) for step in (0, 49, 99, 549, 999)]
        [0.01, 0.5, 1.0, 0.552, 0.1]

    Reference:
        Loshchilov, I. and Hutter, F. (2017). SGDR: Stochastic Gradient Descent with Warm Restarts. ICLR.
    """
    if schedule == "constant":
        return 1.0
    warm = max(1, min(WARM_UP, steps // 10))
    if step < warm:
        return (step + 1) / warm
    way = min(1.0, (step - warm) / max(1, steps - warm))
    return LAST + (1 - LAST) * 0.5 * (1 + math.cos(math.pi * way))
