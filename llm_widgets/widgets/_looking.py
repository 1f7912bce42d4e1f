"""What the widgets share that look into a language model: its text, and when they look again."""

from __future__ import annotations

import contextlib
import math
import threading
import time
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from llm_widgets.analysis._asking import check_decoder
from llm_widgets.i18n import t
from llm_widgets.training import LanguageRun, Workbench
from llm_widgets.training._snapshots import first_text
from llm_widgets.widgets._base import LiveWidget, run_or_model
from llm_widgets.widgets._ticker import SHARE, follow
from llm_widgets.widgets._words import whole_text
from llm_widgets.widgets._worker import Worker

if TYPE_CHECKING:
    from llm_widgets.models.language_model import Askable

T = TypeVar("T")

INTERVAL = 0.5  # seconds between two looks at a model that learns, at least: numbers must be read, too
MAX_CHARACTERS = 2_000  # of a text
TEXTS = {"en": "The cat sat on the mat, and the dog sat on the", "zh": "春眠不觉晓，处处闻啼鸟。"}


# All that follow a run; those of the same one divide the share among them.
_following: weakref.WeakSet[LookingWidget] = weakref.WeakSet()


class LookingWidget(LiveWidget):
    """Looks at one text with a model: when the text or a choice changes, and while a run trains, at most so often that
    training loses 3 % of its time.

    Args:
        source: a `LanguageModel`, a `LanguageRun` or a `LanguageWorkbench`, of a GPT or the Llama kind.
        text: what is read; empty: a sentence that a run does not learn from, or one of the kit's own.

    Raises:
        ValueError: the source has no model that says the next token.
    """

    LEAST: ClassVar[int] = 1  # tokens of a text
    CHOICES: ClassVar[tuple[str, ...]] = ()  # traits that change what is looked at

    # The text that the model reads.
    text = traitlets.Unicode().tag(sync=True)
    # What was found, ready to be shown; {} where there is nothing.
    _found = traitlets.Dict().tag(sync=True)
    # Why there is nothing: "untrained", "empty" or "short"; "" where there is, or will be.
    _waiting = traitlets.Unicode().tag(sync=True)
    _busy = traitlets.Bool(False).tag(sync=True)
    # How many batches the model had learned from; None where that is not known.
    _step = traitlets.Int(None, allow_none=True).tag(sync=True)
    # "en" or "zh": the language of the text.
    _speaks = traitlets.Unicode("en").tag(sync=True)

    def __init__(self, source: Any, text: str = "", **kwargs: Any) -> None:
        self.workbench, self._model = _told_apart(source)
        check_decoder(self.source.spec)
        self._worker = Worker(self, self._front.replace("_", "-"), 0.02)
        self._lock = threading.RLock()
        self._seen: tuple[Any, ...] = ()  # what was looked at last, and after how many batches
        self._cost, self._ended = 0.0, -math.inf  # seconds that the last look took of the model's time; when it ended
        self._names: tuple[Any, tuple[str, ...]] = (None, ())
        run = self.run
        language = (run.corpus.language if run else getattr(source, "language", "")) or "en"
        super().__init__(_speaks=language, **kwargs)
        self.text = text or (first_text(run.corpus.validation) if run else TEXTS.get(language, TEXTS["en"]))
        self.observe(lambda change: self._worker.ask(), names=["text", *self.CHOICES])
        if self.workbench is not None:
            self._unfollow = follow(self.workbench, self)
            _following.add(self)
        self._refresh()

    @property
    def run(self) -> LanguageRun | None:
        """The run whose model is looked at; None for a finished model."""
        run: LanguageRun | None = None if self.workbench is None else self.workbench.run
        return run

    @property
    def source(self) -> Askable:
        """What is asked: the run, or the finished model."""
        return self._model if self.workbench is None else self.workbench.run  # type: ignore[no-any-return]

    @traitlets.validate("text")
    def _bounded(self, proposal: Any) -> str:
        return whole_text(proposal["value"], MAX_CHARACTERS)

    def _on_hello(self, content: Any) -> None:
        self._refresh()

    def _on_text(self, content: Any) -> None:
        self.text = str(content["text"])

    def _on_choose(self, content: Any) -> None:
        for name in content["changes"].keys() & {*self.CHOICES}:
            setattr(self, name, content["changes"][name])

    # When to look

    def look(self) -> None:
        """Looks again, in a thread: after a finished model has been changed by hand, say."""
        self._seen = ()
        self._worker.ask()

    def _refresh(self) -> None:
        """Something has happened; called by the ticker, on any thread."""
        run = self.run
        key = self._key()
        if (key, run.log.batch_count if run else None) == self._seen:
            return
        fresh = not self._seen or self._seen[0] != key
        due = self._ended + max(INTERVAL, self._cost * max(1, self._sharers()) / SHARE)
        if fresh or run is None or not run.state.active or run.state == "paused" or time.monotonic() >= due:
            self._worker.ask()

    def _sharers(self) -> int:
        """How many such widgets of a run divide `SHARE` among them."""
        return sum(other.run is self.run for other in list(_following))

    def _key(self) -> tuple[Any, ...]:
        run = self.run
        which = () if run is None else (run.id, run.log.generation)
        return (*which, self.text, *(str(getattr(self, name)) for name in self.CHOICES))

    def _still(self, key: tuple[Any, ...]) -> bool:
        return key == self._key()

    def _why_not(self, run: LanguageRun | None) -> str:
        if run is not None and not run.log.batch_count and not run.state.active:
            return "untrained"  # nothing is built before the learner presses Train
        if not self.text:
            return "empty"
        return "short" if len(self.source.tokenizer.encode(self.text)) < self.LEAST else ""

    def _answer(self) -> None:
        """Brings what is shown up to the newest weights; on the worker's thread."""
        run, key, source = self.run, self._key(), self.source
        step = run.log.batch_count if run else None
        if (key, step) == self._seen:
            return
        why = self._why_not(run)
        if why:
            self._show({}, why, None)
            self._seen = (key, step)
            return
        asked = Timed(source, run)
        self._busy = True
        began = time.thread_time()
        try:
            found = self._look(asked, key)
        finally:
            self._busy = False
            # What this thread computes takes time from the training, too.
            self._cost, self._ended = asked.seconds + time.thread_time() - began, time.monotonic()
        if found is not None and self._still(key):
            self._show(found, "", asked.step)
            self._seen = (key, asked.step)

    def _look(self, source: Timed, key: tuple[Any, ...]) -> dict[str, Any] | None:
        """What is found in `self.text`; None where the question has changed meanwhile."""
        raise NotImplementedError

    def _show(self, found: dict[str, Any], why: str, step: int | None) -> None:
        with self._lock, self.hold_sync():
            self._found, self._waiting, self._step = found, why, step

    def _name(self, source: Timed, number: int) -> str:
        """A token of the vocabulary as a reader sees it."""
        tokenizer = source.tokenizer
        if self._names[0] is not tokenizer:
            self._names = (tokenizer, tuple(tokenizer.vocabulary))
        names = self._names[1]
        return names[number] if number < len(names) else f"[{number}]"

    def close(self) -> None:
        """Takes the widget off the page; a run goes on."""
        with contextlib.suppress(AttributeError):  # where it was refused, there is nothing to end
            self._worker.end()
            self._unfollow()
            _following.discard(self)
        super().close()


