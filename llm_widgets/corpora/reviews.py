"""The course's own reviews, which travel with the package: English film sentences, Chinese product reviews."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from llm_widgets._resources import folder
from llm_widgets.corpora.corpus import Corpus, Split
from llm_widgets.corpora.shipped import cards, is_as_shipped, make_card, read_shipped
from llm_widgets.corpora.splits import SPLITS
from llm_widgets.i18n import t

LANGUAGES = ("en", "zh")
LABEL_NAMES = ("negative", "positive")


def data_folder() -> Path:
    """Where the files are."""
    return folder("data") / "reviews"


def load_reviews(language: str) -> Corpus:
    """The reviews in one language, checked by SHA-256.

    Raises:
        ValueError: there are none in this language. DamagedDataError: a file was changed.
    """
    if language not in LANGUAGES:
        raise ValueError(
            t(
                "The reviews are there in {languages}. Received: language={language!r}",
                languages=", ".join(LANGUAGES),
                language=language,
            )
        )
    path = data_folder() / f"{language}.tsv"
    facts = cards(data_folder())[language]
    splits = read_splits(read_shipped(path, facts["sha256"]))
    return Corpus("reviews", language, **splits, label_names=LABEL_NAMES, card=make_card(facts))


def is_intact(language: str) -> bool:
    """Whether the file is there and is the one that was shipped."""
    return is_as_shipped(data_folder() / f"{language}.tsv", cards(data_folder())[language]["sha256"])


def read_splits(data: bytes) -> dict[str, Split]:
    """The splits in the bytes of one file: split, label and text, tabs between them, no quoting."""
    texts: dict[str, list[str]] = {name: [] for name in SPLITS}
    labels: dict[str, list[int]] = {name: [] for name in SPLITS}
    for line in data.decode("utf-8").split("\n")[1:-1]:
        split, label, text = line.split("\t")
        texts[split].append(text)
        labels[split].append(int(label))
    return {name: Split(tuple(texts[name]), np.array(labels[name], np.int8)) for name in SPLITS}
