"""What sliders change: one run at a time, the last proposal wins, nothing blocks."""

from __future__ import annotations

import threading
import time

import pytest

from llm_widgets.models import ModelTooLargeError
from llm_widgets.training import RunState, Workbench


@pytest.fixture
def bench(corpus, spec):
    made = Workbench(corpus, spec, batch_size=8, epochs=1000, settle=0.05)
    yield made
    made.stop()
    made.run.wait(60)


def units(n):
    return {"lstm_units": (n,)}


def test_an_idle_bench_takes_a_change_at_once(bench, spec):
    heard: list[str] = []
    bench.subscribe(heard.append)
    first = bench.run
    bench.propose(spec.replace(**units(4)))
    assert bench.run is not first
    assert (bench.run.spec, bench.run.state, bench.past) == (bench.spec, RunState.IDLE, ())
    assert heard == ["spec", "run"]


def test_a_hundred_moves_while_it_trains_leave_one_run(bench, spec, until):
    bench.start()
    first = bench.run
    until(lambda: first.log.batch_count > 3)
    for i in range(100):
        bench.propose(spec.replace(**units(4 + i % 20)))
        time.sleep(0.001)
    bench.propose(spec.replace(**units(5)))
    assert bench.run is first  # it trains on until the sliders rest
    assert bench.pending
    until(lambda: bench.run is not first and bench.run.log.batch_count > 3)
    assert bench.run.spec.lstm_units == (5,)
    assert bench.past == (first,)
    assert first.wait(30) is RunState.STOPPED
    time.sleep(0.2)
    assert bench.past == (first,)
    assert [t.name for t in threading.enumerate() if t.name.startswith("llm_widgets-run")] == [
        f"llm_widgets-run-{bench.run.id}"
    ]


def test_moving_back_to_what_trains_changes_nothing(bench, spec, until):
    bench.start()
    first = bench.run
    until(lambda: first.log.batch_count > 3)
    bench.propose(spec.replace(**units(4)))
    bench.propose(spec)
    assert not bench.pending
    time.sleep(0.15)
    assert bench.run is first
    assert first.state is RunState.RUNNING


def test_what_does_not_fit_is_refused_and_changes_nothing(bench, spec):
    heard: list[str] = []
    bench.subscribe(heard.append)
    run = bench.run
    with pytest.raises(ModelTooLargeError, match="Received: "):
        bench.propose(spec.replace(vocabulary_size=1_000_000, embedding_dim=16_384))
    with pytest.raises(TypeError, match="Received: "):
        bench.propose("lstm")
    assert heard == ["failed-spec"]
    assert (bench.run, bench.spec) == (run, spec)


def test_start_after_the_end_makes_a_new_run_and_five_are_kept(bench, until):
    runs = []
    for _ in range(7):
        bench.start()
        runs.append(bench.run)
        until(lambda: bench.run.log.batch_count > 1)
        bench.stop()
        assert bench.run.wait(30) is RunState.STOPPED
    bench.start()
    assert bench.past == tuple(runs[2:])


def test_an_ended_run_stays_until_start_though_sizes_move(bench, spec, until):
    bench.start()
    until(lambda: bench.run.log.batch_count > 1)
    bench.stop()
    bench.run.wait(30)
    ended = bench.run
    bench.propose(spec.replace(**units(4)))
    time.sleep(0.1)
    assert bench.run is ended
    assert ended.predict(["a good film"]).shape == (1,)
    bench.start()
    assert bench.run.spec.lstm_units == (4,)
    until(lambda: bench.run.log.batch_count > 1)


def test_start_does_not_wait_for_sliders_to_rest(bench, spec, until):
    bench.settle = 60
    bench.start()
    until(lambda: bench.run.log.batch_count > 1)
    bench.propose(spec.replace(**units(4)))
    bench.start()
    assert bench.run.spec.lstm_units == (4,)
    assert not bench.pending
    until(lambda: bench.run.log.batch_count > 1)


def test_stop_cancels_what_has_not_settled(bench, spec, until):
    bench.start()
    first = bench.run
    until(lambda: first.log.batch_count > 1)
    bench.propose(spec.replace(**units(4)))
    bench.stop()
    time.sleep(0.15)
    assert bench.run is first
    assert first.wait(30) is RunState.STOPPED


def test_settings_follow_the_same_rule_and_the_rate_acts_at_once(bench, until):
    heard: list[str] = []
    bench.subscribe(heard.append)
    bench.seed = 3
    assert bench.run.seed == 3
    bench.start()
    first = bench.run
    until(lambda: first.log.batch_count > 1)
    bench.learning_rate = 0.02
    assert (bench.run, first.learning_rate, bench.learning_rate) == (first, 0.02, 0.02)
    bench.batch_size = 16
    until(lambda: bench.run is not first)
    assert (bench.run.batch_size, bench.run.learning_rate, bench.run.seed) == (16, 0.02, 3)
    assert heard[:4] == ["settings", "run", "settings", "settings"]
    for name, wrong in {"batch_size": 0, "epochs": -1, "seed": 1.5, "unit": "letters", "learning_rate": 11}.items():
        with pytest.raises(ValueError, match="Received: "):
            setattr(bench, name, wrong)


