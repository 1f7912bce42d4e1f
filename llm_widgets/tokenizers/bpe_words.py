"""What byte-pair encoding starts from: a text cut into words, and each word into the signs of an alphabet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from llm_widgets.i18n import t
from llm_widgets.tokenizers import chunks
from llm_widgets.tokenizers.byte_pieces import alphabet

if TYPE_CHECKING:
    from tokenizers.pre_tokenizers import ByteLevel

ALPHABETS = ("bytes", "characters")
# Characters of a word whose pairs are learned: what is longer is cut. No word is so long, but a text without blanks is
# one word, and learning takes the square of its length. (BERT's tokenizer gives up a word of more than 100.)
LONGEST = 256
# Common letters, digits, signs and white space of Unicode, as GPT-2's pattern sees them: a test asks the library.
LETTERS = "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f\u4e00-\u9fa5"
DIGITS = "0-9\uff10-\uff19"
SIGNS = (
    "\x00-\x08\x0e-\x1f!-/:-@\\[-`{-\x7f\u00a1-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7"
    "\u0300-\u036f\u200b-\u2027\u3001-\u3003\u3008-\u3011\ufe00-\ufe0f\uff01-\uff0f\uff1a-\uff20\U0001f300-\U0001f64f"
)
SPACES = "\t-\r \x85\xa0\u3000"
_OTHER = re.compile(f"[^{LETTERS}{DIGITS}{SIGNS}{SPACES}]")
_WORD = re.compile(
    f"'s|'t|'re|'ve|'m|'ll|'d| ?[{LETTERS}]+| ?[{DIGITS}]+| ?[{SIGNS}]+|[{SPACES}]+(?![^{SPACES}])|[{SPACES}]+"
)


def words_of(text: str) -> list[str]:
    """The words between whose signs pairs are counted and merged, as GPT-2 cuts them; together they are the text.

    A word takes the space before it along; runs of digits, of other signs, and of further white space are words, too.
    What is longer than `LONGEST` is cut into words of that length.

    Example:
        >>> words_of("I'm lower, 低于 42!")
        ['I', "'m", ' lower', ',', ' 低于', ' 42', '!']
        >>> [len(word) for word in words_of("a" * 600)]
        [256, 256, 88]

    Reference:
        Radford, A. et al. (2019). Language Models are Unsupervised Multitask Learners, section 2.2.
    """
    words = uncut(text)
    if max(map(len, words), default=0) <= LONGEST:
        return words
    return [word[i : i + LONGEST] for word in words for i in range(0, len(word), LONGEST)]


def uncut(text: str) -> list[str]:
    """The words of `words_of`, of any length.

    Python's own patterns are several times as quick as the library, which keeps a place for each byte; but they do not
    know Unicode's classes. The library is asked for the clauses that have rare characters, each once.
    """
    if not _OTHER.search(text):
        return _WORD.findall(text)
    known: dict[str, list[str]] = {}
    words: list[str] = []
    for clause in chunks.clauses(text):
        if clause not in known:
            known[clause] = _WORD.findall(clause) if not _OTHER.search(clause) else _asked(clause)
        words += known[clause]
    return words


def _asked(text: str) -> list[str]:
    return [text[start:end] for _, (start, end) in _cutter().pre_tokenize_str(text)]


@cache
def _cutter() -> ByteLevel:
    from tokenizers.pre_tokenizers import ByteLevel

    return ByteLevel(add_prefix_space=False)


@cache
def byte_pieces() -> tuple[bytes, ...]:
    """The 256 bytes in the order in which the library numbers them: by their signs, visible ones first."""
    signs = alphabet()
    return tuple(bytes([byte]) for byte in sorted(range(256), key=lambda byte: signs[byte]))


def first_pieces(kind: str, words: Iterable[str]) -> tuple[bytes, ...]:
    """The pieces that are there before anything is merged, in the order of their numbers.

    Args:
        kind: "bytes": all 256; "characters": those of the words, by rising code.

    Raises:
        ValueError: there is no such alphabet.
    """
    if kind == "bytes":
        return byte_pieces()
    if kind != "characters":
        known = ", ".join(ALPHABETS)
        raise ValueError(t("Choose one of {alphabets}. Received: alphabet={kind!r}", alphabets=known, kind=kind))
    return tuple(sign.encode("utf-8") for sign in sorted(set().union(*map(set, words))))


def signs_of(kind: str, word: str) -> list[bytes]:
    """The signs of a word: its bytes in UTF-8, or its characters."""
    if kind == "bytes":
        return [bytes([byte]) for byte in word.encode("utf-8")]
    return [sign.encode("utf-8") for sign in word]


def counted(words: Sequence[str]) -> Counter[str]:
    """How often each word stands, in the order in which they first do."""
    return Counter(words)
