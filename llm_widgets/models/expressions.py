"""Numbers that follow from named sizes, such as V·C: computed here and in the page, and read as formulas."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Expression:
    """A sum, a product or a quotient of numbers and named sizes; made with `size` and the operators.

    Args:
        sign: "+", "*", "/", or "" for a single number or name.
        parts: what stands between the signs; of "" one number or name.

    Example:
        >>> V, C = size("V"), size("C")
        >>> str((V + 1) * C), ((V + 1) * C).value({"V": 9, "C": 4})
        ('(V + 1)·C', 40)
    """

    sign: str
    parts: tuple[Any, ...]

    def value(self, sizes: Mapping[str, Any]) -> Any:
        """The number for these sizes; a name alone gives what it stands for, whatever that is."""
        if not self.sign:
            part = self.parts[0]
            return sizes[part] if isinstance(part, str) else part
        values = [part.value(sizes) for part in self.parts]
        if self.sign == "+":
            return sum(values)
        if self.sign == "*":
            return math.prod(values)
        whole, by = values
        return whole // by if isinstance(whole, int) and whole % by == 0 else whole / by

    def data(self) -> Any:
        """For JSON: a number, a name, or a list of the sign and its parts."""
        return [self.sign, *(part.data() for part in self.parts)] if self.sign else self.parts[0]

    def __add__(self, other: Expression | float) -> Expression:
        return _joined("+", 0, self, _as(other))

    def __mul__(self, other: Expression | float) -> Expression:
        return _joined("*", 1, self, _as(other))

    def __truediv__(self, other: Expression | float) -> Expression:
        return Expression("/", (self, _as(other)))

    __radd__ = __add__
    __rmul__ = __mul__

    def __str__(self) -> str:
        if not self.sign:
            return str(self.parts[0])
        words = [f"({part})" if self.sign != "+" and part.sign in ("+", "/") else str(part) for part in self.parts]
        return {"+": " + ", "*": "·", "/": "/"}[self.sign].join(words)


def size(name: str) -> Expression:
    """A size by its name."""
    return Expression("", (name,))


def _as(value: Expression | float) -> Expression:
    return value if isinstance(value, Expression) else Expression("", (value,))


def _joined(sign: str, neutral: int, *given: Expression) -> Expression:
    """One sum or product: those within it opened, numbers put together, what changes nothing left out."""
    flat = [part for one in given for part in (one.parts if one.sign == sign else (one,))]
    numbers = [part.parts[0] for part in flat if not part.sign and not isinstance(part.parts[0], str)]
    others = [part for part in flat if part.sign or isinstance(part.parts[0], str)]
    number = sum(numbers) if sign == "+" else math.prod(numbers)
    if sign == "*" and number == 0:
        return _as(0)
    known = [_as(number)] if number != neutral or not others else []
    parts = [*others, *known] if sign == "+" else [*known, *others]
    return parts[0] if len(parts) == 1 else Expression(sign, tuple(parts))
