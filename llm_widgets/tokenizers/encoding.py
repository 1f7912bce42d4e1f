"""What every tokenizer gives back: one text as a model sees it; and the checks on what it is given back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from llm_widgets.i18n import t

MAX_VOCABULARY = 100_000


@dataclass(frozen=True)
class Encoding:
    """One text as the model sees it; the four tuples have the same length.

    Args:
        ids: what the model reads.
        tokens: the same pieces as written in the text; bytes that are a part of a character as "<E4 BD>".
        known: False where the vocabulary does not have the piece.
        offsets: (start, end) in the text, in characters: `text[start:end]` is the token, or for parts of characters
            the characters that they belong to.
    """

    ids: tuple[int, ...]
    tokens: tuple[str, ...]
    known: tuple[bool, ...]
    offsets: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.ids)


def checked_ids(ids: Iterable[int], entries: int) -> Iterator[int]:
    """The ids as plain numbers.

    Raises:
        ValueError: one is not in a vocabulary of so many entries.
    """
    for number in map(int, ids):
        if not 0 <= number < entries:
            raise ValueError(
                t("The vocabulary has ids from 0 to {last}. Received: {number}", last=entries - 1, number=number)
            )
        yield number


@contextmanager
def saved(text: str, form: str) -> Iterator[dict[str, Any]]:
    """What a tokenizer saved as JSON in this form; whatever misses while it is read is an error of the text.

    Raises:
        ValueError: the text is not what the tokenizer writes.
    """
    try:
        data: dict[str, Any] = json.loads(text)
        if data["format"] != form:
            raise KeyError("format")
        yield data
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise ValueError(t("This is not a saved tokenizer. Received: {text!r}", text=text[:60])) from error