class Timed:
    """A source that counts the time that a model is asked, and notes how many batches it has learned from."""

    def __init__(self, source: Askable, run: LanguageRun | None) -> None:
        self._source, self._run = source, run
        self.spec, self.tokenizer = source.spec, source.tokenizer
        self.seconds, self.step = 0.0, None if run is None else run.log.batch_count

    def call(self, fn: Callable[[Any], T]) -> T:
        """As of the source; what waits for a batch to end is not counted."""

        def timed(model: Any) -> T:
            began = time.perf_counter()
            try:
                return fn(model)
            finally:
                self.seconds += time.perf_counter() - began
                if self._run is not None:
                    self.step = self._run.log.batch_count

        return self._source.call(timed)


def _told_apart(source: Any) -> tuple[Workbench | None, Any]:
    """The workbench of a run, or a finished model."""
    bench, model = run_or_model(source)
    if bench is not None or model is not None:
        return bench, model
    raise ValueError(
        t(
            "This looks into language models: give a LanguageModel, a LanguageRun or a LanguageWorkbench. "
            "Received: {value}",
            value=repr(getattr(source, "run", source))[:80],
        )
    )


def plain(values: ArrayLike, digits: int = 5) -> Any:
    """Numbers as nested lists for the page, with None for what is no finite number."""
    array = np.asarray(values, np.float64)
    if np.isfinite(array).all():
        return np.round(array, digits).tolist()
    return [plain(part, digits) for part in array] if array.ndim else None
