"""Ten times a second at most, widgets look at what has changed. Their run does not know that they exist.

One daemon thread a workbench waits for its run's next event, then asks each widget that follows to refresh. The first
event after a quiet time is passed on at once, so that a learner who presses Train sees the first point without waiting;
the last one is always passed on.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable
from typing import Protocol

from llm_widgets.training import Workbench

INTERVAL = 0.1  # seconds between two refreshes
SHARE = 0.03  # of the training's time that looking into the model may take
log = logging.getLogger(__name__)


class Follower(Protocol):
    """What a widget must have to follow a workbench."""

    def _refresh(self) -> None: ...


class _Ticker:
    def __init__(self, workbench: Workbench) -> None:
        self._workbench = weakref.ref(workbench)
        self._followers: weakref.WeakSet[Follower] = weakref.WeakSet()
        self._lock = threading.Lock()  # one refresh at a time
        self._thread: threading.Thread | None = None
        ticker = weakref.ref(self)

        def changed(what: str) -> None:
            if (this := ticker()) is not None:
                this.refresh()

        workbench.subscribe(changed)

    def add(self, follower: Follower) -> None:
        self._followers.add(follower)
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._loop, name="llm_widgets-ticker", daemon=True)
            self._thread.start()

    def remove(self, follower: Follower) -> None:
        self._followers.discard(follower)

    def refresh(self) -> None:
        with self._lock:
            for follower in list(self._followers):
                if follower not in self._followers:
                    continue  # closed while another one was refreshed
                try:
                    follower._refresh()
                except Exception:
                    # One broken widget must not freeze the others.
                    log.exception("%s could not refresh", type(follower).__name__)

    def _loop(self) -> None:
        seen: tuple[int, int] = (-1, -1)
        while len(self._followers):
            workbench = self._workbench()
            if workbench is None:
                return
            run = workbench.run
            del workbench  # a thread that waits must not keep the workbench alive
            version = run.log.wait(seen[1] if seen[0] == run.id else -1, timeout=0.25)
            if (run.id, version) != seen:
                seen = (run.id, version)
                del run
                began = time.monotonic()
                self.refresh()
                time.sleep(max(0.0, INTERVAL - (time.monotonic() - began)))


_tickers: weakref.WeakKeyDictionary[Workbench, _Ticker] = weakref.WeakKeyDictionary()
_tickers_lock = threading.Lock()


def follow(workbench: Workbench, follower: Follower) -> Callable[[], None]:
    """Calls `follower._refresh()` after changes, at most every `INTERVAL`; returns a function that ends this."""
    with _tickers_lock:
        ticker = _tickers.get(workbench)
        if ticker is None:
            ticker = _tickers[workbench] = _Ticker(workbench)
    ticker.add(follower)
    return lambda: ticker.remove(follower)
