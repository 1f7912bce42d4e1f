"""What a run refuses, in words that say what to do."""

from __future__ import annotations

import math
from collections.abc import Sequence

from llm_widgets.corpora.splits import SPLITS
from llm_widgets.i18n import t

MAX_RATE = 10.0
MAX_PROBES = 20
MAX_COUNT = 2**31 - 1


def checked_rate(value: float) -> float:
    """A learning rate as a float.

    Raises:
        ValueError: not greater than 0 and at most `MAX_RATE`.
    """
    try:
        rate = float(value)
    except (TypeError, ValueError):
        rate = math.nan
    if isinstance(value, bool) or not 0 < rate <= MAX_RATE:  # false for NaN as well
        raise ValueError(
            t(
                "A learning rate is a number greater than 0 and at most {most}; 0.001 is a good start. "
                "Received: learning_rate={value}",
                most=MAX_RATE,
                value=repr(value),
            )
        )
    return rate


def checked_count(name: str, value: int, least: int = 1) -> int:
    """A whole number.

    Raises:
        ValueError: it is none, or outside its range.
    """
    whole = isinstance(value, (int, float)) and not isinstance(value, bool) and float(value).is_integer()
    if not whole or not least <= value <= MAX_COUNT:
        raise ValueError(
            t(
                "This must be a whole number, {least} or more. Received: {name}={value}",
                least=least,
                name=name,
                value=repr(value),
            )
        )
    return int(value)


def checked_split(name: str) -> str:
    """The name of a split.

    Raises:
        ValueError: there is none of this name.
    """
    if name not in SPLITS:
        raise ValueError(t("Choose one of {names}. Received: split={name}", names=", ".join(SPLITS), name=repr(name)))
    return name


def checked_probes(texts: Sequence[str]) -> tuple[str, ...]:
    """Texts to watch, each once.

    Raises:
        ValueError: not texts, or more than `MAX_PROBES`.
    """
    probes = (texts,) if isinstance(texts, str) else tuple(dict.fromkeys(texts))
    if len(probes) > MAX_PROBES or not all(isinstance(text, str) for text in probes):
        raise ValueError(
            t(
                "Probes are at most {most} texts. Received: {texts}",
                most=MAX_PROBES,
                texts=repr(texts)[:80],
            )
        )
    return probes
