"""The try-it box: a text of one's own, as the model sees it, and a verdict that moves while the model learns."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets

from llm_widgets import i18n
from llm_widgets.i18n import N_
from llm_widgets.training import Replay, Run, RunState, Workbench
from llm_widgets.widgets._base import WorkbenchWidget
from llm_widgets.widgets._worker import Worker

MAX_CHARACTERS = 10_000  # of a text; what is pasted beyond is left out, and the page says so
MAX_TOKENS = 400  # drawn in the page
MAX_PROBES = 3  # texts that a run looks at five times a second; the newest ones stay

EXAMPLES = {
    "en": (
        "A warm, funny film with wonderful actors.",
        "A dull mess that never finds its story.",
        "Not bad at all, but half an hour too long.",
    ),
    "zh": (
        "质量很好，物流也快，下次还会再买。",
        "用了两天就坏了，客服也不理人。",
        "外观还不错，就是价格有点贵。",
    ),
}


class TryIt(WorkbenchWidget):
    """A box for a text, the tokens that the model makes of it, and the model's verdict from batch to batch.

    A recording has verdicts on the texts that were tried in it, and on no others.

    Args:
        workbench: a `Workbench`, `Run` or `Replay`; None makes a workbench of its own.
        texts: example texts to offer; the first is shown. Empty: three of the kit's own in the corpus's language.

    Example:
        >>> box = TryIt(workbench, texts=["What a film!"])  # doctest: +SKIP
        >>> box.text = "I have seen better."  # doctest: +SKIP
    """

    _front: ClassVar[str] = "tryit"
    _title: ClassVar[str] = N_("Try it")

    # The text that is looked at; set it from Python, or write in the page.
    text = traitlets.Unicode().tag(sync=True)
    # The probability of positive, or None while nothing has been learned.
    probability = traitlets.Float(None, allow_none=True).tag(sync=True)
    # Texts offered as buttons; for a recording, those that it knows.
    texts = traitlets.Tuple().tag(sync=True)
    # The names of the two labels, negative first.
    _names = traitlets.Tuple(("negative", "positive")).tag(sync=True)
    # What the model sees: tokens, which are known, where the text is cut, how much padding follows.
    _tokens = traitlets.Dict().tag(sync=True)
    _recorded = traitlets.Bool(False).tag(sync=True)
    _untrained = traitlets.Bool(True).tag(sync=True)

    def __init__(
        self, workbench: Workbench | Run | Replay | None = None, texts: Sequence[str] = (), **kwargs: Any
    ) -> None:
        self._state_lock = threading.RLock()  # the ticker, the worker and the page's messages: three threads
        self._worker = Worker(self, "tryit")
        self._series: tuple[Any, ...] = ()  # run, its generation and the text of the curve that the page has
        self._number = 0  # counts the series, so that the page knows an old one
        self._sent = 0  # points of it that were sent
        self._read: tuple[Any, ...] = ()  # run and text of the tokens that the page has
        self._probed: str | None = None  # the probe that is ours
        self._asked: tuple[Any, ...] = ()  # run, step and text of the last direct prediction
        self._given = tuple(str(text) for text in texts)
        super().__init__(workbench, **kwargs)
        if not self.text:
            offered = self._offered(self.workbench.run)
            self.text = offered[0] if offered else ""
        self._refresh()
        self.observe(lambda change: self._worker.ask(), names="text")

    @traitlets.validate("text")
    def _bounded(self, proposal: Any) -> str:
        return str(proposal["value"])[:MAX_CHARACTERS].replace("\r\n", "\n")

    def _offered(self, run: Run | Replay) -> tuple[str, ...]:
        if isinstance(run, Replay):
            return tuple(run.probes)
        return self._given or EXAMPLES.get(run.corpus.language, EXAMPLES["en"])

    # From the page

    def _on_hello(self, content: Any) -> None:
        with self._state_lock:
            self._series = ()
        self._refresh()

    def _on_text(self, content: Any) -> None:
        self.text = str(content["text"])

    # From the run

    def _refresh(self) -> None:
        run = self.workbench.run
        recorded = isinstance(run, Replay)
        with self._state_lock, self.hold_sync():
            self._recorded = recorded
            self._untrained = run.log.batch_count == 0 and not run.state.active
            self._names = tuple(run.corpus.label_names)
            self.texts = self._offered(run)
            if recorded and self.text not in self.texts and self.texts:
                self.text = self.texts[0]
        self._send_curve(run)
        if run.state != RunState.RUNNING or not self._settled(run):
            self._worker.ask()

    def _settled(self, run: Run | Replay) -> bool:
        """The worker has done all it can for this run and text; the run itself tells the rest."""
        key = (run.id, self.text)
        return self._read == key and self._asked[:3:2] == key and self._probed in (*run.probes, None)

    def _send_curve(self, run: Run | Replay) -> None:
        """The points that the page does not have, and where the verdict stands now."""
        with self._state_lock:
            text = self.text
            series = (run.id, run.log.generation, text)
            columns = run.log.probes.get(text)
            points = np.empty((0, 2), np.float32)
            if columns is not None:
                points = np.stack([columns.step, columns.probability], axis=1).astype(np.float32)  # [n, 2]
            if series != self._series:
                self._series, self._sent = series, 0
                self._number += 1
                if not len(points):
                    self.probability = None
            start = self._sent
            self._sent = len(points)
            if len(points) and (self._asked[:3:2] != (run.id, text) or self._asked[1] <= points[-1, 0]):
                self.probability = float(points[-1, 1])
            if start == 0 or len(points) > start:
                self.send(
                    {"type": "points", "series": self._number, "start": start, "step": run.log.batch_count},
                    buffers=[points[start:].tobytes()],
                )

    # The worker: tokens, and a verdict where no batch will bring one

    def _answer(self) -> None:
        """Brings tokens and verdict up to the newest text; on the worker's thread."""
        run, text = self.workbench.run, self.text
        readable = bool(text.strip())
        if self._read != (run.id, text):
            tokens = _tokens_of(run, text)
            with self._state_lock:
                self._tokens = tokens
                self._read = (run.id, text)
        if isinstance(run, Replay):
            self._send_curve(run)
            return
        if readable and (text != self._probed or text not in run.probes):
            others = [probe for probe in run.probes if probe not in (self._probed, text)]
            self._probed = text
            self.workbench.probes = (*others[-(MAX_PROBES - 1) :], text)
        self._send_curve(run)
        step = run.log.batch_count
        if not step or not readable:
            return
        asked = (run.id, step, text)
        if self._asked == asked or (run.state == RunState.RUNNING and self._asked[:3:2] == asked[:3:2]):
            return  # while it trains, the run itself tells
        columns = run.log.probes.get(text)
        if columns is not None and columns.step[-1] == step:
            return
        self._asked = asked
        probability = float(run.predict([text])[0])
        with self._state_lock:
            if self.workbench.run is run and self.text == text:
                self.probability = probability

    def _translations(self, language: str) -> dict[str, str]:
        known = i18n.catalogue(language)
        return super()._translations(language) | {name: known[name] for name in self._names if name in known}

    def close(self) -> None:
        """Takes the widget off the page; the run goes on."""
        self._worker.end()
        super().close()


def _tokens_of(run: Run | Replay, text: str) -> dict[str, Any]:
    """What the model sees of `text`; {} where a recording has no tokenizer to ask."""
    tokenizer = getattr(run, "tokenizer", None)
    if tokenizer is None:
        return {}
    encoding = tokenizer.encode(text)
    length = run.spec.sequence_length
    return {
        "tokens": list(encoding.tokens[:MAX_TOKENS]),
        "known": list(encoding.known[:MAX_TOKENS]),
        "count": len(encoding),
        "unknown": sum(not known for known in encoding.known[:length]),
        "length": length,
        "unit": tokenizer.unit,
    }
