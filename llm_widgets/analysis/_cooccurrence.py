"""Which words stand near which: counts of a text, and what they say beyond chance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.tokenizers import Tokenizer
from llm_widgets.tokenizers.encoding import MAX_VOCABULARY

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_PARAGRAPHS = re.compile(r"\n\s*\n")


@dataclass(frozen=True, eq=False)
class Counted:
    """Texts as numbers of their words, and the words that count.

    Args:
        names: the V words, the commonest first. counts: how often each occurs, int64 [V].
        words: the texts one after the other, a word's number or -1 for one that does not count, int64 [N].
        text: to which text each of them belongs, int64 [N]. unit: what a word is.
    """

    names: tuple[str, ...]
    counts: NDArray[np.int64]
    words: NDArray[np.int64]
    text: NDArray[np.int64]
    unit: str


def paragraphs(text: str) -> list[str]:
    """A long text in its paragraphs, between which words are no neighbours."""
    return [part for part in _PARAGRAPHS.split(text) if part.strip()]


def unit_of(texts: Sequence[str]) -> str:
    """What a word is in such texts: segments for Chinese ones, else words."""
    sample = "".join(text[:200] for text in texts[:200])
    return "segments" if 2 * len(_HAN.findall(sample)) > len(_LETTER.findall(sample)) else "words"


def is_word(piece: str) -> bool:
    """Whether there is a letter in it, of any script."""
    return bool(_LETTER.search(piece))


def count_words(texts: Sequence[str], unit: str, vocabulary_size: int, min_count: int) -> Counted:
    """Cuts texts into words, without signs and numbers."""
    tokenizer = Tokenizer.train(texts, unit=unit, vocabulary_size=MAX_VOCABULARY)
    pieces = tokenizer.vocabulary
    read = [np.array(tokenizer.encode(text).ids, np.int64) for text in texts]
    ids = np.concatenate([np.empty(0, np.int64), *read])  # [N]
    text = np.repeat(np.arange(len(read)), [len(part) for part in read])
    counted = np.array([number > 1 and is_word(piece) for number, piece in enumerate(pieces)])
    ids, text = ids[counted[ids]], text[counted[ids]]
    counts = np.bincount(ids, minlength=len(pieces))
    chosen = np.argsort(-counts, kind="stable")
    chosen = chosen[counts[chosen] >= max(min_count, 1)][:vocabulary_size]
    number = np.full(len(pieces), -1)
    number[chosen] = np.arange(len(chosen))
    return Counted(tuple(pieces[i] for i in chosen), counts[chosen], number[ids], text, unit)


def cooccurrence(counted: Counted, window: int) -> csr_matrix:
    """How often each word stands near each, [V, V]: at a distance d it counts (window - d + 1) / window, both ways."""
    from scipy.sparse import coo_matrix, csr_matrix

    size, words = len(counted.names), counted.words.astype(np.int32)
    one_way = csr_matrix((size, size))
    for distance in range(1, min(window, len(words) - 1) + 1):  # one after the other: together they need much room
        a, b = words[:-distance], words[distance:]
        near = (a >= 0) & (b >= 0) & (counted.text[:-distance] == counted.text[distance:])
        weights = np.full(int(near.sum()), (window - distance + 1) / window)
        one_way += coo_matrix((weights, (a[near], b[near])), shape=(size, size)).tocsr()
    return one_way + one_way.T


def ppmi(counts: csr_matrix, smoothing: float) -> csr_matrix:
    """max(0, log P(w, c) / (P(w) P(c))) where a pair occurs, with P(c) from counts to the power of `smoothing`."""
    from scipy.sparse import csr_matrix

    pairs: Any = counts.tocoo()
    total = np.asarray(counts.sum(axis=1)).ravel()  # [V]
    chance = total**smoothing / (total**smoothing).sum()
    values = np.log(pairs.data / (total[pairs.row] * chance[pairs.col]))
    kept = values > 0
    return csr_matrix((values[kept], (pairs.row[kept], pairs.col[kept])), shape=counts.shape)
