"""A corpus of which only a few training texts have a label, drawn by a seed."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from llm_widgets.corpora import Corpus, Split


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
