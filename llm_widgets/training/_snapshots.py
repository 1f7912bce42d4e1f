"""Attention that a run keeps while it learns, one byte a weight, so that a recording can show it again."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FIRST_LENGTH = 60  # characters of the text that is watched, unless another one is given
MOST_TOKENS = 64
MOST_BYTES = 2**20  # of one snapshot
_GROWTH = 1.25  # each snapshot is taken after so many times as many batches as the one before
_HEADING = re.compile("[A-Z]{2}")
_SENTENCES = re.compile(r"[^.!?。！？]*[.!?。！？]")


class AttentionSnapshot(NamedTuple):
    """Who looked at whom in the text that is watched.

    Args:
        step: how many batches the model had learned from.
        weights: uint8 [L, H, T, T], in 255ths.
    """

    step: int
    weights: NDArray[np.uint8]


def is_due(step: int, last: bool) -> bool:
    """Whether a snapshot is taken after `step` batches: often at first, when much changes, and at the end.

    Example:
        >>> [step for step in range(1, 40) if is_due(step, False)]
        [1, 2, 3, 4, 5, 6, 7, 9, 12, 15, 18, 23, 28, 36]
    """
    power = round(math.log(step) / math.log(_GROWTH)) if step else 0
    return last or any(round(_GROWTH**k) == step for k in range(max(0, power - 1), power + 2))


def packed(step: int, weights: list[NDArray[np.float32]]) -> AttentionSnapshot | None:
    """One byte a weight; None where it would be too many."""
    together = np.stack([layer[0] for layer in weights])  # [L, H, T, T]
    if together.size > MOST_BYTES:
        return None
    return AttentionSnapshot(step, np.rint(together * 255).astype(np.uint8))


def unpacked(snapshot: AttentionSnapshot) -> list[NDArray[np.float32]]:
    """As a model gives them, [1, H, T, T] a layer; each row sums to 1 again."""
    weights = snapshot.weights.astype(np.float32)
    weights /= np.maximum(weights.sum(-1, keepdims=True), 1e-9)
    return [layer[None] for layer in weights]


def first_text(held_out: str) -> str:
    """A sentence that the model does not learn from: the first that is neither a heading nor long."""
    text = " ".join(held_out.split())
    found = (match.group().strip() for match in _SENTENCES.finditer(text))
    fitting = (one for one in found if 12 <= len(one) <= FIRST_LENGTH and not _HEADING.search(one))
    return next(fitting, text[:FIRST_LENGTH])
