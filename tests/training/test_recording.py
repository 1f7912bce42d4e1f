"""A recording is whole or refused; a replay tells the same story without any backend."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import zipfile

import numpy as np
import pytest

from llm_widgets.training import Replay, RunState, Workbench
from llm_widgets.training.recording import RecordingError, read


@pytest.fixture(scope="module")
def recorded(tmp_path_factory, request):
    from llm_widgets.models import LSTMClassifierSpec
    from llm_widgets.training import Run
    from tests.training.conftest import make_corpus

    spec = LSTMClassifierSpec(vocabulary_size=40, embedding_dim=8, lstm_units=(8,), sequence_length=6)
    run = Run(spec, make_corpus(), epochs=3, batch_size=8, learning_rate=1e-2, seed=1, probes=["a good film", "好"])
    run.start()
    assert run.wait(120) is RunState.FINISHED, run.traceback
    return run, run.save(tmp_path_factory.mktemp("recording") / "run.zip")


def test_a_replay_tells_what_the_run_told(recorded):
    run, path = recorded
    replay = Replay.load(path, speed=1000)
    assert (replay.state, replay.log.batch_count, replay.spec, replay.epochs) == (RunState.IDLE, 0, run.spec, 3)
    replay.start()
    assert replay.wait(60) is RunState.FINISHED
    for ours, theirs in zip(replay.log.batches(), run.log.batches(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert replay.log.epochs == run.log.epochs
    for ours, theirs in zip(replay.log.snapshots, run.log.snapshots, strict=True):
        np.testing.assert_array_equal(ours.probabilities, theirs.probabilities)
        assert dict(ours.probes) == dict(theirs.probes)
    for text, points in run.log.probes.items():
        np.testing.assert_array_equal(replay.log.probes[text].probability, points.probability)
        np.testing.assert_array_equal(replay.log.probes[text].step, points.step)
    assert replay.to_csv() == run.to_csv()
    for split in ("validation", "test"):
        ours, theirs = replay.evaluate(split), run.evaluate(split)
        np.testing.assert_allclose(ours["probabilities"], theirs["probabilities"], rtol=1e-5)
        assert ours["accuracy"] == theirs["accuracy"]
        assert replay.corpus.splits[split].texts == run.corpus.splits[split].texts
    np.testing.assert_allclose(replay.predict(["a good film"]), run.predict(["a good film"]), rtol=1e-5)
    assert replay.baselines() == run.baselines(wait=True)
    assert replay.tokenizer == run.tokenizer
    assert replay.fingerprint == run.corpus.fingerprint
    assert replay.status().val_accuracy == run.status().val_accuracy


def test_pause_step_stop_reset(recorded, until):
    _, path = recorded
    replay = Replay.load(path, speed=0.001)
    replay.step()
    replay.step()
    until(lambda: replay.log.batch_count == 2)
    time.sleep(0.1)
    assert (replay.log.batch_count, replay.state) == (2, RunState.PAUSED)
    replay.pause()
    replay.resume()
    assert replay.state is RunState.RUNNING
    replay.pause()
    for _ in range(8):
        replay.step()
    until(lambda: replay.log.batch_count >= 10)
    assert len(replay.log.epochs) == 1
    assert replay.evaluate("validation")["labels"].shape == (20,)
    replay.stop(wait=True)
    replay.stop()
    assert replay.state is RunState.STOPPED
    with pytest.raises(RuntimeError, match="reset"):
        replay.start()
    replay.reset()
    assert (replay.state, replay.log.batch_count, replay.log.generation) == (RunState.IDLE, 0, 1)
    replay.speed = 1000
    replay.start()
    assert replay.wait(60) is RunState.FINISHED
    assert replay.log.batch_count == 24


def test_it_takes_the_time_that_the_run_took(recorded):
    run, path = recorded
    seconds = run.log.epochs[-1].seconds
    replay = Replay.load(path, speed=seconds / 0.5)
    began = time.monotonic()
    replay.start()
    replay.wait(60)
    assert time.monotonic() - began >= 0.4


def test_what_it_cannot_do_it_says(recorded):
    _, path = recorded
    replay = Replay.load(path)
    for attempt in (
        lambda: replay.predict(["something else"]),
        lambda: replay.predict(["a good film"]),  # nothing was played yet
        lambda: replay.evaluate("train"),
        lambda: replay.evaluate("test"),
        lambda: setattr(replay, "learning_rate", 0.1),
        lambda: replay.call(lambda model: model),
    ):
        with pytest.raises(ValueError, match="Received: "):
            attempt()


def test_a_workbench_plays_it(recorded, spec):
    _, path = recorded
    bench = Workbench.of(Replay.load(path, speed=1000))
    with pytest.raises(ValueError, match="recording"):
        bench.propose(spec.replace(lstm_units=(4,)))
    with pytest.raises(ValueError, match="recording"):
        bench.seed = 2
    bench.start()
    assert bench.run.wait(60) is RunState.FINISHED
    bench.start()
    assert bench.run.wait(60) is RunState.FINISHED
    assert bench.run.log.generation == 1
    assert bench.learning_rate == 0.01


def test_no_backend_is_imported(recorded):
    _, path = recorded
    code = f"""
