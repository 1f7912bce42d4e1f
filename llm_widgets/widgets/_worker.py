"""A thread that does a widget's slow work: the newest question only, and never on the ticker or in a handler."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from typing import Any, Protocol

from llm_widgets.widgets._words import for_a_learner

log = logging.getLogger(__name__)

PAUSE = 0.2  # seconds between two answers
REST = 5.0  # seconds without a question, after which the thread ends


class Owner(Protocol):
    """What a widget must have to be worked for."""

    def _answer(self) -> None: ...
    def send(self, content: Any, buffers: Any = None) -> None: ...


class Worker:
    """Calls `owner._answer()` some time after each `ask`; what was asked meanwhile is answered once.

    A failure is told to the page as `{"type": "failed", "text": …}`. Neither this nor its thread keeps the owner alive.

    Args:
        pause: seconds between two answers; may be changed at any time.
    """

    def __init__(self, owner: Owner, name: str, pause: float = PAUSE) -> None:
        self.pause = pause
        self._owner = weakref.ref(owner)
        self._name = name
        self._wake = threading.Condition()
        self._wanted = self._ended = False
        self.thread: threading.Thread | None = None
        weakref.finalize(owner, self.end)

    def ask(self) -> None:
        """There is something to do; returns at once."""
        with self._wake:
            if self._ended:
                return
            self._wanted = True
            if self.thread is None:
                self.thread = threading.Thread(target=self._loop, name=f"llm_widgets-{self._name}", daemon=True)
                self.thread.start()
            self._wake.notify_all()

    def end(self) -> None:
        """Answers no more."""
        with self._wake:
            self._ended = True
            self._wake.notify_all()

    def _loop(self) -> None:
        while self._question():
            owner = self._owner()
            if owner is None:
                return
            try:
                owner._answer()
            except Exception as error:
                log.exception("%s could not answer", type(owner).__name__)
                owner.send({"type": "failed", "text": for_a_learner(error)})
            del owner  # a thread that waits must not keep the widget alive
            time.sleep(self.pause)

    def _question(self) -> bool:
        """Waits for the next one; False when there is none for a while, and the thread ends."""
        with self._wake:
            self._wake.wait_for(lambda: self._wanted or self._ended, REST)
            if self._ended or not self._wanted:
                self.thread = None
                return False
            self._wanted = False
            return True
