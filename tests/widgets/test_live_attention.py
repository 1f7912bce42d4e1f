"""Attention that is looked at while a model learns: from the first batch on, and again for each new run or text."""

from __future__ import annotations

import numpy as np
import pytest

from llm_widgets import corpora
from llm_widgets.models import GPTSpec
from llm_widgets.training import LanguageRun, LanguageWorkbench
from llm_widgets.widgets import LanguageLab, LiveAttention
from llm_widgets.widgets.live_attention import FIRST_LENGTH, first_text
from tests.widgets.conftest import tell, until

SPEC = GPTSpec(vocabulary_size=64, d_model=16, num_layers=2, num_heads=2, max_length=16)


@pytest.fixture(scope="module")
def text():
    return corpora.text("the cat sat on the mat and the dog sat on the log. " * 60)


@pytest.fixture
def bench(text):
    bench = LanguageWorkbench(text, SPEC, batch_size=8, epochs=300, settle=0.05)
    yield bench
    bench.stop()
    bench.run.wait(30)


@pytest.fixture
def view(bench):
    view = LiveAttention(bench, "the cat")
    yield view
    view.close()


def test_nothing_is_built_before_the_learner_trains(view, bench):
    until(lambda: view._waiting == "untrained")
    assert view.steps == ()
    assert bench.run._model is None


def test_it_moves_while_the_model_learns_and_is_the_models_own(view, bench):
    bench.start()
    until(lambda: len(view.steps) > 3)
    bench.pause()
    until(lambda: bench.run.state == "paused" and view.steps[-1] == bench.run.log.batch_count)
    expected, tokens, _ = bench.run.attention("the cat")
    assert view._queries == tokens == tuple("the cat")
    np.testing.assert_allclose(view.weights(), np.concatenate(expected), atol=1e-6)
    assert not np.array_equal(view.weights(view.steps[0]), view.weights())
    np.testing.assert_allclose(view.weights().sum(-1), 1, atol=1e-5)


def test_another_text_and_another_run_start_afresh(view, bench):
    bench.step()
    until(lambda: view.steps[-1:] == (1,))
    tell(view, type="text", text="the <img src=x onerror=alert(1)> dog")
    until(lambda: len(view._queries) == SPEC.max_length)
    assert "".join(view._queries) == "the <img src=x onerror=alert(1)> dog"[: SPEC.max_length]
    tell(view, type="text", text="")
    until(lambda: view._waiting == "empty" and view.steps == ())
    view.text = "a dog"
    until(lambda: view._queries == tuple("a dog"))
    bench.propose(SPEC.replace(num_layers=1))
    bench.start()
    until(lambda: len(view.steps) and view.weights().shape[0] == 1)
    bench.reset()
    until(lambda: view._waiting == "untrained")


def test_looking_takes_a_small_share_of_the_training(view, bench):
    bench.start()
    until(lambda: bench.run.log.batch_count > 200)
    assert len(view.steps) < bench.run.log.batch_count / 2


def test_only_language_models_have_it(workbench):
    with pytest.raises(ValueError, match=r"language models.*Received: Run"):
        LiveAttention(workbench)


def test_the_first_text_is_a_sentence_that_was_not_learned():
    for name in ("alice", "tang"):
        corpus = corpora.load(name)
        found = first_text(corpus.validation)
        assert 0 < len(found) <= FIRST_LENGTH
        assert found in " ".join(corpus.validation.split())
        assert found not in corpus.train
    assert first_text("no end") == "no end"


def test_the_lab_has_all_parts_around_one_workbench(text):
    lab = LanguageLab(text, spec=SPEC, epochs=3)
    assert {part.workbench for part in (lab.controls, lab.curves, lab.designer, lab.writer, lab.attention)} == {
        lab.workbench
    }
    assert (lab.run.epochs, lab.spec) == (3, SPEC)
    assert lab.controls._units == (("characters", "letters"), ("bytes", "bytes"), ("bpe", "byte pairs (BPE)"))
    assert lab.controls._savable
    assert lab.header.corpus["running"]
    assert LanguageLab(workbench=lab.workbench).workbench is lab.workbench
    run = LanguageRun(SPEC, text)
    assert LanguageLab(run).run is run
    with pytest.raises(TypeError, match=r"did you mean “epochs”\? Received: epoch"):
        LanguageLab(text, epoch=3)
    with pytest.raises(ValueError, match="Received: language='fr'"):
        LanguageLab(language="fr")
    with pytest.raises(TypeError, match="settings already"):
        LanguageLab(run, epochs=2)
    lab.close()


def test_a_recording_is_played_in_the_lab(text, tmp_path):
    from llm_widgets.training import Replay

    run = LanguageRun(SPEC, text, epochs=1, probes=["the "])
    run.start()
    run.wait(60)
    lab = LanguageLab(Replay.load(run.save(tmp_path / "run.llm-run"), speed=10_000))
    assert lab.header.corpus["sizes"] == {name: len(part) for name, part in text.splits.items()}
    assert (lab.designer._locked, lab.controls.recorded, lab.controls._savable) == (True, True, False)
    assert lab.attention.text == run.watch
    lab.attention.text = "another"
    assert lab.attention.text == run.watch, "of no other text does a recording know the attention"
    lab.workbench.start()
    lab.run.wait(60)
    until(lambda: lab.attention._step == run.log.batch_count)
    expected = np.concatenate(run.attention(run.watch).weights)
    np.testing.assert_allclose(lab.attention.weights(), expected, atol=0.02)


def test_a_bert_has_a_lab_of_its_own(text):
    from llm_widgets.models import BERTSpec

    spec = BERTSpec(vocabulary_size=64, d_model=16, num_layers=1, num_heads=2, max_length=16)
    lab = LanguageLab(text, spec=spec, epochs=1000)
    assert lab.writer._fills
    lab.workbench.start()
    until(lambda: lab.attention._step > 0 and lab.run.log.samples)
    lab.workbench.stop()
    lab.run.wait(60)
    assert np.triu(lab.attention.weights()[0, 0], 1).max() > 0, "it looks both ways"
