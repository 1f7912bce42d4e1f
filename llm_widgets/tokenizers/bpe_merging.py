"""One word of a text that byte-pair encoding learns from: merged in place, with the step of each merge kept."""

from __future__ import annotations

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
