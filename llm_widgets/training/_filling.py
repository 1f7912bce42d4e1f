"""What a model puts into the gaps of a text: a token each (BERT), or a span each (T5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from llm_widgets.foundations.probabilities import softmax
from llm_widgets.i18n import t
from llm_widgets.models.writing import writable

if TYPE_CHECKING:
    from llm_widgets.tokenizers import TextTokenizer

BLANK = "_"
GAPS = {"en": "The Qu_en of H_arts", "zh": "春眠不_晓"}  # to begin with, by the text's language
TOP = 5
MOST_BLANKS = 100
MOST_SPAN = 12  # tokens that T5 writes into one gap
_HOLE = -1


class Gap(NamedTuple):
    """What was put into one gap.

    Args:
        text: the likeliest.
        candidates: the likeliest first, each with its probability when this gap was filled.
    """

    text: str
    candidates: tuple[tuple[str, float], ...]


class Filled(NamedTuple):
    """What `LanguageRun.fill` gives.

    Args:
        text: the whole text, filled.
        gaps: one for each blank, in order.
        step: how many batches the model had learned from.
    """

    text: str
    gaps: tuple[Gap, ...]
    step: int


def pieces_of(text: str, blank: str) -> list[str]:
    """What stands before, between and behind the blanks.

    Raises:
        ValueError: there is no blank in the text, or there are too many, or a blank is no text.
    """
    pieces = text.split(blank) if blank else [text]
    if not 1 < len(pieces) <= MOST_BLANKS + 1:
        raise ValueError(
            t(
                "Write {blank} where something is to be filled in, 1 to {most} times. Received: {text!r}",
                blank=blank or BLANK,
                most=MOST_BLANKS,
                text=text[:60],
            )
        )
    return pieces


def fill_tokens(model: Any, tokenizer: TextTokenizer, pieces: list[str], top: int) -> list[Gap]:
    """One token for each gap; the gap that the model is surest of comes first, and is then read with the rest."""
    from llm_widgets.models.layers.transformer import as_arrays, as_ids

    gaps: list[Gap] = []
    for chunk in _chunks(tokenizer, pieces, model.spec.max_length, MOST_BLANKS):
        holes = np.flatnonzero(chunk == _HOLE)
        ids = np.where(chunk == _HOLE, np.int32(tokenizer.MASK_ID), chunk)
        found: dict[int, Gap] = {}
        while len(found) < len(holes):
            left = [place for place in holes.tolist() if place not in found]
            with model.reading():
                logits = as_arrays([model.call(as_ids(ids))])[0][0, left]  # [holes, V]
            p = softmax(writable(logits, tokenizer))
            surest = int(p.max(-1).argmax())
            best = p[surest].argsort()[::-1][:top]
            candidates = tuple((tokenizer.decode([int(one)]), float(p[surest, one])) for one in best)
            ids[left[surest]] = best[0]
            found[left[surest]] = Gap(candidates[0][0], candidates)
        gaps += [found[place] for place in holes.tolist()]
    return gaps


def fill_spans(model: Any, tokenizer: TextTokenizer, pieces: list[str]) -> list[Gap]:
    """A span of tokens for each gap, the likeliest token each time, written one gap after the other."""
    limit, signs = model.spec.max_length, tokenizer.SENTINEL_IDS
    gaps: list[Gap] = []
    for chunk in _chunks(tokenizer, pieces, limit, min(len(signs) - 1, max(1, (limit - 1) // 2))):
        holes = np.flatnonzero(chunk == _HOLE)
        ids = chunk.copy()
        ids[holes] = signs[0] + np.arange(len(holes))
        gaps += _write_spans(model, tokenizer, ids, len(holes))
    return gaps


def _write_spans(model: Any, tokenizer: TextTokenizer, ids: NDArray[np.int32], holes: int) -> Iterator[Gap]:
    """What T5 answers to a text with so many signs, each sign in its turn."""
    signs = tokenizer.SENTINEL_IDS
    longest = max(1, min(MOST_SPAN, (model.spec.max_length - 1) // max(1, holes) - 1))
    text = ids[None]
    cache = model.start(text, holes * (longest + 1) + 1) if holes else None
    logits = model.step(model.prompt(text), cache) if holes else None
    for gap in range(holes):
        logits = model.step(np.array([[signs[gap]]], np.int32), cache)
        span: list[int] = []
        probability = 1.0
        while True:
            end = signs[gap + 1]
            p = softmax(writable(logits, tokenizer, end))[0]
            token = int(p.argmax()) if len(span) < longest else end
            if len(span) < longest:
                probability *= float(p[token])
            if token == end:
                break
            span.append(token)
            logits = model.step(np.array([[token]], np.int32), cache)
        words = tokenizer.decode(span)
        yield Gap(words, ((words, probability),))


def _chunks(tokenizer: TextTokenizer, pieces: list[str], length: int, most: int) -> Iterator[NDArray[np.int32]]:
    """The text as ids with holes, in parts that a model reads at once."""
    ids: list[int] = []
    for number, piece in enumerate(pieces):
        ids += ([_HOLE] if number else []) + tokenizer.ids(piece).tolist()
    start = 0
    while start < len(ids):
        end, holes = start, 0
        while end < len(ids) and end - start < length and holes + (ids[end] == _HOLE) <= most:
            holes += ids[end] == _HOLE
            end += 1
        yield np.array(ids[start:end], np.int32)
        start = end
