"""The run controls: train, pause, step, stop, reset; the learning rate and what else a run is started with."""

from __future__ import annotations

import logging
import math
import threading
import time
from pathlib import Path
from typing import Any, ClassVar

import traitlets

from llm_widgets import i18n
from llm_widgets.i18n import N_, t
from llm_widgets.training import LanguageRun, Replay, Run, RunState, Workbench
from llm_widgets.widgets._base import WorkbenchWidget
from llm_widgets.widgets._words import for_a_learner

log = logging.getLogger(__name__)

INTERVAL = 0.19  # seconds between two statuses of a run that trains
SETTINGS = ("learning_rate", "batch_size", "epochs", "seed", "unit")
UNIT_NAMES = {
    "words": N_("words"),
    "characters": N_("characters"),
    "segments": N_("segmented words"),
    "bytes": N_("bytes"),
    "bpe": N_("byte pairs (BPE)"),
}
ACTIONS = {"train": "start", "pause": "pause", "resume": "resume", "step": "step", "stop": "stop", "reset": "reset"}


class RunControls(WorkbenchWidget):
    """Buttons that start, pause, step, stop and reset a workbench's run, its settings, and where it stands in words.

    Args:
        workbench: a `Workbench`, `Run` or `Replay`; None makes a workbench of its own.

    Example:
        >>> controls = RunControls(workbench)  # doctest: +SKIP
        >>> controls.state  # doctest: +SKIP
        'idle'
    """

    _front: ClassVar[str] = "controls"
    _title: ClassVar[str] = N_("Run controls")

    # Where the run is in its life: "idle", "running", "paused", "finished", "stopped" or "failed".
    state = traitlets.Unicode("idle").tag(sync=True)
    # learning_rate, batch_size, epochs, seed and unit, as they are on the workbench.
    settings = traitlets.Dict().tag(sync=True)
    # True where a recording is played.
    recorded = traitlets.Bool(False).tag(sync=True)
    # What a token can be here: the choices for `unit`, each with its English name.
    _units = traitlets.Tuple().tag(sync=True)
    # The run can be saved as a recording.
    _savable = traitlets.Bool(True).tag(sync=True)
    # The last status that did not move: what a page that is opened again shows first.
    _resting = traitlets.Dict().tag(sync=True)
    # The result against the baselines, once the run has finished.
    _verdict = traitlets.Dict().tag(sync=True)

    def __init__(self, workbench: Workbench | Run | Replay | None = None, **kwargs: Any) -> None:
        self._told = 0.0
        self._state_lock = threading.RLock()  # the ticker and the page's messages come on different threads
        super().__init__(workbench, **kwargs)
        self._refresh()

    def _refresh(self) -> None:
        # Numbers that change more often cannot be read. A change of state, which ends every run, is told at once.
        same = (self.workbench.run.id, self.workbench.run.state) == (self._resting.get("run"), RunState.RUNNING)
        if not same or time.monotonic() - self._told >= INTERVAL:
            self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        run = self.workbench.run
        status, verdict = status_of(run), self._judged(run)
        with self._state_lock, self.hold_sync():
            moved = status["state"] != "running" or self.state != "running" or self._resting.get("run") != status["run"]
            self.state = status["state"]
            self.recorded = isinstance(run, Replay)
            self.settings = {name: getattr(self.workbench, name) for name in SETTINGS}
            self._units = unit_choices(self.workbench)
            self._savable = isinstance(run, (Run, LanguageRun))
            if moved:
                self._resting = status
            if verdict != self._verdict:
                self._verdict = verdict
                self._labels = self._translations(self.language)  # the baselines' names are now among them
        self.send({"type": "status", "status": status})

    def _switch_language(self, language: str) -> None:
        super()._switch_language(language)
        self._tell()  # why a run has failed is told by the kernel

    def _on_hello(self, content: Any) -> None:
        self._tell()

    def _on_act(self, content: Any) -> None:
        """A button was pressed; `content["action"]` is what it said when it was pressed."""
        method = getattr(self.workbench, ACTIONS[content["action"]])
        self._guarded(lambda: method())

    def _on_settings(self, content: Any) -> None:
        """A setting was moved."""
        changes = {name: content["changes"][name] for name in SETTINGS if name in content["changes"]}

        def change() -> None:
            for name, value in changes.items():
                setattr(self.workbench, name, value)

        self._guarded(change)

    def _guarded(self, action: Any) -> None:
        try:
            action()
        except (ValueError, TypeError, RuntimeError) as error:
            self.send({"type": "failed", "text": for_a_learner(error)})
        self._tell()

    def _judged(self, run: Any) -> dict[str, Any]:
        """The result beside the baselines; without them while they are still computed (the log then wakes us)."""
        if run.state != RunState.FINISHED or not run.log.epochs:
            return {}
        found = [[b.name, b.accuracy] for b in run.baselines() if b.split == "validation"]
        return {"accuracy": run.log.epochs[-1].val_accuracy, "baselines": found}

    def _translations(self, language: str) -> dict[str, str]:
        names = [*(name for name, _ in self._verdict.get("baselines", [])), *UNIT_NAMES.values(), LETTERS]
        known = i18n.catalogue(language)
        return super()._translations(language) | {name: known[name] for name in names if name in known}

    # Files

    def _on_file(self, content: Any) -> None:
        """The page asks for the run as a CSV or JSON file, which it then hands to the learner."""
        kind = content["kind"]
        run = self.workbench.run
        text = run.to_csv() if kind == "csv" else run.to_json()
        name = f"{_file_name(run)}.{kind}"
        self.send({"type": "file", "name": name, "kind": kind}, buffers=[text.encode("utf-8")])

    def _on_save(self, content: Any) -> None:
        """The page asks for the run's recording in the working folder."""
        run = self.workbench.run
        if isinstance(run, Replay):
            raise ValueError(t("This is a recording already."))

        def work() -> None:
            path = _free(Path.cwd() / f"{_file_name(run)}.llm-run")
            try:
                run.save(path)
            except Exception as error:
                log.exception("The recording could not be saved")
                self.send({"type": "failed", "text": t("The recording could not be saved: {error}", error=error)})
            else:
                self.send({"type": "saved", "path": str(path)})

        threading.Thread(target=work, name="llm_widgets-save", daemon=True).start()


