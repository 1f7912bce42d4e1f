"""One run trains at a time in a process, and none outlives the interpreter."""

from __future__ import annotations

import atexit
import contextlib
import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Protocol

from llm_widgets.training._control import Session

PATIENCE = 30.0  # seconds that a run waits for the one before, which stops after its batch
# Seconds that the interpreter's exit waits for all of them together. A batch ends in a moment; but a thread that is
# still importing a backend (seconds, on a busy machine many) must come to its end, or it crashes the process.
FAREWELL = 30.0

log = logging.getLogger(__name__)
_lock = threading.Lock()
_leaving = threading.Event()
_training = threading.Lock()  # held by the thread that trains
_runs: weakref.WeakSet[Stoppable] = weakref.WeakSet()
_sessions: weakref.WeakSet[Session] = weakref.WeakSet()
_helpers: weakref.WeakSet[threading.Thread] = weakref.WeakSet()


class Stoppable(Protocol):
    """A run, seen from here."""

    def stop(self) -> None: ...


def announce(run: Stoppable, session: Session) -> None:
    """Stops every other run: the newest one trains. Does not wait for them."""
    with _lock:
        others = [other for other in _runs if other is not run]
        _runs.clear()
        _runs.add(run)
        _sessions.add(session)
    for other in others:
        other.stop()


@contextlib.contextmanager
def turn(session: Session) -> Iterator[None]:
    """Waits, in the training thread, until the run before has ended; not longer than `PATIENCE`."""
    limit = time.monotonic() + PATIENCE
    mine = False
    while not session.stopping and time.monotonic() < limit and not mine:
        mine = _training.acquire(timeout=0.02)
    try:
        yield
    finally:
        if mine:
            _training.release()


def in_background(target: Callable[[], object], name: str) -> None:
    """Runs `target` in a daemon thread that the interpreter's exit waits for, as it may be importing a backend."""

    def work() -> None:
        try:
            target()
        except Exception:
            if not _leaving.is_set():  # an import that the exit cuts short is no news
                log.exception("llm_widgets-%s could not be done", name)

    thread = threading.Thread(target=work, name=f"llm_widgets-{name}", daemon=True)
    with _lock:
        _helpers.add(thread)
    thread.start()


def _stop_all() -> None:
    """Ends every training thread before the interpreter takes its modules apart."""
    _leaving.set()
    with _lock:
        sessions = [session for session in _sessions if not session.ended.is_set()]
        helpers = [helper for helper in _helpers if helper.is_alive()]
    for session in sessions:
        session.stop()
    limit = time.monotonic() + FAREWELL
    for session in sessions:
        session.ended.wait(max(0.0, limit - time.monotonic()))
    for helper in helpers:
        helper.join(max(0.0, limit - time.monotonic()))


# Before the exit functions of atexit run: a backend that a thread is still importing adds one of its own (JAX and
# TensorFlow clean up there), and one that is added while they run is never called: the process then ends in a crash.
getattr(threading, "_register_atexit", atexit.register)(_stop_all)
