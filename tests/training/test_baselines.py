"""What a network must beat: fit once, never in a widget's way."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from llm_widgets import corpora
from llm_widgets.training.baselines import MAJORITY, REGRESSION, baselines, forget


def test_they_are_computed_once_beside_and_wake_the_readers(make_run, corpus, until):
    forget()
    run = make_run()
    version = run.log.version
    assert run.baselines() == ()
    assert run.baselines() == ()  # a second asker waits for the same fit
    assert run.log.wait(version, timeout=60) > version
    until(run.baselines)
    found = run.baselines()
    assert [(b.name, b.split) for b in found] == [
        (MAJORITY, "validation"),
        (MAJORITY, "test"),
        (REGRESSION, "validation"),
        (REGRESSION, "test"),
    ]
    assert make_run().baselines() == found == baselines(corpus, wait=True)
    assert found[2].accuracy >= 0.9  # one word tells


def test_majority_is_scikit_learns(corpus):
    dummy = DummyClassifier().fit(corpus.train.texts, corpus.train.labels)
    by_split = {b.split: b.accuracy for b in baselines(corpus, wait=True) if b.name == MAJORITY}
    assert by_split["test"] == pytest.approx(dummy.score(corpus.test.texts, corpus.test.labels))
    assert by_split["validation"] == pytest.approx(dummy.score(corpus.validation.texts, corpus.validation.labels))


@pytest.mark.parametrize(("language", "least"), [("en", 0.76), ("zh", 0.82)])
def test_on_the_reviews_they_reach_what_was_measured(language, least):
    found = baselines(corpora.load("reviews", language=language), wait=True)
    assert all(b.accuracy >= least for b in found if b.name == REGRESSION), found
    assert all(0.45 <= b.accuracy <= 0.6 for b in found if b.name == MAJORITY), found


def test_one_class_or_no_validation_is_no_error(corpus):
    train = dataclasses.replace(corpus.train, labels=np.ones(len(corpus.train), np.int8))
    found = baselines(dataclasses.replace(corpus, train=train), wait=True)
    assert {b.name for b in found} == {MAJORITY}
    empty = type(corpus.train)((), np.empty(0, np.int8))
    found = baselines(dataclasses.replace(corpus, validation=empty), wait=True)
    assert {b.split for b in found} == {"test"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pieces_are_those_that_scikit_learn_keeps(language):
    from sklearn.feature_extraction.text import TfidfVectorizer

    from llm_widgets.training.baselines import _seen_twice

    texts = corpora.load("reviews", language=language).train.texts
    analyzer, orders = ("char", (1, 3)) if language == "zh" else ("word", (1, 2))
    reference = TfidfVectorizer(analyzer=analyzer, ngram_range=orders, min_df=2).fit(texts)
    assert _seen_twice(reference.build_analyzer(), texts) == sorted(reference.vocabulary_)


def test_texts_that_share_nothing_still_have_a_baseline(corpus):
    unlike = tuple(f"{'ab'[i % 2]}{i}x" for i in range(200))
    train = dataclasses.replace(corpus.train, texts=unlike, labels=np.arange(200, dtype=np.int8) % 2)
    found = baselines(dataclasses.replace(corpus, train=train), wait=True)
    assert REGRESSION in {b.name for b in found}