LETTERS = N_("letters")  # what characters are called in texts that are not Chinese


def unit_choices(workbench: Workbench) -> tuple[tuple[str, str], ...]:
    """What a token can be, as (unit, English name): as fits the kind of model and the language of its texts."""
    chinese = workbench.corpus.language == "zh"
    units = workbench.units
    if "words" in units:  # a model that reads: words where spaces part them
        units = ("characters", "segments") if chinese else ("words", "characters")
    if workbench.unit not in units:
        units = (*units, workbench.unit)
    names = UNIT_NAMES if chinese else UNIT_NAMES | {"characters": LETTERS}
    return tuple((unit, names[unit]) for unit in units)


def status_of(run: Any) -> dict[str, Any]:
    """`run.status()` as JSON can carry it (NaN and infinities become None), and which run it is."""
    status = run.status()
    values = {name: getattr(status, name) for name in status.__dataclass_fields__}
    plain = {n: None if isinstance(v, float) and not math.isfinite(v) else v for n, v in values.items()}
    return {**plain, "state": str(status.state), "run": run.id}


def _file_name(run: Any) -> str:
    return f"run-{run.id}-{run.corpus.name}-{run.corpus.language}"


def _free(path: Path) -> Path:
    """The path itself, or with a number where there is such a file already: nothing is written over."""
    n = 2
    found = path
    while found.exists():
        found = path.with_name(f"{path.stem}-{n}{path.suffix}")
        n += 1
    return found
