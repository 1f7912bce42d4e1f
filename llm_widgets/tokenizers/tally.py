"""A whole text counted by one tokenizer, and put together again: each different chunk is tokenized once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from llm_widgets.tokenizers import chunks, coders, units
from llm_widgets.tokenizers.bpe_words import uncut
from llm_widgets.tokenizers.text_tokenizer import TextTokenizer
from llm_widgets.tokenizers.tokenizer import UNKNOWN, Tokenizer


@dataclass(frozen=True)
class Tally:
    """What is known of a whole text.

    Args:
        count: how many tokens it has.
        restored: the text of its ids.
        unknown: the pieces that the vocabulary lacks, and how often each stands there.
        spaces: at how many places the white space is another one than in the text.
    """

    count: int
    restored: str
    unknown: Counter[str] = field(default_factory=Counter)
    spaces: int = 0


def tally(tokenizer: Tokenizer | TextTokenizer, text: str) -> Tally:
    """Counts the tokens of a text as `tokenizer.encode` does, and puts it together as `tokenizer.decode` does.

    Args:
        text: at most 1,000,000 characters, without halves of surrogate pairs.

    Raises:
        ValueError: the text is too long.

    Example:
        >>> tally(Tokenizer.train(["a good film"]), "a bad film!")
        Tally(count=4, restored='a [UNK] film [UNK]', unknown=Counter({'bad': 1, '!': 1}), spaces=1)
    """
    text = units.prepare(text)
    if isinstance(tokenizer, TextTokenizer):
        return {"bpe": _merged, "bytes": _bytes, "characters": _characters}[tokenizer.unit](tokenizer, text)
    return {"words": _words, "segments": _segments, "characters": _whole}[tokenizer.unit](tokenizer, text)


def _bytes(tokenizer: TextTokenizer, text: str) -> Tally:
    ids = tokenizer.ids(text)
    return Tally(len(ids), (ids - TextTokenizer.FIRST_ID).astype(np.uint8).tobytes().decode("utf-8"))


def _characters(tokenizer: TextTokenizer, text: str) -> Tally:
    unknown = tokenizer.ids(text) == TextTokenizer.UNKNOWN_ID
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    restored = np.where(unknown, np.uint32(ord(coders.UNREADABLE)), codes).astype("<u4").tobytes().decode("utf-32-le")
    return Tally(len(codes), restored, Counter(codes[unknown].tobytes().decode("utf-32-le")))


def _merged(tokenizer: TextTokenizer, text: str) -> Tally:
    found = uncut(text)
    times = Counter(found)
    each = tokenizer.encode_words(list(times))
    back = dict(zip(times, tokenizer.decode_each(each), strict=True))
    count = sum(len(ids) * n for ids, n in zip(each, times.values(), strict=True))
    return Tally(count, "".join(map(back.__getitem__, found)))


def _words(tokenizer: Tokenizer, text: str) -> Tally:
    found = chunks.blocks(text)
    if not found:
        return Tally(0, "", spaces=int(text != ""))
    times = Counter(found)
    each = dict(zip(times, tokenizer.encode_each(list(times)), strict=True))
    words = dict(enumerate(tokenizer.vocabulary))
    back = {chunk: " ".join(map(words.__getitem__, ids)) for chunk, ids in each.items()}
    unknown: Counter[str] = Counter()
    for chunk, ids in each.items():
        if ids == [tokenizer.UNKNOWN_ID]:
            unknown[chunk] += times[chunk]
        elif tokenizer.UNKNOWN_ID in ids:
            encoding = tokenizer.encode(chunk)
            for token, known in zip(encoding.tokens, encoding.known, strict=True):
                if not known:
                    unknown[token] += times[chunk]
    count = sum(len(each[chunk]) * n for chunk, n in times.items())
    first, *between, last = chunks.gaps(text)
    # One space is put between all: within a block there was none, between two perhaps another white space.
    spaces = count - len(found) + len(between) - between.count(" ") + (first != "") + (last != "")
    return Tally(count, " ".join(map(back.__getitem__, found)), unknown, spaces)


def _segments(tokenizer: Tokenizer, text: str) -> Tally:
    found = units.cut(text)
    times = Counter(found)
    blank = {word for word in times if word.isspace()}
    numbers = dict(
        zip(words := [word for word in times if word not in blank], tokenizer.encode_words(words), strict=True)
    )
    vocabulary = tokenizer.vocabulary
    back = {word: vocabulary[number] for word, number in numbers.items()}
    unknown = Counter({word: times[word] for word in words if back[word] == UNKNOWN})
    restored = "".join([back.get(word, "") for word in found])
    count = len(found) - sum(times[word] for word in blank)
    # A run of white space is one place, however long: a byte for each word, 1 where it is blank.
    runs = b"\0" + bytes(map(blank.__contains__, found))
    spaces = runs.count(b"\0\1")
    return Tally(count, restored, unknown, spaces)


def _whole(tokenizer: Tokenizer, text: str) -> Tally:
    encoding = tokenizer.encode(text)
    unknown = Counter(token for token, known in zip(encoding.tokens, encoding.known, strict=True) if not known)
    return Tally(len(encoding), tokenizer.decode(encoding.ids), unknown, _holes(encoding.offsets, text))


def _holes(offsets: Sequence[tuple[int, int]], text: str) -> int:
    """How often something stands between two tokens, before the first or behind the last."""
    places = np.array(offsets, np.int64).reshape(-1, 2)
    return int(np.count_nonzero(np.append(places[:, 0], len(text)) != np.append(0, places[:, 1])))
