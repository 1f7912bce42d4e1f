"""Is a gradient right? Move each number a little both ways and look at what the function does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from llm_widgets.foundations._arrays import Array, numbers, positive, settled, shown

_EPS = float(np.finfo(np.float64).eps)
# What f gives is seldom right to its last digit: it rounds on the way, too, and numbers around 1 at least.
_ROUNDINGS = 16


@dataclass(frozen=True, eq=False)
class GradientCheck:
    """A gradient beside what finite differences say.

    Attributes:
        gradient: as it was given, [...].
        differences: (f(x + h) − f(x − h)) / 2h, element by element, [...].
        steps: the h of each element, [...].
        noise: what rounding alone can add to each difference, 16·ε·max(1, |f|) / h, [...].
        errors: |gradient − difference| relative to the larger of the two, [...]. Numbers so small that their digits
            drown in the noise are measured against it, so that noise never fails a check.
        worst: where the error is largest, an index into the arrays above.
        tolerance: an error above it fails.
    """

    gradient: Array
    differences: Array
    steps: Array
    noise: Array
    errors: Array
    worst: tuple[int, ...]
    tolerance: float

    @property
    def worst_error(self) -> float:
        """The largest relative error."""
        return float(self.errors[self.worst])

    @property
    def agrees(self) -> bool:
        """No relative error above the tolerance."""
        return self.worst_error <= self.tolerance


def finite_differences(f: Callable[[Array], ArrayLike], x: ArrayLike) -> tuple[Array, Array, Array]:
    """Central differences, one element at a time.

    Too large a step bends with the function (an error of h²), too small a one drowns in rounding (ε/h): ∛ε times the
    element's size, at least ∛ε, balances both, and leaves some ten digits.

    Args:
        f: from an array in the shape of x to one number. It gets copies, and is called twice for each element.
        x: where, [...].

    Returns:
        The differences, the steps and the noise (see `GradientCheck`), each in the shape of x.

    Raises:
        ValueError: x is no array of finite numbers; f gives something else than one finite number.

    Example:
        >>> differences, steps, noise = finite_differences(lambda x: (x**2).sum(), [1.0, -3.0])
        >>> differences.round(8)
        array([ 2., -6.])

    Reference:
        Press et al. (2007), Numerical Recipes, 3rd edition, section 5.7.
    """
    x = numbers("x", x)
    differences, steps, noise = np.empty(x.shape), np.empty(x.shape), np.empty(x.shape)
    for at in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        h = np.cbrt(_EPS) * max(1.0, abs(float(x[at])))
        above[at] += h
        below[at] -= h
        # What was really added, after rounding: x + h is not always representable.
        width = float(above[at] - below[at])
        up, down = _one_number(f, above, at), _one_number(f, below, at)
        differences[at] = (up - down) / width
        steps[at] = width / 2
        noise[at] = _ROUNDINGS * _EPS * max(1.0, abs(up), abs(down)) / width * 2
    return settled("A difference", differences), settled("A step", steps), settled("The noise", noise)


def gradient_check(
    f: Callable[[Array], ArrayLike], x: ArrayLike, gradient: ArrayLike, *, tolerance: float = 1e-5
) -> GradientCheck:
    """Compares a gradient with central differences.

    At a kink (ReLU at 0) a central difference is the mean of both sides: a right gradient then fails; check beside it.

    Args:
        f: from an array in the shape of x to one number.
        x: where, [...].
        gradient: ∂f/∂x as somebody computed it, [...].
        tolerance: the largest relative error that passes.

    Returns:
        The comparison; `agrees` says whether it passed, `worst` which element is worst.

    Raises:
        ValueError: shapes differ, or as in `finite_differences`.

    Example:
        >>> check = gradient_check(lambda x: (x**2).sum(), [1.0, -3.0], [2.0, -3.0])
        >>> check.agrees, check.worst, round(check.worst_error, 6)
        (False, (1,), 0.5)
    """
    x, gradient = numbers("x", x), numbers("gradient", gradient)
    tolerance = positive("tolerance", tolerance)
    if x.shape != gradient.shape:
        raise ValueError(f"A gradient has the shape of x. Received: x of {x.shape}, gradient of {gradient.shape}")
    differences, steps, noise = finite_differences(f, x)
    larger = np.maximum(np.maximum(np.abs(gradient), np.abs(differences)), np.maximum(noise / tolerance, 5e-324))
    errors = np.asarray(np.abs(gradient - differences) / larger)
    worst = tuple(int(i) for i in np.unravel_index(int(errors.argmax()), errors.shape))
    return GradientCheck(gradient, differences, steps, noise, settled("An error", errors), worst, tolerance)


def _one_number(f: Callable[[Array], ArrayLike], x: Array, at: tuple[int, ...]) -> float:
    value = np.asarray(f(x), np.float64)
    if value.size != 1 or not np.isfinite(value).all():
        raise ValueError(f"f must give one finite number when x{list(at)} moves. Received: {shown(value)}")
    return float(value.reshape(()))
