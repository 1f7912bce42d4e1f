"""The course's own reviews, which travel with the package: English film sentences, Chinese product reviews."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from llm_widgets._resources import folder
from llm_widgets.corpora.corpus import Card, Corpus, Split
from llm_widgets.corpora.splits import SPLITS
from llm_widgets.i18n import t

LANGUAGES = ("en", "zh")
LABEL_NAMES = ("negative", "positive")


class DamagedDataError(RuntimeError):
    """A file of the package is missing or is not the one that was shipped."""


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
    data = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != facts["sha256"]:
        raise DamagedDataError(
            t(
                "A file of the package was changed or is missing. Install the package again: "
                "pip install --force-reinstall llm_widgets. Received: {path}",
                path=path,
            )
        )
    splits = read_splits(data)
    return Corpus("reviews", language, **splits, label_names=LABEL_NAMES, card=make_card(facts))


def is_intact(language: str) -> bool:
    """Whether the file is there and is the one that was shipped."""
    path = data_folder() / f"{language}.tsv"
    wanted = cards(data_folder())[language]["sha256"]
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == wanted


def read_splits(data: bytes) -> dict[str, Split]:
    """The splits in the bytes of one file: split, label and text, tabs between them, no quoting."""
    texts: dict[str, list[str]] = {name: [] for name in SPLITS}
    labels: dict[str, list[int]] = {name: [] for name in SPLITS}
    for line in data.decode("utf-8").split("\n")[1:-1]:
        split, label, text = line.split("\t")
        texts[split].append(text)
        labels[split].append(int(label))
    return {name: Split(tuple(texts[name]), np.array(labels[name], np.int8)) for name in SPLITS}


@lru_cache(maxsize=4)
def cards(place: Path) -> dict[str, dict[str, Any]]:
    """The machine-readable card of each language."""
    found: dict[str, dict[str, Any]] = json.loads((place / "card.json").read_text(encoding="utf-8"))
    return found


def make_card(facts: dict[str, Any]) -> Card:
    """A card from its JSON."""
    return Card(
        title=facts.get("title", {"en": "reviews"}),
        licence=facts.get("licence", ""),
        source=facts.get("source", ""),
        citation=facts.get("citation", ""),
        sha256=facts["sha256"],
        description=facts.get("description", {}),
        notes=tuple(facts.get("known_faults", ())),
        statistics=facts.get("statistics", {}),
    )
