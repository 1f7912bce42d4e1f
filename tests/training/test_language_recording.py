"""A recorded language run: whole or refused, and played again with no backend."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from llm_widgets import corpora
from llm_widgets.models import BERTSpec, GPTSpec, T5Spec
from llm_widgets.training import LanguageReplay, LanguageRun, LanguageWorkbench, Replay, RunState, Workbench
from llm_widgets.training._snapshots import packed, unpacked
from llm_widgets.training.recording import RecordingError
from tests.training.test_recording import edited, npy, rewritten, signed

LINE = "the cat sat on the mat and the dog sat on the log. "
SIZES = {"vocabulary_size": 64, "d_model": 16, "num_layers": 2, "num_heads": 2, "max_length": 16}


@pytest.fixture(scope="module", params=[GPTSpec, BERTSpec, T5Spec], ids=["gpt", "bert", "t5"])
def recorded(request, tmp_path_factory):
    probes = ["the c_t "]
    run = LanguageRun(
        request.param(**SIZES), corpora.text(LINE * 60), batch_size=8, epochs=2, probes=probes, schedule="cosine"
    )
    run.start()
    assert run.wait(200) is RunState.FINISHED, run.traceback
    return run, run.save(tmp_path_factory.mktemp("recording") / "run.llm-run")


def played(path):
    replay = Replay.load(path, speed=10_000)
    replay.start()
    assert replay.wait(60).ended
    return replay


def test_a_replay_tells_what_the_run_told(recorded):
    run, path = recorded
    replay = played(path)
    assert isinstance(replay, LanguageReplay)
    assert replay.state is RunState.FINISHED
    for ours, theirs in zip(replay.log.batches(), run.log.batches(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert replay.log.epochs == run.log.epochs
    assert replay.log.samples == run.log.samples
    for name in ("spec", "seed", "batch_size", "epochs", "steps_per_epoch", "unit", "objective", "schedule", "watch"):
        assert getattr(replay, name) == getattr(run, name), name
    assert replay.tokenizer == run.tokenizer
    assert replay.baselines() == run.baselines(wait=True)
    assert replay.fingerprint == run.corpus.fingerprint
    assert replay.corpus.card.licence == run.corpus.card.licence
    assert replay.evaluate("test") == run.evaluate("test")
    assert replay.bits_per_character() == run.bits_per_character()
    assert replay.to_csv() == run.to_csv()
    assert replay.sizes == {name: len(text) for name, text in run.corpus.splits.items()}


def test_its_attention_is_that_of_the_model_but_for_a_byte(recorded):
    run, path = recorded
    replay = played(path)
    steps = [snapshot.step for snapshot in replay.log.attention]
    assert steps[:6] == [1, 2, 3, 4, 5, 6]
    assert steps[-1] == run.log.batch_count
    ours, theirs = replay.attention(run.watch), run.attention(run.watch)
    assert ours.tokens == theirs.tokens
    assert ours.step == run.log.batch_count
    for one, other in zip(ours.weights, theirs.weights, strict=True):
        np.testing.assert_allclose(one, other, atol=0.02)
        np.testing.assert_allclose(one.sum(-1), 1, atol=1e-5)


@pytest.mark.parametrize("T", [1, 5, 64])
def test_packing_loses_at_most_a_byte_a_weight(T):
    weights = np.random.default_rng(0).dirichlet(np.full(T, 0.3), (2, 1, 3, T)).astype(np.float32)
    for one, other in zip(unpacked(packed(7, list(weights))), weights, strict=True):
        # Half a step of rounding, and what the sum of a row is off by.
        np.testing.assert_allclose(one, other, atol=0.5 / 255 + T * 0.5 / 255)
    assert packed(1, [np.zeros((1, 64, 200, 200), np.float32)] * 2) is None


def test_before_it_has_come_to_something_it_says_so(recorded):
    _, path = recorded
    replay = Replay.load(path)
    for attempt in (
        lambda: replay.attention(),
        lambda: replay.attention("another text"),
        lambda: replay.evaluate("test"),
        lambda: replay.evaluate("validation"),
        lambda: replay.write("the "),
        lambda: replay.fill("the _"),
        lambda: replay.predict(["the"]),
        lambda: replay.call(lambda model: model),
        lambda: setattr(replay, "learning_rate", 0.1),
    ):
        with pytest.raises(ValueError, match="Received: "):
            attempt()


def test_a_workbench_plays_it_and_changes_nothing(recorded):
    run, path = recorded
    bench = Workbench.of(Replay.load(path, speed=10_000))
    assert isinstance(bench, LanguageWorkbench)
    assert bench.replaying
    for attempt in (
        lambda: bench.propose(run.spec.replace(d_model=32)),
        lambda: setattr(bench, "unit", "bytes"),
        lambda: setattr(bench, "probes", ("x",)),
    ):
        with pytest.raises(ValueError, match="recording"):
            attempt()
    bench.start()
    assert bench.run.wait(60) is RunState.FINISHED
    bench.start()
    assert bench.run.wait(60) is RunState.FINISHED


def test_no_backend_is_imported(recorded):
    _, path = recorded
    code = f"""
