"""What flows back through a power and a matrix product; the other operations' pulls are a line each, in `autodiff`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from llm_widgets.foundations._arrays import Array

# From ∂L/∂result to ∂L/∂operand, before broadcasting is undone.
Pull: TypeAlias = Callable[[Array], ArrayLike]


def power_pulls(a: Array, p: Array, out: Array) -> tuple[Pull, Pull]:
    """∂(aᵖ)/∂a = p·aᵖ⁻¹ and ∂(aᵖ)/∂p = aᵖ·log a."""

    def to_base(g: Array) -> Array:
        with np.errstate(divide="ignore"):  # √0 is infinitely steep; refused when it is settled
            slope = np.power(a, np.where(p == 0, 1.0, p - 1))
        return np.asarray(g * np.where(p == 0, 0.0, p * slope))

    def to_exponent(g: Array) -> Array:
        # Where the base is 0, so is 0ᵖ·log 0 in the limit.
        return np.asarray(g * out * np.log(np.where(a > 0, a, 1.0)))

    return to_base, to_exponent


def matmul_pulls(a: Array, b: Array, out: Array) -> tuple[Pull, Pull]:
    """g·bᵀ and aᵀ·g; a vector is a matrix of one row (left) or one column (right) in between."""
    A = a if a.ndim > 1 else a[None, :]  # [..., n, k]
    B = b if b.ndim > 1 else b[:, None]  # [..., k, m]

    def spread(g: Array) -> Array:  # [..., n, m]
        g = g if b.ndim > 1 else g[..., None]
        return g if a.ndim > 1 else g[..., None, :]

    def to_a(g: Array) -> Array:
        back: Array = spread(g) @ B.swapaxes(-1, -2)
        return back if a.ndim > 1 else back[..., 0, :]

    def to_b(g: Array) -> Array:
        back: Array = A.swapaxes(-1, -2) @ spread(g)
        return back if b.ndim > 1 else back[..., 0]

    return to_a, to_b
