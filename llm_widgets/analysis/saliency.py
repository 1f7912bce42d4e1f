"""Which tokens a guess rests on, asked in three ways that need not agree: attention, gradient and deletion.

Reference:
    Jain and Wallace (2019), Attention is not Explanation; Simonyan, Vedaldi and Zisserman (2014), Deep Inside
    Convolutional Networks (gradients); Li, Monroe and Jurafsky (2016), Understanding Neural Networks through
    Representation Erasure (deletion).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from llm_widgets.analysis._asking import check_decoder, log_softmax, rows_at_once
from llm_widgets.i18n import t

if TYPE_CHECKING:
    from llm_widgets.models.language_model import Askable

WAYS = ("replace", "remove")


@dataclass(frozen=True)
class TokenSaliency:
    """What `saliency` gives, for each of the T tokens that the guess is made from.

    Args:
        ids, tokens: the T tokens.
        target: the id that is explained. log_probability: that the model gives it, in nats.
        attention: how much the last token looks at each, the mean of the heads, float32 [L, T]; rows sum to 1.
        gradient: each token's embedding times the gradient of the target's log-probability: by how much it would fall,
            to first order, if the embedding went to 0. float32 [T], positive where the token speaks for the target.
        gradient_norm: the length of that gradient, float32 [T].
        deletion: by how much the target's log-probability falls when the token is replaced or removed, float64 [T];
            not a number where nothing would be left.
        neutral: the id that it is replaced by; None where it is removed.
        count: tokens of the whole text.
    """

    ids: NDArray[np.int32]
    tokens: tuple[str, ...]
    target: int
    log_probability: float
    attention: NDArray[np.float32]
    gradient: NDArray[np.float32]
    gradient_norm: NDArray[np.float32]
    deletion: NDArray[np.float64]
    neutral: int | None
    count: int

    def attention_of(self, layer: int | None = None) -> NDArray[np.float32]:
        """Of one layer, or the mean of all, [T]."""
        found: NDArray[np.float32] = self.attention.mean(axis=0) if layer is None else self.attention[layer]
        return found

    def agreement(self, layer: int | None = None) -> dict[str, float | None]:
        """Spearman's rank correlation of attention with the sizes of the other two, and of these with each other.

        1: the same order; 0: nothing in common; None: too few tokens, or all are alike.
        """
        attention, gradient, deletion = self.attention_of(layer), abs(self.gradient), abs(self.deletion)
        return {
            "attention_deletion": rank_correlation(attention, deletion),
            "attention_gradient": rank_correlation(attention, gradient),
            "gradient_deletion": rank_correlation(gradient, deletion),
        }


def saliency(
    source: Askable,
    text: str,
    *,
    position: int | None = None,
    target: int | None = None,
    deletion: str = "replace",
    most: int | None = None,
) -> TokenSaliency:
    """Which of the tokens before a guess it rests on.

    Args:
        source: a `LanguageModel`, or a `LanguageRun`, of a GPT or the Llama kind.
        text: what is read.
        position: which token is guessed, from those before it; None: the one after the text.
        target: the id that is explained; None: the token that stands at `position`, or after the text the model's
            likeliest one.
        deletion: "replace" (by a space, or where the tokenizer has none by its unknown token) or "remove".
        most: tokens that are read at most, the last ones before the guess; None: as many as the model reads.

    Raises:
        ValueError: there is no token before the guess, the model is no decoder, an argument is impossible.

    Example:
        >>> found = saliency(run, "Alice was beg")  # doctest: +SKIP
        >>> found.agreement()["attention_deletion"]  # doctest: +SKIP
        0.31
    """
    if deletion not in WAYS:
        raise ValueError(
            t("A token is taken away by {ways}. Received: deletion={how}", ways=" / ".join(WAYS), how=repr(deletion))
        )
    ids, tokens, following, count = _before(source, text, position, most)
    if target is None:
        target = following
    elif not 0 <= target < source.spec.vocabulary_size:
        raise ValueError(
            t(
                "The vocabulary has ids from 0 to {last}. Received: {number}",
                last=source.spec.vocabulary_size - 1,
                number=target,
            )
        )
    neutral = neutral_id(source.tokenizer) if deletion == "replace" else None
    chosen = target

    def look(model: Any) -> tuple[int, float, NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
        logs = log_softmax(model.after(ids[None], ids[None]))[0]
        wanted = int(logs.argmax()) if chosen is None else chosen
        attention = np.stack([w[0, :, -1].mean(axis=0) for w in model.attention(ids)])  # [L, T]
        embedded, slope = input_gradient(model, ids, wanted)
        dropped = logs[wanted] - _without(model, ids, wanted, neutral)
        return wanted, float(logs[wanted]), attention, embedded, slope, dropped

    target, said, attention, embedded, slope, dropped = source.call(look)
    return TokenSaliency(
        ids=ids,
        tokens=tokens,
        target=target,
        log_probability=said,
        attention=attention,
        gradient=(embedded * slope).sum(-1),
        gradient_norm=np.sqrt((slope * slope).sum(-1)),
        deletion=dropped,
        neutral=neutral,
        count=count,
    )


def _before(
    source: Askable, text: str, position: int | None, most: int | None
) -> tuple[NDArray[np.int32], tuple[str, ...], int | None, int]:
    """The tokens just before the guess, the one that stands there in the text, and how many the text has."""
    check_decoder(source.spec)
    encoding = source.tokenizer.encode(text)
    count = len(encoding)
    end = count if position is None else position
    if not 1 <= end <= count:
        raise ValueError(
            t(
                "A guess has at least one token before it: in this text a position from 1 to {count}. "
                "Received: position={position}, {text}",
                count=count,
                position=position,
                text=repr(text[:60]),
            )
        )
    start = max(0, end - min(source.spec.max_length, most or source.spec.max_length))
    following = encoding.ids[end] if end < count else None
    return np.array(encoding.ids[start:end], np.int32), encoding.tokens[start:end], following, count


def neutral_id(tokenizer: Any) -> int:
    """What stands for nothing: a space, or the unknown token where a space is none or several."""
    space = [int(number) for number in tokenizer.ids(" ")]
    return space[0] if len(space) == 1 else int(tokenizer.UNKNOWN_ID)


def input_gradient(model: Any, ids: NDArray[np.int32], target: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The tokens' embeddings, and the gradient of log p(target) with respect to them, float32 [T, C] each."""
    from keras import ops

    from llm_widgets.models.layers.gradient import gradient
    from llm_widgets.models.layers.transformer import as_arrays, as_ids

    tokens = as_ids(ids)
    with model.reading():
        embedded, seen = model.embed(tokens), model.seen(tokens)

    def said(x: Any) -> Any:
        logits = model.read(x, seen)[0, -1]  # [V]
        return logits[target] - ops.logsumexp(logits)

    _, slope = gradient(said, embedded)
    first, second = as_arrays([embedded, slope])
    return first[0], second[0]


