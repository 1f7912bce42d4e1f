"""What a model would say if it ended after each of its layers.

Reference:
    nostalgebraist (2020), interpreting GPT: the logit lens, LessWrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.analysis._asking import ask, log_softmax

if TYPE_CHECKING:
    from llm_widgets.models.language_model import Askable


@dataclass(frozen=True)
class LayerAnswers:
    """What `logit_lens` gives. Row 0 is before the first layer, row L after the last: what the model says.

    Args:
        ids, tokens: the T tokens that were read.
        top_ids: the likeliest next tokens after each token, the first one the likeliest, int32 [L + 1, T, K].
        top: their probabilities, float32 [L + 1, T, K].
        answer: the token that the model itself finds likeliest, int32 [T].
        answer_probability: how likely each layer finds that, float32 [L + 1, T].
        count: tokens of the whole text.
    """

    ids: NDArray[np.int32]
    tokens: tuple[str, ...]
    top_ids: NDArray[np.int32]
    top: NDArray[np.float32]
    answer: NDArray[np.int32]
    answer_probability: NDArray[np.float32]
    count: int

    @property
    def settled(self) -> NDArray[np.int64]:
        """The first layer from which on the likeliest token is the model's answer, int64 [T]; 0: before the first."""
        same = self.top_ids[..., 0] == self.answer  # [L + 1, T]
        layers: NDArray[np.int64] = len(same) - np.cumprod(same[::-1], axis=0).sum(axis=0)
        return layers


def logit_lens(source: Askable, text: str, *, top: int = 5, most: int | None = None) -> LayerAnswers:
    """Reads each layer's state with the last normalization and the output's own matrix.

    Args:
        source: a `LanguageModel`, or a `LanguageRun`, of a GPT or the Llama kind.
        text: what is read.
        top: how many tokens are kept for each place, K.
        most: tokens that are read at most; None: as many as the model reads.

    Raises:
        ValueError: there is nothing in the text, or the model is no decoder.

    Example:
        >>> lens = logit_lens(run, "Alice was")  # doctest: +SKIP
        >>> lens.top_ids.shape  # doctest: +SKIP
        (3, 9, 5)
    """
    asked = ask(source, text, most=most)
    K = min(top, source.spec.vocabulary_size)

    def look(model: Any) -> tuple[list[NDArray[Any]], ...]:
        ids, probabilities, of_answer = [], [], []
        answer: NDArray[np.int64] | None = None
        for logits in layer_logits(model, asked.ids):  # the last layer first
            p = np.exp(log_softmax(logits)).astype(np.float32)  # [T, V]
            best = np.argpartition(-p, K - 1, axis=-1)[:, :K]
            order = np.argsort(-np.take_along_axis(p, best, -1), axis=-1, kind="stable")
            best = np.take_along_axis(best, order, -1)
            answer = best[:, :1] if answer is None else answer
            ids.append(best.astype(np.int32))
            probabilities.append(np.take_along_axis(p, best, -1))
            of_answer.append(np.take_along_axis(p, answer, -1)[:, 0])
        return ids[::-1], probabilities[::-1], of_answer[::-1]

    ids, probabilities, of_answer = (np.stack(part) for part in source.call(look))
    return LayerAnswers(
        ids=asked.ids,
        tokens=asked.tokens,
        top_ids=ids,
        top=probabilities,
        answer=ids[-1, :, 0],
        answer_probability=of_answer,
        count=asked.count,
    )


def layer_logits(model: Any, ids: NDArray[np.int32]) -> Iterator[NDArray[np.float32]]:
    """The scores that each layer's state comes to, [T, V] each, from the last layer down to the embedding.

    One at a time, since all of them together may be larger than the model.
    """
    from llm_widgets.models.layers.stack import Watch
    from llm_widgets.models.layers.transformer import as_arrays, as_ids

    tokens = as_ids(ids)
    watch = Watch(weights=False, states=True)
    with model.reading():
        model.stack.call(model.embed(tokens), model.seen(tokens), watch=watch)
    for state in reversed(watch.states or []):
        with model.reading():
            logits = as_arrays([model.logits(model.stack.last_norm(state))])[0]
        yield logits[0]
