"""Merges inside one word: while byte-pair encoding is learned, with the step of each kept; and of any other word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from heapq import heapify, heappop, heappush

from llm_widgets.tokenizers.bpe_counts import packed

NEVER = 1 << 30  # a step that does not come


class Word:
    """A word in its present pieces, and the step at which each gap between its signs was closed."""

    __slots__ = ("closed", "count", "ids", "signs", "starts")

    def __init__(self, signs: list[bytes], ids: list[int], count: int) -> None:
        self.signs, self.ids, self.count = signs, ids, count
        self.starts = list(range(len(ids)))  # the first sign of each piece
        self.closed = [NEVER] * len(ids)  # of the gap before each sign


def merge_in(
    word: Word, left: int, right: int, new: int, step: int, place: int,
    changes: dict[int, int], made: dict[int, set[int]],
) -> int:  # fmt: skip
    """Merges a pair in one word from its beginning on; tells how often, and what that changed."""
    ids, starts, count, times, i = word.ids, word.starts, word.count, 0, 0
    while True:
        try:
            i = ids.index(left, i)
        except ValueError:
            return times
        if i + 1 >= len(ids) or ids[i + 1] != right:
            i += 1
            continue
        for change, a, b, is_new in (
            (-count, ids[i - 1], left, False), (count, ids[i - 1], new, True),
        ) if i else ():  # fmt: skip
            pair = packed(a, b)
            changes[pair] = changes.get(pair, 0) + change
            if is_new:
                made.setdefault(pair, set()).add(place)
        if i + 2 < len(ids):
            lost, won = packed(right, ids[i + 2]), packed(new, ids[i + 2])
            changes[lost] = changes.get(lost, 0) - count
            changes[won] = changes.get(won, 0) + count
            made.setdefault(won, set()).add(place)
        ids[i : i + 2] = [new]
        word.closed[starts.pop(i + 1)] = step
        times += 1
        i += 1


def merge_all(
    signs: Sequence[bytes],
    numbers: Mapping[bytes, int],
    rank_of: Callable[[int], int | None],
    pieces: Sequence[bytes],
    applied: list[tuple[int, list[bytes]]] | None = None,
) -> tuple[list[int], list[bytes]]:
    """Makes all merges that fit in a word, the earliest first, and of the same the leftmost first.

    Args:
        signs: of the word.
        numbers: of the pieces; what is not there is unknown, -1, and merges with nothing.
        rank_of: the place of a packed pair among the merges, None where it is none.
        applied: where each merge is noted, with the pieces after it.

    Returns:
        The numbers of the pieces that are left, and the pieces.
    """
    ids = [numbers.get(sign, -1) for sign in signs]
    words: list[bytes | None] = list(signs)  # None: it went into the piece before it
    before, after = list(range(-1, len(ids) - 1)), list(range(1, len(ids) + 1))

    def fitting(left: int) -> tuple[int, int, int] | None:
        right = after[left]
        if left < 0 or right >= len(ids) or ids[left] < 0 or ids[right] < 0:
            return None
        pair = packed(ids[left], ids[right])
        rank = rank_of(pair)
        return None if rank is None else (rank, left, pair)

    # Rank, place of the left piece, pair.
    queue = [fit for i in range(len(ids)) if (fit := fitting(i))]
    heapify(queue)
    while queue:
        rank, left, pair = heappop(queue)
        right = after[left]
        if words[left] is None or right >= len(ids) or packed(max(ids[left], 0), max(ids[right], 0)) != pair:
            continue  # one of its pieces has gone into another
        merged = pieces[ids[left]] + pieces[ids[right]]
        words[left], words[right] = merged, None
        ids[left] = numbers[merged]
        after[left] = after[right]
        if after[left] < len(ids):
            before[after[left]] = left
        for place in (before[left], left):
            if fit := fitting(place):
                heappush(queue, fit)
        if applied is not None:
            applied.append((rank, [word for word in words if word is not None]))
    kept = [i for i, word in enumerate(words) if word is not None]
    return [ids[i] for i in kept], [word for word in words if word is not None]
