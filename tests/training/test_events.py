"""The log that a run writes and widgets follow."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from llm_widgets.training.events import EpochRecord, EventLog, RunState, Snapshot


def add(log: EventLog, step: int) -> None:
    log.add_batch(step=step, epoch=1, loss=1 / step, accuracy=0.5, learning_rate=1e-3, seconds=step / 10)


@pytest.mark.parametrize("n", [0, 1, 255, 256, 257, 1000])
def test_batches_are_what_was_added_however_many(n: int) -> None:
    log = EventLog()
    for step in range(1, n + 1):
        add(log, step)
    columns = log.batches()
    assert log.batch_count == n == log.version
    np.testing.assert_array_equal(columns.step, np.arange(1, n + 1))
    np.testing.assert_allclose(columns.loss, 1 / np.arange(1, n + 1, dtype=np.float32), rtol=1e-6)
    assert [c.dtype for c in columns] == [np.int32, np.int32, np.float32, np.float32, np.float32, np.float64]


@pytest.mark.parametrize(("start", "stop"), [(0, None), (3, 7), (-2, None), (8, 99), (5, 5), (9, 3), (0, -1)])
def test_a_window_is_cut_like_a_list(start: int, stop: int | None) -> None:
    log = EventLog()
    for step in range(1, 11):
        add(log, step)
    assert log.batches(start, stop).step.tolist() == list(range(1, 11))[start:stop]


def test_what_a_reader_does_to_its_copy_changes_nothing() -> None:
    log = EventLog()
    add(log, 1)
    log.add_probes(1, ["good"], [0.5])
    log.batches().loss[:] = -1
    log.probes["good"].probability[:] = -1
    assert log.batches().loss.tolist() == [1.0]
    assert log.probes["good"].probability.tolist() == [0.5]


def test_a_snapshot_is_read_only_and_cut_off_from_its_source() -> None:
    log = EventLog()
    source = np.array([0.25, 0.75], np.float32)
    probes = {"good": 0.5}
    log.add_epoch(EpochRecord(1, 2, 0.6, 0.7, 0.6, 0.7, 1.0), Snapshot(2, 1, source, probes))
    source[:] = 0
    probes["bad"] = 0.1
    (snapshot,) = log.snapshots
    assert snapshot.probabilities.tolist() == [0.25, 0.75]
    assert dict(snapshot.probes) == {"good": 0.5}
    with pytest.raises(ValueError, match="read-only"):
        snapshot.probabilities[0] = 1


def test_wait_returns_at_once_when_behind_and_after_the_time_when_not() -> None:
    log = EventLog()
    assert log.wait(0, timeout=0.01) == 0
    log.add_state(0.0, RunState.RUNNING)
    assert log.wait(0, timeout=60) == 1
    assert log.wait(-1, timeout=60) == 1


def test_every_reader_sees_every_event_in_order_while_one_thread_writes() -> None:
    log = EventLog()
    n, readers = 2000, 8
    seen: list[list[int]] = [[] for _ in range(readers)]

    def follow(steps: list[int]) -> None:
        version = 0
        while len(steps) < n:
            steps.extend(log.batches(len(steps)).step.tolist())
            version = log.wait(version, timeout=5)

    threads = [threading.Thread(target=follow, args=(steps,)) for steps in seen]
    for thread in threads:
        thread.start()
    for step in range(1, n + 1):
        add(log, step)
    for thread in threads:
        thread.join(30)
    assert all(steps == list(range(1, n + 1)) for steps in seen)


def test_clearing_forgets_all_but_wakes_readers() -> None:
    log = EventLog()
    add(log, 1)
    log.add_probes(1, ["good"], [0.5])
    version = log.version
    log.clear()
    assert (log.batch_count, log.epochs, log.snapshots, log.states, log.probes) == (0, (), (), (), {})
    assert log.version > version
    assert log.generation == 1


def test_states_know_whether_they_are_active_or_ended() -> None:
    assert [s.value for s in RunState if s.active] == ["running", "paused"]
    assert [s.value for s in RunState if s.ended] == ["finished", "stopped", "failed"]
