"""What a network must beat: fit once, never in a widget's way."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from llm_widgets import corpora
from llm_widgets.training.baselines import MAJORITY, REGRESSION, C, baselines, forget


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
def test_weights_and_probabilities_are_those_of_scikit_learn(language):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    from llm_widgets.training._logistic import fit_logistic
    from llm_widgets.training._ngrams import NgramWeights

    corpus = corpora.load("reviews", language=language)
    texts, labels, test = corpus.train.texts[:2_500], corpus.train.labels[:2_500], corpus.test.texts[:500]
    chinese = language == "zh"
    theirs = TfidfVectorizer(
        analyzer="char" if chinese else "word",
        ngram_range=(1, 3) if chinese else (1, 2),
        token_pattern=None if chinese else r"\w+|[^\w\s]",
        sublinear_tf=True,
        min_df=2,
    )
    expected, expected_test = theirs.fit_transform(texts), theirs.transform(test)
    ours = NgramWeights(texts, characters=chinese)
    rows, rows_test = ours(texts), ours(test)
    assert rows.shape == expected.shape  # the same pieces: those that stand in two texts
    # Columns stand in another order, which the angles between rows do not tell.
    for mine, other in ((rows[:400], expected[:400]), (rows_test, expected_test)):
        assert (np.diff(mine.indptr) == np.diff(other.indptr)).all()
        np.testing.assert_allclose((mine @ rows.T).toarray(), (other @ expected.T).toarray(), atol=1e-5)
    reference = LogisticRegression(C=C, max_iter=1000).fit(expected, labels).predict_proba(expected_test)[:, 1]
    found = fit_logistic(rows, labels, C)(rows_test)
    np.testing.assert_allclose(found, reference, atol=2e-3)


def test_odd_texts_are_weighed_as_by_scikit_learn():
    from sklearn.feature_extraction.text import TfidfVectorizer

    from llm_widgets.training._ngrams import NgramWeights

    texts = ["", " ", "A", "AB\t\n ab İß", "\ud800x \x00", "😀😀😀 abab", "a a a a", "ab", "好好好，好"]
    for characters in (True, False):
        theirs = TfidfVectorizer(
            analyzer="char" if characters else "word", ngram_range=(1, 3 if characters else 2), sublinear_tf=True,
            token_pattern=None if characters else r"\w+|[^\w\s]",
        )  # fmt: skip
        expected, ours = theirs.fit_transform(texts), NgramWeights(texts, characters=characters, least=1)
        assert ours(texts).shape == expected.shape
        other = [*texts, "xyz unseen", "ab好"]
        np.testing.assert_allclose(
            (ours(other) @ ours(other).T).toarray(),
            (theirs.transform(other) @ theirs.transform(other).T).toarray(),
            atol=1e-5,
        )


def test_texts_that_share_nothing_still_have_a_baseline(corpus):
    unlike = tuple(f"{'ab'[i % 2]}{i}x" for i in range(200))
    train = dataclasses.replace(corpus.train, texts=unlike, labels=np.arange(200, dtype=np.int8) % 2)
    found = baselines(dataclasses.replace(corpus, train=train), wait=True)
    assert REGRESSION in {b.name for b in found}
