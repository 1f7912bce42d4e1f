"""What byte-pair encoding starts from: a text cut into words, and each word into the signs of an alphabet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from llm_widgets.i18n import t
from llm_widgets.tokenizers.byte_pieces import alphabet

if TYPE_CHECKING:
    from tokenizers.pre_tokenizers import ByteLevel

ALPHABETS = ("bytes", "characters")


def words_of(text: str) -> list[str]:
    """The words between whose signs pairs are counted and merged, as GPT-2 cuts them; together they are the text.

    A word takes the space before it along; runs of digits, of other signs, and of further white space are words, too.

    Example:
        >>> words_of("I'm lower, 低于 42!")
        ['I', "'m", ' lower', ',', ' 低于', ' 42', '!']

    Reference:
        Radford, A. et al. (2019). Language Models are Unsupervised Multitask Learners, section 2.2.
    """
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
