"""Widgets look at a run ten times a second at most, and never miss its end."""

from __future__ import annotations

import gc
import threading
import time

from llm_widgets.widgets._ticker import INTERVAL, follow
from tests.widgets.conftest import until


class Follower:
    """Notes when it was asked to look, and what it then saw."""

    def __init__(self, workbench):
        self.workbench = workbench
        self.times = []
        self.seen = (0, "")

    def _refresh(self):
        self.times.append(time.monotonic())
        self.seen = (self.workbench.run.log.batch_count, str(self.workbench.run.state))


def test_the_last_event_is_always_seen(workbench):
    follower = Follower(workbench)
    follow(workbench, follower)
    workbench.start()
    assert workbench.run.wait(60) == "finished"
    until(lambda: follower.seen == (workbench.run.log.batch_count, "finished"))


def test_many_events_are_few_refreshes(workbench):
    follower = Follower(workbench)
    follow(workbench, follower)
    time.sleep(3 * INTERVAL)
    follower.times.clear()
    for _ in range(200):
        workbench.run.log.touch()
        time.sleep(0.005)
    assert 2 <= len(follower.times) <= 40


def test_a_change_on_the_workbench_is_passed_on_at_once(workbench):
    follower = Follower(workbench)
    follow(workbench, follower)
    follower.times.clear()
    workbench.learning_rate = 0.01
    assert follower.times


def test_one_that_fails_does_not_keep_the_others_waiting(workbench, caplog):
    class Broken(Follower):
        def _refresh(self):
            raise RuntimeError("broken")

    broken, sound = Broken(workbench), Follower(workbench)
    follow(workbench, broken)
    follow(workbench, sound)
    workbench.learning_rate = 0.01
    until(lambda: sound.times)
    assert "could not refresh" in caplog.text


def test_who_stops_following_hears_nothing_more_and_the_thread_ends(workbench):
    before = {t for t in threading.enumerate() if t.name == "llm_widgets-ticker"}
    follower = Follower(workbench)
    end = follow(workbench, follower)
    mine = {t for t in threading.enumerate() if t.name == "llm_widgets-ticker"} - before
    assert len(mine) == 1
    end()
    until(lambda: not any(t.is_alive() for t in mine), 5)
    follower.times.clear()
    workbench.learning_rate = 0.02
    assert not follower.times


def test_a_follower_is_not_kept_alive(workbench):
    follower = Follower(workbench)
    follow(workbench, follower)
    del follower
    gc.collect()
    workbench.learning_rate = 0.03  # nobody is left to be asked
