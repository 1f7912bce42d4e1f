"""Plays a tape into a log, at its own pace or a step at a time: the half of a replay that acts."""

from __future__ import annotations

import threading
import time

from llm_widgets.i18n import t
from llm_widgets.training._tape import Tape
from llm_widgets.training.events import EventLog, RunState
from llm_widgets.training.reading import Readable

TICK = 0.02  # seconds: what is due within one is told together


class Player(Readable):
    """What `Replay` is built on.

    Args:
        end: the state after the last event.
    """

    def __init__(self, tape: Tape, speed: float, end: RunState) -> None:
        self.log = EventLog()
        self.speed = speed
        self._tape = tape
        self._end = end
        self._changed = threading.Condition(threading.RLock())
        self._state = RunState.IDLE
        self._rewind()

    @property
    def state(self) -> RunState:
        """Where the replay stands."""
        return self._state

    # Controls

    def start(self) -> None:
        """Plays, or goes on."""
        self._go(paused=False)

    def resume(self) -> None:
        """Goes on after a pause."""
        if self._state.active:
            self._go(paused=False)

    def pause(self) -> None:
        """Waits where it is."""
        with self._changed:
            if self._state.active:
                self._paused, self._steps = True, 0
                self._change(RunState.PAUSED)

    def step(self) -> None:
        """One batch, then waits."""
        self._go(paused=True)

    def stop(self, wait: bool = False) -> None:
        """Ends where it is."""
        with self._changed:
            if self._state.active:
                self._change(RunState.STOPPED)
        if wait:
            self.wait()

    def reset(self) -> None:
        """Back to the beginning, idle."""
        with self._changed:
            self._rewind()
            self.log.clear()
            self._change(RunState.IDLE)

    def wait(self, timeout: float | None = None) -> RunState:
        """Waits until nothing plays any more; returns the state."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)
        return self._state

    def _rewind(self) -> None:
        self._thread: threading.Thread | None = None
        self._position = 0
        self._seconds = 0.0
        self._paused, self._steps = False, 0

    def _go(self, *, paused: bool) -> None:
        with self._changed:
            if self._state.ended:
                raise RuntimeError(
                    t("This recording has ended: reset it to play it again. Received: state={state}", state=self._state)
                )
            self._steps = (self._steps + 1 if self._paused or self._state is RunState.IDLE else 1) if paused else 0
            self._paused = paused
            self._change(RunState.PAUSED if paused else RunState.RUNNING)
            if self._thread is None:
                self._thread = threading.Thread(target=self._play, name=f"llm_widgets-replay-{self.id}", daemon=True)
                self._thread.start()

    def _change(self, state: RunState) -> None:
        if self._state is not state:
            self._state = state
            if state is not RunState.IDLE:
                self.log.add_state(self._seconds, state)
        self._changed.notify_all()

    def _play(self) -> None:
        before = time.monotonic()
        with self._changed:
            while self._thread is threading.current_thread() and self._state.active:
                now = time.monotonic()
                if self._paused:
                    if self._steps:
                        self._steps -= 1
                        self._tell(self._tape.after_next_batch(self._position))
                    else:
                        self._changed.wait()
                else:
                    self._seconds += (now - before) * self.speed
                    self._tell(self._tape.due(self._position, self._seconds))
                    if self._position < len(self._tape):
                        self._changed.wait(TICK)
                before = now if not self._paused else time.monotonic()
                if self._position == len(self._tape):
                    self._change(self._end)

    def _tell(self, position: int) -> None:
        for event in self._tape[self._position : position]:
            event.tell(self.log)
            self._seconds = max(self._seconds, event.seconds)
        self._position = position
