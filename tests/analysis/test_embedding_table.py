"""Rows are the model's own, of every family, and occurrences are those that scikit-learn counts."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from llm_widgets import corpora
from llm_widgets.analysis.embedding_table import embedding_rows, occurrences
from llm_widgets.models import BERTSpec, GPTSpec, LlamaSpec, LSTMClassifierSpec, T5Spec
from llm_widgets.tokenizers import Tokenizer

SIZES = {"vocabulary_size": 20, "d_model": 8, "num_layers": 1, "num_heads": 2, "max_length": 4}


@pytest.mark.parametrize("family", [GPTSpec, LlamaSpec, BERTSpec, T5Spec])
def test_rows_of_a_transformer_are_its_tables(family):
    model = family(**SIZES).build(seed=1)
    np.testing.assert_array_equal(embedding_rows(model, [5, 3, 5]), np.asarray(model.get_weights()[0])[[5, 3, 5]])


def test_rows_of_the_classifier_are_copies_of_its_tables():
    model = LSTMClassifierSpec(vocabulary_size=30, embedding_dim=6, lstm_units=(4,), sequence_length=5).build(seed=1)
    rows = embedding_rows(model, [7, 2])
    table = model.get_layer("embedding").get_weights()[0]
    np.testing.assert_array_equal(rows, table[[7, 2]])
    rows[:] = 9
    np.testing.assert_array_equal(model.get_layer("embedding").get_weights()[0], table)
    with pytest.raises(ValueError, match="no embedding table"):
        embedding_rows(object(), [0])


def test_occurrences_are_scikit_learns():
    reviews = corpora.load("reviews", language="en").train
    texts, labels = reviews.texts[:400], reviews.labels[:400]
    tokenizer = Tokenizer.train(texts, unit="words", vocabulary_size=3000)
    size = len(tokenizer.vocabulary)
    count, found, positive = occurrences(tokenizer.encode_batch(texts, 400), labels, size)
    known = [str(number) for number in range(2, size)]  # without padding and unknown ones
    theirs = CountVectorizer(analyzer=lambda text: map(str, tokenizer.encode(text).ids), vocabulary=known)
    matrix = theirs.fit_transform(texts)
    np.testing.assert_array_equal(count[2:], np.asarray(matrix.sum(0))[0])
    np.testing.assert_array_equal(found[2:], np.asarray((matrix > 0).sum(0))[0])
    np.testing.assert_array_equal(positive[2:], np.asarray((matrix[labels == 1] > 0).sum(0))[0])