import sys
from llm_widgets.training import Replay
replay = Replay.load({str(path)!r}, speed=10_000)
replay.start()
replay.wait(60)
replay.attention(), replay.evaluate("test"), replay.status(), replay.baselines(), replay.tokenizer
print(replay.state, replay.log.batch_count, {{"keras", "torch", "tensorflow", "jax"}} & set(sys.modules))
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True).stdout
    assert out.split()[0] == "finished"
    assert out.strip().endswith("set()")


def forged(name, value):
    return lambda members: members.update({name: value})


@pytest.mark.parametrize(
    "change",
    [
        edited(spec="gpt?d_model=5&num_heads=4"),
        edited(spec="bert?head=class"),
        edited(spec=7),
        edited(family="other"),
        edited(parts={}),
        edited(parts={"validation": [1, 2], "test": [1, 2, 3]}),
        edited(test=[1]),
        edited(test={"loss": "low"}),
        edited(epochs=[{"epoch": 1}]),
        edited(settings={"seed": 0}),
        forged("samples.json", b'[{"step": 1}]'),
        forged("samples.json", b'[{"step": 9999, "prompt": "", "text": "", "fills": []}]'),
        forged("watch.json", b'{"text": "x", "tokens": ["x"]}'),
        forged("attention/weights.npy", npy(np.zeros((3, 2, 2, 4, 4), np.uint8))),
        forged("attention/weights.npy", npy(np.zeros((0, 0, 0, 0, 0), np.float32))),
        forged("attention/weights.npy", npy(np.array([print], dtype=object), pickle=True)),
        forged("batches/loss.npy", npy(np.zeros(3, np.float32))),
    ],
)
def test_a_forged_file_is_refused_before_it_does_harm(recorded, change):
    _, path = recorded
    with pytest.raises(RecordingError, match="Received: "):
        Replay.load(signed(path, change))


def test_changed_content_is_refused(recorded):
    _, path = recorded
    with pytest.raises(RecordingError, match="checksums"):
        Replay.load(rewritten(path, forged("samples.json", json.dumps([]).encode())))


def test_a_run_may_be_saved_while_it_trains(tmp_path, until):
    run = LanguageRun(GPTSpec(**SIZES), corpora.text(LINE * 60), batch_size=8, epochs=1000, watch="the cat")
    run.start()
    until(lambda: run.log.batch_count > 10)
    replay = played(run.save(tmp_path / "part.llm-run"))
    assert run.state is RunState.RUNNING
    run.stop(wait=True)
    assert replay.state is RunState.STOPPED
    assert replay.attention().tokens == tuple("the cat")
