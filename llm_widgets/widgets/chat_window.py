"""The window in which one talks with a chat model."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import traitlets

from llm_widgets.i18n import N_, t
from llm_widgets.models import LanguageModel
from llm_widgets.widgets import _conversation as conversation
from llm_widgets.widgets._base import LiveWidget
from llm_widgets.widgets._choosing import MAX_SEED, in_range
from llm_widgets.widgets._throttle import Throttle
from llm_widgets.widgets._words import for_a_learner, whole_text
from llm_widgets.widgets._worker import Worker

MAX_CHARACTERS = 2_000  # of a message
INTERVAL = 0.06  # seconds between two messages to the page, at least
_SETTINGS = ("temperature", "top_p", "seed")
Done = Callable[[Any, "np.ndarray[Any, np.dtype[np.int32]]"], None]


class ChatWindow(LiveWidget):
    """A conversation with a model, whose answers come token by token.

    Args:
        source: the name of a model that `llm-widgets models` lists, or a `LanguageModel` that holds conversations.
        answered: told the model and the ids of the whole text after each answer, on the window's own thread.

    Raises:
        ValueError: there is no model of this name, or it holds no conversations.
    """

    _front: ClassVar[str] = "chat"
    _title: ClassVar[str] = N_("Chat")

    temperature = traitlets.Float(0.0).tag(sync=True)
    top_p = traitlets.Float(1.0).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)
    # The turns so far: dictionaries of "role" and "content".
    turns: Any = traitlets.List().tag(sync=True)
    # "absent", "adding", "loading", "ready", "writing" or "failed".
    state = traitlets.Unicode("loading").tag(sync=True)
    # The model: name, bytes to fetch, licence.
    _about = traitlets.Dict().tag(sync=True)
    # While it is fetched: what is done ("fetch" or "convert"), bytes done, bytes in all.
    _progress: Any = traitlets.List().tag(sync=True)
    # The last answer: tokens, speed, tokens read, most tokens, dropped turns, whether it was stopped or cut.
    _last = traitlets.Dict().tag(sync=True)
    # What went wrong last, in words.
    _failure = traitlets.Unicode().tag(sync=True)

    def __init__(self, source: str | LanguageModel = "smollm2", answered: Done | None = None, **kwargs: Any) -> None:
        self._lock = threading.RLock()  # the page's messages, and the worker
        self._worker = Worker(self, "chat", 0.0)
        self._throttle = Throttle(self._send_piece, self._lock)
        self._answered, self._jobs = answered, list[str]()
        self._stop, self._idle = threading.Event(), threading.Event()
        self._idle.set()
        self._piece = ""
        self._model: Any = None
        self._name = source if isinstance(source, str) else source.name
        if isinstance(source, str):
            kwargs["_about"], kwargs["state"] = _known(source)
        else:
            _check(source)
            self._model, kwargs["state"] = source, "ready"
            kwargs["_about"] = {"name": source.name, "bytes": 0, "licence": getattr(source, "licence", "")}
        super().__init__(**kwargs)

    @traitlets.validate("temperature", "top_p", "seed")
    def _in_range(self, proposal: Any) -> Any:
        return in_range(proposal["trait"].name, proposal["value"])

    # From the learner's code

    def ask(self, text: str) -> None:
        """Says something to the model; `turns` gets its answer. Returns at once: `wait` waits for it.

        Raises:
            ValueError: there is no text.
        """
        content = whole_text(text, MAX_CHARACTERS).strip()
        if not content:
            raise ValueError(t("Write something first. Received: {text}", text=repr(text)[:80]))
        self._begin("answer", [*self.turns, {"role": "user", "content": content}])

    def again(self) -> None:
        """Answers the last question anew, with another seed."""
        kept = list(self.turns)
        while kept and kept[-1]["role"] != "user":
            del kept[-1]
        if kept and self.state != "writing":
            self.seed = (self.seed + 1) % (MAX_SEED + 1)
            self._begin("answer", kept)

    def stop(self) -> None:
        """Ends the answer that is being written; what is there stays."""
        self._stop.set()

    def clear(self) -> None:
        """Forgets the conversation."""
        self.stop()
        self._do("clear")

    def add(self) -> None:
        """Fetches the model, where it is not on this machine."""
        self._do("add")

    def load(self) -> None:
        """Gets the model ready, in a thread."""
        if self._model is None and self.state in ("loading", "failed"):
            self._do("load")

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until nothing is being done; False where `timeout` seconds have passed first."""
        return self._idle.wait(timeout)

    def _begin(self, job: str, turns: list[conversation.Turn]) -> None:
        with self._lock:
            if self.state in ("writing", "absent", "adding"):
                return
            self.turns = turns
            self._stop.clear()
            self._do(job)

    def _do(self, job: str) -> None:
        with self._lock:
            if job not in self._jobs:
                self._jobs.append(job)
            self._idle.clear()
        self._worker.ask()

    # From the page

    def _on_hello(self, content: Any) -> None:
        self.load()
        with self._lock:
            if self.state == "writing":
                self._send_piece()

    def _on_ask(self, content: Any) -> None:
        self.ask(str(content["text"]))

    def _on_again(self, content: Any) -> None:
        self.again()

    def _on_stop(self, content: Any) -> None:
        self.stop()

    def _on_clear(self, content: Any) -> None:
        self.clear()

    def _on_add(self, content: Any) -> None:
        self.add()

    def _on_settings(self, content: Any) -> None:
        for name in set(_SETTINGS) & content["changes"].keys():
            setattr(self, name, content["changes"][name])

    # On the worker's thread

    def _answer(self) -> None:
        while True:
            with self._lock:
                if not self._jobs:
                    self._idle.set()
                    return
                job = self._jobs.pop(0)
            try:
                self._failure = ""
                {"add": self._add, "load": self._load, "clear": self._forget, "answer": self._write}[job]()
            except Exception as error:
                self._failure = for_a_learner(error)
                self.state = "ready" if self._model is not None else "absent" if job == "add" else "failed"
                if not isinstance(error, ValueError | OSError):
                    with self._lock:
                        self._jobs.clear()
                        self._idle.set()
                    raise

    def _add(self) -> None:
        from llm_widgets.models import pretrained

        self.state = "adding"
        shown = 0.0

        def progress(what: str, done: int, total: int) -> None:
            nonlocal shown
            share = done / max(1, total)
            if (self._progress[:1] != [what]) or abs(share - shown) >= 0.01 or done == total:
                shown, self._progress = share, [what, done, total]

        pretrained.add(self._name, progress=progress)
        self._load()

    def _load(self) -> None:
        if self._model is None:
            from llm_widgets.models import pretrained

            self.state = "loading"
            model = pretrained.load(self._name)
            _check(model)
            self._model = model
        self.state = "ready"

    def _forget(self) -> None:
        with self.hold_sync():
            self.turns, self._last = [], {}

    def _write(self) -> None:
        self._load()
        turns = list(self.turns)
        try:
            reading = conversation.read(self._model, turns)
        except ValueError:
            self.turns = turns[:-1]  # it has not been said
            raise
        self._piece, self.state = "", "writing"
        choice: dict[str, Any] = {"temperature": self.temperature, "top_p": self.top_p, "seed": self.seed}
        piece = conversation.Piece("", [], 0.0)
        for piece in conversation.answer(self._model, reading, lambda: not self._stop.is_set(), **choice):
            with self._lock:
                self._piece = piece.text
                self._throttle.soon(INTERVAL)
        with self._lock, self.hold_sync():
            self._throttle.sent()
            if piece.ids or not self._stop.is_set():
                self.turns = [*turns, {"role": "assistant", "content": piece.text}]
            self._last = {
                "tokens": len(piece.ids),
                "speed": round(piece.speed, 1),
                "read": len(reading.ids) + len(piece.ids),
                "most": conversation.limits(self._model.spec)[0],
                "dropped": reading.dropped,
                "stopped": self._stop.is_set(),
                "cut": len(piece.ids) == reading.room,
                **choice,
            }
            self.state = "ready"
        if self._answered is not None:
            self._answered(self._model, np.concatenate([reading.ids, np.array(piece.ids, np.int32)]))

    def _send_piece(self) -> None:
        self.send({"type": "piece", "text": self._piece})

    def close(self) -> None:
        """Takes the widget off the page."""
        with contextlib.suppress(AttributeError):  # refused before there was one
            self._stop.set()
            self._worker.end()
        super().close()


def _known(name: str) -> tuple[dict[str, Any], str]:
    """What is known of a model by name, and whether it is here: "loading" or "absent"."""
    from llm_widgets.models import pretrained

    for entry in pretrained.available():
        if entry.name == name:
            size = entry.known.wheel.bytes if entry.known and entry.known.wheel else entry.bytes
            return {"name": name, "bytes": size, "licence": entry.licence}, "loading" if entry.present else "absent"
    raise ValueError(
        t(
            "There is no such model; there are {names}. Received: {name!r}",
            names=", ".join(entry.name for entry in pretrained.available()),
            name=name,
        )
    )


def _check(source: Any) -> None:
    if not hasattr(source, "call") or not getattr(getattr(source, "tokenizer", None), "chat", None):
        raise ValueError(
            t(
                "This model holds no conversations: it has not learned the signs for them. Received: {model}",
                model=repr(getattr(source, "name", source))[:80],
            )
        )