def _without(model: Any, ids: NDArray[np.int32], target: int, neutral: int | None) -> NDArray[np.float64]:
    """log p(target) with each token in turn replaced by the neutral one, or removed: [T]."""
    T = len(ids)
    if neutral is None:
        if T == 1:
            return np.full(1, np.nan)
        changed = np.stack([np.delete(ids, i) for i in range(T)])  # [T, T - 1]
    else:
        changed = np.repeat(ids[None], T, axis=0)
        np.fill_diagonal(changed, neutral)
    size = rows_at_once(model.spec, T)
    parts = [changed[start : start + size] for start in range(0, T, size)]
    return np.concatenate([log_softmax(model.after(part, part))[:, target] for part in parts])


def rank_correlation(a: ArrayLike, b: ArrayLike) -> float | None:
    """Spearman's rank correlation, ties at the mean of their ranks; None for fewer than 3 values, or where one is flat.

    Example:
        >>> rank_correlation([1, 2, 3], [10, 30, 20])
        0.5
    """
    x, y = (np.asarray(values, np.float64).reshape(-1) for values in (a, b))
    good = np.isfinite(x) & np.isfinite(y)
    x, y = _ranks(x[good]), _ranks(y[good])
    if len(x) < 3 or not x.any() or not y.any():
        return None
    return round(float((x * y).sum() / np.sqrt((x * x).sum() * (y * y).sum())), 12)


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks less their mean."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: NDArray[np.float64] = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return ranks - ranks.mean() if len(ranks) else ranks
