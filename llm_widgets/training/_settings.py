"""The settings of a workbench, and who hears of changes."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any, ClassVar

from llm_widgets.i18n import t
from llm_widgets.models import Spec
from llm_widgets.tokenizers.units import UNITS
from llm_widgets.tokenizers.units import checked as checked_unit
from llm_widgets.training._trainable import Trainable
from llm_widgets.training.checks import checked_count, checked_rate
from llm_widgets.training.replay import Replay


class Settings:
    """What `Workbench` is built on; it says what follows from a change."""

    units: ClassVar[tuple[str, ...]] = UNITS  # what a token can be

    _spec: Spec
    _run: Any
    _settings: dict[str, Any]
    _probes: tuple[str, ...]

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._subscribers: dict[object, Callable[[str], None]] = {}

    def _changed(self) -> tuple[str, ...]:
        raise NotImplementedError

    @property
    def replaying(self) -> bool:
        """The run is a recording: its sizes and settings are what they were."""
        return isinstance(self._run, Replay)

    @property
    def learning_rate(self) -> float:
        """Of the next run, and at once of the one that trains."""
        return self._run.learning_rate if self.replaying else float(self._settings["learning_rate"])

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._refuse_replay()
        rate = checked_rate(value)
        with self._lock:
            self._settings["learning_rate"] = rate
            if isinstance(self._run, Trainable) and not self._run.state.ended:
                self._run.learning_rate = rate
        self._notify("settings")

    @property
    def batch_size(self) -> int:
        """Texts a step."""
        return int(self._settings["batch_size"])

    @batch_size.setter
    def batch_size(self, value: int) -> None:
        size = checked_count("batch_size", value)
        self._spec.check_fits(size)
        self._set("batch_size", size)

    @property
    def epochs(self) -> int:
        """Passes over the training set, at most."""
        return int(self._settings["epochs"])

    @epochs.setter
    def epochs(self, value: int) -> None:
        self._set("epochs", checked_count("epochs", value))

    @property
    def seed(self) -> int:
        """Of the first weights and of the order of the texts."""
        return int(self._settings["seed"])

    @seed.setter
    def seed(self, value: int) -> None:
        self._set("seed", checked_count("seed", value, least=0))

    @property
    def unit(self) -> str:
        """What a token is: "words", "characters" or "segments"."""
        return str(self._settings["unit"] or self._run.unit)

    @unit.setter
    def unit(self, value: str) -> None:
        unit = checked_unit(value, self.units)
        self._settings.pop("tokenizer", None)  # one of the learner's own has a unit of its own
        self._set("unit", unit)

    @property
    def probes(self) -> tuple[str, ...]:
        """Texts that every run watches while it learns."""
        return self._probes

    @probes.setter
    def probes(self, texts: tuple[str, ...]) -> None:
        self._refuse_replay()
        with self._lock:
            assert isinstance(self._run, Trainable)
            self._run.probes = texts
            self._probes = self._run.probes
        self._notify("settings")

    def subscribe(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Calls `callback(what)` on any thread after a change; returns a function that ends this.

        `what` is "run" (another one is current), "spec", "settings", or "failed-spec" (a proposal was refused).
        """
        key = object()
        self._subscribers[key] = callback

        def unsubscribe() -> None:
            self._subscribers.pop(key, None)

        return unsubscribe

    def _set(self, name: str, value: Any) -> None:
        self._refuse_replay()
        with self._lock:
            self._settings[name] = value
            changed = self._changed()
        self._notify("settings", *changed)

    def _refuse_replay(self) -> None:
        if self.replaying:
            raise ValueError(
                t(
                    "A recording is played: its sizes and settings cannot be changed. Make a TrainingLab of a corpus "
                    "to train your own. Received: {run}",
                    run=repr(self._run),
                )
            )

    def _notify(self, *whats: str) -> None:
        for what in whats:
            for callback in list(self._subscribers.values()):
                # One widget that was closed must not keep the others from hearing it.
                with contextlib.suppress(Exception):
                    callback(what)
