"""The text that a walk begins with: where it comes from, its characters as ids, and windows of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.corpora.books import load_book
from llm_widgets.i18n import t
from llm_widgets.tokenizers.coders import Characters
from llm_widgets.widgets._words import whole_text

BOOKS = ("alice", "tang")
OF_LANGUAGE = {"en": "alice", "zh": "tang"}
# How much of a text is used: a tiny model learns it in seconds, and a widget can show it.
MAX_CHARACTERS = 20_000
# Twelve quatrains: more would have more characters than a tiny model can have rows.
POEMS = 12
MAX_VOCABULARY = 299  # and the unknown one
UNKNOWN = 0
EXCERPT = 400

Ids = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class WalkText:
    """A text, the ids of its characters, and what is known of it.

    Attributes:
        text: what is used of it.
        start, whole: where that begins in what there is, and how many characters there are.
        title: in each language; empty for a learner's own text.
        facts: licence, source and hash.
        coder: from characters to numbers; ids are one more, since 0 is the unknown character.
    """

    text: str
    start: int
    whole: int
    title: Mapping[str, str]
    facts: Mapping[str, str]
    coder: Characters

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """What each id stands for."""
        return ("[UNK]", *self.coder.signs)

    def encode(self, text: str) -> Ids:
        """The id of each character; those that the vocabulary lacks get 0."""
        numbers, _ = self.coder.cut(text)  # −1 where a character is unknown
        ids: Ids = numbers.astype(np.intp) + 1
        return ids

    def tokens(self, ids: Sequence[int] | Ids) -> list[str]:
        """The characters of ids."""
        return [self.vocabulary[i] for i in ids]


def shipped_text(name: str) -> WalkText:
    """The beginning of Alice, or the first quatrains."""
    corpus = load_book(name, None)
    whole = corpus.train
    start = whole.index("Alice was beginning") if name == "alice" else 0
    used = whole[start : start + MAX_CHARACTERS]
    if name == "tang":
        used = "".join(used.splitlines(keepends=True)[:POEMS])
    card = corpus.card
    facts = {"licence": card.licence, "source": card.source, "sha256": card.sha256}
    return _made(used, start, len(whole), card.title, facts)


def own_text(text: str, whole: int) -> WalkText:
    """A learner's own text, of which `whole` characters came."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return _made(text, 0, whole, {}, {"sha256": digest})


def checked_text(text: Any) -> str:
    """A learner's text as it is used: at most `MAX_CHARACTERS`, line ends as one sign, no halves of characters.

    Raises:
        ValueError: it has fewer than two characters: nothing could be asked and nothing be the answer.
    """
    used = whole_text(text, MAX_CHARACTERS)
    if len(used) < 2:
        raise ValueError(
            t(
                "A text needs two characters at least, one to read and one to guess; the old text stays. "
                "Received: {text!r}",
                text=used,
            )
        )
    return used


def windows(ids: Ids, starts: Ids, context: int) -> tuple[Ids, Ids]:
    """What is read and what comes next: from each start `context` ids, and the same one place further on."""
    x = ids[starts[:, None] + np.arange(context)]  # [B, T]
    y = ids[starts[:, None] + np.arange(context) + 1]  # [B, T]
    return x, y


def _made(text: str, start: int, whole: int, title: Mapping[str, str], facts: Mapping[str, str]) -> WalkText:
    return WalkText(text, start, whole, title, facts, Characters.train(text, MAX_VOCABULARY))
