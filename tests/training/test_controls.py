"""Controls: at once, in any order, twice, and from any thread; failures that lose nothing."""

from __future__ import annotations

import contextlib
import gc
import math
import random
import threading
import time

import numpy as np
import pytest

from llm_widgets.training import RunState
from llm_widgets.training._failure import explain
from llm_widgets.training.events import EventLog


def started(make_run, until, **options):
    run = make_run(epochs=1000, **options)
    run.start()
    until(lambda: run.log.batch_count > 3)
    return run


def test_nothing_moves_while_paused_and_each_step_is_one_batch(make_run, until):
    run = started(make_run, until)
    run.pause()
    run.pause()
    until(lambda: run.state is RunState.PAUSED)
    count = run.log.batch_count
    before = run.predict(["a good film"])
    time.sleep(0.1)
    assert run.log.batch_count == count
    for i in range(1, 12):  # over an epoch's end
        run.step()
        until(lambda n=count + i: run.log.batch_count == n)
    time.sleep(0.1)
    assert run.log.batch_count == count + 11
    assert run.state is RunState.PAUSED
    assert run.predict(["a good film"]) != before
    run.resume()
    run.resume()
    until(lambda: run.log.batch_count > count + 20)
    assert run.state is RunState.RUNNING


def test_steps_that_are_asked_for_at_once_are_all_done(make_run, until):
    run = make_run()
    run.step()
    for _ in range(4):
        run.step()
    until(lambda: run.log.batch_count == 5)
    time.sleep(0.1)
    assert (run.log.batch_count, run.state) == (5, RunState.PAUSED)


def test_stop_while_paused_ends_at_once_and_the_model_stays(make_run, until):
    run = started(make_run, until)
    run.pause()
    until(lambda: run.state is RunState.PAUSED)
    count = run.log.batch_count
    run.stop()
    run.stop(wait=True)
    assert run.wait(30) is RunState.STOPPED
    assert run.log.batch_count == count
    assert 0 < run.predict(["a good film"])[0] < 1
    for control in (run.pause, run.resume, run.step, run.stop):
        control()
    assert run.state is RunState.STOPPED
    with pytest.raises(RuntimeError, match="reset"):
        run.start()


def test_stop_before_the_first_batch_is_seen_at_once(make_run):
    run = make_run()
    run.start()
    run.stop()
    assert run.wait(60) is RunState.STOPPED
    assert run.log.batch_count <= 1
    assert run.predict(["a good film"]).shape == (1,)


def test_reset_forgets_all_and_the_next_start_is_a_first_one(make_run, until):
    run = make_run(seed=5, epochs=1000)
    run.start()
    until(lambda: run.log.batch_count > 10)
    first = run.log.batches(0, 10).loss
    run.learning_rate = 0.5
    run.reset()
    assert (run.state, run.log.batch_count, run.log.generation, run.learning_rate) == (RunState.IDLE, 0, 1, 1e-2)
    time.sleep(0.1)  # the thread's last batch goes nowhere
    assert run.log.batch_count == 0
    run.start()
    until(lambda: run.log.batch_count > 10)
    np.testing.assert_array_equal(run.log.batches(0, 10).loss, first)


def test_the_learning_rate_changes_within_one_batch(make_run, until):
    run = started(make_run, until)
    run.learning_rate = 0.125
    count = run.log.batch_count
    until(lambda: run.log.batch_count > count + 3)
    assert (run.log.batches(count + 1).learning_rate == 0.125).all()
    assert run.call(lambda model: float(model.optimizer.learning_rate)) == 0.125


@pytest.mark.parametrize("wrong", [0, -1, math.nan, math.inf, 10.5, "fast", None, True])
def test_a_learning_rate_that_is_none_is_refused(make_run, wrong):
    run = make_run()
    with pytest.raises(ValueError, match="greater than 0"):
        run.learning_rate = wrong
    assert run.learning_rate == 1e-2


def test_calls_run_between_batches_in_every_state(make_run, until):
    run = make_run(epochs=1000)

    def count(model):
        return model.count_params()

    expected = run.spec.count_parameters()
    assert run.call(count) == expected  # idle: here
    run.start()
    threads = {run.call(lambda model: threading.current_thread().name)}
    assert threads == {f"llm_widgets-run-{run.id}"}
    assert run.call(lambda model: run.call(count)) == expected  # within itself
    run.pause()
    until(lambda: run.state is RunState.PAUSED)
    assert run.call(count) == expected
    run.stop()
    assert run.call(count) == expected
    run.wait(30)
    assert run.call(lambda model: threading.current_thread()) is threading.current_thread()
    run.reset()
    assert run.call(count) == expected


def test_a_call_that_fails_hurts_its_caller_alone(make_run, until):
    run = started(make_run, until)
    with pytest.raises(ZeroDivisionError):
        run.call(lambda model: 1 / 0)
    count = run.log.batch_count
    until(lambda: run.log.batch_count > count + 3)
    assert run.state is RunState.RUNNING


