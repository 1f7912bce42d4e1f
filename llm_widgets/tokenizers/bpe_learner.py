"""Byte-pair encoding, learned merge by merge, with every step of it kept."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from heapq import heapify, heappop, heappush, heapreplace
from itertools import pairwise

from llm_widgets.i18n import t
from llm_widgets.tokenizers import units
from llm_widgets.tokenizers.bpe_counts import PairCount, PairCounts, packed, unpacked
from llm_widgets.tokenizers.bpe_merging import Word, merge_all, merge_in
from llm_widgets.tokenizers.bpe_results import BPEEncoding, BPEState
from llm_widgets.tokenizers.bpe_words import counted, first_pieces, signs_of, words_of
from llm_widgets.tokenizers.byte_pieces import readable


class BPELearner:
    """Learns byte-pair encoding from a text as the `tokenizers` library's `BpeTrainer` does, and remembers each step.

    The two pieces that stand together most become one piece, again and again; never across words (`words_of`). Each
    merge looks only at the words in which its pair stands. Of pairs that are as common, the one comes first whose left
    piece, then whose right one, came first into the vocabulary.

    Two pairs may make the same piece ("ab" + "c" and "a" + "bc"). Where a pair comes up again by this, it is merged
    again, and as in the library its count then holds those that were merged before; it stands in `merges` twice.

    Args:
        text: what is learned from. Half of a surrogate pair counts as one replacement character.
        alphabet: what the first pieces are: "bytes" (of UTF-8, as in GPT-2) or "characters".
        min_frequency: how often a pair must stand at least to be merged.
        chosen: pairs that are merged at certain steps instead of the commonest, as {step: (left, right)} in bytes.

    Raises:
        ValueError: no such alphabet, a chosen pair does not stand in the text at its step, or the text is longer than
            `units.MAX_CHARACTERS`. TypeError: this is no text.

    Example:
        >>> learner = BPELearner("low low low low low lower lower" + 6 * " newest" + 3 * " widest")
        >>> learner.learn(3)
        3
        >>> learner.merges
        (('e', 's'), ('es', 't'), ('l', 'o'))
        >>> state = learner.state(1)
        >>> state.tokens, state.tied, state.next
        (85, 1, PairCount(left=256, right=83, times=9))
        >>> learner.encode("lowest", 2).pieces
        [b'l', b'o', b'w', b'est']

    Reference:
        Gage, P. (1994). A New Algorithm for Data Compression. C Users Journal.
        Sennrich, R., Haddow, B. and Birch, A. (2016). Neural Machine Translation of Rare Words with Subword Units. ACL.
    """

    def __init__(
        self, text: str, *, alphabet: str = "bytes", min_frequency: int = 2,
        chosen: Mapping[int, tuple[bytes, bytes]] | None = None,
    ) -> None:  # fmt: skip
        text = units.prepare(text)
        self.alphabet, self.min_frequency, self.characters = alphabet, min_frequency, len(text)
        self.chosen = dict(chosen or {})
        self.words = words_of(text)
        self.counts = counted(self.words)
        first = first_pieces(alphabet, self.counts)
        self.first_pieces = len(first)
        # What each number stands for; a merge adds one, unless another merge made the same piece.
        self.pieces = list(first)
        self._numbers = {piece: number for number, piece in enumerate(first)}
        self._pairs: list[int] = []  # of each step
        self.merged_times: list[int] = []  # how often the pair of each step stood before it was merged
        self.sizes = [len(first)]  # of the vocabulary, after 0, 1, 2 … merges
        self._steps_of: dict[int, list[int]] = {}  # of each pair that was merged
        self.tokens: list[int] = []  # of the whole text, after 0, 1, 2 … merges
        self.finished = False
        self._history = PairCounts()
        self._begin()
        self.learn(max(self.chosen, default=-1) + 1)

    def _begin(self) -> None:
        """Counts the pairs of the words as they are."""
        self._words: list[Word] = []
        self._place = {word: i for i, word in enumerate(self.counts)}
        where: dict[int, set[int]] = {}
        counts = self._counts = dict[int, int]()
        for word, count in self.counts.items():
            signs = signs_of(self.alphabet, word)
            ids = [*map(self._numbers.__getitem__, signs)]
            for (left, right), times in Counter(pairwise(ids)).items():
                pair = packed(left, right)
                counts[pair] = counts.get(pair, 0) + times * count
                where.setdefault(pair, set()).add(len(self._words))
            self._words.append(Word(signs, ids, count))
        self.tokens.append(sum(len(word.ids) * word.count for word in self._words))
        self._history.add(counts)
        self._queue = [(-counts[pair], pair, i) for i, pair in enumerate(where)]
        heapify(self._queue)
        self._where = list(where.values())  # the words of each entry of the queue

    # Learning

    def learn(self, merges: int, seconds: float = float("inf")) -> int:
        """Learns until there are so many merges, no pair is common enough, or the time is over.

        Returns:
            How many merges there are now.
        """
        end = time.perf_counter() + seconds
        while len(self._pairs) < merges and not self.finished:
            self.finished = not self._merge()
            if time.perf_counter() > end:
                break
        return len(self._pairs)

    def _merge(self) -> bool:
        """Merges the commonest pair, or the chosen one, wherever it stands; False where none is common enough."""
        if len(self._pairs) in self.chosen:
            self._take_chosen(*self.chosen[len(self._pairs)])
            return True
        queue, counts = self._queue, self._counts
        while queue:
            negative, pair, entry = queue[0]
            if -negative != counts[pair]:  # it has changed since the entry was made
                heapreplace(queue, (-counts[pair], pair, entry))
                continue
            if -negative < max(1, self.min_frequency):
                return False
            heappop(queue)
            self._take(pair, -negative, self._where[entry])
            return True
        return False

    def _take_chosen(self, left: bytes, right: bytes) -> None:
        step, pair = len(self._pairs), packed(self.number(left), self.number(right))
        times = self._history.times(unpacked(pair), step) if left in self._numbers and right in self._numbers else 0
        if times < 1:
            raise ValueError(
                t(
                    "A chosen pair must stand in the text at its step. Received: {pair} at step {step}",
                    pair=f"{readable(left)} + {readable(right)}",
                    step=step,
                )
            )
        merged = self.tokens[-1]
        self._take(pair, times, set(range(len(self._words))))
        merged -= self.tokens[-1]
        self._counts[pair] -= merged  # it still stands in the queue, and must not come again

    def _take(self, pair: int, count: int, where: set[int]) -> None:
        step, (left, right) = len(self._pairs), unpacked(pair)
        piece = self.pieces[left] + self.pieces[right]
        new = self._numbers.setdefault(piece, len(self.pieces))
        if new == len(self.pieces):
            self.pieces.append(piece)
        changes: dict[int, int] = {}
        made: dict[int, set[int]] = {}
        tokens = self.tokens[-1]
        for i in where:
            word = self._words[i]
            merged = merge_in(word, left, right, new, step, i, changes, made)
            tokens -= merged * word.count
            changes[pair] = changes.get(pair, 0) - merged * word.count
        gone = changes.pop(pair, 0)
        counts = self._counts
        for other, change in changes.items():
            counts[other] = counts.get(other, 0) + change
        # As in the library, the pair's own count keeps what was merged, and loses what overlapped ("aaa").
        counts[pair] -= -gone - (self.tokens[-1] - tokens)
        changes[pair] = gone
        for other, places in made.items():
            if counts[other] > 0:
                heappush(self._queue, (-counts[other], other, len(self._where)))
                self._where.append(places)
        self._history.add(changes)
        self._steps_of.setdefault(pair, []).append(step)
        self._pairs.append(pair)
        self.merged_times.append(count)
        self.sizes.append(len(self.pieces))
        self.tokens.append(tokens)

    # What was learned

    @property
    def merges(self) -> tuple[tuple[str, str], ...]:
        """The pairs in the order in which they were merged, as a reader sees them."""
        return tuple(self.named(unpacked(pair)) for pair in self._pairs)

    @property
    def pairs(self) -> tuple[tuple[bytes, bytes], ...]:
        """The pairs in the order in which they were merged, as bytes."""
        return tuple((self.pieces[left], self.pieces[right]) for left, right in map(unpacked, self._pairs))

    def named(self, pair: tuple[int, int]) -> tuple[str, str]:
        """The two pieces with these numbers, as a reader sees them."""
        return readable(self.pieces[pair[0]]), readable(self.pieces[pair[1]])

    @property
    def ids(self) -> tuple[tuple[int, int, int], ...]:
        """The numbers of each merge: left, right, and what they became."""
        numbered = map(unpacked, self._pairs)
        return tuple((a, b, self._numbers[self.pieces[a] + self.pieces[b]]) for a, b in numbered)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """What each number stands for, as a reader sees it."""
        return tuple(map(readable, self.pieces))

    def state(self, step: int, most: int = 10) -> BPEState:
        """How things stand after `step` merges, with the `most` commonest pairs; learns them where that is still due.

        Raises:
            ValueError: there are not so many merges.
        """
        self.learn(step + 1)
        pairs, tied = self._history.commonest(self._checked(step), most)
        due = None
        if step < len(self._pairs):
            due = PairCount(*unpacked(self._pairs[step]), self.merged_times[step])
        return BPEState(step, self.tokens[step], self.sizes[step], pairs, tied, due)

    def times(self, pair: tuple[int, int], step: int) -> int:
        """How often two pieces stand together after `step` merges, by their numbers."""
        return self._history.times(pair, self._checked(step))

    def cut(self, word: str, step: int, most: int | None = None) -> list[bytes]:
        """The pieces of one of the text's words after `step` merges.

        Args:
            most: how many signs from its beginning are looked at.

        Raises:
            KeyError: the text has no such word. ValueError: there are not so many merges.
        """
        found, step = self._words[self._place[word]], self._checked(step)
        signs = found.signs[:most]
        starts = [i for i, closed in enumerate(found.closed[:most]) if closed >= step]
        return [b"".join(signs[a:b]) for a, b in pairwise([*starts, len(signs)])]

    def number(self, piece: bytes) -> int:
        """The number of a piece, -1 where there is none."""
        return self._numbers.get(piece, -1)

    def encode(self, text: str, step: int | None = None, *, trace: bool = False) -> BPEEncoding:
        """Any text in the pieces of the first `step` merges (None: all that were learned), as the library does it.

        In each word, the earliest merge that fits is made where it first fits, until none does.

        Args:
            trace: whether `applied` tells how; it holds the pieces after each merge, so only for short texts.

        Raises:
            ValueError: there are not so many merges, or the text is too long.
        """
        step = self._checked(len(self._pairs) if step is None else step)
        encoding = BPEEncoding([], [], [], [])
        for word in words_of(units.prepare(text)):
            signs = signs_of(self.alphabet, word)
            ids, pieces = merge_all(signs, self._numbers, lambda pair: self._rank(pair, step), self.pieces,
                                    encoding.applied if trace else None)  # fmt: skip
            encoding.ids.extend(ids)
            encoding.pieces.extend(pieces)
            encoding.ends.extend([False] * (len(pieces) - 1) + [True])
        return encoding

    def _rank(self, pair: int, step: int) -> int | None:
        """Which of the first `step` merges a pair is; None: it is none of them."""
        steps = self._steps_of.get(pair)
        # Merged twice, a pair has the later place, as in the library.
        return steps[before - 1] if steps and (before := bisect_left(steps, step)) else None

    def _checked(self, step: int) -> int:
        if not 0 <= step <= len(self._pairs):
            raise ValueError(
                t("There are {n} merges: choose a step from 0 to {n}. Received: {step}", n=len(self._pairs), step=step)
            )
        return step
