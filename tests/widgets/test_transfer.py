"""The transfer lab from Python: draws, settings that are refused, and what a late view finds."""

from __future__ import annotations

import json

import pytest

from llm_widgets import TransferLab
from llm_widgets.models.bag_of_words import BagSpec
from llm_widgets.training import RunState
from tests.training.conftest import make_corpus

SMALL = {"spec": BagSpec(40, 8, 4, 0.0, 6), "labels": 20, "epochs": 2, "pretraining_epochs": 2}


def ended(lab: TransferLab) -> None:
    assert lab.run.wait(60) is RunState.FINISHED, lab.run.traceback


def test_draws_are_kept_with_their_mean_and_pretraining_is_done_once() -> None:
    lab = TransferLab(make_corpus(), **SMALL)
    lab.start()
    ended(lab)
    first = lab.run.learned_start
    for _ in range(2):
        lab.again()
        ended(lab)
    assert lab.run.learned_start is first
    assert [result.seed for result in lab.results] == [0, 1, 2]
    lab._refresh()
    found = lab._found
    json.dumps(found, allow_nan=False)
    assert found["mean"]["n"] == 3
    assert found["mean"]["gain"]["mean"] == pytest.approx(sum(r.gain for r in lab.results) / 3)
    assert [one["draw"] for one in found["past"]] == [0, 1]
    assert found["copies"]["scratch"]["accuracy"][0][0] == 0
    lab.labels = 30  # other settings are not averaged with these
    assert (lab._found["mean"], lab._found["others"], lab._found["past"]) == (None, 3, [])
    lab.labels = 20
    lab.forget()
    assert lab.results == ()
    lab.close()


def test_settings_that_cannot_be_are_refused_and_stay_as_they_were() -> None:
    lab = TransferLab(make_corpus(), **SMALL)
    for name, value in (("labels", 9), ("labels", 10_000), ("learning_rate", 0.0), ("learning_rate", float("nan"))):
        before = getattr(lab, name)
        with pytest.raises(ValueError, match="Received"):
            setattr(lab, name, value)
        assert getattr(lab, name) == before
    with pytest.raises(ValueError, match="labels is needed"):
        TransferLab("alice", language="en")
    lab.learning_rate = 0.01
    assert lab.run.learning_rate == 0.01
    lab._on_act({"act": "close"})  # no such gesture: nothing happens
    assert lab.run.state is RunState.IDLE
    lab.close()
