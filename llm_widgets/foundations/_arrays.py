"""What goes in is checked once and copied; what comes out cannot be changed."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array: TypeAlias = NDArray[np.float64]


def shown(value: object) -> str:
    """`repr`, short enough for an error."""
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}…"


def numbers(name: str, value: ArrayLike, *, finite: bool = True, ndim: int | None = None) -> Array:
    """A float64 copy of `value` that nobody can write to.

    Args:
        name: what it is called in an error.
        value: a number, or an array or nested sequence of numbers.
        finite: False lets ±inf pass; NaN never does.
        ndim: how many axes it must have; None: any.

    Raises:
        ValueError: text, ragged rows, nothing at all, NaN, too large a number, another count of axes.
    """

    def refusal(text: str) -> ValueError:
        return ValueError(f"{name} must {text}. Received: {name}={shown(value)}")

    try:
        raw = np.asarray(value)
    except ValueError:
        raise refusal("have rows of equal lengths") from None
    if raw.size == 0:
        raise refusal("not be empty")
    if raw.dtype.kind not in "biuf":  # text, complex numbers, None, whole numbers beyond 64 bits
        raise refusal("be real numbers within ±1.8e308")
    array = raw.astype(np.float64)
    if np.isnan(array).any() or (finite and not np.isfinite(array).all()):
        raise refusal("be finite numbers" if finite else "be numbers, not NaN")
    if ndim is not None and array.ndim != ndim:
        shape = ("a single number", "a vector", "a matrix")[ndim] if ndim < 3 else f"an array with {ndim} axes"
        raise refusal(f"be {shape}, not an array of shape {array.shape}")
    array.setflags(write=False)
    return array


def number(name: str, value: ArrayLike) -> float:
    """One finite number."""
    return float(numbers(name, value, ndim=0))


def positive(name: str, value: ArrayLike) -> float:
    """One finite number above 0."""
    checked = number(name, value)
    if checked <= 0:
        raise ValueError(f"{name} must be above 0. Received: {name}={shown(value)}")
    return checked


def whole(name: str, value: object, least: int = 0) -> int:
    """One whole number, `least` or more."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} must be a whole number, {least} or more. Received: {name}={shown(value)}")
    return int(value)


def settled(what: str, array: Array) -> Array:
    """A result that nobody can write to, and that did not overflow on the way.

    Raises:
        ValueError: it holds NaN or ±inf.
    """
    array = np.asarray(array, np.float64)
    if not np.isfinite(array).all():
        raise ValueError(f"{what} leaves the range of numbers (±1.8e308); use smaller values. Received: {shown(array)}")
    if array.flags.writeable:
        array = array.copy() if array.base is not None else array
        array.setflags(write=False)
    return array