import sys
from llm_widgets.training import Replay
replay = Replay.load({str(path)!r}, speed=1000)
replay.start()
replay.wait(60)
replay.predict(["a good film"]), replay.evaluate("test"), replay.status(), replay.baselines(), replay.tokenizer
found = {{"keras", "torch", "tensorflow", "jax", "sklearn", "ipywidgets"}} & set(sys.modules)
print(replay.state, replay.log.batch_count, found)
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True).stdout
    assert out.split("\n")[0] == "finished 24 set()"


def test_a_run_may_be_saved_while_it_trains(make_run, until, tmp_path):
    run = make_run(epochs=1000)
    run.start()
    until(lambda: run.log.batch_count > 20)
    replay = Replay.load(run.save(tmp_path / "part.zip"), speed=1000)
    assert run.state is RunState.RUNNING
    replay.start()
    assert replay.wait(60) is RunState.STOPPED
    assert replay.log.batch_count > 20


def test_a_failure_is_told_again_at_the_end(make_run, until, tmp_path):
    run = make_run(epochs=1000)
    run.start()
    until(lambda: run.log.batch_count > 3)
    run.call(lambda model: model.layers[-1].kernel.assign(np.full(model.layers[-1].kernel.shape, np.nan)))
    run.wait(60)
    replay = Replay.load(run.save(tmp_path / "failed.zip"), speed=1000)
    assert replay.error is None
    replay.start()
    assert replay.wait(60) is RunState.FAILED
    assert replay.error == run.error


