"""N-gram models: equal to an outside reference, and probabilities as they must be."""

from __future__ import annotations

import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_widgets.corpora import load
from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.training._grams import estimated_discounts
from llm_widgets.training.ngram import NGramModel
from llm_widgets.training.text_baselines import text_baselines

SENTENCE = "the cat sat on the mat and the hat sat on the cat"
# nltk.lm.KneserNeyInterpolated(3, discount=0.75) of nltk 3.10.4, fed with the grams of one, two and three letters that
# end in a letter of the sentence, two "^" before it: unmasked_score of each letter of "aeth n" after a context.
REFERENCE = {
    "": (0.227272727, 0.045454545, 0.136363636, 0.090909091, 0.181818182, 0.090909091),
    "th": (0.055397727, 0.842329545, 0.019176136, 0.012784091, 0.025568182, 0.012784091),
    "at": (0.017045455, 0.003409091, 0.010227273, 0.069318182, 0.876136364, 0.006818182),
    " t": (0.028409091, 0.005681818, 0.017045455, 0.865530303, 0.043560606, 0.011363636),
    "sa": (0.025568182, 0.005113636, 0.884090909, 0.010227273, 0.020454545, 0.028977273),
    "xt": (0.113636364, 0.022727273, 0.068181818, 0.462121212, 0.174242424, 0.045454545),
    " m": (0.565340909, 0.025568182, 0.076704545, 0.051136364, 0.102272727, 0.051136364),
    "xx": (0.227272727, 0.045454545, 0.136363636, 0.090909091, 0.181818182, 0.090909091),
}
random_ids = st.tuples(st.integers(1, 6), st.integers(1, 80), st.integers(0, 2**32), st.integers(1, 5))


def draw(size: int, count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, size, count)


@pytest.mark.parametrize("context", REFERENCE)
def test_probabilities_are_those_of_nltk(context: str) -> None:
    tokenizer = TextTokenizer.train(SENTENCE + "x")
    model = NGramModel.fit(
        tokenizer.ids(SENTENCE),
        order=3,
        vocabulary_size=tokenizer.vocabulary_size,
        discounts=[[0, 0, 0], [0.75] * 3, [0.75] * 3],
    )
    # nltk knows of no beginning where no context is given; ours never has one without.
    before = tokenizer.ids(context or "xx")
    found = model.next_probabilities(before)[tokenizer.ids("aeth n")]
    assert found == pytest.approx(REFERENCE[context], abs=1e-9)


def test_a_unigram_model_without_discounts_counts() -> None:
    ids = draw(5, 200, 0)
    model = NGramModel.fit(ids, order=1, vocabulary_size=5, discounts=[[0, 0, 0]])
    counts = Counter(ids.tolist())
    assert model.next_probabilities([]) == pytest.approx([counts[i] / 200 for i in range(5)])
    assert model.perplexity(ids) == pytest.approx(np.exp(-sum(c / 200 * np.log(c / 200) for c in counts.values())))


@given(random_ids)
def test_probabilities_are_positive_and_sum_to_one(drawn: tuple[int, int, int, int]) -> None:
    size, count, seed, order = drawn
    ids = draw(size, count, seed)
    model = NGramModel.fit(ids, order=order, vocabulary_size=size + 3, impossible=[size + 1])
    for context in ([], ids[:2], ids[-4:], [size] * 5, draw(size + 1, 7, seed)):
        probabilities = model.next_probabilities(np.array(context, int))
        assert probabilities.sum() == pytest.approx(1)
        assert (np.delete(probabilities, size + 1) > 0).all()
        assert probabilities[size + 1] == 0


@given(random_ids)
def test_a_text_costs_what_its_tokens_cost_one_by_one(drawn: tuple[int, int, int, int]) -> None:
    size, count, seed, order = drawn
    model = NGramModel.fit(draw(size, count, seed), order=order, vocabulary_size=size + 2)
    text = draw(size + 2, 20, seed + 1)
    single = [np.log2(model.next_probabilities(text[:i])[token]) for i, token in enumerate(text)]
    assert model.log2_probabilities(text) == pytest.approx(single)
    # Only what stands before a token counts.
    changed = np.concatenate([text[:10], (text[10:] + 1) % (size + 2)])
    assert model.log2_probabilities(changed)[:10] == pytest.approx(single[:10])


def test_the_discounts_are_those_of_the_paper() -> None:
    counts = np.repeat([1, 2, 3, 4, 9], [1000, 300, 120, 60, 7])
    share = 1000 / 1600
    expected = [1 - 2 * share * 0.3, 2 - 3 * share * 0.4, 3 - 4 * share * 0.5]
    assert estimated_discounts(counts) == pytest.approx(expected)
    assert estimated_discounts(np.array([7, 9])) == pytest.approx([0.5, 1.0, 1.5])
    for found in (
        estimated_discounts(np.repeat([1, 2, 3, 4], n)) for n in ([1, 50, 1, 1], [5, 1, 50, 1], [1, 1, 1, 99])
    ):
        assert (found > 0).all()
        assert (found <= [1, 2, 3]).all()


