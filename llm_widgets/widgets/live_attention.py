"""An attention map that moves while a language model learns."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections import deque
from typing import Any, ClassVar

import traitlets

from llm_widgets.i18n import N_, t
from llm_widgets.training import LanguageReplay, LanguageRun, Workbench
from llm_widgets.training._reading_text import Attention
from llm_widgets.training._snapshots import FIRST_LENGTH as FIRST_LENGTH
from llm_widgets.training._snapshots import first_text
from llm_widgets.widgets._base import as_workbench
from llm_widgets.widgets._ticker import SHARE, follow
from llm_widgets.widgets._words import whole_text
from llm_widgets.widgets._worker import Worker
from llm_widgets.widgets.attention import AttentionMap

INTERVAL = 0.1  # seconds from one look to the next, at least
SLOWEST = 1.0  # seconds, at most
MAX_CHARACTERS = 2_000  # of a text


class LiveAttention(AttentionMap):
    """The attention of a language run's model on one text: looked at up to ten times a second while it learns.

    Args:
        workbench: a `LanguageWorkbench`, `LanguageRun` or `LanguageReplay`.
        text: what is read; empty: a sentence of the corpus's validation part. A recording has one of its own.

    Raises:
        ValueError: the workbench's runs are no language models.

    Example:
        >>> view = LiveAttention(workbench, "Alice was beginning")  # doctest: +SKIP
        >>> view.text = "the Queen of Hearts"  # doctest: +SKIP
    """

    _front: ClassVar[str] = "attention"
    _title: ClassVar[str] = N_("Attention while it learns")

    # The text that the model reads.
    text = traitlets.Unicode().tag(sync=True)
    # It is a recording: of no other text does it know the attention.
    _recorded = traitlets.Bool(False).tag(sync=True)
    # Why there is no map, in words; empty where there is one.
    _waiting = traitlets.Unicode().tag(sync=True)

    def __init__(self, workbench: Workbench | LanguageRun | LanguageReplay, text: str = "", **kwargs: Any) -> None:
        self.workbench = as_workbench(workbench)
        run = self.workbench.run
        if not isinstance(run, (LanguageRun, LanguageReplay)):
            raise ValueError(
                t(
                    "Attention is looked at in language models: give a LanguageWorkbench or a LanguageRun. "
                    "Received: {value}",
                    value=repr(run)[:80],
                )
            )
        self._shown: tuple[Any, ...] = ()  # run, its generation, and the text of the snapshots that the page has
        self._step = -1
        self._costs: deque[float] = deque(maxlen=9)  # seconds that the last looks took
        self._due = 0.0  # when the next one may be
        self._worker = Worker(self, "attention", INTERVAL)
        super().__init__(_recorded=isinstance(run, LanguageReplay), **kwargs)
        self.text = run.watch if isinstance(run, LanguageReplay) else text or first_text(run.corpus.validation)
        self.observe(lambda change: self._worker.ask(), names="text")
        self._unfollow = follow(self.workbench, self)
        self._refresh()

    @traitlets.validate("text")
    def _bounded(self, proposal: Any) -> str:
        if isinstance(self.workbench.run, LanguageReplay):
            return self.workbench.run.watch  # of no other text does a recording know the attention
        return whole_text(proposal["value"], MAX_CHARACTERS)

    def _on_text(self, content: Any) -> None:
        self.text = str(content["text"])

    def _refresh(self) -> None:
        """Something has happened; called by the ticker, on any thread."""
        run = self.workbench.run
        if (*self._key(run), run.log.batch_count) != (*self._shown, self._step):
            self._worker.ask()

    def _key(self, run: LanguageRun) -> tuple[Any, ...]:
        return run.id, run.log.generation, self.text

    def _answer(self) -> None:
        """Brings the map up to the newest weights; on the worker's thread."""
        run = self.workbench.run
        key = self._key(run)
        if not run.log.batch_count and not run.state.active:
            # Nothing is built before the learner presses Train.
            self._forget("untrained")
            return
        if not self.text:
            self._forget("empty")
            return
        if (*key, run.log.batch_count) == (*self._shown, self._step):
            self._worker.pause = 0.0
            return
        (weights, tokens, step), cost = _timed(run, self.text)
        self._costs.append(cost)
        if (run, key) != (self.workbench.run, self._key(run)):
            return  # while it was looked at, another run or text has come
        if key != self._shown or step < self._step:
            self.show(weights, tokens, step=step)
        else:
            self.update(weights, step=step)
        self._shown, self._step, self._waiting = key, step, ""
        # From look to look, whatever of that went by waiting for a batch to end; a late one does not delay the next.
        every = max(INTERVAL, min(SLOWEST, statistics.median(self._costs) / SHARE))
        self._due = max(self._due + every, time.monotonic())
        self._worker.pause = max(0.0, self._due - time.monotonic())
        if run.state.active:
            self._worker.ask()  # it need not wait for the ticker

    def _forget(self, why: str) -> None:
        """Shows no map, and why."""
        if self._waiting == why and not self._shown:
            return
        with self._lock:
            self._clear()
            self._generation += 1
            self._about, self._picture = {}, b""
            self._send_begin()
        self._shown, self._step, self._waiting = (), -1, why

    def close(self) -> None:
        """Takes the widget off the page; the run goes on."""
        with contextlib.suppress(AttributeError):  # where it was refused, there is nothing to end
            self._unfollow()
            self._worker.end()
        super().close()


def _timed(run: LanguageRun | LanguageReplay, text: str) -> tuple[Attention, float]:
    """The attention in a text, and the seconds of the training that this took: the wait for a batch's end left out."""
    if isinstance(run, LanguageReplay):
        return run.attention(text), 0.0

    def look(_: Any) -> tuple[Attention, float]:
        began = time.perf_counter()
        return run.attention(text), time.perf_counter() - began

    return run.call(look)
