"""The two texts for language models that travel with the package: an English book and Chinese poems."""

from __future__ import annotations

from pathlib import Path

from llm_widgets._resources import folder
from llm_widgets.corpora.shipped import cards, is_as_shipped, make_card, read_shipped
from llm_widgets.corpora.splits import SPLITS
from llm_widgets.corpora.text_corpus import TextCorpus
from llm_widgets.i18n import t

LANGUAGES = {"alice": "en", "tang": "zh"}


def book_folder(name: str) -> Path:
    """Where a book's file, licence and card are."""
    return folder("data") / name


def book_path(name: str) -> Path:
    """The one file of a book: train, validation and test, one after the other."""
    return book_folder(name) / f"{name}.txt"


def load_book(name: str, language: str | None = None) -> TextCorpus:
    """A book in its three parts, checked by SHA-256.

    Raises:
        ValueError: it is not in this language. DamagedDataError: its file was changed.
    """
    own = LANGUAGES[name]
    if language not in (None, own):
        raise ValueError(
            t(
                "The corpus {name!r} is there in {own!r} alone. Received: language={language!r}",
                name=name,
                own=own,
                language=language,
            )
        )
    facts = cards(book_folder(name))[own]
    text = read_shipped(book_path(name), facts["sha256"]).decode("utf-8")
    parts, start = {}, 0
    for split in SPLITS:
        end = start + facts["statistics"]["splits"][split]["characters"]
        parts[split] = text[start:end]
        start = end
    return TextCorpus(name, own, **parts, card=make_card(facts))


def is_intact(name: str) -> bool:
    """Whether the file is there and is the one that was shipped."""
    return is_as_shipped(book_path(name), cards(book_folder(name))[LANGUAGES[name]]["sha256"])
