"""A workbench of language models: other texts, other tokens, and what a text cannot be read with is refused."""

from __future__ import annotations

import pytest

from llm_widgets import corpora
from llm_widgets.models import GPTSpec, LlamaSpec, LSTMClassifierSpec
from llm_widgets.training import LanguageRun, LanguageWorkbench, RunState

LINE = "the cat sat on the mat and the dog sat on the log. "


@pytest.fixture(scope="module")
def text():
    return corpora.text(LINE * 60)


@pytest.fixture
def bench(text):
    spec = GPTSpec(vocabulary_size=64, d_model=16, num_layers=1, num_heads=2, max_length=16)
    bench = LanguageWorkbench(text, spec, batch_size=8, epochs=200, settle=0.05)
    yield bench
    bench.stop()
    bench.run.wait(30)


@pytest.mark.parametrize(("language", "name"), [("en", "alice"), ("zh", "tang")])
def test_it_begins_with_the_courses_own_text(language, name):
    bench = LanguageWorkbench(language=language)
    assert (bench.corpus.name, bench.corpus.language) == (name, language)
    assert isinstance(bench.run, LanguageRun)
    assert bench.run.tokenizer.vocabulary_size == bench.spec.vocabulary_size, "no row of the embedding is idle"
    assert bench.run.state is RunState.IDLE


def test_a_size_moved_in_mid_run_starts_the_new_one(bench, until):
    bench.start()
    until(lambda: bench.run.log.batch_count > 2)
    old = bench.run
    bench.propose(bench.spec.replace(d_model=32))
    until(lambda: bench.run is not old and bench.run.log.batch_count > 2)
    assert old.state is RunState.STOPPED
    assert bench.past == (old,)
    assert bench.run.spec.d_model == 32


def test_another_token_brings_a_vocabulary_that_fits(bench):
    for unit, size in (("bytes", 292), ("bpe", 804), ("characters", None)):
        bench.unit = unit
        assert bench.run.unit == bench.unit == unit
        assert bench.run.tokenizer.vocabulary_size <= bench.spec.vocabulary_size
        assert size in (None, bench.spec.vocabulary_size)
    with pytest.raises(ValueError, match="Received: unit='words'"):
        bench.unit = "words"
    assert bench.unit == "characters"


def test_what_the_text_cannot_be_read_with_is_refused_and_nothing_is_lost(bench):
    run, spec = bench.run, bench.spec
    told = []
    bench.subscribe(told.append)
    with pytest.raises(ValueError, match="Received: max_length="):
        bench.propose(spec.replace(max_length=1024))
    bench.unit = "bytes"
    with pytest.raises(ValueError, match="Received: "):
        bench.propose(bench.spec.replace(vocabulary_size=100))
    assert told.count("failed-spec") == 2
    assert bench.run.unit == "bytes"
    assert bench.run is not run
    with pytest.raises(TypeError, match="Received: LSTMClassifierSpec"):
        bench.propose(LSTMClassifierSpec())


def test_a_spec_as_text_and_another_family(text):
    bench = LanguageWorkbench(text, "llama?vocabulary_size=64&d_model=16&num_heads=2&max_length=16")
    assert isinstance(bench.spec, LlamaSpec)
    assert bench.run.spec == bench.spec
    with pytest.raises(ValueError, match=r"running text.*Received: 'reviews'"):
        LanguageWorkbench("reviews")


def test_without_the_mask_the_loss_is_too_good_and_the_writing_fails(text):
    """The cheat that the course shows: who sees the next token need not guess it."""
    losses = {}
    for mask in ("causal", "none"):
        spec = GPTSpec(vocabulary_size=64, d_model=32, num_layers=2, num_heads=2, max_length=16, mask=mask)
        run = LanguageRun(spec, corpora.load("alice"), batch_size=32, epochs=3, learning_rate=3e-3)
        run.start()
        assert run.wait(120) is RunState.FINISHED
        losses[mask] = run.log.epochs[-1].val_loss
        if mask == "none":
            # It copies what it sees; where nothing is to be seen, it is lost.
            guessed = [run.write(text.validation[:i], 1, temperature=0) for i in range(20, 60)]
            right = sum(a == b for a, b in zip(guessed, text.validation[20:60], strict=True)) / 40
    assert losses["none"] < 0.5 * losses["causal"]
    assert right < 0.5


def test_a_schedule_goes_on_from_run_to_run(text):
    spec = GPTSpec(vocabulary_size=64, d_model=16, num_layers=1, num_heads=2, max_length=16)
    for schedule in ("constant", "cosine"):
        bench = LanguageWorkbench.of(LanguageRun(spec, text, schedule=schedule))
        bench.propose(spec.replace(d_model=32))
        assert (bench.run.spec.d_model, bench.run.schedule) == (32, schedule)
    assert LanguageWorkbench(text, spec).run.schedule == "cosine"
    with pytest.raises(ValueError, match=r"Received: schedule='up'"):
        LanguageWorkbench(text, spec, schedule="up")


@pytest.mark.parametrize("family", ["gpt", "llama", "bert", "t5"])
def test_a_familys_name_is_a_small_one_of_it(text, family):
    bench = LanguageWorkbench(text, family)
    assert family == bench.spec.PREFIX
    assert bench.run.tokenizer.vocabulary_size == bench.spec.vocabulary_size
    bench.unit = "bytes"
    assert (bench.spec.PREFIX, bench.spec.vocabulary_size) == (family, 292)
