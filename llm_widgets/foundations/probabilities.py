"""Softmax: scores to probabilities that sum to 1, its logarithm, and what flows back through both."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from llm_widgets.foundations._arrays import Array, numbers, shown


def softmax(logits: ArrayLike) -> Array:
    """eᶻ / Σ eᶻ over the last axis.

    Args:
        logits: [..., V]; −inf is allowed (probability 0), as long as one score of each row is finite.

    Returns:
        Probabilities [..., V]; each row sums to 1.

    Raises:
        ValueError: a single number, nothing, NaN, +inf, or a row of −inf alone.

    Example:
        >>> softmax([2.0, 1.0, -np.inf]).round(3)
        array([0.731, 0.269, 0.   ])
        >>> softmax([1e4, 0.0])
        array([1., 0.])

    Reference:
        Bridle (1990), Probabilistic Interpretation of Feedforward Classification Network Outputs.
    """
    e = np.exp(_from_highest(logits))
    p: Array = e / e.sum(-1, keepdims=True)
    return p


def log_softmax(logits: ArrayLike) -> Array:
    """log softmax(z) = z − log Σ eᶻ, without the log of a probability that rounds to 0.

    Args:
        logits: as in `softmax`.

    Returns:
        [..., V], 0 at most.

    Raises:
        ValueError: as in `softmax`.

    Example:
        >>> log_softmax([1e4, 0.0])
        array([     0., -10000.])
    """
    z = _from_highest(logits)
    result: Array = z - np.log(np.exp(z).sum(-1, keepdims=True))  # the highest is e⁰: the sum is 1 at least
    return result


def softmax_jacobian(logits: ArrayLike) -> Array:
    """∂pᵢ/∂zⱼ = pᵢ·(δᵢⱼ − pⱼ): every score moves every probability.

    Args:
        logits: as in `softmax`.

    Returns:
        [..., V, V], symmetric; each row sums to 0.

    Example:
        >>> softmax_jacobian([0.0, 0.0])
        array([[ 0.25, -0.25],
               [-0.25,  0.25]])
    """
    p = softmax(logits)
    jacobian: Array = p[..., :, None] * (np.eye(p.shape[-1]) - p[..., None, :])
    return jacobian


def softmax_backward(p: ArrayLike, d_p: ArrayLike) -> Array:
    """∂L/∂z from ∂L/∂p: the Jacobian times a vector, without the matrix.

    Args:
        p: what `softmax` gave, [..., V].
        d_p: ∂L/∂p, [..., V].

    Returns:
        p·(∂L/∂p − Σ p·∂L/∂p), [..., V].

    Raises:
        ValueError: the two shapes differ.

    Example:
        >>> softmax_backward([0.5, 0.5], [1.0, 0.0])
        array([ 0.25, -0.25])
    """
    p, d_p = _pair(p, d_p)
    result: Array = p * (d_p - (p * d_p).sum(-1, keepdims=True))
    return result


def log_softmax_backward(p: ArrayLike, d_log_p: ArrayLike) -> Array:
    """∂L/∂z from ∂L/∂(log p).

    Args:
        p: the probabilities, [..., V].
        d_log_p: ∂L/∂(log p), [..., V].

    Returns:
        ∂L/∂(log p) − p·Σ ∂L/∂(log p), [..., V].

    Raises:
        ValueError: the two shapes differ.

    Example:
        >>> log_softmax_backward([0.5, 0.5], [-1.0, 0.0])  # cross-entropy of the first: p − 1, p
        array([-0.5,  0.5])
    """
    p, d_log_p = _pair(p, d_log_p)
    result: Array = d_log_p - p * d_log_p.sum(-1, keepdims=True)
    return result


def _from_highest(logits: ArrayLike) -> Array:
    """Scores less the highest of their row: the same softmax, and no e^z above 1."""
    z = numbers("logits", logits, finite=False)
    highest = z.max(-1, keepdims=True) if z.ndim else z
    if z.ndim == 0 or not np.isfinite(highest).all():
        raise ValueError(
            "Logits must be one row of scores or more, each with a finite highest score (−inf may stand beside it). "
            f"Received: logits={shown(logits)}"
        )
    with np.errstate(over="ignore"):  # ±1.7e308 apart: −inf, and the probability is 0
        return z - highest


def _pair(p: ArrayLike, gradient: ArrayLike) -> tuple[Array, Array]:
    p, gradient = numbers("p", p), numbers("gradient", gradient)
    if p.ndim == 0 or p.shape != gradient.shape:
        raise ValueError(
            f"The gradient has one number for each probability. Received: shapes {p.shape} and {gradient.shape}"
        )
    return p, gradient
