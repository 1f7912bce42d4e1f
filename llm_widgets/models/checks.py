"""Checks of single values; every refusal says what was wrong, what would be right, and what came in."""

from __future__ import annotations

import math
import operator
import reprlib

from llm_widgets.i18n import t
from llm_widgets.models.fields import MAX_LAYERS, Field

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 60


def shown(value: object) -> str:
    """`repr(value)`, cut where it would fill the page."""
    try:
        return _short.repr(value)
    except ValueError:  # Python writes no integer of more than 4300 digits
        return f"<{type(value).__name__}>"


def _is_truth(value: object) -> bool:
    """Whether `value` is True or False, Python's or NumPy's (which is not imported for this)."""
    return isinstance(value, bool) or (type(value).__module__ == "numpy" and type(value).__name__ in ("bool", "bool_"))


def whole_number(name: str, value: object, low: int, high: int) -> int:
    """`value` as an int within `low` to `high`.

    Raises:
        ValueError: it is no whole number (True and 3.0 are none either), or outside the range.
    """
    number: int | None = None
    if not _is_truth(value):
        try:
            number = operator.index(value)  # type: ignore[arg-type]
        except TypeError:
            number = None
    if number is None or not low <= number <= high:
        raise ValueError(
            t(
                "{name} must be a whole number from {low} to {high}. Received: {name}={value}",
                name=name,
                low=low,
                high=high,
                value=shown(value),
            )
        )
    return number


def share(name: str, value: object, low: float, high: float) -> float:
    """`value` as a float within `low` to `high`.

    Raises:
        ValueError: it is no number, NaN, or outside the range.
    """
    number = math.nan
    if not _is_truth(value) and not isinstance(value, (str, bytes)):
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            number = math.nan
    if not low <= number <= high:
        raise ValueError(
            t(
                "{name} must be a number from {low} to {high}. Received: {name}={value}",
                name=name,
                low=low,
                high=high,
                value=shown(value),
            )
        )
    return number


def truth(name: str, value: object) -> bool:
    """`value` where it is True or False.

    Raises:
        ValueError: it is anything else (0 and 1 too: a size in the wrong place would pass as one).
    """
    if _is_truth(value):
        return bool(value)
    raise ValueError(t("{name} must be True or False. Received: {name}={value}", name=name, value=shown(value)))


def sizes(name: str, value: object, low: int, high: int) -> tuple[int, ...]:
    """`value` as a tuple of one to `MAX_LAYERS` sizes; a single number is one layer.

    Raises:
        ValueError: no size, too many, or one that is no whole number within the range.
    """
    listed = value if isinstance(value, (tuple, list)) else (value,)
    if not 1 <= len(listed) <= MAX_LAYERS:
        raise ValueError(
            t(
                "{name} must have one size for each layer, 1 to {most} of them. Received: {name}={value}",
                name=name,
                most=MAX_LAYERS,
                value=shown(value),
            )
        )
    return tuple(whole_number(name, size, low, high) for size in listed)


def choice(name: str, value: object, choices: tuple[str, ...]) -> str:
    """`value` where it is one of `choices`.

    Raises:
        ValueError: it is another word, or none.
    """
    if isinstance(value, str) and value in choices:
        return str(value)
    raise ValueError(
        t(
            "{name} must be one of {choices}. Received: {name}={value}",
            name=name,
            choices=", ".join(choices),
            value=shown(value),
        )
    )


def checked(field: Field, value: object) -> object:
    """`value` in the type of `field`, within its limits; raises ValueError otherwise."""
    if field.kind == "int":
        return whole_number(field.name, value, int(field.minimum), int(field.limit))
    if field.kind == "sizes":
        return sizes(field.name, value, int(field.minimum), int(field.limit))
    if field.kind == "choice":
        return choice(field.name, value, field.choices)
    if field.kind == "float":
        return share(field.name, value, field.minimum, field.limit)
    return truth(field.name, value)
