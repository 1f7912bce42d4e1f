"""What a language model may write, what a text begins with, and how much of a long one it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from llm_widgets.models.language_model import Reads

# Far below any score that a model gives, and still a number.
_NEVER = 1e4


def silent_ids(tokenizer: Reads) -> tuple[int, ...]:
    """The ids that are never written: what no text can contain, and the unknown character.

    A model of running text has never seen its text end. One that has (it answers, then ends) says so by a tokenizer
    with `writes_end = True`, or whose `special_ids` lack `END_ID`.
    """
    silent = {*tokenizer.special_ids, tokenizer.UNKNOWN_ID}
    if getattr(tokenizer, "writes_end", False):
        silent.discard(tokenizer.END_ID)
    return tuple(sorted(silent))


def writable(logits: NDArray[np.float32], tokenizer: Reads, *signs: int) -> NDArray[np.float64]:
    """Logits [..., V] in which no `silent_ids` but `signs`, nor ids that the tokenizer lacks, have a chance."""
    scores = logits.astype(np.float64)
    never = scores.min() - _NEVER
    scores[..., [one for one in silent_ids(tokenizer) if one not in signs]] = never
    scores[..., tokenizer.vocabulary_size :] = never  # ids that the text had no use for
    return scores


def beginning(tokenizer: Reads) -> list[int]:
    """What stands before a text that begins with nothing: the end of a line, of which the model has seen many.

    The end of a text is a sign that running text never shows it; only where lines have no end it must do.
    """
    line = [int(number) for number in tokenizer.ids("\n")]
    return [tokenizer.END_ID] if not line or tokenizer.UNKNOWN_ID in line else line


def window_start(prompt: int, length: int, limit: int) -> int:
    """Where a model that reads `limit` tokens begins to read a text of `length`, of which `prompt` were there at first.

    Where the text grows longer than it reads, it reads the newest half of what it could, and goes on from there.

    Example:
        >>> [window_start(3, length, 8) for length in (3, 8, 9, 13, 14)]
        [0, 0, 5, 5, 10]
        >>> window_start(20, 20, 8)
        16
    """
    half = max(1, limit // 2)
    start = 0 if prompt < limit else prompt - half
    beyond = length - start - limit
    stride = limit + 1 - half
    return start + max(0, -(-beyond // stride)) * stride
