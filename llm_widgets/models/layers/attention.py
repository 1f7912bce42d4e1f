"""Attention itself: who may see whom, scores, softmax, and the mix of the values."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from keras import ops

from llm_widgets.models.layers.ops import TORCH, root, softmax

if TORCH:
    from llm_widgets.models.layers import _torch_ops as native

HIDDEN = -1e9  # added to a score that must not count; not -inf, so that a row that sees nothing is still a softmax


class Sight(NamedTuple):
    """What the tokens of one pass can see, the same in every layer."""

    added: Any = None  # added to the scores: [1 or B, 1 or H, T, S]
    causal: bool = False  # each sees itself and those before it, where `added` does not say so
    rotation: Any = None  # cosine, and sine with its signs, [T, D] each; see `rotate`


def make_sight(
    queries: Any, keys: Any, *, offset: int = 0, causal: bool, seen: Any = None, bias: Any = None, rotation: Any = None
) -> Sight:
    """What `queries` tokens at position `offset` and after see of `keys` tokens.

    Args:
        queries, keys: how many there are, T and S; TensorFlow may know them only when it computes.
        offset: the position of the first query.
        causal: later tokens are hidden.
        seen: True where a key is no padding, [B, S].
        bias: added to the scores, [1, H, T, S].
        rotation: cosine and sine for the queries' positions.
    """
    added = bias
    if seen is not None:
        hidden = ops.where(seen, 0.0, HIDDEN)[:, None, None, :]  # [B, 1, 1, S]
        added = hidden if added is None else added + hidden
    if causal and (added is not None or offset or not TORCH):
        later = causal_mask(queries, keys, offset)
        added = later if added is None else added + later
        causal = False
    return Sight(added, causal, rotation)


def causal_mask(queries: Any, keys: Any, offset: int = 0) -> Any:
    """0 where a query may look, `HIDDEN` at later keys: float32 [1, 1, T, S]."""
    known = isinstance(queries, int) and isinstance(keys, int)
    arange = np.arange if known else ops.arange
    later = arange(keys)[None, :] > arange(queries)[:, None] + offset
    if known:
        return ops.convert_to_tensor(np.where(later, np.float32(HIDDEN), np.float32(0.0))[None, None])
    return ops.where(later, HIDDEN, 0.0)[None, None]


def rotate(x: Any, rotation: Any) -> Any:
    """Turns each pair of numbers of x [B, H, T, D] by its position's angle: cosine, and sine with a minus for the first
    of each pair."""
    cosine, sine = rotation  # [T, D]
    if TORCH:
        return native.rotate(x, cosine, sine)
    first, second = ops.split(x, 2, axis=-1)  # [B, H, T, D/2]
    return x * cosine + ops.concatenate([second, first], axis=-1) * sine


def attend(q: Any, k: Any, v: Any, sight: Sight, *, scaled: bool, drop: Any = None, watch: Any = None) -> Any:
    """Each query's mix of the values: softmax(q kᵀ / sqrt(D) + added) v.

    Args:
        q: queries [B, H, T, D].
        k, v: keys and values [B, K, S, D]; a group of H / K heads shares one.
        sight: what may be seen.
        scaled: divide by sqrt(D).
        drop: a function that sets some weights to 0, in training.
        watch: a list that receives the weights, [B, H, T, S].

    Returns:
        [B, H, T, D].
    """
    scale = root(q.shape[-1]) if scaled else 1.0
    if TORCH and drop is None and watch is None:
        return native.attend(q, k, v, scale=scale, added=sight.added, causal=sight.causal)
    group = q.shape[1] // k.shape[1]
    if group > 1:
        k, v = ops.repeat(k, group, axis=1), ops.repeat(v, group, axis=1)  # [B, H, S, D]
    scores = ops.matmul(q, ops.transpose(k, (0, 1, 3, 2))) * scale  # [B, H, T, S]
    added = causal_mask(q.shape[2], k.shape[2]) if sight.causal else sight.added
    weights = softmax(scores if added is None else scores + added)  # each row sums to 1
    if watch is not None:
        watch.append(weights)
    return ops.matmul(weights if drop is None else drop(weights), v)