def test_a_call_may_use_the_controls(make_run, until):
    run = started(make_run, until)
    run.call(lambda model: run.stop(wait=True))
    assert run.wait(30) is RunState.STOPPED


def test_many_readers_at_once_always_get_an_answer(make_run, until):
    run = started(make_run, until)
    answers: list[float] = []

    def ask():
        answers.extend(float(run.predict(["a good film"])[0]) for _ in range(10))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    run.stop()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 60


@pytest.mark.parametrize("seed", range(3))
def test_a_storm_of_clicks_breaks_nothing(make_run, until, seed):
    run = make_run(epochs=1000)
    errors: list[BaseException] = []

    def click(seed):
        rng = random.Random(seed)
        names = ["start", "pause", "resume", "step", "stop", "reset", "predict", "rate"]
        try:
            for _ in range(60):
                name = rng.choice(names)
                if name == "predict":
                    run.predict(["a good film"])
                elif name == "rate":
                    run.learning_rate = rng.uniform(1e-4, 1e-2)
                elif name == "start" and run.state.ended:
                    run.reset()
                else:
                    with contextlib.suppress(RuntimeError):  # it ended between the look and the click
                        getattr(run, name)()
                time.sleep(rng.uniform(0, 0.004))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=click, args=(10 * seed + i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not errors
    run.reset()
    run.start()
    until(lambda: run.log.batch_count > 5)
    assert run.state is RunState.RUNNING, run.traceback
    run.stop()
    assert run.wait(30) is RunState.STOPPED


def test_a_new_run_stops_the_one_before(make_run, until):
    first = started(make_run, until)
    second = started(make_run, until)
    assert first.wait(30) is RunState.STOPPED
    assert second.state is RunState.RUNNING


def test_of_runs_that_start_together_one_trains(make_run, until):
    runs = [make_run(epochs=1000) for _ in range(12)]
    threads = [threading.Thread(target=run.start) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    until(lambda: sum(run.state.active for run in runs) == 1)
    (winner,) = [run for run in runs if run.state.active]
    until(lambda: winner.log.batch_count > 3)
    assert sum(run.state is RunState.STOPPED for run in runs) == 11


def test_a_loss_that_is_no_number_fails_with_words_and_keeps_good_weights(make_run, until):
    run = started(make_run, until)
    count = run.log.batch_count

    def ruin(model):
        kernel = model.layers[-1].kernel
        kernel.assign(np.full(kernel.shape, np.nan, np.float32))

    run.call(ruin)
    assert run.wait(60) is RunState.FAILED
    assert "Lower the learning rate" in run.error
    assert "DivergedError" in run.traceback
    assert run.log.batch_count >= count
    assert np.isfinite(run.log.batches().loss).all()
    assert np.isfinite(run.predict(["a good film", "a bad film"])).all()
    assert run.log.states[-1].state is RunState.FAILED


def test_the_words_are_in_the_language_of_the_moment(make_run, until):
    from llm_widgets.i18n import set_language

    run = started(make_run, until)
    run.call(lambda model: model.layers[-1].kernel.assign(np.full(model.layers[-1].kernel.shape, np.nan)))
    run.wait(60)
    try:
        set_language("zh")
        assert "学习率" in run.error
    finally:
        set_language("en")


def test_any_exception_ends_in_failed_with_its_traceback(make_run, until):
    run = started(make_run, until)
    run.call(lambda model: setattr(model, "optimizer", None))
    assert run.wait(60) is RunState.FAILED
    assert "Received: AttributeError" in run.error
    assert "Traceback" in run.traceback
    assert run.predict(["a good film"]).shape == (1,)
    run.reset()
    run.start()
    until(lambda: run.log.batch_count > 3)
    assert run.error is None


def test_running_out_of_memory_is_named():
    import torch

    def too_much_torch():
        torch.empty(2**58)

    def too_much_numpy():
        np.empty(2**58)

    for attempt in (too_much_torch, too_much_numpy):
        with pytest.raises((RuntimeError, MemoryError)) as caught:
            attempt()
        assert explain(caught.value, 1e-3).kind == "memory"
    assert explain(RuntimeError("shapes differ"), 1e-3).kind == "other"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_reader_that_breaks_does_not_hurt_the_run(make_run, until):
    run = make_run(epochs=1000)
    run.start()

    def read(log: EventLog):
        while True:
            log.wait(log.version, 0.1)
            log.batches().loss.fill(0)
            raise RuntimeError("a broken widget")

    for _ in range(3):
        thread = threading.Thread(target=read, args=(run.log,))
        thread.start()
        thread.join()
    gc.collect()
    count = run.log.batch_count
    until(lambda: run.log.batch_count > count + 5)
    assert run.log.batches().loss.all()