@pytest.mark.parametrize(
    ("name", "bits"),
    [("alice", (4.522, 3.482, 2.629, 2.170, 2.005)), ("tang", (9.332, 8.003, 7.915, 7.907, 7.901))],
)
def test_on_the_texts_they_reach_what_was_measured(name: str, bits: tuple[float, ...]) -> None:
    corpus = load(name)
    began = time.process_time()
    found = [one for one in text_baselines(corpus, wait=True) if one.split == "validation"]
    assert time.process_time() - began < 10  # 0.2 s and 0.8 s on a quiet machine
    assert [one.order for one in found] == [1, 2, 3, 4, 5]
    assert [one.bits_per_character for one in found] == pytest.approx(bits, abs=0.001)
    if name == "alice":  # no unknown character there: a token is a character
        assert [2**one.bits_per_character for one in found] == pytest.approx([one.perplexity for one in found])


def test_an_unknown_character_costs_more_than_its_id() -> None:
    tokenizer = TextTokenizer.train("abab")
    model = NGramModel.fit(
        tokenizer.ids("abab"), order=2, vocabulary_size=tokenizer.vocabulary_size, impossible=tokenizer.special_ids
    )
    plain = -model.log2_probabilities(tokenizer.ids("a?b")).sum()
    assert model.bits_per_character("a?b", tokenizer) == pytest.approx((plain + tokenizer.unknown_bits) / 3)
    assert model.bits_per_character("ab", tokenizer) < 2 < model.bits_per_character("a?b", tokenizer)


def test_samples_follow_the_probabilities_and_the_seed() -> None:
    ids = draw(4, 300, 1)
    model = NGramModel.fit(ids, order=2, vocabulary_size=6, impossible=[5])
    written = model.sample(4_000, np.random.default_rng(0), ids[-1:])
    assert (written == model.sample(4_000, np.random.default_rng(0), ids[-1:])).all()
    assert written.dtype == np.int32
    assert 5 not in written
    after_two = written[1:][written[:-1] == 2]
    expected = model.next_probabilities(np.array([2]))
    shares = np.bincount(after_two, minlength=6) / len(after_two)
    assert np.abs(shares - expected).max() < 5 * np.sqrt(0.25 / len(after_two))
    assert len(model.sample(0, np.random.default_rng(0))) == 0


def test_what_was_read_by_heart_is_written_again() -> None:
    tokenizer = TextTokenizer.train("abcdefghij" * 50, unit="bytes")
    model = NGramModel.fit(
        tokenizer.ids("abcdefghij" * 50), order=3, vocabulary_size=292, impossible=tokenizer.special_ids
    )
    assert "abcdefghijabcdefghij" in tokenizer.decode(model.sample(100, np.random.default_rng(0), tokenizer.ids("ab")))
    assert model.bits_per_character("abcdefghij" * 3, tokenizer) < 0.2


def test_they_are_computed_once_and_beside(until) -> None:
    corpus = load("alice")
    calls: list[int] = []
    assert text_baselines(corpus, orders=[2], when_ready=lambda: calls.append(1)) == ()
    until(lambda: calls)
    found = text_baselines(corpus, orders=[2])
    assert [(one.name, one.split) for one in found] == [("Bigram", "validation"), ("Bigram", "test")]
    assert text_baselines(corpus, orders=[2], wait=True) is found
    as_bytes = text_baselines(corpus, TextTokenizer.train("", unit="bytes"), orders=[2], wait=True)
    assert as_bytes[0].bits_per_character == pytest.approx(found[0].bits_per_character, abs=0.01)


def test_wrong_numbers_are_refused_in_words() -> None:
    ids = draw(4, 30, 0)
    with pytest.raises(ValueError, match=r"at most 5 tokens.*order=6"):
        NGramModel.fit(ids, order=6, vocabulary_size=4)
    with pytest.raises(ValueError, match="order=0"):
        NGramModel.fit(ids, order=0, vocabulary_size=4)
    with pytest.raises(ValueError, match=r"from 0 to 2, .*Received"):
        NGramModel.fit(ids, order=2, vocabulary_size=3)
    with pytest.raises(ValueError, match=r"none that no text has. Received: \[1, 1"):
        NGramModel.fit(ids, order=2, vocabulary_size=4, impossible=[1])
    model = NGramModel.fit(ids, order=2, vocabulary_size=40)
    with pytest.raises(ValueError, match=r"0 to 39.*Received: \[40, 1\]"):
        model.log2_probabilities(np.array([40, 1]))
    for wrong in (lambda: NGramModel.fit(ids[:0], order=1, vocabulary_size=4), lambda: model.perplexity(ids[:0]),
                  lambda: model.bits_per_character("", TextTokenizer.train("a"))):  # fmt: skip
        with pytest.raises(ValueError, match=r"One or more ids.*Received: \[\]"):
            wrong()
