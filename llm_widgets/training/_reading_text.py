"""What a language run and its recording tell alike."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from llm_widgets.training._next_token import bits


class Attention(NamedTuple):
    """What `LanguageRun.attention` gives.

    Args:
        weights: one array [1, H, T, T] a layer; each row sums to 1.
        tokens: the T tokens.
        step: how many batches the model had learned from.
    """

    weights: list[NDArray[np.float32]]
    tokens: tuple[str, ...]
    step: int


def bits_per_character(loss: float, tokens: float, unknown: float, characters: float) -> float:
    """What a character of a text costs.

    Args:
        loss: nats a token. tokens, characters: how long the text is.
        unknown: bits that its unknown characters cost beyond their ids, all together.
    """
    return (bits(loss) * tokens + unknown) / max(1.0, characters)
