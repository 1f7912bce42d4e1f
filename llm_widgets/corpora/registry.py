"""Which corpora there are, and how to get one by its name."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, overload

from llm_widgets.corpora import books, imdb, reviews
from llm_widgets.corpora.corpus import Card, Corpus
from llm_widgets.corpora.shipped import cards, make_card
from llm_widgets.corpora.text_corpus import TextCorpus
from llm_widgets.i18n import t

NAMES = ("reviews", "imdb", *books.LANGUAGES)


@dataclass(frozen=True)
class Entry:
    """One corpus, as `llm-widgets data` lists it.

    Args:
        name, language: what `load` takes.
        card: source, licence and known faults.
        files: where its files are, or would be.
        ships: it travels with the package; otherwise `fetch` gets it.
        present: the files are there. intact: they are the right ones, by hash; None where this was not checked.
        bytes: their size, 0 where they are not there.
    """

    name: str
    language: str
    card: Card
    files: tuple[Path, ...]
    ships: bool
    present: bool
    intact: bool | None
    bytes: int


@overload
def load(name: Literal["reviews", "imdb"] = "reviews", *, language: str | None = None, **options: Any) -> Corpus: ...
@overload
def load(name: Literal["alice", "tang"], *, language: str | None = None) -> TextCorpus: ...
@overload
def load(name: str, *, language: str | None = None, **options: Any) -> Corpus | TextCorpus: ...
def load(name: str = "reviews", *, language: str | None = None, **options: Any) -> Corpus | TextCorpus:
    """A corpus with fixed train, validation and test splits.

    Args:
        name: labelled texts: "reviews" (travels with the package) or "imdb" (fetched when asked for, 17 MB);
            running text, for language models: "alice" (an English book) or "tang" (Chinese poems).
        language: "en" or "zh", for "reviews" (English unless said otherwise); the others have one language each.
        options: for "imdb": `num_words` (10_000, or None for all) and `seed`.

    Raises:
        ValueError: there is no such corpus, or not in this language. TypeError: an option that it does not know.
        DamagedDataError: a file of the package was changed. DownloadError: a file could not be fetched.

    Example:
        >>> load("reviews", language="zh").train.texts[0]
        '使用支票时时间太久，用了一个多礼拜'
        >>> load("tang").language
        'zh'
    """
    _check_name(name)
    known = ("num_words", "seed") if name == "imdb" else ()
    for option in options:
        if option not in known:
            raise TypeError(
                t(
                    "The corpus {name!r} takes these options: {known}. Received: {option!r}",
                    name=name,
                    known=", ".join(known) or "—",
                    option=option,
                )
            )
    if name in books.LANGUAGES:
        return books.load_book(name, language)
    if name == "reviews":
        return reviews.load_reviews("en" if language is None else language)
    if language not in (None, "en"):
        raise ValueError(t("The IMDB reviews are English. Received: language={language!r}", language=language))
    return imdb.load_imdb(**options)


def load_labelled(name: str, *, language: str) -> Corpus:
    """A corpus that a classifier can learn from.

    Raises:
        ValueError: it has no labels; and whatever `load` raises.
    """
    corpus = load(name, language=None if name in books.LANGUAGES else language)
    if isinstance(corpus, TextCorpus):
        labelled = ", ".join(one for one in NAMES if one not in books.LANGUAGES)
        raise ValueError(
            t(
                "This corpus is for language models: it has no labels. Take one of {names}. Received: {name!r}",
                names=labelled,
                name=name,
            )
        )
    return corpus


def fetch(name: str) -> Path:
    """Gets a corpus that does not travel with the package; returns the folder where it lies.

    Raises:
        ValueError: there is no such corpus. DownloadError: it could not be fetched.
    """
    _check_name(name)
    if name in books.LANGUAGES:
        return books.book_folder(name)
    return imdb.fetch_imdb() if name == "imdb" else reviews.data_folder()


def available(*, check: bool = True) -> tuple[Entry, ...]:
    """Every corpus in every language.

    Args:
        check: whether to compare the files' hashes; without it `Entry.intact` is None.
    """
    entries = [
        _shipped(
            "reviews",
            language,
            reviews.data_folder() / f"{language}.tsv",
            reviews.is_intact(language) if check else None,
        )
        for language in reviews.LANGUAGES
    ]
    entries += [
        _shipped(name, language, books.book_path(name), books.is_intact(name) if check else None)
        for name, language in books.LANGUAGES.items()
    ]
    paths = tuple(imdb.cache_folder() / name for name in imdb.FILES)
    entries.append(
        Entry(
            name="imdb",
            language="en",
            card=imdb.CARD,
            files=paths,
            ships=False,
            present=imdb.is_present(),
            intact=imdb.is_intact() if check else None,
            bytes=sum(path.stat().st_size for path in paths if path.is_file()),
        )
    )
    return tuple(entries)


def _shipped(name: str, language: str, path: Path, intact: bool | None) -> Entry:
    """What travels with the package: one file, with its card beside it."""
    there = path.is_file()
    return Entry(
        name=name,
        language=language,
        card=make_card(cards(path.parent)[language]),
        files=(path,),
        ships=True,
        present=there,
        intact=intact,
        bytes=path.stat().st_size if there else 0,
    )


def _check_name(name: str) -> None:
    if name in NAMES:
        return
    near = difflib.get_close_matches(str(name), NAMES, 1)
    if near:
        raise ValueError(
            t("There is no such corpus; did you mean {near!r}? Received: {name!r}", near=near[0], name=name)
        )
    raise ValueError(
        t(
            "There is no such corpus; there are {names}. A table of your own: read_table(path), a text of your own: "
            "text(path). Received: {name!r}",
            names=", ".join(NAMES),
            name=name,
        )
    )
