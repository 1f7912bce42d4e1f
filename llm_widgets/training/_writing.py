"""What a language model writes, token by token, however long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.foundations import sample
from llm_widgets.models.writing import beginning, window_start, writable

if TYPE_CHECKING:
    from llm_widgets.tokenizers import TextTokenizer


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

    def choose(logits: NDArray[np.float32]) -> NDArray[np.int32]:
        return sample(writable(logits, tokenizer), rng, temperature=temperature, top_k=top_k, top_p=top_p)

    read = tokenizer.ids(prompt).tolist() or beginning(tokenizer)
    return tokenizer.decode(_stream(model, read, tokens, choose))


def _stream(model: Any, ids: list[int], tokens: int, choose: Any) -> Iterator[int]:
    from llm_widgets.models.generation import stream

    text, limit = list(ids), model.spec.max_length
    while tokens > 0:
        context = text[window_start(len(ids), len(text), limit) :]
        for new in stream(model, np.array([context], np.int32), min(tokens, limit + 1 - len(context)), choose=choose):
            text.append(int(new[0]))
            tokens -= 1
            yield text[-1]
