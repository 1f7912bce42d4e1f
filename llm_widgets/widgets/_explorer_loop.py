"""The half of the next-token explorer that acts: one thread moves the text, whoever asks for it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import traitlets

from llm_widgets.models import Askable
from llm_widgets.training import Workbench
from llm_widgets.widgets import _explorer_page as to_page
from llm_widgets.widgets._base import LiveWidget
from llm_widgets.widgets._explorer_source import RANGES, checked, first_prompt
from llm_widgets.widgets._exploring import Exploring, Settings
from llm_widgets.widgets._ticker import SHARE, follow
from llm_widgets.widgets._words import for_a_learner, whole_text
from llm_widgets.widgets._worker import Worker
from llm_widgets.widgets.live_attention import INTERVAL

MAX_CHARACTERS = 2_000  # of a prompt
SLOWEST_LOOK = 5.0  # seconds between two looks at most, however long one takes


class ExplorerLoop(LiveWidget):
    """What `TokenExplorer` is built on: settings, the model of now, and the text.

    Args:
        bench: whose run of the moment is asked; None: `model` is.
        model: a model that does not learn here.
        prompt, settings: see `TokenExplorer`.
    """

    # What the text begins with.
    prompt = traitlets.Unicode().tag(sync=True)
    # How the next token is chosen: "greedy", "sample" or "beam".
    strategy = traitlets.Unicode("sample").tag(sync=True)
    # For "sample"; see `next_token_probabilities`.
    temperature = traitlets.Float(1.0).tag(sync=True)
    top_k = traitlets.Int(None, allow_none=True).tag(sync=True)
    top_p = traitlets.Float(1.0).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)
    # For "beam": how many are followed, how many tokens far, and the power of the length that scores are divided by.
    beam_width = traitlets.Int(3).tag(sync=True)
    beam_length = traitlets.Int(12).tag(sync=True)
    length_penalty = traitlets.Float(1.0).tag(sync=True)
    # Tokens a second, while it plays.
    speed = traitlets.Float(2.0).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    # Why there are no bars: "untrained", "building", "failed"; "" where there are some.
    _waiting = traitlets.Unicode("building").tag(sync=True)
    # Batches that the model has learned from; None for one that does not learn here.
    _step = traitlets.Int(None, allow_none=True).tag(sync=True)

    def __init__(self, bench: Workbench | None, model: Askable | None, prompt: str | None, **settings: Any) -> None:
        self._bench, self._model = bench, model
        self._exploring: Exploring | None = None  # made when the model is first asked
        self._work = threading.RLock()  # who moves the text: the worker, or the learner's code
        self._commands: deque[dict[str, Any]] = deque()
        self._worker = Worker(self, "token-explorer", 0.01)
        self._timer: threading.Timer | None = None
        self._key: tuple[Any, ...] = ()  # the model that the text belongs to: run, generation, and its batches
        self._read_prompt = ""
        self._sent: tuple[Any, ...] = ()
        self._wanted = False  # the learner has asked an untrained model
        self._showing = 0.0  # seconds that it took to show what was new
        self._look_due = self._look_worth = self._play_due = 0.0  # on the wall's clock; the process's; the wall's
        if prompt is None:
            prompt = first_prompt(bench, model)
        super().__init__(prompt=prompt, **settings)
        self.observe(lambda change: self._worker.ask(), names=[*RANGES, "prompt", "playing"])
        self._unfollow = follow(bench, self) if bench is not None else lambda: None
        self._worker.ask()

    @property
    def source(self) -> Askable:
        """The model that is asked: the workbench's run of the moment, or the one that was given."""
        return self._model if self._bench is None else self._bench.run  # type: ignore[return-value]

    @traitlets.validate("prompt")
    def _bounded(self, proposal: Any) -> str:
        return whole_text(proposal["value"], MAX_CHARACTERS)

    @traitlets.validate(*RANGES)
    def _in_range(self, proposal: Any) -> Any:
        return checked(proposal["trait"].name, proposal["value"])

    @property
    def _settings(self) -> Settings:
        return Settings(*(getattr(self, name) for name in Settings._fields))

    def _refresh(self) -> None:
        """The run has learned; called by the ticker, on any thread."""
        if self._current() != self._key:
            self._worker.ask()

    def _current(self) -> tuple[Any, ...]:
        """Which weights there are now."""
        if self._bench is None:
            return (0, 0, None)
        run = self._bench.run
        return (run.id, run.log.generation, run.log.batch_count)

    def _answer(self) -> None:
        """Does what the page asked for, plays, and shows what is new; on the worker's thread."""
        with self._work:
            try:
                self._advance()
            except Exception as error:
                self.playing = False
                self._commands.clear()
                self._waiting, self._sent = "failed", ()
                if not isinstance(error, ValueError):
                    raise  # the worker tells it
                self.send({"type": "failed", "text": for_a_learner(error)})

    def _advance(self) -> None:
        if not self._ready():
            return
        commands = [self._commands.popleft() for _ in range(len(self._commands))]
        for command in commands:
            self._obey(command)
        now = time.monotonic()
        if self.playing and now >= self._play_due:
            self._play_due = now + 1 / self.speed
            assert self._exploring is not None
            if not self._exploring.step(self._settings):
                self.playing = False
            elif self.strategy == "beam" and self._exploring.searched(self._settings):
                self.playing = False  # the winner is looked at before the search goes on
        self._show()
        if self.playing:
            self._later(self._play_due - time.monotonic())

    def _ready(self) -> bool:
        """Brings the text up to the model of now; False where there is nothing to ask yet, or not so soon again."""
        current = self._current()
        run = None if self._bench is None else self._bench.run
        if self._key and current[:2] != self._key[:2]:
            self._wanted = False  # the next model begins unasked, too
        self._wanted |= bool(self._commands) or self.playing
        if run is not None and not run.log.batch_count and (run.state.active or not self._wanted):
            # Nothing is built before the learner trains it, or asks for it.
            self._waiting, self._key, self._sent = "building" if run.state.active else "untrained", (), ()
            return False
        same = self._exploring is not None and self.prompt == self._read_prompt and current[:2] == self._key[:2]
        wait = self._look_due - time.monotonic()
        if run is not None and run.state == "running" and time.process_time() < self._look_worth:
            wait = max(wait, INTERVAL / 2)
        if same and current != self._key and wait > 0:
            self._later(wait)  # it goes on learning meanwhile
        elif not same or current != self._key:
            self._bring_up(current)
        return True

    def _bring_up(self, current: tuple[Any, ...]) -> None:
        """Another prompt, another tokenizer, or other weights."""
        exploring = self._exploring
        if exploring is None:
            exploring = self._exploring = Exploring(lambda: self.source, self._bench is not None, self.prompt)
        elif self.prompt != self._read_prompt or exploring.tokenizer != self.source.tokenizer:
            exploring.restart(self.prompt)
        self._read_prompt = self.prompt
        exploring.forget()
        self._key, self._step = current, current[2]
        # Looking may take this share of the training's time, and no more; on a machine that others use, too, where
        # little is learned in a second.
        pause = (exploring.look() + self._showing) / SHARE
        self._look_due = time.monotonic() + min(SLOWEST_LOOK, max(INTERVAL, pause))
        self._look_worth = time.process_time() + pause

    def _obey(self, command: dict[str, Any]) -> None:
        exploring, settings = self._exploring, self._settings
        assert exploring is not None
        act: dict[str, Callable[[], Any]] = {
            "step": lambda: exploring.step(settings),
            "back": exploring.back,
            "restart": lambda: exploring.jump(exploring.paths.prompt.number),
            "take": lambda: exploring.take(int(command["id"]), settings),
            "jump": lambda: exploring.jump(int(command["node"])),
            "view": lambda: exploring.view(int(command["step"]), int(command["place"])),
        }
        act[command["what"]]()

    def _show(self) -> None:
        """Sends the page what it does not have."""
        exploring, settings = self._exploring, self._settings
        assert exploring is not None
        search = exploring.search
        if search is not None and settings.strategy != "beam":
            exploring.settle()  # the text that is on the page stays
        elif search is not None and (search.width, search.length_penalty) != (
            settings.beam_width, settings.length_penalty
        ):  # fmt: skip
            exploring.drop_search()
        exploring.seen(settings)
        state = (exploring.version, exploring.looks, settings, self._key)
        if self._sent and self._sent[0] == state:
            return
        began = time.thread_time()
        bars = to_page.bars(exploring, settings)
        path = (exploring.version, exploring.read_from, settings.beam_length, *self._key[:2])
        if not self._sent or self._sent[1] != path:
            self.send({"type": "path", **to_page.path(exploring, settings)})
        if not self._sent or self._sent[2] != bars:
            self.send({"type": "bars", **bars})
        self._sent, self._waiting = (state, path, bars), ""
        self._showing = time.thread_time() - began

    def _later(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(max(0.0, seconds), self._worker.ask)
        self._timer.daemon = True
        self._timer.start()

    def _ask(self, fn: Callable[[Exploring], Any]) -> Any:
        """`fn` of the text as it is now, at once."""
        with self._work:
            if self._exploring is None or self.prompt != self._read_prompt or self._current() != self._key:
                self._wanted = True
                self._bring_up(self._current())
            assert self._exploring is not None
            return fn(self._exploring)

    def _do(self, what: str, **values: Any) -> None:
        """A command of the learner's code: done when this returns, shown at once; what is wrong is raised."""

        def act(exploring: Exploring) -> None:
            self._obey({"what": what, **values})
            self._show()

        self.playing = False
        self._ask(act)

    def close(self) -> None:
        """Takes the widget off the page; the run goes on."""
        with contextlib.suppress(AttributeError):  # where it was refused, there is nothing to end
            self.playing = False
            self._unfollow()
            self._worker.end()
        super().close()
