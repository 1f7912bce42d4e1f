"""A language model in a run: what it learns is what a formula says, and it writes what it has read."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from llm_widgets import corpora
from llm_widgets.models import GPTSpec
from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.training import LanguageRun, RunState, Windows, Workbench
from llm_widgets.training._next_token import NextToken
from llm_widgets.training.counting import COMMONEST, guesses

LINE = "the cat sat on the mat and the dog sat on the log. "
SPEC = GPTSpec(vocabulary_size=64, d_model=32, num_layers=1, num_heads=2, max_length=16)


@pytest.fixture(scope="session")
def text():
    return corpora.text(LINE * 60)


@pytest.fixture
def make(text):
    made = []

    def make(**options):
        settings = {"batch_size": 8, "epochs": 2, "learning_rate": 1e-2} | options
        run = LanguageRun(settings.pop("spec", SPEC), settings.pop("corpus", text), **settings)
        made.append(run)
        return run

    yield make
    for run in made:
        run.stop(wait=True)


@pytest.fixture(scope="module")
def trained(text):
    run = LanguageRun(SPEC, text, batch_size=8, epochs=30, learning_rate=1e-2, probes=["the "])
    run.start()
    assert run.wait(120) is RunState.FINISHED, run.traceback
    return run


# What is learned


def test_batches_are_windows_with_what_follows_each_token():
    ids = np.arange(500, dtype=np.int32)
    task = NextToken(ids, ids, 7, 16, 3, 5, lambda *_: "")
    batches = task.batches()
    for epoch in (0, 3):
        batches.set_epoch(epoch)
        parts = [batches[i] for i in range(len(batches))]
        assert [len(x) for x, _ in parts] == [batches.rows(i) for i in range(len(batches))]
        for x, y in parts:
            np.testing.assert_array_equal(y, x + 1)


def test_the_same_seed_gives_the_same_curve_and_another_another(make):
    curves = []
    for seed in (1, 1, 2):
        run = make(seed=seed, epochs=1)
        run.start()
        run.wait(60)
        curves.append(run.log.batches().loss)
    np.testing.assert_array_equal(curves[0], curves[1])
    assert not np.array_equal(curves[0], curves[2])


def test_it_begins_at_the_loss_of_knowing_nothing(make):
    run = make()
    # Untrained, every id is about as likely as any other.
    assert run.evaluate("validation")["loss"] == pytest.approx(math.log(SPEC.vocabulary_size), rel=0.1)


def test_its_figures_are_those_of_a_formula(trained):
    figures = trained.evaluate("test")
    ids = trained.ids("test")
    rows = Windows(ids, length=SPEC.max_length, batch_size=1).in_order()
    x, y = rows[:, :-1], rows[:, 1:]
    logits = trained.call(lambda model: np.asarray(model.predict_on_batch(x), np.float64))
    p = np.exp(logits - logits.max(-1, keepdims=True))
    p /= p.sum(-1, keepdims=True)
    loss = -np.log(np.take_along_axis(p, y[..., None], -1)).mean()
    assert figures["loss"] == pytest.approx(loss, rel=1e-4)
    assert figures["accuracy"] == pytest.approx((logits.argmax(-1) == y).mean())
    assert figures["perplexity"] == pytest.approx(math.exp(loss), rel=1e-4)
    # One token is one character here.
    assert figures["bits_per_character"] == pytest.approx(loss / math.log(2), rel=1e-4)
    assert trained.bits_per_character() == pytest.approx(trained.log.epochs[-1].val_loss / math.log(2), rel=1e-6)


def test_it_learns_the_text_by_heart_and_beats_counting(trained):
    # Not all: the first tokens of each window have little or nothing before them.
    assert trained.log.epochs[-1].val_accuracy > 0.85
    found = {(b.name, b.split): b.accuracy for b in trained.baselines(wait=True)}
    assert trained.log.epochs[-1].val_accuracy > found[(COMMONEST, "validation")]
    written = trained.write("the cat sat", 2 * SPEC.max_length, temperature=0)
    assert written.startswith(" on the ")
    assert len(written) == 2 * SPEC.max_length, "longer than what it reads at once"
    assert set(written.split()[:-1]) <= set(LINE.split())


def test_unknown_characters_are_paid_for(make):
    text = corpora.text("ab" * 800 + "qx" * 150, language="en")
    run = make(corpus=text, spec=SPEC.replace(vocabulary_size=64, max_length=8))
    figures = run.evaluate("test")
    unknown = (run.ids("test") == TextTokenizer.UNKNOWN_ID).mean()
    assert unknown > 0.5
    assert figures["bits_per_character"] == pytest.approx(
        figures["loss"] / math.log(2) + unknown * run.tokenizer.unknown_bits, rel=0.02
    )


# While it learns


def test_samples_come_from_the_learners_prompt(trained, make):
    samples = trained.log.samples
    assert samples[0].step == 1
    assert samples[-1].step == trained.log.batch_count
    assert {s.prompt for s in samples} == {"the "}
    assert samples[0].text != samples[-1].text
    run = make(epochs=1, probes=["a", "b"])
    run.start()
    run.wait(60)
    assert {s.prompt for s in run.log.samples} == {"a", "b"}


def test_it_is_paused_stepped_and_looked_into(make, until):
    run = make(epochs=100)
    run.step()
    until(lambda: run.log.batch_count == 1 and run.state is RunState.PAUSED)
    layers, tokens, step = run.attention("the cat")
    assert step == 1
    assert tokens == tuple("the cat")
    assert [layer.shape for layer in layers] == [(1, 2, 7, 7)]
    np.testing.assert_allclose(layers[0].sum(-1), 1, atol=1e-5)
    assert np.triu(layers[0][0, 0], 1).max() == 0, "no token looks ahead"
    assert run.attention("x" * 100).tokens == tuple("x" * SPEC.max_length)
    run.step()
    until(lambda: run.log.batch_count == 2)
    later, _, _ = run.attention("the cat")
    assert not np.array_equal(layers[0], later[0])
    run.resume()
    until(lambda: run.log.batch_count > 10)
    busy, _, _ = run.attention("the cat")
    np.testing.assert_allclose(busy[0].sum(-1), 1, atol=1e-5)
    with pytest.raises(ValueError, match="Received: "):
        run.attention("")


def test_writing_is_repeatable_and_has_no_special_token(make):
    run = make()
    text = run.write("the ", 200, temperature=2.0, seed=3)
    assert text == run.write("the ", 200, temperature=2.0, seed=3)
    assert text != run.write("the ", 200, temperature=2.0, seed=4)
    assert "[" not in text
    assert len(text) <= 200
    assert isinstance(run.write("", 5), str)


# What is refused


def test_a_vocabulary_that_does_not_fit_is_refused(text):
    tokenizer = TextTokenizer.train(text.train)
    with pytest.raises(ValueError, match=r"tokenizer has .* ids, the model only 40.*Received: "):
        LanguageRun(SPEC.replace(vocabulary_size=40), text, tokenizer=tokenizer)
    # Without one of your own the run learns one that fits.
    assert LanguageRun(SPEC.replace(vocabulary_size=40), text).tokenizer.vocabulary_size == 40


def test_a_text_too_short_for_the_windows_is_refused(text):
    with pytest.raises(ValueError, match=r"Choose a shorter max_length.*Received: max_length=1024"):
        LanguageRun(SPEC.replace(max_length=1024), text)


def test_units(text, make):
    run = make(unit="bytes", spec=SPEC.replace(vocabulary_size=292))
    assert len(run.ids("train")) == len(text.train.encode())
    with pytest.raises(ValueError, match="Received: unit='words'"):
        make(unit="words")


def test_a_workbench_around_it_makes_more_of_its_kind(make):
    run = make()
    bench = Workbench.of(run)
    assert bench.run is run
    bench.probes = ("the ",)
    assert run.probes == ("the ",)


# Counting


def test_guessing_by_counting_against_brute_force():
    rng = np.random.default_rng(0)
    train, held_out = rng.integers(0, 4, 300), rng.integers(0, 5, 80)

    def guess(context):
        for n in range(len(context), -1, -1):
            tail = list(context[len(context) - n :])
            seen = Counter(int(train[i]) for i in range(n, len(train)) if train[i - n : i].tolist() == tail)
            if seen:
                return max(seen, key=lambda token: (seen[token], -token))
        raise AssertionError

    asked = held_out.tolist()
    right = [guess(asked[max(0, i - 3) : i]) == asked[i] for i in range(1, len(asked))]
    commonest = Counter(train.tolist())
    top = max(commonest, key=lambda token: (commonest[token], -token))
    assert guesses(train, held_out) == (np.mean([a == top for a in asked[1:]]), np.mean(right))
