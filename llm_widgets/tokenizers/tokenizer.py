"""Text in, ids out: one vocabulary ordered by frequency, over words, characters or segments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t
from llm_widgets.tokenizers import units
from llm_widgets.tokenizers.coders import UNREADABLE
from llm_widgets.tokenizers.encoding import MAX_VOCABULARY, Encoding, checked_ids, saved

if TYPE_CHECKING:
    from tokenizers import Tokenizer as Library

PAD, UNKNOWN = "[PAD]", "[UNK]"
# Texts that the library encodes at a time: it keeps some kB about each until all are done, 50 MB for 10,000 reviews.
_CHUNK = 256
_HAN = re.compile("[\u4e00-\u9fa5]+")
_FORMAT = "llm-widgets-tokenizer/1"


class Tokenizer:
    """Splits texts into pieces and numbers them: 0 is padding, 1 an unknown piece, then by falling frequency.

    All pieces that were seen are kept; `vocabulary_size` says how many of them count, so that a slider can drag it.

    Example:
        >>> tokenizer = Tokenizer.train(["A good film", "a bad film"], vocabulary_size=4)
        >>> tokenizer.vocabulary
        ('[PAD]', '[UNK]', 'a', 'film')
        >>> tokenizer.encode("A great film!").ids
        (2, 1, 3, 1)
        >>> tokenizer.with_vocabulary_size(6).vocabulary[4:]
        ('bad', 'good')
    """

    PAD_ID = 0
    UNKNOWN_ID = 1

    def __init__(self, library: Library, pieces: tuple[str, ...], unit: str, size: int) -> None:
        """Use `train` or `from_json`; this only puts the parts together."""
        self._library = library
        self._pieces = pieces
        self.unit = units.checked(unit)
        self.vocabulary_size = _checked_size(size)

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        *,
        unit: str = "words",
        vocabulary_size: int = 10_000,
        lowercase: bool = True,
    ) -> Tokenizer:
        """Counts the pieces of `texts`. Give it the training texts only: the vocabulary is learned too.

        Args:
            texts: the training texts.
            unit: "words", "characters" or "segments" (Chinese words, found by rjieba).
            vocabulary_size: how many ids count, padding and the unknown word among them; ≥ 2.
            lowercase: whether "Good" and "good" are one piece.

        Raises:
            ValueError: the unit is not known, or the size is below 2 or above `MAX_VOCABULARY`.
        """
        from tokenizers.trainers import WordLevelTrainer

        _checked_size(vocabulary_size)
        counting = units.pipeline(unit, {}, lowercase)
        trainer = WordLevelTrainer(vocab_size=MAX_VOCABULARY, special_tokens=[], show_progress=False)
        prepared = (units.prepare(text) for text in texts)
        if unit == "segments":
            counting.train_from_iterator((units.segment(text)[0] for text in prepared), trainer)
        else:
            counting.train_from_iterator(prepared, trainer)
        found: dict[str, int] = counting.get_vocab()
        seen = [piece for piece in sorted(found, key=found.__getitem__) if piece not in (PAD, UNKNOWN, UNREADABLE)]
        # A pipeline of its own: the library would find the special names in a learner's text, this one does not.
        pieces = (PAD, UNKNOWN, *seen[: MAX_VOCABULARY - 2])
        library = units.pipeline(unit, {piece: number for number, piece in enumerate(pieces)}, lowercase)
        return cls(library, pieces, unit, vocabulary_size)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The pieces that count, by id. Fewer than `vocabulary_size` where the texts had fewer."""
        return self._pieces[: self.vocabulary_size]

    @property
    def pieces_seen(self) -> int:
        """How many entries there are at most: where a vocabulary slider may end."""
        return len(self._pieces)

    def encode(self, text: str) -> Encoding:
        """One text, piece by piece.

        Raises:
            ValueError: the text is longer than `units.MAX_CHARACTERS`.
        """
        prepared = units.prepare(text)
        if self.unit == "segments":
            words, offsets = units.segment(prepared)
            found = self._library.encode(words, is_pretokenized=True).ids
        else:
            encoding = self._library.encode(prepared)
            found, offsets = encoding.ids, encoding.offsets
        ids = tuple(self._limited(found))
        return Encoding(
            ids=ids,
            tokens=tuple(text[start:end] for start, end in offsets),
            known=tuple(i != self.UNKNOWN_ID for i in ids),
            offsets=tuple(offsets),
        )

    def encode_batch(self, texts: Sequence[str], length: int) -> NDArray[np.int32]:
        """Many texts as one array, int32 [N, length]: cut at `length`, padded with 0 on the right.

        Raises:
            ValueError: `length` is below 1, or a text is too long.
        """
        if length < 1:
            raise ValueError(t("A sequence needs at least one token. Received: length={length}", length=length))
        if isinstance(texts, str):
            raise TypeError(t("encode_batch takes a list of texts, not one text. Received: {text!r}", text=texts[:40]))
        batch = np.zeros((len(texts), length), np.int32)  # [N, T]
        for start in range(0, len(texts), _CHUNK):
            prepared = [units.prepare(text) for text in texts[start : start + _CHUNK]]
            if self.unit == "segments":
                words = [units.segment(text, length)[0] for text in prepared]
                encodings = self._library.encode_batch_fast(words, is_pretokenized=True)
            else:
                encodings = self._library.encode_batch_fast(prepared)
            for row, encoding in zip(batch[start:], encodings, strict=False):
                ids = encoding.ids[:length]
                row[: len(ids)] = ids
        batch[batch >= self.vocabulary_size] = self.UNKNOWN_ID
        return batch

    def encode_each(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of many short texts, each uncut: far quicker than one after the other."""
        prepared = [units.prepare(text) for text in texts]
        if self.unit == "segments":
            found = self._library.encode_batch_fast([units.segment(text)[0] for text in prepared], is_pretokenized=True)
        else:
            found = self._library.encode_batch_fast(prepared)
        return [self._limited(encoding.ids) for encoding in found]

    def encode_words(self, words: Sequence[str]) -> list[int]:
        """The id of each segment, for the unit "segments": nothing is cut any more."""
        find, unknown = self._library.token_to_id, self.UNKNOWN_ID
        found: list[int | None] = [find(word) if _HAN.fullmatch(word) else None for word in words]
        # Nothing is normalized in Chinese characters, so the table says all; the library looks at the others.
        others = [i for i, word in enumerate(words) if found[i] is None and not _HAN.fullmatch(word)]
        asked = self._library.encode([units.prepare(words[i]) for i in others], is_pretokenized=True).ids
        for i, number in zip(others, asked, strict=True):
            found[i] = number
        return self._limited([unknown if number is None else number for number in found])

    def _limited(self, ids: list[int]) -> list[int]:
        return [i if i < self.vocabulary_size else self.UNKNOWN_ID for i in ids]

    def decode(self, ids: Iterable[int]) -> str:
        """The pieces in words again; padding is left out, unknown pieces read "[UNK]".

        Raises:
            ValueError: an id is not in the vocabulary.
        """
        vocabulary = self.vocabulary
        numbers = checked_ids(ids, len(vocabulary))
        pieces = [vocabulary[number] for number in numbers if number != self.PAD_ID]
        return (" " if self.unit == "words" else "").join(pieces)

    def with_vocabulary_size(self, size: int) -> Tokenizer:
        """The same pieces with another limit, at once: nothing is counted again."""
        return Tokenizer(self._library, self._pieces, self.unit, size)

    def to_json(self) -> str:
        """All that is needed to make it again, as text."""
        return json.dumps(
            {
                "format": _FORMAT,
                "unit": self.unit,
                "vocabulary_size": self.vocabulary_size,
                "lowercase": units.is_lowercase(self._library),
                "pieces": self._pieces[2:],
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Tokenizer:
        """Makes again what `to_json` wrote.

        Raises:
            ValueError: the text is not what `to_json` writes.
        """
        with saved(text, _FORMAT) as data:
            pieces = (PAD, UNKNOWN, *map(str, data["pieces"]))
            ids = {piece: number for number, piece in enumerate(pieces)}
            if len(ids) != len(pieces):
                raise KeyError("pieces")
            library = units.pipeline(data["unit"], ids, bool(data["lowercase"]))
            return cls(library, pieces, data["unit"], int(data["vocabulary_size"]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tokenizer) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash((self.unit, self.vocabulary_size, len(self._pieces), self._pieces[2:12]))

    def __repr__(self) -> str:
        return f"Tokenizer(unit={self.unit!r}, vocabulary_size={self.vocabulary_size}, entries={len(self.vocabulary)})"


def _checked_size(size: int) -> int:
    if isinstance(size, bool) or int(size) != size or not 2 <= size <= MAX_VOCABULARY:
        raise ValueError(
            t(
                "A vocabulary has between 2 and {most} entries, padding and the unknown word among them. "
                "Received: vocabulary_size={size}",
                most=MAX_VOCABULARY,
                size=size,
            )
        )
    return int(size)
