"""The ranking of what may come next: shares sum to 1, agree with `sample`'s, and a number chooses by them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import entropy

from llm_widgets.analysis import entropy_bits, next_token
from llm_widgets.foundations import next_token_probabilities
from llm_widgets.models.writing import writable
from llm_widgets.tokenizers import TextTokenizer

TOKENIZER = TextTokenizer.train("abcdefghij")
LOGITS = np.random.default_rng(0).normal(size=60).astype(np.float32) * 2  # the model has more ids than the tokenizer


@pytest.mark.parametrize(
    "choice",
    [{}, {"temperature": 0.3}, {"top_k": 3}, {"top_p": 0.7}, {"temperature": 1.7, "top_k": 5, "top_p": 0.9},
     {"temperature": 0}, {"temperature": 1e-300}],
)  # fmt: skip
def test_the_probabilities_are_those_that_a_run_draws_from(choice):
    seen = next_token(LOGITS, TOKENIZER, **choice)
    expected = next_token_probabilities(writable(LOGITS, TOKENIZER), **choice)
    np.testing.assert_allclose(seen.after, expected[seen.ids], atol=1e-12)
    assert seen.after.sum() == pytest.approx(1)
    assert seen.raw.sum() == pytest.approx(1)
    assert list(seen.raw) == sorted(seen.raw, reverse=True)
    assert (seen.after[seen.kept :] == 0).all()
    assert set(seen.ids) == set(range(TOKENIZER.FIRST_ID, TOKENIZER.vocabulary_size))


def test_how_many_are_kept():
    assert next_token(LOGITS, TOKENIZER).kept == 10
    assert next_token(LOGITS, TOKENIZER, top_k=3).kept == 3
    assert next_token(LOGITS, TOKENIZER, top_k=3, temperature=0.001).kept == 3, "what underflows is not cut"
    assert next_token(LOGITS, TOKENIZER, temperature=0).kept == 1
    assert next_token(np.zeros(60), TOKENIZER, top_k=3).kept == 10, "ties stay"
    assert next_token(np.zeros(60), TOKENIZER, top_p=0.35).kept == 4


def test_numbers_choose_each_token_as_often_as_it_is_likely():
    seen = next_token(LOGITS, TOKENIZER, top_k=4)
    numbers = (np.arange(10_000) + 0.5) / 10_000
    counts = np.bincount([seen.drawn(x) for x in numbers], minlength=10) / 10_000
    np.testing.assert_allclose(counts, seen.after, atol=2e-4)
    assert seen.drawn(0.0) == 0
    assert seen.drawn(np.nextafter(1, 0)) == 3


@pytest.mark.parametrize("p", [[1.0], [0.5, 0.5], [0.7, 0.2, 0.1, 0.0]])
def test_entropy_is_scipys(p):
    assert entropy_bits(np.array(p)) == pytest.approx(entropy(p, base=2))


def test_what_cannot_be_is_told():
    with pytest.raises(ValueError, match=r"no numbers any more \(NaN\).*lower one\. Received: logits="):
        next_token(np.full(60, np.nan), TOKENIZER)
    with pytest.raises(ValueError, match="special tokens only"):
        next_token(np.zeros(36), TextTokenizer.train("", vocabulary_size=36))
    with pytest.raises(ValueError, match="Received: token_id=0"):
        next_token(LOGITS, TOKENIZER).place_of(0)