def rewritten(path, change):
    """The same zip with `change(members)` applied, checksums as they were unless it changes them."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
        comment = file.comment
    change(members)
    target = path.with_name("changed.zip")
    with zipfile.ZipFile(target, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
        file.comment = comment
    return target


def signed(path, change):
    """The same with checksums that fit: what a careful forger would send."""
    import hashlib

    def both(members):
        change(members)
        if "manifest.json" not in members:
            return
        manifest = json.loads(members["manifest.json"])
        if manifest["content"] == "x":
            return
        manifest["content"] = {n: hashlib.sha256(d).hexdigest() for n, d in members.items() if n != "manifest.json"}
        members["manifest.json"] = json.dumps(manifest).encode()

    target = rewritten(path, both)
    with zipfile.ZipFile(target) as file:
        if "manifest.json" not in file.namelist():
            return target
        digest = hashlib.sha256(file.read("manifest.json")).hexdigest()
    with zipfile.ZipFile(target, "a") as file:
        file.comment = digest.encode()
    return target


def npy(array, pickle=False):
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=pickle)
    return buffer.getvalue()


def edited(**changes):
    def change(members):
        manifest = json.loads(members["manifest.json"])
        manifest.update(changes)
        members["manifest.json"] = json.dumps(manifest).encode()

    return change


def test_every_changed_byte_is_noticed(recorded):
    _, path = recorded
    whole = path.read_bytes()
    target = path.with_name("bytes.zip")
    for position in np.random.default_rng(0).integers(0, len(whole), 60):
        data = bytearray(whole)
        data[position] ^= 0x55
        target.write_bytes(data)
        try:
            recording = read(target)
        except RecordingError:
            continue
        # A byte of the zip's own book-keeping, such as a date: the content is the same.
        assert recording.manifest == read(path).manifest
        assert all(np.array_equal(a, read(path).arrays[name], equal_nan=True) for name, a in recording.arrays.items())


@pytest.mark.parametrize("length", [0, 1, 100, -1, -30])
def test_a_cut_file_is_refused(recorded, length):
    _, path = recorded
    target = path.with_name("cut.zip")
    target.write_bytes(path.read_bytes()[:length])
    with pytest.raises(RecordingError, match="Received: "):
        Replay.load(target)


def test_changed_content_is_refused(recorded):
    _, path = recorded
    with pytest.raises(RecordingError, match="checksums"):
        read(rewritten(path, lambda members: members.update({"test.npy": npy(np.zeros(16, np.float32))})))
    with pytest.raises(RecordingError, match="checksums"):
        read(rewritten(path, lambda members: members.pop("test.npy")))


SETTINGS = {"seed": 1, "batch_size": 8, "epochs": 3, "steps_per_epoch": 8, "unit": "words", "learning_rate": 0.01}


def bomb(members):
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }"
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    members["test.npy"] = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


@pytest.mark.parametrize(
    "change",
    [
        lambda members: members.pop("manifest.json"),
        edited(format="another"),
        edited(version=2),
        edited(spec={"lstm_units": [0]}),
        edited(spec="lstm"),
        edited(state="asleep"),
        edited(settings={}),
        edited(epochs=[{"epoch": 1}]),
        edited(failure={"kind": "other"}),
        edited(baselines=[{"name": "Majority"}]),
        edited(settings={**SETTINGS, "epochs": "3"}),
        edited(settings={**SETTINGS, "learning_rate": None}),
        edited(probes=[]),
        edited(content="x"),
        lambda members: members.update({"batches/loss.npy": npy(np.zeros(3, np.float32))}),
        lambda members: members.update({"batches/step.npy": npy(np.arange(24)[::-1].astype(np.int32))}),
        lambda members: members.update({"batches/seconds.npy": npy(np.full(24, np.nan))}),
        lambda members: members.update({"snapshots.npy": npy(np.zeros((3, 7), np.float32))}),
        lambda members: members.update({"labels/test.npy": npy(np.array([print], dtype=object), pickle=True)}),
        lambda members: members.update({"validation.json": b"[" * 100_000}),
        bomb,
    ],
)
def test_a_forged_file_is_refused_before_it_does_harm(recorded, change):
    _, path = recorded
    with pytest.raises(RecordingError, match="Received: "):
        Replay.load(signed(path, change))


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    target = tmp_path / "bomb.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file, file.open("manifest.json", "w") as member:
        for _ in range(600):
            member.write(bytes(2**20))
    assert target.stat().st_size < 2**20
    with pytest.raises(RecordingError, match="512 MB"):
        read(target)


def test_a_file_that_is_not_there_and_one_that_is_something_else(tmp_path):
    with pytest.raises(FileNotFoundError):
        Replay.load(tmp_path / "none.zip")
    (tmp_path / "text.zip").write_text("a recording, I promise")
    with pytest.raises(RecordingError, match="zip"):
        Replay.load(tmp_path / "text.zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as file:
        file.writestr("hello.txt", "hello")
    with pytest.raises(RecordingError, match="missing"):
        Replay.load(tmp_path / "other.zip")
