"""A corpus of which only a few training texts have a label, drawn by a seed."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from llm_widgets import corpora
from llm_widgets.corpora import Corpus, Split
from llm_widgets.i18n import get_language, t
from llm_widgets.training.checks import checked_count

LEAST_LABELS, MOST_LABELS = 10, 2_000


def draw_labelled(labels: NDArray[np.int8], count: int, seed: int) -> NDArray[np.int64]:
    """Which texts are given with their labels: half of them positive, in an order that mixes both.

    Args:
        labels: of all training texts, [N].
        count: how many are drawn; an odd one more is negative.
        seed: the same seed draws the same texts.
    """
    generator = np.random.default_rng([seed, count])
    parts = []
    for label, wanted in ((0, count - count // 2), (1, count // 2)):
        parts.append(generator.permutation(np.flatnonzero(labels == label))[:wanted])
    return generator.permutation(np.concatenate(parts)).astype(np.int64)


def with_few(corpus: Corpus, rows: NDArray[np.int64]) -> Corpus:
    """The corpus with these training texts alone: what a baseline may learn from."""
    train = Split(tuple(corpus.train.texts[i] for i in rows), corpus.train.labels[rows])
    return dataclasses.replace(corpus, train=train)


def labelled_corpus(corpus: str | Corpus, language: str | None) -> Corpus:
    """The corpus of a name, or the one that is given.

    Raises:
        ValueError: it has no labels.
    """
    found = corpora.load(corpus, language=language or get_language()) if isinstance(corpus, str) else corpus
    if not isinstance(found, Corpus):
        raise ValueError(t("A corpus of texts with labels is needed here. Received: {corpus}", corpus=repr(found)[:80]))
    return found


def checked_labels(labels: int, corpus: Corpus) -> int:
    """How many labels are drawn.

    Raises:
        ValueError: it is no whole number from `LEAST_LABELS` to what the corpus has.
    """
    least_class = int(min(np.bincount(corpus.train.labels, minlength=2)[:2])) if len(corpus.train) else 0
    most = min(MOST_LABELS, 2 * least_class)
    count = checked_count("labels", labels)
    if not LEAST_LABELS <= count <= most:
        raise ValueError(
            t(
                "The number of labels must be from {least} to {most} here, half of them positive. "
                "Received: labels={labels}",
                least=LEAST_LABELS, most=most, labels=labels,
            )
        )  # fmt: skip
    return count
