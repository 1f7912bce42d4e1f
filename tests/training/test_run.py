"""What a run computes, against hand computations, Keras's own evaluation, and itself."""

from __future__ import annotations

import csv
import gc
import io
import json
import threading
import time
import weakref

import numpy as np
import pytest

from llm_widgets.training import Run, RunState
from llm_widgets.training._batches import make_batches
from llm_widgets.training._predict import score


def test_a_whole_run_is_in_its_log(make_run, corpus):
    run = make_run(epochs=3)
    assert (run.state, run.steps_per_epoch) == (RunState.IDLE, 8)
    run.start()
    assert run.wait(60) is RunState.FINISHED, run.traceback
    batches = run.log.batches()
    assert batches.step.tolist() == list(range(1, 25))
    assert batches.epoch.tolist() == [1] * 8 + [2] * 8 + [3] * 8
    assert (np.diff(batches.seconds) > 0).all()
    assert [(e.epoch, e.step) for e in run.log.epochs] == [(1, 8), (2, 16), (3, 24)]
    assert [s.probabilities.shape for s in run.log.snapshots] == [(len(corpus.validation),)] * 3
    assert [change.state for change in run.log.states] == ["running", "finished"]
    status = run.status()
    assert (status.epoch, status.batch, status.step, status.error) == (3, 8, 24, None)
    assert status.loss == run.log.epochs[-1].loss
    assert status.ms_per_step > 0


def test_it_learns(make_run):
    run = make_run(epochs=15)
    run.start()
    run.wait(120)
    assert run.evaluate("validation")["accuracy"] >= 0.9
    assert run.predict(["a great film"])[0] > 0.5 > run.predict(["a dull film"])[0]


@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_same_seed_same_curve_whatever_other_threads_draw(make_run, spec, dropout):
    import torch

    stop = threading.Event()

    def draw():
        rng = 0
        while not stop.is_set():
            torch.rand(3)
            np.random.random(3)  # noqa: NPY002
            torch.manual_seed(rng := rng + 1)
            time.sleep(0)

    curves = []
    for disturbed in (False, True):
        thread = threading.Thread(target=draw)
        if disturbed:
            thread.start()
        run = make_run(seed=7, spec=spec.replace(dropout=dropout))
        run.start()
        if disturbed:
            time.sleep(0.05)
            run.predict(["a good film", "unseen words here"])
        run.wait(60)
        stop.set() if disturbed else None
        batches = run.log.batches()
        curves.append((batches.loss, batches.accuracy, *(s.probabilities for s in run.log.snapshots)))
        if disturbed:
            thread.join()
    for one, two in zip(*curves, strict=True):
        np.testing.assert_array_equal(one, two)


def test_another_seed_gives_another_curve(make_run):
    losses = []
    for seed in (1, 2):
        run = make_run(seed=seed, epochs=1)
        run.start()
        run.wait(60)
        losses.append(run.log.batches().loss)
    assert not np.array_equal(*losses)


