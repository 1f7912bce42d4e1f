"""What is computed once, beside a run, and kept: asked for by widgets that must not wait."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from llm_widgets._runtime import give_back_memory
from llm_widgets.training._turn import in_background

_KEEP = 8
_computing = threading.Lock()  # one at a time: there are few cores, and a run may need them

T = TypeVar("T")


class Beside(Generic[T]):
    """Results by key; the newest `_KEEP` are kept.

    Args:
        name: of the threads, for those who look at them.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[T, ...]] = OrderedDict()
        self._waiting: dict[str, list[Callable[[], None]]] = {}

    def get(
        self,
        key: str,
        compute: Callable[[], tuple[T, ...]],
        *,
        wait: bool = False,
        when_ready: Callable[[], None] = lambda: None,
    ) -> tuple[T, ...]:
        """What belongs to a key, computed once.

        Args:
            wait: compute now where needed; otherwise return () and compute in a thread, which calls `when_ready` at its
                end.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            if not wait:
                begin = key not in self._waiting
                self._waiting.setdefault(key, []).append(when_ready)
        if wait:
            return self._once(key, compute)
        if begin:
            in_background(lambda: self._beside(key, compute), self._name)
        return ()

    def clear(self) -> None:
        """Forgets all results."""
        with self._lock:
            self._kept.clear()

    def _beside(self, key: str, compute: Callable[[], tuple[T, ...]]) -> None:
        try:
            self._once(key, compute)
        finally:
            with self._lock:
                ready = self._waiting.pop(key, [])
            for call in ready:
                call()

    def _once(self, key: str, compute: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
        with _computing:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            found = compute()
            give_back_memory()
            with self._lock:
                self._kept[key] = found
                while len(self._kept) > _KEEP:
                    self._kept.popitem(last=False)
            return found
