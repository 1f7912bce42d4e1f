"""A corpus cannot be changed under a run's feet, and its fingerprint tells any two apart."""

from __future__ import annotations

import numpy as np
import pytest

from llm_widgets.corpora import Card, Corpus, Split


def corpus(train: Split, test: Split) -> Corpus:
    empty = Split((), np.array([], np.int8))
    return Corpus("small", "en", train, empty, test, ("negative", "positive"), Card(title={"en": "small"}))


def split(*texts: str, label: int = 0) -> Split:
    return Split(texts, np.full(len(texts), label, np.int8))


def test_labels_are_copied_and_read_only() -> None:
    labels = np.array([0, 1], np.int64)
    made = Split(("a", "b"), labels)  # type: ignore[arg-type]
    labels[0] = 1
    assert made.labels.tolist() == [0, 1]
    assert made.labels.dtype == np.int8
    with pytest.raises(ValueError, match="read-only"):
        made.labels[0] = 1


def test_one_label_a_text() -> None:
    with pytest.raises(ValueError, match=r"Received: 2 texts, labels of shape \(3,\)"):
        Split(("a", "b"), np.zeros(3, np.int8))


def test_the_fingerprint_sees_every_change() -> None:
    made = [
        corpus(split("a", "b"), split("c")),
        corpus(split("ab"), split("c")),
        corpus(split("a"), split("b", "c")),
        corpus(split("b", "a"), split("c")),
        corpus(split("a", "b", label=1), split("c")),
        corpus(split("a", "b"), split("c", label=1)),
        corpus(split("a", "\ud800"), split("c")),
    ]
    assert len({one.fingerprint for one in made}) == len(made)
    assert made[0].fingerprint == corpus(split("a", "b"), split("c")).fingerprint
