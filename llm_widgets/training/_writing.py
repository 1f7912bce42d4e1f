"""What a language model writes, token by token, however long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.foundations import sample

if TYPE_CHECKING:
    from llm_widgets.tokenizers import TextTokenizer

# Far below any score that a model gives, and still a number.
_NEVER = 1e4


def write(
    model: Any,
    tokenizer: TextTokenizer,
    prompt: str,
    tokens: int,
    rng: np.random.Generator,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float = 1.0,
) -> str:
    """What follows `prompt`, without it: `tokens` tokens.

    A model reads at most so many tokens; where the text grows longer, it reads the newest half of them and goes on.
    An empty prompt begins as a line of the text does.
    """
    silent = never(tokenizer)

    def choose(logits: NDArray[np.float32]) -> NDArray[np.int32]:
        scores = logits.astype(np.float64)  # [1, V]
        lowest = scores.min() - _NEVER
        scores[:, silent] = lowest
        scores[:, tokenizer.vocabulary_size :] = lowest  # ids that the text had no use for
        return sample(scores, rng, temperature=temperature, top_k=top_k, top_p=top_p)

    read = tokenizer.ids(prompt).tolist() or _beginning(tokenizer)
    return tokenizer.decode(_stream(model, read, tokens, choose))


def never(tokenizer: TextTokenizer) -> list[int]:
    """Ids that are not written: running text has no special token, and an unknown character is none."""
    return [*tokenizer.special_ids, tokenizer.UNKNOWN_ID]


def _beginning(tokenizer: TextTokenizer) -> list[int]:
    """What stands before a text that begins with nothing: the end of a line, of which the model has seen many.

    The end of a text is a sign that running text never shows it; only where lines have no end it must do.
    """
    line = [int(number) for number in tokenizer.ids("\n")]
    return [tokenizer.END_ID] if not line or tokenizer.UNKNOWN_ID in line else line


def _stream(model: Any, ids: list[int], tokens: int, choose: Any) -> Iterator[int]:
    from llm_widgets.models.generation import stream

    text, limit = list(ids), model.spec.max_length
    while tokens > 0:
        context = text if len(text) < limit else text[-max(1, limit // 2) :]
        for new in stream(model, np.array([context], np.int32), min(tokens, limit + 1 - len(context)), choose=choose):
            text.append(int(new[0]))
            tokens -= 1
            yield text[-1]
