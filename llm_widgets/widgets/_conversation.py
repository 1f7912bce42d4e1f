"""A conversation with a chat model: its turns, what of them the model reads, and an answer, token by token."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from llm_widgets.foundations import sample
from llm_widgets.i18n import t
from llm_widgets.models.writing import writable

CONTEXT = 768  # tokens that the model reads at most, so that its cache stays small
ANSWER = 256  # tokens of an answer at most

Turn = dict[str, str]  # "role" ("user" or "assistant") and "content"


class Reading(NamedTuple):
    """What the model reads before it answers."""

    ids: NDArray[np.int32]  # [T]
    dropped: int  # turns that have no room any more
    room: int  # tokens that an answer may have


class Piece(NamedTuple):
    """An answer so far."""

    text: str
    ids: list[int]
    speed: float  # tokens a second since the first one; 0 before the second


def limits(spec: Any) -> tuple[int, int]:
    """How many tokens a conversation may have, and how many of them are an answer's."""
    context = min(CONTEXT, int(spec.max_length))
    return context, min(ANSWER, context // 3)


def read(source: Any, turns: list[Turn]) -> Reading:
    """The ids of a conversation; the oldest turns are left out where all have no room.

    Raises:
        ValueError: the last turn alone is too long.
    """
    context, answer = limits(source.spec)
    kept = list(turns)
    while True:
        ids = source.tokenizer.chat_ids(kept)
        if len(ids) + answer <= context:
            return Reading(ids, len(turns) - len(kept), answer)
        if len(kept) == 1:
            raise ValueError(
                t(
                    "This message has no room: with it the conversation has {tokens} tokens, and {most} fit before an "
                    "answer. Write a shorter one.",
                    tokens=len(ids),
                    most=context - answer,
                )
            )
        del kept[0]
        while len(kept) > 1 and kept[0]["role"] != "user":  # an answer without its question says nothing
            del kept[0]


def answer(
    source: Any, reading: Reading, goes_on: Callable[[], bool], *, temperature: float, top_p: float, seed: int
) -> Iterator[Piece]:
    """The answer so far, after each token, until the model ends it or `goes_on` says no.

    The model is asked one token at a time, so that others may ask it in between.
    """
    from llm_widgets.models.generation import stream

    tokenizer, rng = source.tokenizer, np.random.default_rng(seed)
    ends = tokenizer.END_ID

    def choose(logits: NDArray[np.float32]) -> NDArray[np.int32]:
        return sample(writable(logits, tokenizer), rng, temperature=temperature, top_p=top_p)

    new = source.call(lambda model: stream(model, reading.ids[None], reading.room, choose=choose, stop_id=ends))
    ids: list[int] = []
    began = 0.0
    while goes_on():
        found = source.call(lambda model: next(new, None))
        now = time.perf_counter()
        if found is None or int(found[0]) == ends:
            return
        began = began or now
        ids.append(int(found[0]))
        speed = (len(ids) - 1) / (now - began) if len(ids) > 1 and now > began else 0.0
        # Bytes of a character whose others are still to come are no sign yet.
        yield Piece(tokenizer.decode(ids).rstrip("\ufffd"), list(ids), speed)


def last_looks(
    source: Any, ids: NDArray[np.int32], last: int
) -> tuple[list[NDArray[np.float32]], list[str], list[str]]:
    """Attention of the last tokens of a text: weights a layer [H, N, S], and the tokens that look and are looked at.

    Of a text longer than `last` what lies before is one key, with the sum of the looks at it.
    """
    weights = source.call(lambda model: model.attention(ids, last))
    tokens = [_shown(source.tokenizer, int(number)) for number in ids]
    before = max(0, len(ids) - last)
    if not before:
        return [each[0] for each in weights], tokens, tokens
    folded = [
        np.concatenate([each[0][..., :before].sum(-1, keepdims=True), each[0][..., before:]], axis=-1)
        for each in weights
    ]
    earlier = t("{n} earlier tokens", n=before)
    return folded, tokens[before:], [earlier, *tokens[before:]]


def _shown(tokenizer: Any, number: int) -> str:
    piece = getattr(tokenizer, "piece", None)
    return str(piece(number) if piece else tokenizer.vocabulary[number])
