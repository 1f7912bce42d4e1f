"""Sampling rules, against transformers' own and against laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from llm_widgets.foundations import next_token_probabilities, sample

# Whole numbers: scores that differ by less than their own precision have equal probabilities, and either may stay.
any_logits = hnp.arrays(np.int64, st.integers(1, 12), elements=st.integers(-(10**6), 10**6))


@given(any_logits, st.floats(0, 10), st.integers(1, 15), st.floats(0.01, 1))
def test_they_are_probabilities_whatever_the_scores(logits, temperature, top_k, top_p):
    p = next_token_probabilities(logits, temperature=temperature, top_k=top_k, top_p=top_p)
    assert p.sum() == pytest.approx(1)
    assert (p >= 0).all()
    assert p[logits.argmax()] == p.max(), "the highest score stays the most likely"


@given(any_logits)
def test_a_low_temperature_comes_to_the_same_as_none(logits):
    cold = next_token_probabilities(logits, temperature=1e-300)
    assert cold[logits == logits.max()].sum() == pytest.approx(1)


@pytest.mark.parametrize(
    "choice", [{"temperature": 0.7}, {"top_k": 3}, {"top_p": 0.6}, {"temperature": 1.5, "top_k": 5, "top_p": 0.8}]
)
def test_equal_to_transformers(choice):
    transformers = pytest.importorskip("transformers")
    import torch

    logits = np.random.default_rng(0).normal(size=(20, 9))
    scores = torch.tensor(logits)
    if "temperature" in choice:
        scores = transformers.TemperatureLogitsWarper(choice["temperature"])(None, scores)
    if "top_k" in choice:
        scores = transformers.TopKLogitsWarper(choice["top_k"])(None, scores)
    if "top_p" in choice:
        scores = transformers.TopPLogitsWarper(choice["top_p"])(None, scores)
    np.testing.assert_allclose(next_token_probabilities(logits, **choice), scores.softmax(-1).numpy(), atol=1e-12)


def test_draws_have_the_probabilities():
    logits = np.log([0.5, 0.3, 0.2])
    drawn = sample(np.tile(logits, (20_000, 1)), np.random.default_rng(1))
    shares = np.bincount(drawn, minlength=3) / len(drawn)
    np.testing.assert_allclose(shares, [0.5, 0.3, 0.2], atol=0.015)  # four standard errors
    assert sample(logits, np.random.default_rng(7)) == sample(logits, np.random.default_rng(7))


@pytest.mark.parametrize(
    ("logits", "choice"),
    [([np.nan, 0], {}), ([np.inf, 0], {}), ([0, 1], {"temperature": -1}), ([0, 1], {"top_k": 0}), ([0], {"top_p": 0}),
     ([0], {"temperature": np.nan})],
)  # fmt: skip
def test_what_cannot_be_drawn_from_is_refused(logits, choice):
    with pytest.raises(ValueError, match="Received: "):
        next_token_probabilities(logits, **choice)
