"""What a language model is asked: the next token, the masked tokens, or the spans that were taken out.

Plain functions on ids, NumPy only. Each takes its chance from the generator that it is given.

Reference:
    Devlin, J. et al. (2019). BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding. NAACL.
    Raffel, C. et al. (2020). Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer. JMLR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t
from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.training.checks import checked_count

Ids = NDArray[np.int32]
MASKED_SHARE = 0.15
# Of the tokens that are asked for: so many are hidden, so many replaced by another; the rest stay as they are.
HIDDEN, REPLACED = 0.8, 0.1
MEAN_SPAN = 3.0


@dataclass(frozen=True, eq=False)
class TokenBatch:
    """One answer a token.

    Args:
        inputs, targets: int32 [B, T]; a target that is not asked for is padding.
        weights: float32 [B, T], 1 where the answer counts.
    """

    inputs: Ids
    targets: Ids
    weights: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class SpanBatch:
    """A text with gaps, and what stood in them.

    Args:
        inputs: int32 [B, S], a sentinel for each span that was taken out.
        decoder_inputs: int32 [B, U], the targets moved by one, padding first.
        targets: int32 [B, U], each sentinel with its span, and one more sentinel for the end.
    """

    inputs: Ids
    decoder_inputs: Ids
    targets: Ids


def next_token(windows: Ids) -> TokenBatch:
    """Every token is to be told from those before it.

    Args:
        windows: int32 [B, T + 1].

    Example:
        >>> batch = next_token(np.array([[5, 6, 7, 8]]))
        >>> batch.inputs.tolist(), batch.targets.tolist()
        ([[5, 6, 7]], [[6, 7, 8]])
    """
    windows = _checked(windows, 2)
    targets = windows[:, 1:]
    return TokenBatch(windows[:, :-1], targets, (targets != TextTokenizer.PAD_ID).astype(np.float32))


def mask_tokens(ids: Ids, rng: np.random.Generator, *, vocabulary_size: int, share: float = MASKED_SHARE) -> TokenBatch:
    """Some tokens are to be told from those on both sides.

    Of the tokens that are asked for 80 % are hidden by the mask, 10 % are replaced by any piece, and 10 % stay: so the
    model cannot trust a token for not being masked. Special tokens are never asked for.

    Args:
        ids: int32 [B, T].
        vocabulary_size: how many ids there are; a random one is drawn from those that are no special tokens.
        share: how many tokens of each row are asked for, rounded, at least one.

    Raises:
        ValueError: the ids are no rows of whole numbers, or a number is out of its range.
    """
    ids, share = _checked(ids, 1), _checked_share(share)
    checked_count("vocabulary_size", vocabulary_size, TextTokenizer.FIRST_ID + 1)
    may = ids >= TextTokenizer.FIRST_ID  # [B, T]
    wanted = np.where(may.any(1), np.maximum(1, np.rint(share * may.sum(1))), 0)  # [B]
    places = np.where(may, rng.random(ids.shape), 2.0).argsort(1).argsort(1)
    asked = places < wanted[:, None]
    way = rng.random(ids.shape)
    others = rng.integers(TextTokenizer.FIRST_ID, vocabulary_size, ids.shape, dtype=np.int32)
    changed = np.where(way < HIDDEN, np.int32(TextTokenizer.MASK_ID), np.where(way < HIDDEN + REPLACED, others, ids))
    return TokenBatch(
        np.where(asked, changed, ids),
        np.where(asked, ids, np.int32(TextTokenizer.PAD_ID)),
        asked.astype(np.float32),
    )


def corrupt_spans(
    ids: Ids, rng: np.random.Generator, *, share: float = MASKED_SHARE, mean_span: float = MEAN_SPAN
) -> SpanBatch:
    """Spans are taken out, and are to be told from what is left.

    How many tokens and spans depends on T alone, so all rows of a batch have one length; where they lie is drawn.

    Args:
        ids: int32 [B, T], without padding.
        share: how many tokens of each row are taken out, rounded, at least one.
        mean_span: how long a span is on average.

    Raises:
        ValueError: a number is out of its range, or there would be more spans than sentinels.

    Example:
        >>> batch = corrupt_spans(np.arange(50, 60)[None], np.random.default_rng(0), share=0.4, mean_span=2)
        >>> batch.inputs.tolist()
        [[50, 51, 52, 4, 56, 57, 58, 5]]
        >>> batch.targets.tolist()
        [[4, 53, 54, 55, 5, 59, 6]]
        >>> restore_spans(batch.inputs[0], batch.targets[0]).tolist() == list(range(50, 60))
        True
    """
    ids, share = _checked(ids, 2), _checked_share(share)
    if not mean_span >= 1:
        raise ValueError(t("A span has at least one token. Received: mean_span={mean_span}", mean_span=mean_span))
    length = ids.shape[1]
    out = min(max(1, round(share * length)), length - 1)
    spans = max(1, min(round(out / mean_span), length - out))
    if spans >= len(TextTokenizer.SENTINEL_IDS):
        raise ValueError(
            t(
                "There are sentinels for {most} spans. Take shorter texts, a smaller share or longer spans. "
                "Received: {spans} spans",
                most=len(TextTokenizer.SENTINEL_IDS) - 1,
                spans=spans,
            )
        )
    rows = [_corrupt(row, _spans(length, out, spans, rng)) for row in ids]
    inputs = np.array([left for left, _ in rows], np.int32).reshape(len(ids), -1)
    targets = np.array([right for _, right in rows], np.int32).reshape(len(ids), -1)
    first = np.full((len(ids), 1), TextTokenizer.PAD_ID, np.int32)
    return SpanBatch(inputs, np.concatenate([first, targets[:, :-1]], 1), targets)


def restore_spans(inputs: Ids, targets: Ids) -> Ids:
    """The text before `corrupt_spans`, of one row: each sentinel gives way to the tokens that follow it in the targets.

    A sentinel that the targets do not have stays, so the text of a model that has not learned it can be shown, too.
    """
    spans: dict[int, list[int]] = {}
    own: list[int] = []
    for number in targets.tolist():
        if number in TextTokenizer.SENTINEL_IDS:
            own = spans.setdefault(number, [])
        else:
            own.append(number)
    return np.array([one for number in inputs.tolist() for one in spans.get(number, [number])], np.int32)


def _corrupt(row: Ids, spans: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    inputs: list[int] = []
    targets: list[int] = []
    place = 0
    for sentinel, (start, end) in zip(TextTokenizer.SENTINEL_IDS, spans, strict=False):
        inputs += [*row[place:start].tolist(), sentinel]
        targets += [sentinel, *row[start:end].tolist()]
        place = end
    return [*inputs, *row[place:].tolist()], [*targets, TextTokenizer.SENTINEL_IDS[len(spans)]]


def _spans(length: int, out: int, spans: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Start and end of each span. Two spans never touch; the first token and the last one may be taken out, too."""
    taken = _parts(out, spans, rng)
    # What is left lies before, between and behind the spans; before and behind there may be nothing.
    left = _parts(length - out + 2, spans + 1, rng)
    starts = np.cumsum(left[:-1]) - 1 + np.cumsum(taken) - taken
    return [(int(start), int(start + size)) for start, size in zip(starts, taken, strict=True)]


def _parts(total: int, parts: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """A number as a sum of so many numbers from 1 on; every way to do it is as likely."""
    cuts = np.sort(rng.choice(total - 1, parts - 1, replace=False)) + 1
    return np.diff(np.concatenate([[0], cuts, [total]]))


def _checked(ids: Ids, least: int) -> Ids:
    ids = np.asarray(ids)
    if ids.ndim != 2 or ids.shape[1] < least or not np.issubdtype(ids.dtype, np.integer):
        raise ValueError(
            t(
                "Whole numbers in rows of {least} or more tokens were expected. Received: {dtype} of shape {shape}",
                least=least,
                dtype=ids.dtype,
                shape=ids.shape,
            )
        )
    return ids.astype(np.int32)


def _checked_share(share: float) -> float:
    if not 0 < share < 1:
        raise ValueError(t("A share lies between 0 and 1. Received: share={share}", share=share))
    return float(share)
