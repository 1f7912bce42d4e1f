"""The half of a run that acts: its training thread, its controls, and the model between two batches."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

from llm_widgets._runtime import give_back_memory
from llm_widgets.i18n import t
from llm_widgets.training._control import Claim, Session
from llm_widgets.training._failure import Failure, explain
from llm_widgets.training._loop import train
from llm_widgets.training._predict import synchronize
from llm_widgets.training._task import Task
from llm_widgets.training._turn import announce, turn
from llm_widgets.training.events import EventLog, RunState
from llm_widgets.training.reading import Readable

if TYPE_CHECKING:
    import keras

T = TypeVar("T")


class Threaded(Readable):
    """What `Run` is built on; `Run` says what is learned."""

    probes: tuple[str, ...]

    def __init__(self) -> None:
        self.log = EventLog()
        self.traceback: str | None = None
        self._lock = threading.RLock()  # state and session; held for moments only
        self._state = RunState.IDLE
        self._failure: Failure | None = None
        self._session: Session | None = None
        self._model: keras.Model | None = None
        self._released = False
        self._claim = Claim()  # who uses the model; the training thread while it lives

    @property
    def state(self) -> RunState:
        """Where the run is in its life."""
        return self._state

    @property
    def error(self) -> str | None:
        """Why it failed and what to do, in the learner's language."""
        return None if self._failure is None else str(self._failure)

    @property
    def failure(self) -> dict[str, Any] | None:
        """Why it failed, as data: what a recording keeps, so that it can be told in another language."""
        return None if self._failure is None else asdict(self._failure)

    def _build(self) -> keras.Model:
        raise NotImplementedError

    def rate_at(self, step: int) -> float:
        """What the optimizer has for the batch after `step` batches."""
        raise NotImplementedError

    def _task(self) -> Task:
        raise NotImplementedError

    def _restart_settings(self) -> None:
        raise NotImplementedError

    def _learn(self, session: Session, model: keras.Model) -> bool:
        """Trains until the end (True) or until the session stops (False)."""
        return train(self, session, model, self._task())

    # Controls

    def start(self) -> None:
        """Begins, or goes on after a pause. Stops the run that trained before, without waiting for it here.

        Raises:
            RuntimeError: it has ended; `reset` it or make a new one.
        """
        with self._lock:
            if self._state.ended:
                raise RuntimeError(
                    t("This run has ended: reset it, or make a new one. Received: state={state}", state=self._state)
                )
            if self._state is RunState.IDLE:
                session = self._begin(Session())
            else:
                session = None
                self.resume()
        self._launch(session)

    def pause(self) -> None:
        """Waits after the present batch."""
        with self._lock:
            if self._session is not None and self._state.active:
                self._session.pause()
                if not self._session.training:
                    self._change(RunState.PAUSED)

    def resume(self) -> None:
        """Goes on after a pause."""
        with self._lock:
            if self._session is not None and self._state.active:
                self._session.resume()
                self._change(RunState.RUNNING)

    def step(self) -> None:
        """Trains one batch, then waits; from idle, the first one."""
        session = None
        with self._lock:
            if self._state is RunState.IDLE:
                session = self._begin(Session(paused=True, steps=1))
            elif self._session is not None and self._state.active:
                self._session.step()
        self._launch(session)

    def stop(self, wait: bool = False) -> None:
        """Ends after the present batch; the model stays usable.

        Args:
            wait: return only when the thread has ended (not from within `call`).
        """
        with self._lock:
            session = self._session
            if session is not None and self._state.active:
                session.stop()
                if not session.training:
                    self._change(RunState.STOPPED)
        if wait:
            self.wait()

    def reset(self) -> None:
        """Back to idle: fresh weights, an empty log, the first learning rate."""
        with self._lock:
            if self._session is not None:
                self._session.stop()
            # What the thread still does goes to a log and a model that nobody holds.
            self._session = self._model = self._failure = self.traceback = None
            self._claim = Claim()
            self._restart_settings()
            self.log.clear()
            self._state, self._released = RunState.IDLE, False
            self.log.touch()

    def release(self) -> None:
        """Ends it and gives its model back to save memory; the log stays, predictions are no longer possible."""
        with self._lock:
            self._released = True
            self.stop()
            if not self._state.active:
                self._model = None  # otherwise the thread does so at its end

    def wait(self, timeout: float | None = None) -> RunState:
        """Waits until the training thread has ended, `timeout` seconds at most; returns the state."""
        session = self._session
        if session is not None and session.thread is not threading.current_thread():
            session.ended.wait(timeout)
        return self._state

    # The model

    def call(self, fn: Callable[[keras.Model], T]) -> T:
        """Runs `fn(model)` between two batches in the training thread, or here when nothing trains; returns its result.

        The model never changes meanwhile, whatever the run's state; an exception of `fn` comes to the caller alone.
        """
        with self._lock:
            session, claim = self._session, self._claim
        if claim.mine:  # a call within a call
            assert self._model is not None
            return _in_sync(fn)(self._model)
        future = session.post(_in_sync(fn)) if session is not None else None
        if future is not None:
            result: T = future.result()
            return result
        with claim:
            if self._released:
                raise RuntimeError(
                    t("The model of this earlier run was given back to save memory. Received: run {id}", id=self.id)
                )
            if self._model is None:
                self._model = self._build()
            return fn(self._model)

    # The training thread

    def _begin(self, session: Session) -> Session:
        self._session = session
        self._change(RunState.PAUSED if session.paused else RunState.RUNNING)
        session.thread = threading.Thread(
            target=self._work, args=(session, self._claim), name=f"llm_widgets-run-{self.id}", daemon=True
        )
        return session

    def _launch(self, session: Session | None) -> None:
        # Without the lock: two runs that start at once stop each other's predecessors.
        if session is not None:
            assert session.thread is not None
            announce(self, session)
            session.thread.start()

    def _work(self, session: Session, claim: Claim) -> None:
        end = RunState.STOPPED
        model = failure = trace = None
        give_back_memory()  # of whatever ran before: cells of the chapter, the run that this one replaces
        try:
            with turn(session), claim:
                try:
                    if not session.stopping:
                        model = self._model_for(session)
                        if self._learn(session, model):
                            end = RunState.FINISHED
                except BaseException as error:
                    end, failure, trace = RunState.FAILED, explain(error, self.learning_rate), traceback.format_exc()
                with self._lock:
                    if self._session is session and not self._state.ended:
                        self._failure, self.traceback = failure, trace
                        self._change(end)
                session.close(lambda: model or self._model_for(session))
                with self._lock:
                    if self._released:
                        self._model = None
        finally:
            session.ended.set()

    def _model_for(self, session: Session) -> keras.Model:
        model = self._model
        if model is None:
            model = self._build()
            with self._lock:
                if self._session is session:  # not reset meanwhile
                    self._model = model
        return model

    def _change(self, state: RunState) -> None:
        if self._state is not state:
            self._state = state
            self.log.add_state(self._session.seconds if self._session else 0.0, state)

    @contextmanager
    def _writing(self, session: Session) -> Iterator[EventLog]:
        with self._lock:
            # What a thread writes whose run was reset meanwhile, nobody reads.
            yield self.log if self._session is session else EventLog()

    def _tell_paused(self, session: Session, paused: bool) -> None:
        with self._lock:
            if self._session is session and self._state.active:
                self._change(RunState.PAUSED if paused else RunState.RUNNING)


def _in_sync(fn: Callable[[keras.Model], T]) -> Callable[[keras.Model], T]:
    def job(model: keras.Model) -> T:
        synchronize(model)
        return fn(model)

    return job
