"""A slice of what was encoded once is what encoding again would give."""

from __future__ import annotations

import time

import numpy as np
import pytest

from llm_widgets import corpora
from llm_widgets.tokenizers import Tokenizer
from llm_widgets.training._text import Text


@pytest.mark.parametrize(("language", "unit"), [("en", "words"), ("zh", "characters"), ("en", "characters")])
@pytest.mark.parametrize(("size", "length"), [(10_000, 100), (50, 7), (2, 1), (1_000_000, 300)])
def test_equal_to_encoding_from_the_start(language, unit, size, length):
    corpus = corpora.load("reviews", language=language)
    text = Text(corpus, unit=unit, vocabulary_size=size, length=length, tokenizer=None)
    capped = min(size, 100_000)
    expected = Tokenizer.train(corpus.train.texts, unit=unit, vocabulary_size=capped)
    np.testing.assert_array_equal(text.split("validation"), expected.encode_batch(corpus.validation.texts, length))
    some = list(corpus.test.texts[:20])
    np.testing.assert_array_equal(text.encode(some), expected.encode_batch(some, length))
    assert text.tokenizer.vocabulary == expected.vocabulary


def test_a_new_size_of_a_corpus_that_is_known_takes_no_time():
    corpus = corpora.load("reviews", language="en")
    Text(corpus, unit=None, vocabulary_size=10_000, length=100, tokenizer=None).split("train")
    began = time.monotonic()
    Text(corpus, unit=None, vocabulary_size=1234, length=50, tokenizer=None).split("train")
    assert time.monotonic() - began < 0.5  # encoding takes longer on a quiet machine; here it is a few ms


def test_a_tokenizer_of_ones_own_never_gives_ids_beyond_the_spec(corpus):
    own = Tokenizer.train(corpus.train.texts, unit="characters", vocabulary_size=500)
    text = Text(corpus, unit=None, vocabulary_size=10, length=6, tokenizer=own)
    assert text.unit == "characters"
    assert text.split("train").max() < 10


def test_validation_and_test_texts_do_not_enter_the_vocabulary(corpus):
    text = Text(corpus, unit=None, vocabulary_size=100, length=6, tokenizer=None)
    assert set(text.tokenizer.vocabulary[2:]) == {word for line in corpus.train.texts for word in line.split()}
