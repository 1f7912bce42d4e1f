"""What a head is good for: the loss of a text with the head switched off, less the loss with all of them.

Reference:
    Michel, Levy and Neubig (2019), Are Sixteen Heads Really Better than One?
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.analysis._asking import Asked, ask, bits_per_character, log_softmax, rows_at_once
from llm_widgets.i18n import t

if TYPE_CHECKING:
    from llm_widgets.models.language_model import Askable

Head = tuple[int, int]  # layer and head, from 0
WAYS = ("zero", "mean")


@dataclass(frozen=True)
class AblatedHeads:
    """What `ablate_heads` gives.

    Args:
        change: by how much the loss grows when one head is off, in nats a token, float64 [L, H]; below 0 where the
            model is better without it.
        loss: with all heads, nats a token.
        tokens: the T tokens of the text; all but the first are guessed.
        characters: that the guessed tokens stand for.
    """

    change: NDArray[np.float64]
    loss: float
    tokens: tuple[str, ...]
    characters: int

    def bits(self, nats: float) -> float:
        """Nats a token of this text as bits a character."""
        return bits_per_character(nats, len(self.tokens) - 1, self.characters)


@dataclass(frozen=True)
class WithoutHeads:
    """What `without_heads` gives.

    Args:
        loss: with the heads off, nats a token. log_probabilities: of what follows the text then, float64 [V].
        loss_before, before: the same with all heads, in the same pass.
    """

    loss: float
    log_probabilities: NDArray[np.float64]
    loss_before: float
    before: NDArray[np.float64]


def ablate_heads(
    source: Askable,
    text: str,
    *,
    how: str = "zero",
    most: int | None = None,
    told: Callable[[NDArray[np.float64], float], bool | None] | None = None,
) -> AblatedHeads:
    """The change in the loss of a text with each head switched off, one at a time.

    Many heads are tried in one pass: each row of a batch is the same text with another head off. Each pass also has a
    row with all heads, so that the differences hold while the model is trained between two passes.

    Args:
        source: a `LanguageModel`, or a `LanguageRun`, of a GPT or the Llama kind.
        text: what is guessed, token after token.
        how: "zero" (the head adds nothing) or "mean" (it adds the same everywhere: the mean of what it adds to the
            tokens of this text).
        most: tokens that are read at most; None: as many as the model reads.
        told: hears of each pass, with what is known so far (not a number where nothing is) and the loss with all
            heads; what it returns ends the work where it is False.

    Raises:
        ValueError: the text has fewer than two tokens, the model is no decoder, `how` is not known.

    Example:
        >>> found = ablate_heads(run, "Alice was beginning")  # doctest: +SKIP
        >>> found.change.shape  # doctest: +SKIP
        (2, 4)
    """
    asked = ask(source, text, least=2, most=most)
    L, H = source.spec.num_layers, source.spec.num_heads
    change = np.full((L, H), np.nan)
    loss = np.nan
    heads = [(layer, head) for layer in range(L) for head in range(H)]
    for some in _chunks(heads, max(1, rows_at_once(source.spec, len(asked.ids)) - 1)):
        each = _losses(source, asked, [(), *([one] for one in some)], how)[0]  # [rows]
        loss = float(each[0])
        change[tuple(zip(*some, strict=True))] = each[1:] - loss
        if told is not None and told(change.copy(), loss) is False:
            break
    return AblatedHeads(change, loss, asked.tokens, asked.characters)


def without_heads(
    source: Askable, text: str, off: Iterable[Head] = (), *, how: str = "zero", most: int | None = None
) -> WithoutHeads:
    """The loss of a text, and what may follow it, with some heads switched off together.

    Args:
        source, text, how, most: as of `ablate_heads`.
        off: pairs of layer and head, counted from 0.

    Raises:
        ValueError: as `ablate_heads`, or there is no such head.
    """
    asked = ask(source, text, least=2, most=most)
    losses, last = _losses(source, asked, [(), list(off)], how)
    return WithoutHeads(float(losses[1]), last[1], float(losses[0]), last[0])


def _losses(
    source: Askable, asked: Asked, without: list[Any], how: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The loss for each set of heads that are off, [rows], and what follows the text, log-probabilities [rows, V]."""
    if how not in WAYS:
        raise ValueError(
            t("A head is switched off by {ways}. Received: how={how}", ways=" / ".join(WAYS), how=repr(how))
        )
    keep = np.ones((len(without), source.spec.num_layers, source.spec.num_heads), np.float32)
    for row, off in enumerate(without):
        for layer, head in off:
            if not (0 <= layer < keep.shape[1] and 0 <= head < keep.shape[2]):
                raise ValueError(
                    t(
                        "This model has {layers} layers of {heads} heads, counted from 0. Received: {head}",
                        layers=keep.shape[1],
                        heads=keep.shape[2],
                        head=(layer, head),
                    )
                )
            keep[row, layer, head] = 0.0
    ids = np.repeat(asked.ids[None], len(without), axis=0)  # [rows, T]
    logits = source.call(lambda model: _logits(model, ids, keep, how))  # [rows, T, V]
    losses, last = np.empty(len(without)), np.empty((len(without), logits.shape[-1]))
    for row, scores in enumerate(logits):  # one at a time: in float64 all of them may be larger than the model
        logs = log_softmax(scores)
        losses[row] = -np.take_along_axis(logs[:-1], asked.ids[1:, None].astype(np.int64), axis=-1).mean()
        last[row] = logs[-1]
    return losses, last


def _logits(model: Any, ids: NDArray[np.int32], keep: NDArray[np.float32], how: str) -> NDArray[np.float32]:
    """The model's answer to ids [B, T] with the heads off that are 0 in keep [B, L, H]: [B, T, V]."""
    from keras import ops

    from llm_widgets.models.layers.stack import Watch
    from llm_widgets.models.layers.transformer import as_arrays, as_ids

    kept = ops.convert_to_tensor(keep[..., None, None])  # [B, L, H, 1, 1]

    def mixes(layer: int, mixed: Any) -> Any:  # [B, H, T, D]
        on = ops.cast(kept[:, layer], mixed.dtype)
        if how == "zero":
            return mixed * on
        return mixed * on + ops.mean(mixed, axis=2, keepdims=True) * (1 - on)

    tokens = as_ids(ids)
    with model.reading():
        return as_arrays(
            [model.read(model.embed(tokens), model.seen(tokens), watch=Watch(weights=False, mixes=mixes))]
        )[0]


def _chunks(heads: list[Head], size: int) -> Iterator[list[Head]]:
    for start in range(0, len(heads), size):
        yield heads[start : start + size]
