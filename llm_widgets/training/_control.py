"""What one training thread is asked to do, and the calls that wait to be run between two of its batches.

Any thread may ask; the training thread looks between two batches. Nothing here knows Keras.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

Job = Callable[[Any], Any]


class Session:
    """One life of a training thread.

    Args:
        paused: begin by waiting. steps: how many batches to train all the same.
    """

    def __init__(self, *, paused: bool = False, steps: int = 0) -> None:
        self._condition = threading.Condition()
        self._paused = paused
        self._steps = steps
        self._stopping = False
        self._open = True
        self._mail: deque[tuple[Job, Future[Any]]] = deque()
        self.training = False  # from here on a batch may come at any moment
        self.batches = 0  # trained so far
        self.seconds = 0.0  # spent training, pauses left out
        self.ended = threading.Event()
        self.thread: threading.Thread | None = None

    @property
    def stopping(self) -> bool:
        return self._stopping

    @property
    def paused(self) -> bool:
        return self._paused

    def pause(self) -> None:
        with self._condition:
            self._paused, self._steps = True, 0

    def resume(self) -> None:
        with self._condition:
            self._paused, self._steps = False, 0
            self._condition.notify_all()

    def step(self) -> None:
        with self._condition:
            self._steps = self._steps + 1 if self._paused else 1
            self._paused = True
            self._condition.notify_all()

    def stop(self) -> None:
        with self._condition:
            self._stopping = True
            self._condition.notify_all()

    def post(self, job: Job) -> Future[Any] | None:
        """Puts `job(model)` into the mailbox; None where the thread takes nothing any more."""
        with self._condition:
            if not self._open:
                return None
            future: Future[Any] = Future()
            self._mail.append((job, future))
            self._condition.notify_all()
            return future

    # The training thread alone calls what follows.

    def serve(self, model: Any) -> None:
        """Runs the calls that wait."""
        while True:
            with self._condition:
                if not self._mail:
                    return
                job, future = self._mail.popleft()
            _run(job, future, model)

    def hold(self, model: Any, tell: Callable[[bool], None]) -> bool:
        """Between two batches: runs what waits, stays while paused; False when training shall stop.

        Args:
            tell: told True before it waits, False when it goes on (but not for a single step).
        """
        while True:
            self.serve(model)
            with self._condition:
                if self._stopping:
                    return False
                if self._mail:
                    continue
                if self._steps:
                    self._steps -= 1
                    return True
                paused = self._paused
            tell(paused)
            if not paused:
                return True
            with self._condition:
                if self._paused and not (self._steps or self._mail or self._stopping):
                    self._condition.wait()

    def close(self, ready: Callable[[], Any]) -> None:
        """Takes no more calls and runs those that wait, on the model that `ready` gives; it is asked only for them."""
        with self._condition:
            self._open = False
            if not self._mail:
                return
        try:
            model = ready()
        except BaseException as error:
            while self._mail:
                self._mail.popleft()[1].set_exception(error)
        else:
            self.serve(model)


class Claim:
    """A lock on a model that knows whether the calling thread has it already."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._user: int | None = None
        self._depth = 0

    @property
    def mine(self) -> bool:
        return self._user == threading.get_ident()

    def __enter__(self) -> None:
        self._lock.acquire()
        self._user = threading.get_ident()
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._user = None
        self._lock.release()


def _run(job: Job, future: Future[Any], model: Any) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = job(model)
    except BaseException as error:
        # It is the caller's mistake: the caller gets it, and training goes on.
        future.set_exception(error)
    else:
        future.set_result(result)
