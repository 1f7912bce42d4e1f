"""What was done to texts before they were counted as bags of words: lower case, and no punctuation.

Reference:
    Manning, C. D., Raghavan, P. and Schütze, H. (2008). Introduction to Information Retrieval, section 2.2.3
    (normalization). Keras calls both together "lower_and_strip_punctuation" (`TextVectorization`).
"""

from __future__ import annotations

import string
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llm_widgets.tokenizers.coders import UNREADABLE
from llm_widgets.tokenizers.units import prepare

# The one character that Python makes two of in lower case; Unicode's simple mapping keeps one one.
_SIMPLE = {"İ": "i"}


@dataclass(frozen=True)
class Prepared:
    """A text after preprocessing, with the way back to the text before.

    Args:
        text: what is left.
        starts: int64 [characters of the text before + 1]: where in `text` each of them starts. What was removed has no
            width.
        case: how many characters lost their case. punctuation: how many signs were removed.
        halves: how many halves of surrogate pairs were replaced by "\\ufffd".
    """

    text: str
    starts: NDArray[np.int64]
    case: int
    punctuation: int
    halves: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stood in the text before."""
        first, last = np.searchsorted(self.starts, (start, end - 1), "right") - 1
        return int(first), int(last) + 1


def is_punctuation(sign: str) -> bool:
    """Whether a character is punctuation: the signs of `string.punctuation`, and Unicode's categories P.

    Example:
        >>> [is_punctuation(sign) for sign in "!。…$好🙂"]
        [True, True, True, True, False, False]
    """
    return sign in string.punctuation or unicodedata.category(sign).startswith("P")


def preprocess(text: str, *, lowercase: bool = False, punctuation: bool = True) -> Prepared:
    """A text in lower case, or without punctuation, or both.

    Args:
        text: at most 1,000,000 characters.
        lowercase: make every letter lower case.
        punctuation: False removes it.

    Raises:
        ValueError: the text is too long. TypeError: this is no text.

    Example:
        >>> preprocess("Let's eat, Grandma", lowercase=True, punctuation=False).text
        'lets eat grandma'
    """
    before = prepare(text)
    halves = before.count(UNREADABLE) - text.count(UNREADABLE)
    lower, removed = _changes(before, lowercase, punctuation) if lowercase or not punctuation else ({}, {})
    if not lower and not removed:
        return Prepared(before, np.arange(len(before) + 1), 0, 0, halves)
    codes = np.frombuffer(before.encode("utf-32-le"), np.uint32)
    kept = ~np.isin(codes, [*removed])
    return Prepared(
        text=before.translate(lower | removed),
        starts=np.concatenate([[0], np.cumsum(kept)]),
        case=int(np.isin(codes, [*lower]).sum()),
        punctuation=int(len(kept) - kept.sum()),
        halves=halves,
    )


def _changes(text: str, lowercase: bool, punctuation: bool) -> tuple[dict[int, str], dict[int, str]]:
    """By code: the lower case of the signs in a text that have one, and those that are removed."""
    signs = set(text)
    # Each sign alone: a Greek sigma at the end of a word is none here.
    lower = {ord(sign): _SIMPLE.get(sign) or sign.lower() for sign in signs} if lowercase else {}
    removed = {ord(sign): "" for sign in signs if is_punctuation(sign)} if not punctuation else {}
    return {code: sign for code, sign in lower.items() if sign != chr(code)}, removed


def same_after(a: str, b: str, *, lowercase: bool = False, punctuation: bool = True) -> bool:
    """Whether two different texts cannot be told apart any more.

    Example:
        >>> same_after("不，好！", "不好。", punctuation=False)
        True
    """
    first, second = (preprocess(text, lowercase=lowercase, punctuation=punctuation).text for text in (a, b))
    return a != b and first == second


def merged(pieces: Iterable[str], *, lowercase: bool = False, punctuation: bool = True) -> list[tuple[str, ...]]:
    """The different pieces that preprocessing makes the same, the commonest group first.

    Example:
        >>> merged("The cat saw the other cat.".split(), lowercase=True, punctuation=False)
        [('The', 'the'), ('cat', 'cat.')]
    """
    counts = Counter(pieces)
    lower, removed = _changes("".join(counts), lowercase, punctuation)
    table = lower | removed
    groups: dict[str, list[str]] = defaultdict(list)
    for piece in counts:
        groups[piece.translate(table)].append(piece)
    found = [tuple(group) for after, group in groups.items() if after and len(group) > 1]
    return sorted(found, key=lambda group: -sum(counts[piece] for piece in group))