def test_reset_leaves_a_fresh_run_and_keeps_the_curve(bench, until):
    bench.reset()
    assert bench.past == ()
    bench.start()
    first = bench.run
    until(lambda: first.log.batch_count > 1)
    bench.reset()
    assert (bench.run.state, bench.past) == (RunState.IDLE, (first,))


def test_step_after_the_end_is_the_first_batch_of_a_new_run(bench, until):
    bench.step()
    until(lambda: bench.run.log.batch_count == 1)
    bench.stop()
    bench.run.wait(30)
    bench.step()
    until(lambda: bench.run.log.batch_count == 1)
    assert bench.run.state is RunState.PAUSED
    assert len(bench.past) == 1


def test_a_subscriber_that_breaks_or_leaves_does_not_matter(bench, spec):
    heard: list[str] = []

    def broken(what):
        raise RuntimeError("closed")

    bench.subscribe(broken)
    leave = bench.subscribe(heard.append)
    bench.propose(spec.replace(**units(4)))
    leave()
    leave()
    bench.propose(spec.replace(**units(5)))
    assert heard == ["spec", "run"]


def test_the_handler_never_builds_a_model(bench, spec, until):
    bench.start()
    until(lambda: bench.run.log.batch_count > 1)
    bench.settle = 0
    began = time.monotonic()
    for i in range(20):
        bench.propose(spec.replace(**units(10 + i)))
    assert time.monotonic() - began < 2  # a generous bound: 20 models would take longer
    until(lambda: bench.run.spec.lstm_units == (29,) and bench.run.log.batch_count > 1)


def test_a_change_between_making_a_run_and_its_start_is_not_lost(bench, spec, until):
    bench.settle = 0
    runs = []

    def change(what):
        if what == "run":
            runs.append(bench.run)
            if len(runs) == 1:
                bench.propose(spec.replace(**units(6)))  # the run that was just made is idle still

    bench.start()
    until(lambda: bench.run.log.batch_count > 1)
    bench.subscribe(change)
    bench.propose(spec.replace(**units(5)))
    until(lambda: bench.run.spec.lstm_units == (6,) and bench.run.log.batch_count > 1)
    assert [run.spec.lstm_units for run in runs] == [(5,), (6,)]
    assert runs[0].state is RunState.IDLE


def test_a_stop_between_making_a_run_and_its_start_holds(bench, spec, until):
    bench.settle = 0
    bench.start()
    until(lambda: bench.run.log.batch_count > 1)
    bench.subscribe(lambda what: bench.stop() if what == "run" else None)
    first = bench.run
    bench.propose(spec.replace(**units(5)))
    until(lambda: bench.run is not first)
    first.wait(30)
    assert (bench.run.state, bench.run.log.batch_count) == (RunState.IDLE, 0)


def test_a_bench_of_a_run_has_its_settings(make_run):
    run = make_run(seed=4, epochs=3)
    bench = Workbench.of(run)
    assert (bench.run, bench.seed, bench.epochs, bench.batch_size, bench.unit) == (run, 4, 3, 8, "words")
    bench.propose(run.spec)
    assert bench.run is run


def test_a_tokenizer_of_ones_own_stays_with_the_bench(make_run, corpus, spec):
    from llm_widgets.tokenizers import Tokenizer

    own = Tokenizer.train(corpus.train.texts, unit="characters", vocabulary_size=30)
    bench = Workbench.of(make_run(tokenizer=own))
    bench.propose(spec.replace(vocabulary_size=20))
    assert (bench.unit, bench.run.unit, bench.run.tokenizer) == (
        "characters",
        "characters",
        own.with_vocabulary_size(20),
    )
    bench.unit = "words"
    assert bench.run.unit == "words"


def test_warming_up_leaves_the_first_start_little_to_do(bench, until):
    bench.warm()
    until(lambda: not [t for t in threading.enumerate() if t.name == "llm_widgets-warm"])
    assert bench.run.state is RunState.IDLE
    assert bench.run.baselines(wait=True)


def test_defaults_are_the_documents_own():
    assert Workbench(language="zh").spec.lstm_units == (128, 64)
    bench = Workbench("reviews", "document_en", language="en")
    assert (bench.corpus.language, bench.spec.lstm_units, bench.unit) == ("en", (128,), "words")
    with pytest.raises(ValueError, match="document_en"):
        Workbench(language="en", spec="gpt")
