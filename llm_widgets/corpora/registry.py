"""Which corpora there are, and how to get one by its name."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llm_widgets.corpora import imdb, reviews
from llm_widgets.corpora.corpus import Card, Corpus
from llm_widgets.i18n import t

NAMES = ("reviews", "imdb")


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


def load(name: str = "reviews", *, language: str = "en", **options: Any) -> Corpus:
    """A corpus with fixed train, validation and test splits.

    Args:
        name: "reviews" (travels with the package) or "imdb" (fetched when asked for, 17 MB).
        language: "en" or "zh"; "imdb" is English.
        options: for "imdb": `num_words` (10_000, or None for all) and `seed`.

    Raises:
        ValueError: there is no such corpus, or not in this language. TypeError: an option that it does not know.
        DamagedDataError: a file of the package was changed. DownloadError: a file could not be fetched.

    Example:
        >>> load("reviews", language="zh").train.texts[0]
        '使用支票时时间太久，用了一个多礼拜'
    """
    _check_name(name)
    loaders: dict[str, Callable[..., Corpus]] = {"reviews": reviews.load_reviews, "imdb": imdb.load_imdb}
    known = {"reviews": (), "imdb": ("num_words", "seed")}[name]
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
    if name == "reviews":
        return loaders[name](language)
    if language != "en":
        raise ValueError(t("The IMDB reviews are English. Received: language={language!r}", language=language))
    return loaders[name](**options)


def fetch(name: str) -> Path:
    """Gets a corpus that does not travel with the package; returns the folder where it lies.

    Raises:
        ValueError: there is no such corpus. DownloadError: it could not be fetched.
    """
    _check_name(name)
    return imdb.fetch_imdb() if name == "imdb" else reviews.data_folder()


def available(*, check: bool = True) -> tuple[Entry, ...]:
    """Every corpus in every language.

    Args:
        check: whether to compare the files' hashes; without it `Entry.intact` is None.
    """
    entries = []
    for language in reviews.LANGUAGES:
        path = reviews.data_folder() / f"{language}.tsv"
        there = path.is_file()
        entries.append(
            Entry(
                name="reviews",
                language=language,
                card=reviews.make_card(reviews.cards(reviews.data_folder())[language]),
                files=(path,),
                ships=True,
                present=there,
                intact=reviews.is_intact(language) if check else None,
                bytes=path.stat().st_size if there else 0,
            )
        )
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
            "There is no such corpus; there are {names}. A file of your own: read_table(path). Received: {name!r}",
            names=", ".join(NAMES),
            name=name,
        )
    )
