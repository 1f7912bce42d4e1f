"""Scaled dot-product attention forward and back, with every matrix on the way kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from llm_widgets.foundations._arrays import Array, numbers, settled, shown, whole
from llm_widgets.foundations.probabilities import softmax, softmax_backward

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Attention:
    """One look of T queries at S keys.

    Attributes:
        q: queries, [..., T, d].
        k: keys, [..., S, d].
        v: values, [..., S, d_v].
        scores: q·kᵀ, [..., T, S].
        scaled: scores / √d, [..., T, S].
        mask: True where a query may look, [..., T, S].
        masked: the scaled scores, −inf where it may not, [..., T, S].
        weights: softmax of each row, [..., T, S].
        output: weights·v, [..., T, d_v].
    """

    q: Array
    k: Array
    v: Array
    scores: Array
    scaled: Array
    mask: Mask
    masked: Array
    weights: Array
    output: Array


@dataclass(frozen=True, eq=False)
class AttentionBackward:
    """What comes back through `Attention`: the gradient of the loss for each of its matrices, in its shape."""

    d_output: Array
    d_weights: Array
    d_scaled: Array
    d_scores: Array
    dq: Array
    dk: Array
    dv: Array


def scaled_dot_product_attention(
    q: ArrayLike, k: ArrayLike, v: ArrayLike, *, causal: bool = False, mask: ArrayLike | None = None
) -> Attention:
    """softmax(q·kᵀ / √d)·v.

    Args:
        q: queries, [..., T, d].
        k: keys, [..., S, d].
        v: values, [..., S, d_v].
        causal: position t looks at 0 to t alone; T and S must be equal.
        mask: True where a query may look, of a shape that broadcasts to [..., T, S]; see `padding_mask`.

    Returns:
        The output with every matrix that led to it.

    Raises:
        ValueError: the shapes do not fit; the mask is not of booleans; a query may look at nothing.

    Example:
        >>> seen = scaled_dot_product_attention([[1.0], [1.0]], [[0.0], [0.0]], [[2.0], [4.0]], causal=True)
        >>> seen.weights
        array([[1. , 0. ],
               [0.5, 0.5]])
        >>> seen.output
        array([[2.],
               [3.]])

    Reference:
        Vaswani et al. (2017), Attention Is All You Need, section 3.2.1.
    """
    q, k, v = numbers("q", q), numbers("k", k), numbers("v", v)
    shapes = f"Received: q of shape {q.shape}, k of {k.shape}, v of {v.shape}"
    if min(q.ndim, k.ndim, v.ndim) < 2 or q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError(f"q is [..., T, d], k [..., S, d], v [..., S, d_v]. {shapes}")
    if not q.shape[:-2] == k.shape[:-2] == v.shape[:-2]:
        raise ValueError(f"q, k and v need the same axes before the last two. {shapes}")
    with np.errstate(over="ignore", invalid="ignore"):
        scores = settled("A score", q @ k.swapaxes(-1, -2))  # [..., T, d] @ [..., d, S]
    scaled = settled("A score", scores / math.sqrt(q.shape[-1]))
    allowed = _allowed(scores.shape, causal, mask)
    masked = np.where(allowed, scaled, -np.inf)
    weights = settled("A weight", softmax(masked))
    masked.setflags(write=False)
    return Attention(q, k, v, scores, scaled, allowed, masked, weights, settled("The output", weights @ v))


def attention_backward(forward: Attention, d_output: ArrayLike) -> AttentionBackward:
    """From ∂L/∂output back to queries, keys and values.

    Args:
        forward: what `scaled_dot_product_attention` gave.
        d_output: ∂L/∂output, [..., T, d_v].

    Raises:
        ValueError: d_output has another shape than the output.

    Example:
        >>> seen = scaled_dot_product_attention([[1.0], [1.0]], [[0.0], [0.0]], [[2.0], [4.0]])
        >>> attention_backward(seen, [[1.0], [0.0]]).dv
        array([[0.5],
               [0.5]])
    """
    d_output = numbers("d_output", d_output)
    if d_output.shape != forward.output.shape:
        raise ValueError(
            f"d_output has the output's shape. Received: d_output of {d_output.shape}, output of {forward.output.shape}"
        )
    d_weights = d_output @ forward.v.swapaxes(-1, -2)  # [..., T, d_v] @ [..., d_v, S]
    # Where the mask forbids, the weight is 0, and so is what flows back.
    d_scaled = softmax_backward(forward.weights, d_weights)
    d_scores = d_scaled / math.sqrt(forward.q.shape[-1])
    dq = d_scores @ forward.k  # [..., T, S] @ [..., S, d]
    dk = d_scores.swapaxes(-1, -2) @ forward.q  # [..., S, T] @ [..., T, d]
    dv = forward.weights.swapaxes(-1, -2) @ d_output  # [..., S, T] @ [..., T, d_v]
    kept = [settled("A gradient", gradient) for gradient in (d_output, d_weights, d_scaled, d_scores, dq, dk, dv)]
    return AttentionBackward(*kept)


def causal_mask(length: int) -> Mask:
    """True on and below the diagonal, [T, T]: position t may look at 0 to t.

    Example:
        >>> causal_mask(2)
        array([[ True, False],
               [ True,  True]])
    """
    return np.tri(whole("length", length, 1), dtype=bool)


def padding_mask(lengths: Sequence[int], longest: int) -> Mask:
    """True for the first tokens of each text, False for the padding behind them, [B, 1, S].

    Args:
        lengths: how many tokens each text has, at least 1.
        longest: S.

    Raises:
        ValueError: a length is below 1 or above `longest`.

    Example:
        >>> padding_mask([1, 2], 2)
        array([[[ True, False]],
        <BLANKLINE>
               [[ True,  True]]])
    """
    whole("longest", longest, 1)
    if not len(lengths) or any(whole("each length", n, 1) > longest for n in lengths):
        raise ValueError(f"Each text has 1 to {longest} tokens. Received: lengths={shown(lengths)}")
    return np.arange(longest) < np.asarray(lengths)[:, None, None]


def _allowed(shape: tuple[int, ...], causal: bool, mask: ArrayLike | None) -> Mask:
    allowed: Mask = np.ones(shape, bool)
    if causal:
        if shape[-1] != shape[-2]:
            raise ValueError(
                f"Causal attention needs as many keys as queries; otherwise give a mask. Received: T, S = {shape[-2:]}"
            )
        allowed &= causal_mask(shape[-1])
    if mask is not None:
        given = np.asarray(mask)
        if given.dtype != bool:  # a mask of 0 and −inf is added elsewhere, and 0 would mean the opposite here
            raise ValueError(f"A mask is of booleans, True where a query may look. Received: mask of {given.dtype}")
        try:
            allowed &= given
        except ValueError:
            raise ValueError(
                f"The mask must broadcast to the scores. Received: mask of shape {given.shape}, scores of {shape}"
            ) from None
    if not allowed.any(-1).all():
        blind = tuple(int(i) for i in np.argwhere(~allowed.any(-1))[0])
        raise ValueError(f"Each query must be allowed to look at one key at least. Received: none for query {blind}")
    allowed.setflags(write=False)
    return allowed
