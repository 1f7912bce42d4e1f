"""What the training walk and the inference walk share: a flowchart, a place in it, and the panel of that step."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, ClassVar

import traitlets

from llm_widgets.i18n import t
from llm_widgets.widgets._computed import ComputedWidget
from llm_widgets.widgets._walk_history import LEARNING_RATES, MAX_UPDATES, History
from llm_widgets.widgets._walk_text import OF_LANGUAGE, shipped_text
from llm_widgets.widgets._worker import Worker

CURVE = 400  # points of the loss curve that are sent
REPORT = 0.15  # seconds between two reports of a training


def book_of(language: str | None, now: str) -> str:
    """The book of a language; of the one that is spoken now for None.

    Raises:
        ValueError: there is none.
    """
    chosen = now if language is None else language
    if chosen not in OF_LANGUAGE:
        raise ValueError(
            t("Choose the language: {languages}. Received: language={language!r}",
              languages=", ".join(OF_LANGUAGE), language=language)
        )  # fmt: skip
    return OF_LANGUAGE[chosen]


class WalkWidget(ComputedWidget):
    """A step of a walk, which may change at any time, and a training beside it in a thread of its own."""

    _front: ClassVar[str] = "walk"
    # The steps in their order, each with its box.
    STEPS: ClassVar[tuple[tuple[str, str], ...]] = ()

    # Which step is shown, counted from 0.
    step = traitlets.Int(0).tag(sync=True)
    # Which position of the text that is read is followed, counted from 0.
    position = traitlets.Int(3, min=0).tag(sync=True)

    _kind = traitlets.Unicode("training").tag(sync=True)
    _steps: traitlets.List[Any] = traitlets.List().tag(sync=True)
    # Updates made so far, how many are wanted, and the loss of the batch before each.
    _known = traitlets.Int(0).tag(sync=True)
    _wanted = traitlets.Int(0).tag(sync=True)
    _losses: traitlets.List[Any] = traitlets.List().tag(sync=True)

    def __init__(self, *, lock: threading.RLock | None = None, **kwargs: Any) -> None:
        # Two widgets on one training share its lock.
        self._lock = threading.RLock() if lock is None else lock
        self._worker = Worker(self, "walk", pause=0.0)
        super().__init__(_steps=[list(step) for step in self.STEPS], **kwargs)

    @traitlets.validate("step")
    def _a_step(self, proposal: Any) -> int:
        last = len(self.STEPS) - 1
        if 0 <= proposal["value"] <= last:
            return int(proposal["value"])
        raise ValueError(t("A step is a number from 0 to {last}. Received: step={step}",
                           last=last, step=proposal["value"]))  # fmt: skip

    @property
    def name(self) -> str:
        """What the step is called in code, such as "softmax"."""
        return self.STEPS[self.step][0]

    def change(self, **settings: Any) -> None:
        with self._lock:
            super().change(**settings)

    def _refresh(self) -> None:
        with self._lock:
            super()._refresh()

    def _train_to(self, history: History, updates: int, report: Callable[[], None]) -> None:
        """Makes updates until there are so many, or fewer are wanted; calls `report` now and then, and at the end."""
        told = time.monotonic()
        try:
            while self._advanced(history, updates):
                if time.monotonic() - told > REPORT:
                    report()
                    told = time.monotonic()
                time.sleep(0)  # the page's messages are answered in between
        finally:
            with self._lock:
                if history is self.history:
                    self._wanted = min(self._wanted, history.known)
                    report()

    def _advanced(self, history: History, updates: int) -> bool:
        """One update, unless there are enough. Asked and done in one: two threads may be at it."""
        with self._lock:
            wanted = history is self.history and history.known < min(updates, self._wanted, MAX_UPDATES)
            if wanted:
                history.advance()
            return wanted

    @property
    def history(self) -> History:
        """The training with all that has been made of it."""
        raise NotImplementedError

    def _tell(self, history: History) -> None:
        """Sends how far the training is."""
        self._known = history.known
        self._losses = curve(history.losses)

    def close(self) -> None:
        """Takes the widget off the page, and ends its training."""
        if hasattr(self, "_worker"):  # else it was refused while it was made
            self._wanted = 0
            self._worker.end()
        super().close()


def curve(losses: list[float]) -> list[list[float]]:
    """The losses as points [update, loss]: each, or means of neighbours where there are many."""
    each = -(-len(losses) // CURVE) or 1
    groups = [losses[i : i + each] for i in range(0, len(losses), each)]
    points = [[i * each + (len(group) - 1) / 2, sum(group) / len(group)] for i, group in enumerate(groups)]
    return [[x, round(y, 4)] for x, y in points]


def first_history(book: str, seed: int) -> History:
    """The beginning of a training on a book with what suits a tiny model."""
    return History(shipped_text(book), "adam", LEARNING_RATES["adam"], seed)
