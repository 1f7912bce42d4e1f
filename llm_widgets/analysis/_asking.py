"""What all that looks into a language model needs: a text as its tokens, checked, and logarithms of its answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t

if TYPE_CHECKING:
    from llm_widgets.models.language_model import Askable

# Numbers of one answer of the model, rows x tokens x vocabulary, that are held at a time.
MOST_NUMBERS = 8_000_000


@dataclass(frozen=True)
class Asked:
    """A text as the model reads it.

    Args:
        ids: int32 [T].
        tokens: the T pieces.
        characters: that the tokens after the first one stand for.
        count: tokens of the whole text, of which the first T are read.
    """

    ids: NDArray[np.int32]
    tokens: tuple[str, ...]
    characters: int
    count: int


def check_decoder(spec: Any) -> None:
    """Refuses what says no next token after a text.

    Raises:
        ValueError: a BERT or a T5.
    """
    from llm_widgets.models import BERTSpec, T5Spec

    if isinstance(spec, (BERTSpec, T5Spec)):
        raise ValueError(
            t(
                "This needs a model that says the next token: GPT or the Llama kind. An encoder such as BERT reads, "
                "and T5 answers another text. Received: {spec}",
                spec=repr(spec)[:200],
            )
        )


def ask(source: Askable, text: str, *, least: int = 1, most: int | None = None) -> Asked:
    """A text as ids: the first tokens of it, where it is longer than the model reads or than `most`.

    Raises:
        ValueError: it has fewer than `least` tokens, or the model is no decoder.
    """
    check_decoder(source.spec)
    encoding = source.tokenizer.encode(text)
    length = min(source.spec.max_length, most or source.spec.max_length)
    ids = np.array(encoding.ids[:length], np.int32)
    if len(ids) < least:
        raise ValueError(
            t(
                "The text must have at least {least} tokens. Received: {count} in {text}",
                least=least,
                count=len(ids),
                text=repr(text[:60]),
            )
        )
    ends = encoding.offsets[: len(ids)]
    characters = ends[-1][1] - ends[0][1] if ends else 0
    return Asked(ids, encoding.tokens[: len(ids)], characters, len(encoding))


def log_softmax(logits: NDArray[Any]) -> NDArray[np.float64]:
    """log(exp(x) / Σ exp(x)) over the last axis, in float64."""
    x = logits.astype(np.float64)
    x = x - x.max(-1, keepdims=True)
    logs: NDArray[np.float64] = x - np.log(np.exp(x).sum(-1, keepdims=True))
    return logs


def rows_at_once(spec: Any, length: int) -> int:
    """How many texts of this length are given to the model at a time."""
    widest: int = max(spec.vocabulary_size, 4 * spec.d_model)
    return max(1, MOST_NUMBERS // (length * widest))


def bits_per_character(nats: float, tokens: int, characters: int) -> float:
    """A mean loss in nats a token as bits a character; not a number where there is no character."""
    return nats / math.log(2) * tokens / characters if characters else math.nan
