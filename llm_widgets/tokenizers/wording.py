"""What a word of a running text is, and which ways of writing it are the same word: what "guess the next word" asks.

English: letters and digits in a row, with apostrophes inside (don't); capitals do not count (alice, Alice and ALICE are
one word, UNimportant is one of its own). Chinese: each Chinese character. All else is marks: one sign each.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

APOSTROPHES = "'’"
# Chinese characters of Unicode 16, from and to.
_HAN = ((0x3007, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
_WORD = re.compile("a+(?:'a+)*")


class Piece(NamedTuple):
    """A word or a mark of a text.

    Args:
        start, end: where it stands.
        event: the word as it is counted, whatever its capitals; the mark itself.
        is_word: False for a mark.
    """

    start: int
    end: int
    event: str
    is_word: bool


class Wording:
    """How the words of a language are told.

    Args:
        language: "zh": each Chinese character is a word; all others: words between spaces and marks.

    Example:
        >>> english = Wording("en")
        >>> [piece.event for piece in english.pieces("`Don't!' said ALICE.")]
        ['`', "don't", '!', "'", 'said', 'alice', '.']
        >>> english.forms("don't")
        ("don't", "Don't", "DON'T")
        >>> [piece.event for piece in Wording("zh").pieces("春眠，GPT") if piece.is_word]
        ['春', '眠']
    """

    def __init__(self, language: str) -> None:
        self.single = language.lower().startswith("zh")
        self.apostrophes = "" if self.single else APOSTROPHES

    def is_letter(self, sign: str) -> bool:
        """Whether words are made of this character."""
        return _is_han(sign) if self.single else _is_letter(sign)

    def other_letters(self, known: Iterable[str]) -> int:
        """How many letters Unicode has beyond these characters."""
        return max(1, _letters(self.single) - sum(self.is_letter(sign) for sign in set(known)))

    def pieces(self, text: str, start: int = 0) -> list[Piece]:
        """Words and marks in their order; white space is none, but in Chinese the end of a line is a mark.

        Args:
            start: where the text begins in a longer one, in which the places are counted.
        """
        kinds = {ord(sign): self._kind(sign) for sign in set(text)}
        shape = text.translate(kinds)
        if self.single:
            signs = zip(text, shape, strict=True)
            return [Piece(i, i + 1, sign, kind == "a") for i, (sign, kind) in enumerate(signs, start) if kind != " "]
        found = []
        at = 0
        for match in _WORD.finditer(shape):
            first, end = match.span()
            found += _marks(text, shape, at, first, start)
            found.append(Piece(first + start, end + start, self.event(text[first:end]), True))
            at = end
        return found + _marks(text, shape, at, len(text), start)

    def event(self, word: str) -> str:
        """The word as it is counted: in small letters where it is written in a usual way."""
        low = word.lower()
        return low if word in _usual(low) else word

    def forms(self, event: str) -> tuple[str, ...]:
        """All ways to write what is counted as this word; each text is one way to write one word."""
        return tuple(form for form in dict.fromkeys((*_usual(event), event)) if self.event(form) == event)

    def read(self, typed: str) -> str | None:
        """The one word that somebody has typed, as it is counted; None where it is none, or several."""
        typed = unicodedata.normalize("NFKC" if self.single else "NFC", typed).strip()
        words = [piece for piece in self.pieces(typed) if piece.is_word]
        return words[0].event if len(words) == 1 and words[0][:2] == (0, len(typed)) else None

    def _kind(self, sign: str) -> str:
        if self.is_letter(sign):
            return "a"
        if sign in self.apostrophes:
            return "'"
        return " " if sign.isspace() and not (self.single and sign == "\n") else "."


def _marks(text: str, shape: str, first: int, end: int, start: int) -> list[Piece]:
    return [Piece(i + start, i + start + 1, text[i], False) for i in range(first, end) if shape[i] != " "]


def _usual(low: str) -> tuple[str, str, str]:
    return (low, low[:1].upper() + low[1:], low.upper())


def _is_letter(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign)[0] == "M"


def _is_han(sign: str) -> bool:
    return any(first <= ord(sign) <= last for first, last in _HAN)


@cache
def _letters(single: bool) -> int:
    if single:
        return sum(last - first + 1 for first, last in _HAN)
    return sum(_is_letter(chr(number)) for number in range(sys.maxunicode + 1))
