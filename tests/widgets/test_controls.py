"""The run controls: each button does what it says, twice as well as once, and the status is the run's own."""

from __future__ import annotations

import csv
import io
import json

import pytest

from llm_widgets.training import Replay, Workbench
from llm_widgets.widgets import RunControls
from llm_widgets.widgets.controls import status_of
from tests.widgets.conftest import SMALL, tell, until


@pytest.fixture
def controls(workbench):
    widget = RunControls(workbench)
    yield widget
    widget.close()


def press(controls, action):
    tell(controls, type="act", action=action)


def test_a_run_is_started_paused_stepped_resumed_stopped_and_reset(controls, workbench):
    workbench.epochs = 1000
    press(controls, "train")
    until(lambda: workbench.run.log.batch_count > 2 and controls.state == "running")
    press(controls, "pause")
    press(controls, "pause")
    until(lambda: controls.state == "paused")
    count = workbench.run.log.batch_count
    press(controls, "step")
    until(lambda: workbench.run.log.batch_count == count + 1)
    until(lambda: controls._resting["step"] == count + 1)
    press(controls, "resume")
    until(lambda: workbench.run.log.batch_count > count + 3)
    press(controls, "stop")
    press(controls, "stop")
    until(lambda: controls.state == "stopped")
    press(controls, "reset")
    until(lambda: controls.state == "idle")
    assert controls._resting["step"] == 0


def test_the_end_is_told_with_the_baselines(controls, workbench, small_corpus):
    press(controls, "train")
    assert workbench.run.wait(60) == "finished"
    until(lambda: controls._verdict.get("baselines"))
    verdict = controls._verdict
    assert verdict["accuracy"] == workbench.run.log.epochs[-1].val_accuracy
    names = [name for name, _ in verdict["baselines"]]
    assert "Majority" in names
    assert len(names) == len(set(names)), "the test split's baselines must not be among them"
    press(controls, "train")
    until(lambda: controls._verdict == {})


def test_the_rate_changes_in_mid_run_and_a_wrong_one_is_refused(controls, workbench, heard):
    workbench.epochs = 1000
    press(controls, "train")
    until(lambda: workbench.run.log.batch_count > 2)
    run = workbench.run
    tell(controls, type="settings", changes={"learning_rate": 0.02})
    assert workbench.run is run
    assert run.learning_rate == 0.02
    assert controls.settings["learning_rate"] == 0.02
    messages = heard(controls)
    tell(controls, type="settings", changes={"learning_rate": -1})
    assert "learning rate" in messages.of("failed")[0]["text"]
    assert run.learning_rate == 0.02
    assert run.state == "running"


def test_the_other_settings_make_the_next_run(controls, workbench):
    tell(controls, type="settings", changes={"batch_size": 48, "epochs": 3, "seed": 7})
    run = workbench.run
    assert (run.batch_size, run.epochs, run.seed) == (48, 3, 7)
    assert controls._resting["batches"] == 2


def test_what_a_token_is_can_be_chosen_by_the_language_of_the_texts(controls, workbench, heard):
    assert controls._units == (("words", "words"), ("characters", "letters"))
    tell(controls, type="settings", changes={"unit": "characters"})
    assert workbench.run.unit == controls.settings["unit"] == "characters"
    messages = heard(controls)
    tell(controls, type="settings", changes={"unit": "syllables"})
    assert messages.of("failed")
    assert workbench.run.unit == "characters"
    chinese = RunControls(Workbench("reviews", SMALL, language="zh"))
    assert chinese._units == (("characters", "characters"), ("segments", "segmented words"))
    assert chinese.settings["unit"] == "characters"
    chinese.close()


def test_a_batch_too_large_for_this_machine_is_refused(controls, workbench, heard, monkeypatch):
    import llm_widgets._runtime as runtime

    monkeypatch.setattr(runtime, "available_memory", lambda: 100_000)
    messages = heard(controls)
    tell(controls, type="settings", changes={"batch_size": 4096})
    assert messages.of("failed")
    assert workbench.batch_size == 32


def test_the_status_is_sent_again_to_a_late_view(controls, workbench, heard):
    messages = heard(controls)
    press(controls, "step")
    until(lambda: workbench.run.log.batch_count == 1)
    messages.clear()
    tell(controls, type="hello")
    status = messages.of("status")[-1]["status"]
    assert status == status_of(workbench.run)
    json.dumps(status, allow_nan=False)


def test_the_run_as_files(controls, workbench, heard, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    press(controls, "train")
    workbench.run.wait(60)
    messages = heard(controls)
    tell(controls, type="file", kind="csv")
    tell(controls, type="file", kind="json")
    table, data = messages.of("file")
    rows = list(csv.DictReader(io.StringIO(table["buffers"][0].decode())))
    assert len([row for row in rows if row["kind"] == "batch"]) == workbench.run.log.batch_count
    assert json.loads(data["buffers"][0])["seed"] == 0
    tell(controls, type="save")
    until(lambda: messages.of("saved"))
    tell(controls, type="save")
    until(lambda: len(messages.of("saved")) == 2)
    first, second = (message["path"] for message in messages.of("saved"))
    assert first != second, "an earlier recording is never written over"
    replay = Replay.load(first)
    played = RunControls(replay)
    assert played.recorded
    press(played, "train")
    until(lambda: played.state in ("running", "finished"))
    replay.stop()


def test_a_failed_run_says_what_to_do(controls, workbench):
    tell(controls, type="settings", changes={"learning_rate": 10.0})
    workbench.run.call(_poison)
    press(controls, "train")
    until(lambda: controls.state == "failed")
    until(lambda: controls._resting["error"])
    assert controls._resting["error"] == workbench.run.error


def _poison(model):
    """Weights from which no loss can be computed."""
    for variable in model.trainable_variables:
        variable.assign(variable * float("nan"))