def test_a_batch_has_its_own_loss_and_accuracy_and_not_the_epochs_mean(make_run, corpus, until):
    run = make_run(seed=3)
    rows = np.arange(len(corpus.train))
    order = make_batches(rows[:, None].astype(np.int32), corpus.train.labels, 8, seed=3)
    for i in range(10):  # the second epoch's first two batches, too
        order.set_epoch(i // 8)
        chosen = order[i % 8][0][:, 0]
        before = run.predict([corpus.train.texts[j] for j in chosen])  # what the model says before this step
        loss, accuracy = score(corpus.train.labels[chosen], before)
        run.step()
        until(lambda count=i + 1: run.log.batch_count == count)
        batches = run.log.batches()
        assert batches.loss[i] == pytest.approx(loss, rel=1e-5)
        assert batches.accuracy[i] == pytest.approx(accuracy)
    epoch = run.log.epochs[0]
    sizes = np.array([8] * 7 + [4])
    assert epoch.loss == pytest.approx(np.average(batches.loss[:8], weights=sizes), rel=1e-5)
    assert epoch.accuracy == pytest.approx(np.average(batches.accuracy[:8], weights=sizes), rel=1e-5)


def test_every_text_is_read_once_an_epoch_in_another_order_each_time():
    ids = np.arange(30, dtype=np.int32)[:, None]
    batches = make_batches(ids, (ids[:, 0] % 2).astype(np.int8), 7, seed=0)
    orders = []
    for epoch in (0, 1, 0):
        batches.set_epoch(epoch)
        parts = [batches[i] for i in range(len(batches))]
        rows = np.concatenate([x[:, 0] for x, _ in parts])
        np.testing.assert_array_equal(rows % 2, np.concatenate([y[:, 0] for _, y in parts]))
        orders.append(rows.tolist())
    assert sorted(orders[0]) == list(range(30))
    assert orders[0] != orders[1]
    assert orders[0] == orders[2]


def test_validation_is_what_keras_evaluates(make_run, corpus, spec):
    run = make_run(epochs=1)
    run.start()
    run.wait(60)
    ids = run.tokenizer.encode_batch(corpus.validation.texts, spec.sequence_length)
    labels = corpus.validation.labels[:, None].astype(np.float32)
    expected = run.call(lambda model: model.evaluate(ids, labels, verbose=0, return_dict=True))
    record = run.log.epochs[-1]
    assert record.val_loss == pytest.approx(expected["loss"], rel=1e-5)
    assert record.val_accuracy == pytest.approx(expected["accuracy"])
    assert run.evaluate("validation")["loss"] == pytest.approx(expected["loss"], rel=1e-5)
    np.testing.assert_allclose(run.log.snapshots[-1].probabilities, run.predict(corpus.validation.texts), rtol=1e-5)


def test_probes_are_looked_at_while_it_learns(make_run):
    run = make_run(probes=["a good film", "a bad film"], epochs=2)
    run.start()
    run.wait(60)
    points = run.log.probes["a good film"]
    assert points.step[-1] == 16
    assert len(points.step) >= 2
    assert dict(run.log.snapshots[-1].probes).keys() == {"a good film", "a bad film"}
    assert points.probability[-1] == pytest.approx(run.predict(["a good film"])[0], rel=1e-5)
    with pytest.raises(ValueError, match="Received: "):
        run.probes = [str(i) for i in range(21)]


def test_tables_hold_every_batch_and_epoch(make_run, tmp_path):
    run = make_run(epochs=2)
    run.start()
    run.wait(60)
    text = run.to_csv(tmp_path / "run.csv")
    assert (tmp_path / "run.csv").read_text() == text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [r["kind"] for r in rows] == ([*["batch"] * 8, "epoch"]) * 2
    np.testing.assert_allclose([float(r["loss"]) for r in rows if r["kind"] == "batch"], run.log.batches().loss, 1e-6)
    assert float(rows[-1]["val_loss"]) == pytest.approx(run.log.epochs[-1].val_loss, rel=1e-6)
    data = json.loads(run.to_json())
    assert data["batches"]["step"] == list(range(1, 17))
    assert data["epochs"][1]["val_accuracy"] == run.log.epochs[1].val_accuracy
    assert (data["state"], data["spec"]) == ("finished", run.spec.to_dict())


def test_a_corpus_without_validation_still_trains_and_its_json_is_json(make_run, corpus):
    import dataclasses

    empty = type(corpus.train)((), np.empty(0, np.int8))
    run = make_run(corpus=dataclasses.replace(corpus, validation=empty, test=empty), epochs=1)
    run.start()
    assert run.wait(60) is RunState.FINISHED, run.traceback
    assert json.loads(run.to_json())["epochs"][0]["val_loss"] is None


@pytest.mark.parametrize(
    "wrong",
    [{"epochs": 0}, {"batch_size": 0}, {"batch_size": 2.5}, {"seed": -1}, {"learning_rate": 0}, {"epochs": "3"}],
)
def test_wrong_settings_are_refused(corpus, spec, wrong):
    with pytest.raises(ValueError, match="Received: "):
        Run(spec, corpus, **wrong)


def test_a_dropped_run_gives_its_model_back(corpus, spec):
    run = Run(spec, corpus, epochs=1)
    run.start()
    run.wait(60)
    model, log = run.call(lambda model: weakref.ref(model)), run.log
    del run
    gc.collect()
    assert model() is None
    assert log.batch_count == 2


def test_a_released_run_keeps_its_curves_alone(make_run):
    run = make_run(epochs=1)
    run.start()
    run.wait(60)
    model = run.call(lambda model: weakref.ref(model))
    run.release()
    gc.collect()
    assert model() is None
    assert run.log.batch_count == 8
    with pytest.raises(RuntimeError, match="given back"):
        run.predict(["a good film"])
