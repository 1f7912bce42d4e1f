"""What every widget of the kit shares: its front-end files, its language, and how it follows a run."""

from __future__ import annotations

import contextlib
import logging
import uuid
import weakref
from typing import Any, ClassVar

import anywidget
import traitlets

from llm_widgets import __version__, i18n
from llm_widgets.training import LanguageRun, Replay, Run, Workbench
from llm_widgets.widgets._front import bundle, messages, styles
from llm_widgets.widgets._ticker import follow

log = logging.getLogger(__name__)


class LiveWidget(anywidget.AnyWidget):
    """A widget whose page side is `NAME.js` (and `NAME.css`), with `NAME` in `_front`.

    The page shows every string through the catalogue: `_labels` carries the translations of the strings that its
    module uses, and changes at once with `set_language`.
    """

    _front: ClassVar[str] = ""

    # The language of the page side, "en" or "zh".
    language = traitlets.Unicode("en").tag(sync=True)
    # True draws everything at 1.6 times the size, for a projector.
    projector = traitlets.Bool(False).tag(sync=True)
    _labels = traitlets.Dict().tag(sync=True)
    # By which the page finds its own model (late.js).
    _comm_id = traitlets.Unicode().tag(sync=True)
    # What a saved page says it comes from.
    _version = traitlets.Unicode(__version__).tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "_front" in cls.__dict__:
            cls._esm = bundle(cls._front)
            cls._css = styles(cls._front)
        super().__init_subclass__(**kwargs)

    def __init__(self, **kwargs: Any) -> None:
        language = i18n.get_language()
        name = uuid.uuid4().hex
        super().__init__(
            language=language, _labels=self._translations(language), _comm_id=name, model_id=name, **kwargs
        )
        self.on_msg(LiveWidget._on_message)
        # Weak: the list of listeners must not keep a widget alive that the learner has thrown away.
        this = weakref.ref(self)

        def switch(new: str) -> None:
            if (widget := this()) is not None and widget.comm is not None:
                widget._switch_language(new)

        weakref.finalize(self, i18n.on_language_change(switch))

    def open(self) -> None:
        """Connects the widget to the page."""
        super().open()
        _answer_on_the_main_shell(self.comm)

    def _translations(self, language: str) -> dict[str, str]:
        known = i18n.catalogue(language)
        return {m: known[m] for m in messages(self._front) if m in known}

    def _switch_language(self, language: str) -> None:
        with self.hold_sync():
            self.language = language
            self._labels = self._translations(language)

    @staticmethod
    def _on_message(widget: LiveWidget, content: Any, buffers: list[memoryview]) -> None:
        """Hands `{"type": "hello", …}` to `_on_hello`, and so on; a bad message is told, never raised."""
        kind = content.get("type") if isinstance(content, dict) else None
        handler = getattr(widget, f"_on_{kind}", None) if isinstance(kind, str) and kind.isidentifier() else None
        if handler is None:
            log.warning("%s got a message that it does not know: %r", type(widget).__name__, content)
            return
        try:
            handler(content)
        except Exception as error:
            log.exception("%s could not handle %r", type(widget).__name__, kind)
            widget.send({"type": "failed", "text": str(error)})


def _answer_on_the_main_shell(comm: Any) -> None:
    """Keeps a page's messages from being dropped after a reload.

    ipykernel 7.4 hands them to the subshell that the widget last talked to. That may be the one of the page before,
    which was deleted with it: "Unknown subshell_id", and the learner's click is lost. The main shell is always there.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda data, default: None


class WorkbenchWidget(LiveWidget):
    """A widget that watches a workbench: `_refresh` is called at most ten times a second while something changes.

    Args:
        workbench: a `Workbench`, or a `Run`, `LanguageRun` or `Replay` (put on a workbench of its own), or None for a
            new one.
    """

    def __init__(self, workbench: Workbench | Run | LanguageRun | Replay | None = None, **kwargs: Any) -> None:
        self.workbench = as_workbench(workbench)
        super().__init__(**kwargs)
        self._unfollow = follow(self.workbench, self)

    @property
    def run(self) -> Any:
        """The workbench's current run, a `Run`, `LanguageRun` or `Replay`."""
        return self.workbench.run

    def _refresh(self) -> None:
        """Sends what is new to the page. Called on any thread, one at a time."""
        raise NotImplementedError

    def _on_hello(self, content: Any) -> None:
        """A view opened (late, or again): send everything."""
        raise NotImplementedError

    def close(self) -> None:
        """Takes the widget off the page; the run goes on."""
        with contextlib.suppress(AttributeError):
            self._unfollow()
        super().close()


def as_workbench(source: Workbench | Run | LanguageRun | Replay | None) -> Workbench:
    """The workbench itself, or one around a run; a new one for None."""
    if source is None:
        return Workbench()
    return source if isinstance(source, Workbench) else Workbench.of(source)


def run_or_model(source: Any) -> tuple[Workbench | None, Any]:
    """The workbench of a `LanguageRun`, or a finished model that can be asked (`Askable`); (None, None) for others."""
    if isinstance(source, (Workbench, LanguageRun)):
        bench = as_workbench(source)
        return (bench, None) if isinstance(bench.run, LanguageRun) else (None, None)
    return None, source if all(hasattr(source, name) for name in ("spec", "tokenizer", "call")) else None
