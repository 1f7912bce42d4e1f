"""Where a token stands, as numbers; NumPy alone, since none of this is learned."""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray


@functools.lru_cache(maxsize=8)
def sinusoidal(length: int, width: int) -> NDArray[np.float32]:
    """One vector for each position: sines and cosines of ever slower waves.

    Returns:
        float32 [length, width].

    Reference:
        Vaswani et al. (2017), Attention Is All You Need, section 3.5.
    """
    position = np.arange(length)[:, None]  # [T, 1]
    pair = np.arange(0, width, 2)[None, :]  # [1, C/2]
    angle = position / 10_000 ** (pair / width)  # [T, C/2]
    table = np.zeros((length, width), np.float32)
    table[:, 0::2] = np.sin(angle)
    table[:, 1::2] = np.cos(angle)[:, : width // 2]
    return table


@functools.lru_cache(maxsize=8)
def rotary(length: int, width: int, base: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Cosine and sine of the angle by which each number of a head is turned, at each position.

    Number i and number i + width/2 form a pair; all pairs turn with the position, the first ones fast.

    Returns:
        two arrays, float32 [length, width]; the sine has a minus in its first half, as the first of a pair needs it.

    Reference:
        Su et al. (2021), RoFormer: Enhanced Transformer with Rotary Position Embedding.
    """
    frequency = 1 / np.float32(base) ** (np.arange(0, width, 2, dtype=np.float32) / width)  # [D/2]
    angle = np.arange(length, dtype=np.float32)[:, None] * frequency  # [T, D/2]
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.concatenate([cosine, cosine], axis=-1), np.concatenate([-sine, sine], axis=-1)  # [T, D]


def distance_groups(distance: NDArray[np.int64], *, both_ways: bool, groups: int, farthest: int) -> NDArray[np.int32]:
    """The group of each distance between a query and a key: near ones one by one, far ones in ever wider groups.

    Args:
        distance: position of the key minus that of the query, of any shape.
        both_ways: later tokens have groups of their own; else they share that of distance 0.
        groups: how many there are.
        farthest: the distance from which on all share the last group.

    Returns:
        int32, of the same shape.

    Reference:
        Raffel et al. (2020), Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer.
    """
    first = np.zeros_like(distance)
    if both_ways:
        groups //= 2
        first = np.where(distance > 0, groups, 0)
        distance = np.abs(distance)
    else:
        distance = np.maximum(-distance, 0)
    single = groups // 2
    # In float32 and in this order, as the models were trained: at a border a rounding decides.
    ratio = np.log(np.maximum(distance, 1).astype(np.float32) / single) / math.log(farthest / single)
    wide = np.minimum(single + (ratio * (groups - single)).astype(np.int64), groups - 1)
    found: NDArray[np.int32] = (first + np.where(distance < single, distance, wide)).astype(np.int32)
    return found
