"""Text in, ids out, and the very same text back: what a model needs that writes.

A class beside `Tokenizer`, not a kind of it: a classifier may read without spaces and capitals, and drags its
vocabulary with a slider; a model that writes must be able to give back what it read, and needs signs that no text can
contain.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t
from llm_widgets.tokenizers import coders, units
from llm_widgets.tokenizers.byte_pieces import from_library, readable
from llm_widgets.tokenizers.encoding import MAX_VOCABULARY, Encoding, checked_ids, saved

TEXT_UNITS = ("characters", "bytes", "bpe")
DEFAULT_BPE = 1_000
SENTINELS = 32
SPECIALS = ("[PAD]", "[UNK]", "[MASK]", "[END]", *(f"[SPAN{i}]" for i in range(SENTINELS)))
_FORMAT = "llm-widgets-text-tokenizer/1"
# All characters of Unicode: halves of surrogate pairs are none.
_UNICODE = 0x110000 - 2048


class TextTokenizer:
    """Numbers the pieces of a text: 36 special tokens first, the same in every tokenizer, then the pieces.

    The special tokens are padding (0), the unknown character (1), the mask (2), the end of a text (3) and the signs
    that stand for a span (4 to 35). No text contains them, whatever a learner writes: "[MASK]" is read as plain signs.

    Example:
        >>> tokenizer = TextTokenizer.train("low lower lowest", unit="bpe", vocabulary_size=296)
        >>> tokenizer.merges
        (('l', 'o'), ('lo', 'w'), (' ', 'low'), (' low', 'e'))
        >>> encoding = tokenizer.encode("lower")
        >>> encoding.tokens, tokenizer.decode(encoding.ids)
        (('low', 'e', 'r'), 'lower')
    """

    PAD_ID, UNKNOWN_ID, MASK_ID, END_ID = range(4)
    SENTINEL_IDS = range(4, len(SPECIALS))
    FIRST_ID = len(SPECIALS)

    def __init__(self, unit: str, coder: coders.Coder) -> None:
        """Use `train` or `from_json`; this only puts the parts together."""
        self.unit = units.checked(unit, TEXT_UNITS)
        self._coder = coder
        self._pieces = (*(name.encode() for name in SPECIALS), *coder.pieces)

    @classmethod
    def train(cls, text: str, *, unit: str = "characters", vocabulary_size: int | None = None) -> TextTokenizer:
        """Learns the pieces of a text. Give it the training part only: the vocabulary is learned too.

        Args:
            text: the training text.
            unit: "characters"; "bytes" (of UTF-8, nothing is unknown); "bpe" (bytes, the commonest neighbours merged).
            vocabulary_size: how many ids there are at most, special tokens among them. None takes every character, or
                1,000 for "bpe"; bytes are always 292.

        Raises:
            ValueError: the unit is not known, the size does not fit it, or the text is too long.
            TypeError: this is no text.
        """
        size = _checked_size(units.checked(unit, TEXT_UNITS), vocabulary_size) - cls.FIRST_ID
        prepared = units.prepare(text)
        if unit == "bytes":
            return cls(unit, coders.Bytes())
        make = coders.Characters.train if unit == "characters" else coders.MergedBytes.train
        return cls(unit, make(prepared, size))

    @property
    def vocabulary_size(self) -> int:
        """How many ids there are."""
        return len(self._pieces)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """What each id stands for, as a reader sees it."""
        return tuple(readable(piece) for piece in self._pieces)

    @property
    def special_ids(self) -> tuple[int, ...]:
        """The ids that no text can contain."""
        every = range(self.FIRST_ID)
        return tuple(number for number in every if self.unit != "characters" or number != self.UNKNOWN_ID)

    @property
    def merges(self) -> tuple[tuple[str, str], ...]:
        """For "bpe" the pairs that were merged, in this order; else ()."""
        pairs = getattr(self._coder, "merges", ())
        return tuple((readable(from_library(left)), readable(from_library(right))) for left, right in pairs)

    @property
    def unknown_bits(self) -> float:
        """What an unknown character costs beyond its id: it may be any that the vocabulary lacks. 0 for bytes and BPE.

        So bits a character can be compared between tokenizers: nothing is won by calling a rare character unknown.
        """
        if self.unit != "characters":
            return 0.0
        return math.log2(_UNICODE - len(self._coder.pieces))

    def ids(self, text: str) -> NDArray[np.int32]:
        """The ids of a text as an array, int32 [N].

        Raises:
            ValueError: the text is longer than `units.MAX_CHARACTERS`. TypeError: this is no text.
        """
        return self._numbered(self._coder.numbers(units.prepare(text)))

    def encode_each(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of many short texts: for "bpe" far quicker than one after the other."""
        first = self.FIRST_ID
        if isinstance(self._coder, coders.MergedBytes):
            return [[number + first for number in cut] for cut in self._coder.cut_each(map(units.prepare, texts))]
        return [self.ids(text).tolist() for text in texts]

    def encode_words(self, words: Sequence[str]) -> list[list[int]]:
        """The ids of single words as `bpe_words.uncut` finds them, for the unit "bpe": quicker than `encode_each`."""
        first, coder = self.FIRST_ID, self._coder
        assert isinstance(coder, coders.MergedBytes)
        return [[number + first for number in cut] for cut in coder.cut_words(words)]

    def encode(self, text: str) -> Encoding:
        """The ids of a text with the pieces and places that they stand for.

        Raises:
            ValueError: the text is longer than `units.MAX_CHARACTERS`. TypeError: this is no text.
        """
        numbers, places = self._coder.cut(units.prepare(text))
        ids = self._numbered(numbers).tolist()
        offsets = tuple((start, end) for start, end in places.tolist())
        known = tuple(number != self.UNKNOWN_ID for number in ids)
        tokens = tuple(
            readable(self._pieces[number]) if seen else text[start:end]
            for number, seen, (start, end) in zip(ids, known, offsets, strict=True)
        )
        return Encoding(ids=tuple(ids), tokens=tokens, known=known, offsets=offsets)

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids. Padding and ends are left out; unknown characters, and bytes that are none, read "\\ufffd".

        Raises:
            ValueError: an id is not in the vocabulary.
        """
        silent = (self.PAD_ID, self.END_ID)
        unknown = coders.UNREADABLE.encode()
        return b"".join(
            unknown if number == self.UNKNOWN_ID else self._pieces[number]
            for number in checked_ids(ids, self.vocabulary_size)
            if number not in silent
        ).decode("utf-8", "replace")

    def decode_each(self, many: Iterable[Sequence[int]]) -> list[str]:
        """The texts of what `encode_each` gave: the same as `decode`, without its checks."""
        pieces = [*self._pieces]
        pieces[self.UNKNOWN_ID] = coders.UNREADABLE.encode()
        return [b"".join([pieces[number] for number in ids]).decode("utf-8", "replace") for ids in many]

    def to_json(self) -> str:
        """All that is needed to make it again, as text."""
        data = {"format": _FORMAT, "unit": self.unit, "pieces": self._coder.saved()}
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> TextTokenizer:
        """Makes again what `to_json` wrote.

        Raises:
            ValueError: the text is not what `to_json` writes.
        """
        with saved(text, _FORMAT) as data:
            return cls(data["unit"], _coder(data["unit"], data["pieces"]))

    def _numbered(self, numbers: NDArray[np.int32]) -> NDArray[np.int32]:
        unknown = np.int32(self.UNKNOWN_ID)
        return np.where(numbers == coders.UNKNOWN, unknown, numbers + np.int32(self.FIRST_ID))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TextTokenizer) and (self.unit, self._pieces, self.merges) == (
            other.unit, other._pieces, other.merges
        )  # fmt: skip

    def __hash__(self) -> int:
        return hash((self.unit, self._pieces))

    def __repr__(self) -> str:
        return f"TextTokenizer(unit={self.unit!r}, vocabulary_size={self.vocabulary_size})"


def _coder(unit: object, pieces: Any) -> coders.Coder:
    if unit == "bytes" and pieces is None:
        return coders.Bytes()
    if unit == "characters" and len(set(pieces)) == len(pieces):
        return coders.Characters(pieces)
    if unit == "bpe" and all(len(pair) == 2 for pair in pieces):
        return coders.MergedBytes([(str(left), str(right)) for left, right in pieces])
    raise KeyError("pieces")


def _checked_size(unit: str, size: int | None) -> int:
    """How many ids there may be, special tokens among them."""
    least = len(SPECIALS) + (0 if unit == "characters" else 256)
    most = least if unit == "bytes" else MAX_VOCABULARY
    if size is None:
        return DEFAULT_BPE if unit == "bpe" else most
    if isinstance(size, bool) or int(size) != size or not least <= size <= most:
        raise ValueError(
            t(
                "A vocabulary of {unit} has between {least} and {most} entries, {specials} special tokens among them. "
                "Received: vocabulary_size={size}",
                unit=unit,
                least=least,
                most=most,
                specials=len(SPECIALS),
                size=size,
            )
        )
    return int(size)
