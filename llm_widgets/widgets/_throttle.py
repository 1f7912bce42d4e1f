"""Sends the newest of many pictures: at once after a quiet time, then at intervals, and the last one always."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from typing import Any


class Throttle:
    """Calls `send` for many calls of `soon`, never more often than `soon` is told.

    Args:
        send: a bound method, held weakly: a picture that waits does not keep its widget alive.
        lock: held by whoever calls, and while `send` runs.
    """

    def __init__(self, send: Callable[[], Any], lock: threading.RLock) -> None:
        self._send = weakref.WeakMethod(send)
        self._lock = lock
        self._sent_at = 0.0
        self._timer: threading.Timer | None = None

    def sent(self) -> None:
        """Something newer than all that waits has been sent."""
        self._sent_at = time.monotonic()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def soon(self, interval: float) -> None:
        """Sends now, or when `interval` seconds have passed since the last time."""
        if self._timer is not None:
            return
        due = self._sent_at + interval - time.monotonic()
        if due > 0:
            self._timer = threading.Timer(due, self._late)
            self._timer.daemon = True
            self._timer.start()
        elif (send := self._send()) is not None:
            self.sent()
            send()

    def _late(self) -> None:
        with self._lock:
            if self._timer is not None and (send := self._send()) is not None:
                self.sent()
                send()
