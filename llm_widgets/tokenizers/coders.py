"""Three ways to cut a text so that it can be put together again: characters, bytes, and pairs of bytes merged.

Each coder has `pieces`, the bytes that each number stands for, and `cut`, which gives the numbers and where they stand.

Reference:
    Sennrich, R., Haddow, B. and Birch, A. (2016). Neural Machine Translation of Rare Words with Subword Units. ACL.
    Radford, A. et al. (2019). Language Models are Unsupervised Multitask Learners. (BPE over bytes.)
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from llm_widgets.tokenizers.bpe_words import LONGEST, words_of
from llm_widgets.tokenizers.byte_pieces import alphabet, from_library

if TYPE_CHECKING:
    from tokenizers import Tokenizer as Library
    from tokenizers.models import BPE

Cut = tuple[NDArray[np.int32], NDArray[np.int64]]
# Stands for what nobody can read: it is never learned.
UNREADABLE = "\ufffd"
UNKNOWN = -1


class Coder(Protocol):
    """Text to numbers from 0, without the special tokens."""

    pieces: tuple[bytes, ...]

    def cut(self, text: str) -> Cut:
        """The numbers, int32 [N], `UNKNOWN` where there is none; start and end of each in characters, [N, 2]."""
        ...

    def numbers(self, text: str) -> NDArray[np.int32]:
        """The numbers alone: places take several times as long."""
        ...

    def saved(self) -> object:
        """All that is needed to make it again, for JSON."""
        ...


class Characters:
    """Each Unicode character has a number, by falling frequency."""

    def __init__(self, signs: Sequence[str]) -> None:
        self.signs = tuple(signs)
        self.pieces = tuple(sign.encode("utf-8") for sign in signs)
        codes = np.array([ord(sign) for sign in signs], np.int64)
        # The number of each code up to the highest known one; one place more for all above it.
        self._numbers = np.full(codes.max(initial=-1) + 2, UNKNOWN, np.int32)
        self._numbers[codes[::-1]] = np.arange(len(codes), dtype=np.int32)[::-1]

    @classmethod
    def train(cls, text: str, size: int) -> Characters:
        """The `size` commonest characters; of two that are as common, the one with the lower code comes first."""
        counts = Counter(text)
        counts.pop(UNREADABLE, None)
        return cls(sorted(counts, key=lambda sign: (-counts[sign], sign))[:size])

    def cut(self, text: str) -> Cut:
        starts = np.arange(len(text))
        return self.numbers(text), np.stack([starts, starts + 1], 1)

    def numbers(self, text: str) -> NDArray[np.int32]:
        return self._numbers[np.minimum(_codes(text), len(self._numbers) - 1)]

    def saved(self) -> object:
        return "".join(self.signs)


class Bytes:
    """The 256 bytes of UTF-8: nothing is unknown, and nothing has to be learned."""

    pieces = tuple(bytes([byte]) for byte in range(256))

    def cut(self, text: str) -> Cut:
        codes = _codes(text)
        widths = 1 + (codes >= 0x80) + (codes >= 0x800) + (codes >= 0x10000)
        starts = np.repeat(np.arange(len(codes)), widths)
        return self.numbers(text), np.stack([starts, starts + 1], 1)

    def numbers(self, text: str) -> NDArray[np.int32]:
        return np.frombuffer(text.encode("utf-8"), np.uint8).astype(np.int32)

    def saved(self) -> object:
        return None


class MergedBytes:
    """Byte-pair encoding: single bytes, and the pairs of pieces that were merged because they stood together most."""

    def __init__(self, merges: Sequence[tuple[str, str]]) -> None:
        """Args:
            merges: pairs of pieces as the library writes them, in the order in which they were learned.

        Raises:
            KeyError: a pair has a piece that no merge before it made.
        """
        numbers = {sign: number for number, sign in enumerate(sorted(alphabet()))}
        for left, right in merges:
            if left not in numbers or right not in numbers:
                raise KeyError((left, right))
            numbers.setdefault(left + right, len(numbers))  # two pairs may make the same piece
        self.merges = tuple(merges)
        self.pieces = tuple(from_library(piece) for piece in numbers)
        self._library = _pipeline(numbers, list(merges))

    @classmethod
    def train(cls, text: str, size: int) -> MergedBytes:
        """Merges until there are `size` pieces, or no pair stands twice."""
        from tokenizers.trainers import BpeTrainer

        counting = _pipeline({}, [])
        trainer = BpeTrainer(vocab_size=size, min_frequency=2, initial_alphabet=list(alphabet()), show_progress=False)
        counting.train_from_iterator(_not_too_long(text), trainer)
        return cls([(left, right) for left, right in json.loads(counting.to_str())["model"]["merges"]])

    def cut(self, text: str) -> Cut:
        encoding = self._library.encode(text)
        return np.array(encoding.ids, np.int32), np.array(encoding.offsets, np.int64).reshape(-1, 2)

    def numbers(self, text: str) -> NDArray[np.int32]:
        return np.array(self._library.encode(text).ids, np.int32)

    def cut_words(self, words: Sequence[str]) -> list[list[int]]:
        """The numbers of words as `bpe_words.uncut` finds them.

        The library's model alone: what it does around it for each text takes longer than the merging.
        """
        if not words:
            return []
        # No text has the byte 0xff in UTF-8.
        signs = b"\xff".join([word.encode() for word in words]).decode("latin-1").translate(dict(enumerate(alphabet())))
        tokenize = self._library.model.tokenize
        return [[token.id for token in tokenize(word)] for word in signs.split(alphabet()[0xFF])]

    def cut_each(self, texts: Iterable[str]) -> list[list[int]]:
        """The numbers of many texts, without their places."""
        return [encoding.ids for encoding in self._library.encode_batch_fast(list(texts))]

    def saved(self) -> object:
        return self.merges


def _pipeline(numbers: dict[str, int], merges: list[tuple[str, str]]) -> Library:
    """The library's tokenizer: words with the space before them, runs of digits and of signs; merged within these.

    It is told of no special token, so it cannot find one in a learner's text.
    """
    from tokenizers import Tokenizer as Library
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import ByteLevel

    model: BPE = BPE(numbers, merges)
    library = Library(model)
    library.pre_tokenizer = ByteLevel(add_prefix_space=False)
    return library


def _not_too_long(text: str) -> list[str]:
    """A text whole, or in words where one is too long to be learned from (`bpe_words.LONGEST`).

    The library takes the square of a word's length: minutes for a page without blanks.
    """
    words = words_of(text)
    return words if max(map(len, words), default=0) >= LONGEST else [text]


def _codes(text: str) -> NDArray[np.uint32]:
    """The code of each character."""
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)
