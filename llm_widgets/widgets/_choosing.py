"""How a token is chosen, as every widget that writes lets a learner set it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from llm_widgets.i18n import t

MAX_SEED = 9_999  # of those that "New seed" chooses

RANGES: dict[str, Callable[[Any], bool]] = {
    "temperature": lambda value: 0 <= value <= 2,
    "top_k": lambda value: value is None or value >= 1,
    "top_p": lambda value: 0 < value <= 1,
    "seed": lambda value: 0 <= value < 2**31,
}


def in_range(name: str, value: Any) -> Any:
    """A setting's value where it is possible.

    Raises:
        ValueError: it is not.
    """
    if RANGES[name](value):
        return value
    raise ValueError(
        t(
            "Temperature is 0 to 2, top-k at least 1 or None, top-p above 0 and at most 1, a seed 0 to 2147483647. "
            "Received: {name}={value}",
            name=name,
            value=repr(value),
        )
    )


def another_seed(seed: int) -> int:
    """Another one than now, and small enough to be said aloud in class."""
    return (seed + 1 + secrets.randbelow(MAX_SEED)) % (MAX_SEED + 1)
