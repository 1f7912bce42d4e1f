"""What sliders change: the current run, the settings of the next one, and the runs before it."""

from __future__ import annotations

import threading
from typing import Any

from llm_widgets.corpora import Corpus, load_labelled
from llm_widgets.i18n import get_language, t
from llm_widgets.models import PRESETS, LSTMClassifierSpec, Spec
from llm_widgets.tokenizers import default_unit
from llm_widgets.tokenizers.units import checked as checked_unit
from llm_widgets.training._settings import Settings
from llm_widgets.training._trainable import Trainable
from llm_widgets.training._turn import in_background
from llm_widgets.training.checks import checked_count, checked_rate
from llm_widgets.training.events import RunState
from llm_widgets.training.language_replay import LanguageReplay
from llm_widgets.training.language_run import LanguageRun
from llm_widgets.training.replay import Replay
from llm_widgets.training.run import Run

AnyRun = Run | LanguageRun | Replay
KEEP = 5  # runs before the current one


class Workbench(Settings):
    """Owns one run at a time and makes the next one from what was proposed last.

    While the run is idle, a change makes a new idle run at once. While it trains or is paused, a change waits until
    `settle` seconds have passed without another one; then the run stops and the new one starts: the last one wins.
    A run that has ended stays until `start`, which makes a new one. All methods return at once, from any thread.

    Args:
        corpus: a corpus, or the name of one; None takes the reviews.
        spec: a spec, or the name of a preset; None takes the document's own for the language.
        language: "en" or "zh"; None takes the corpus's, else the learner's.
        seed, learning_rate, batch_size, epochs, unit: as for `Run`.
        settle: seconds.

    Raises:
        ValueError: a value is out of range. ModelTooLargeError: the spec does not fit into this machine's memory.

    Example:
        >>> workbench = Workbench("reviews", language="en")
        >>> workbench.start()  # doctest: +SKIP
        >>> workbench.propose(workbench.spec.replace(lstm_units=(64,)))  # the new size starts
    """

    def __init__(
        self,
        corpus: Corpus | str | None = None,
        spec: LSTMClassifierSpec | str | None = None,
        *,
        language: str | None = None,
        seed: int = 0,
        learning_rate: float = 1e-3,
        batch_size: int = 32,
        epochs: int = 10,
        unit: str | None = None,
        settle: float = 0.25,
    ) -> None:
        if not isinstance(corpus, Corpus):
            corpus = load_labelled(corpus or "reviews", language=language or get_language())
        if not isinstance(spec, LSTMClassifierSpec):
            spec = _preset(spec or f"document_{corpus.language}")
        self._begin(
            corpus,
            spec,
            settle,
            seed=checked_count("seed", seed, least=0),
            learning_rate=checked_rate(learning_rate),
            batch_size=checked_count("batch_size", batch_size),
            epochs=checked_count("epochs", epochs),
            unit=checked_unit(unit or default_unit(corpus.language)),
        )

    def _begin(self, corpus: Any, spec: Spec, settle: float, **settings: Any) -> None:
        spec.check_fits(settings["batch_size"])
        self._prepare(settle)
        self._settings: dict[str, Any] = settings
        self._corpus, self._spec = corpus, spec
        self._probes: tuple[str, ...] = ()
        self._run: AnyRun = self._make()

    @classmethod
    def of(cls, run: AnyRun) -> Workbench:
        """A workbench around a run or a recording that is there already."""
        from llm_widgets.training.language_workbench import LanguageWorkbench

        kind = LanguageWorkbench if isinstance(run, (LanguageRun, LanguageReplay)) else Workbench
        self: Workbench = kind.__new__(kind)
        self._prepare(settle=0.25)
        self._settings = {
            "seed": run.seed,
            "learning_rate": run.learning_rate,
            "batch_size": run.batch_size,
            "epochs": run.epochs,
            "unit": run.unit,
        }
        if isinstance(run, LanguageRun):
            self._settings["schedule"] = run.schedule
        if not isinstance(run, Replay) and run.own_tokenizer is not None:
            self._settings |= {"unit": None, "tokenizer": run.own_tokenizer}
        self._corpus, self._spec, self._probes = run.corpus, run.spec, run.probes
        self._run = run
        return self

    def _prepare(self, settle: float) -> None:
        super().__init__()
        self.settle = settle
        self._past: tuple[AnyRun, ...] = ()
        self._timer: threading.Timer | None = None
        self._due = False  # the current run is about to be started by the thread that made it

    # What there is

    @property
    def corpus(self) -> Any:
        """What all its runs learn from."""
        return self._corpus

    @property
    def run(self) -> Any:
        """The current run, a `Run`, `LanguageRun` or `Replay`; there is always one."""
        return self._run

    @property
    def past(self) -> tuple[Any, ...]:
        """Runs before the current one that trained at least one batch, the oldest first; five at most."""
        return self._past

    @property
    def spec(self) -> Spec:
        """The spec proposed last: of the current run, or of the next one."""
        return self._spec

    @property
    def pending(self) -> bool:
        """A change waits until it has settled."""
        return self._timer is not None

    # What can be changed

    def propose(self, spec: Spec) -> None:
        """The sizes of the next run; see the class for when it begins.

        Raises:
            ModelTooLargeError: it does not fit into memory; nothing is changed. ValueError: a recording is played.
        """
        if not isinstance(spec, type(self._spec)):
            raise TypeError(t("A spec is needed here. Received: {value}", value=repr(spec)[:80]))
        try:
            self._refuse_replay()
            spec.check_fits(self.batch_size)
        except ValueError:
            self._notify("failed-spec")
            raise
        with self._lock:
            self._spec = spec
            changed = self._changed()
        self._notify("spec", *changed)

    # Controls

    def start(self) -> None:
        """Trains; where the run has ended, a new one. A change that has not settled yet counts."""
        with self._lock:
            changed = self._replace() if self._run.state.ended or self.pending else ()
            self._due = True
        self._notify(*changed)
        self._start_due()

    def pause(self) -> None:
        """See `Run.pause`."""
        self._run.pause()

    def resume(self) -> None:
        """See `Run.resume`."""
        self._run.resume()

    def step(self) -> None:
        """One batch; where the run has ended, the first one of a new run."""
        with self._lock:
            changed = self._replace() if self._run.state.ended or self.pending else ()
            run = self._run
        self._notify(*changed)
        run.step()

    def stop(self) -> None:
        """See `Run.stop`; a change that has not settled yet makes the next run, but does not start it."""
        with self._lock:
            self._cancel()
            self._due = False
            self._run.stop()

    def reset(self) -> None:
        """A new idle run; the old one, if it trained at all, joins the past."""
        with self._lock:
            if isinstance(self._run, Replay):
                self._run.reset()
                changed: tuple[str, ...] = ("run",)
            else:
                changed = self._replace()
            self._due = False
        self._notify(*changed)

    def warm(self) -> None:
        """Prepares the first start in a thread: imports the backend, counts the corpus's pieces, fits the baselines."""
        run = self._run
        if isinstance(run, Trainable):
            in_background(run.warm, "warm")

    # Inside; the lock is held where a method returns what has changed

    def _changed(self) -> tuple[str, ...]:
        self._cancel()
        if self._fits(self._run):
            return ()  # moved back to what is there already
        if self._run.state is RunState.IDLE:
            return self._replace()
        if self._run.state.active:
            self._timer = threading.Timer(self.settle, self._settled)
            self._timer.daemon = True
            self._timer.args = (self._timer,)
            self._timer.start()
        return ()

    def _settled(self, timer: threading.Timer) -> None:
        with self._lock:
            if self._timer is not timer:
                return  # another change came, or the learner stopped it
            begin = self._run.state.active
            changed = self._replace()
            self._due = begin
        self._notify(*changed)
        self._start_due()

    def _start_due(self) -> None:
        # A change may have come since, and found the run idle: then it is the run of that change that starts.
        with self._lock:
            due, self._due = self._due, False
            if due:
                self._run.start()

    def _fits(self, run: AnyRun) -> bool:
        same = all(getattr(run, name) == getattr(self, name) for name in ("seed", "batch_size", "epochs", "unit"))
        return same and run.spec == self._spec

    def _replace(self) -> tuple[str, ...]:
        self._cancel()
        old = self._run
        if isinstance(old, Replay):
            old.reset()
            return ("run",)
        old.release()
        if old.log.batch_count:
            self._past = (*self._past, old)[-KEEP:]
        self._run = self._make()
        return ("run",)

    def _make(self) -> AnyRun:
        assert isinstance(self._spec, LSTMClassifierSpec)
        return Run(self._spec, self._corpus, probes=self._probes, **self._settings)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _preset(name: str) -> LSTMClassifierSpec:
    if name not in PRESETS:
        raise ValueError(t("Choose one of {names}. Received: spec={name}", names=", ".join(PRESETS), name=repr(name)))
    return PRESETS[name]
