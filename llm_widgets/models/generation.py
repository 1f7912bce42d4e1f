"""One token after another, each chosen from what the model says after those before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t
from llm_widgets.models.checks import shown, whole_number

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Choose = Callable[[NDArray[np.float32]], NDArray[np.int32]]  # logits [B, V] to ids [B]


def most_likely(logits: NDArray[np.float32]) -> NDArray[np.int32]:
    """The token with the highest score in each row: logits [B, V] to ids [B]."""
    highest: NDArray[np.int32] = logits.argmax(-1).astype(np.int32)
    return highest


def generate(
    model: Any,
    ids: ArrayLike,
    new_tokens: int,
    *,
    choose: Choose = most_likely,
    use_cache: bool | None = None,
    stop_id: int | None = None,
) -> NDArray[np.int32]:
    """Writes on.

    Args:
        model: built from a `GPTSpec`, `LlamaSpec` or `T5Spec`.
        ids: the text so far, [B, T] or [T]; for T5 the text that is answered.
        new_tokens: how many tokens are written at most.
        choose: from logits [B, V] to ids [B]; the most likely ones unless it is given.
        use_cache: keep the keys and values of what was read, so that each token is read once. It changes no token.
            None: where that is possible. Without a causal mask each new token changes what those before it mean.
        stop_id: the token after which nothing follows; rows that end early are filled up with it.

    Returns:
        int32 [B, T + n], the text with what was written; for T5 [B, 1 + n], the answer after its first id 0.

    Raises:
        ValueError: a value is impossible, or the text would become longer than the model reads.

    Example:
        >>> from llm_widgets.models import GPTSpec
        >>> model = GPTSpec(vocabulary_size=10, d_model=8, num_heads=2, max_length=6).build(seed=0)
        >>> generate(model, [1, 2], new_tokens=3).shape
        (1, 5)
    """
    text = _checked_ids(ids, model.spec)
    new = stream(model, text, new_tokens, choose=choose, use_cache=use_cache, stop_id=stop_id)
    so_far = [model.prompt(text), *(column[:, None] for column in new)]
    return np.concatenate(so_far, axis=1)


def stream(
    model: Any,
    ids: ArrayLike,
    new_tokens: int,
    *,
    choose: Choose = most_likely,
    use_cache: bool | None = None,
    stop_id: int | None = None,
) -> Iterator[NDArray[np.int32]]:
    """As `generate`, but hands out each new token [B] as soon as it is chosen."""
    text = _checked_ids(ids, model.spec)
    prompt = model.prompt(text)
    limit = model.spec.max_length
    # The last token that is written need not be read.
    new_tokens = whole_number("new_tokens", new_tokens, 1, max(1, limit + 1 - prompt.shape[1]))
    if use_cache and not model.spec.causal:
        raise ValueError(
            t(
                "A cache needs a causal mask: without it each new token changes what was read before. "
                "Received: use_cache=True, mask={mask}",
                mask=model.spec.mask,
            )
        )
    cached = model.spec.causal if use_cache is None else use_cache
    return _tokens(model, text, prompt, new_tokens, choose, cached, stop_id)


def _tokens(
    model: Any,
    text: NDArray[np.int32],
    prompt: NDArray[np.int32],
    new_tokens: int,
    choose: Choose,
    cached: bool,
    stop_id: int | None,
) -> Iterator[NDArray[np.int32]]:
    cache = model.start(text, prompt.shape[1] + new_tokens - 1) if cached else None
    so_far = unread = prompt
    ended = np.zeros(len(text), bool)
    for _ in range(new_tokens):
        logits = model.after(text, so_far) if cache is None else model.step(unread, cache)  # [B, V]
        new = np.asarray(choose(logits), np.int32)  # [B]
        if stop_id is not None:
            new = np.where(ended, np.int32(stop_id), new)
            ended |= new == stop_id
        yield new
        if ended.all():
            return
        unread = new[:, None]
        so_far = np.concatenate([so_far, unread], axis=1)


def _checked_ids(ids: ArrayLike, spec: Any) -> NDArray[np.int32]:
    """Ids as int32 [B, T].

    Raises:
        ValueError: they are no whole numbers of the vocabulary, of another form, none, or too many.
    """
    array = np.asarray(ids)
    array = array[None] if array.ndim == 1 else array
    whole = array.ndim == 2 and array.size and np.issubdtype(array.dtype, np.integer)
    if not whole or array.min() < 0 or array.max() >= spec.vocabulary_size or array.shape[1] > spec.max_length:
        raise ValueError(
            t(
                "A text is given as 1 to {length} ids from 0 to {highest}, one row for each text. Received: {ids}",
                length=spec.max_length,
                highest=spec.vocabulary_size - 1,
                ids=shown(ids),
            )
        )
    return array.astype(np.int32)
