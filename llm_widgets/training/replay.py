"""A recorded run, played again: what a widget cannot tell from a run that trains, with no backend at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from llm_widgets.corpora import Card, Corpus, Split
from llm_widgets.i18n import t
from llm_widgets.models import LSTMClassifierSpec
from llm_widgets.training._failure import Failure
from llm_widgets.training._player import Player
from llm_widgets.training._predict import score
from llm_widgets.training._tape import Tape
from llm_widgets.training.baselines import Baseline
from llm_widgets.training.checks import checked_count, checked_rate
from llm_widgets.training.events import RunState
from llm_widgets.training.reading import next_id
from llm_widgets.training.recording import Recording, RecordingError, read

T = TypeVar("T")


class Replay(Player):
    """Reads and is controlled like a `Run`; predicts for the recorded probes alone, and learns nothing.

    Args:
        recording: what `recording.read` gives; `Replay.load` reads a file.
        speed: 2 plays twice as fast as it was.

    Example:
        >>> replay = Replay.load("run.zip", speed=10)  # doctest: +SKIP
        >>> replay.start()  # doctest: +SKIP
    """

    def __init__(self, recording: Recording, *, speed: float = 1.0) -> None:
        end = RunState(recording.manifest["state"])
        super().__init__(self._tape_of(recording), speed, end if end.ended else RunState.STOPPED)
        self.id = next_id()
        self._recording = recording
        manifest = recording.manifest
        settings = manifest["settings"]
        self.spec = self._spec_of(recording)
        self.corpus = self._corpus_of(recording)
        self.seed = checked_count("seed", settings["seed"], least=0)
        self.batch_size = checked_count("batch_size", settings["batch_size"])
        self.epochs = checked_count("epochs", settings["epochs"])
        self.steps_per_epoch = checked_count("steps_per_epoch", settings["steps_per_epoch"])
        self.unit = str(settings["unit"])
        self.versions: dict[str, str] = manifest["versions"]
        self.traceback = None
        self._rate = checked_rate(settings["learning_rate"])
        self._failure = Failure(**manifest["failure"]) if manifest["failure"] else None
        self.baselines()  # what they lack is found out now

    @classmethod
    def load(cls, path: str | Path, speed: float = 1.0) -> Replay:
        """Reads a file that `Run.save` or `LanguageRun.save` wrote; of a language run it is a `LanguageReplay`.

        Raises:
            FileNotFoundError: there is none. RecordingError: it is damaged or something else.
        """
        from llm_widgets.training.language_recording import FAMILY

        recording = read(path)
        kind: type[Replay] = cls
        if recording.manifest.get("family") == FAMILY:
            from llm_widgets.training.language_replay import LanguageReplay as kind
        try:
            return kind(recording, speed=speed)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise RecordingError(
                t("This recording cannot be played: its parts do not fit together. Received: {path}", path=path)
            ) from error

    @staticmethod
    def _tape_of(recording: Recording) -> Tape:
        return Tape(recording)

    @staticmethod
    def _spec_of(recording: Recording) -> Any:
        return LSTMClassifierSpec.from_dict(recording.manifest["spec"])

    @staticmethod
    def _corpus_of(recording: Recording) -> Any:
        return _corpus(recording)

    # What can be read

    @property
    def error(self) -> str | None:
        """Why the recorded run failed, once the replay has come to it."""
        return str(self._failure) if self._state is RunState.FAILED else None

    @property
    def learning_rate(self) -> float:
        """That of the last batch played."""
        count = self.log.batch_count
        # By way of text: 0.001 in float32 is 0.0010000000474974513 in float64.
        return float(str(self.log.batches(count - 1).learning_rate[0])) if count else self._rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._refuse(f"learning_rate={value!r}")

    @property
    def probes(self) -> tuple[str, ...]:
        """The texts that were watched."""
        return self._tape.probes

    @property
    def fingerprint(self) -> str:
        """That of the corpus that was learned from."""
        return str(self._recording.manifest["corpus"]["fingerprint"])

    @cached_property
    def tokenizer(self) -> Any:
        """How the run read."""
        from llm_widgets.tokenizers import Tokenizer

        return Tokenizer.from_json(self._recording.texts["tokenizer"])

    def baselines(self, wait: bool = False) -> tuple[Baseline, ...]:
        """As recorded."""
        return tuple(Baseline(**entry) for entry in self._recording.manifest["baselines"])

    def predict(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """What the model said last about recorded probes, float32 [N].

        Raises:
            ValueError: a text is none of the probes, or has not been looked at yet.
        """
        texts = [texts] if isinstance(texts, str) else list(texts)
        known = self.log.probes
        for text in texts:
            if text not in known:
                raise ValueError(
                    t(
                        "A recording can say something only about the texts that were watched, once it has come to "
                        "them; it has no model for others. It has {probes}. Received: {text}",
                        probes=", ".join(map(repr, self.probes)) or "–",
                        text=repr(text),
                    )
                )
        return np.array([known[text].probability[-1] for text in texts], np.float32)

    def evaluate(self, split: str = "test") -> dict[str, Any]:
        """Validation as of the last epoch played; test at the end, where it was recorded.

        Raises:
            ValueError: the recording has not come so far, or does not have this.
        """
        snapshots = self.log.snapshots
        if split == "validation" and snapshots:
            said = snapshots[-1].probabilities
        elif split == "test" and self._state.ended and "test" in self._recording.arrays:
            said = self._recording.arrays["test"]
        else:
            self._refuse_split(split)
        labels = self.corpus.splits[split].labels
        loss, accuracy = score(labels, said)
        return {"loss": loss, "accuracy": accuracy, "probabilities": said, "labels": labels}

    def call(self, fn: Callable[[Any], T]) -> T:
        """A recording has no model: raises ValueError."""
        self._refuse(repr(fn))

    def save(self, path: str | Path) -> Path:
        """Writes the recording again."""
        from llm_widgets.training.recording import write

        write(self._recording, Path(path))
        return Path(path)

    def _refuse_split(self, split: str) -> NoReturn:
        raise ValueError(
            t(
                "A recording has validation results after each epoch, and test results at its end if the run had "
                "ended when it was saved. Received: split={split}",
                split=repr(split),
            )
        )

    def _refuse(self, received: str) -> NoReturn:
        raise ValueError(
            t("A recording has no model, and its settings are what they were. Received: {value}", value=received)
        )


def _corpus(recording: Recording) -> Corpus:
    about = recording.manifest["corpus"]
    splits = {
        name: Split(tuple(map(str, recording.texts[name])), recording.arrays[f"labels/{name}"])
        for name in ("validation", "test")
    }
    return Corpus(
        str(about["name"]),
        str(about["language"]),
        train=Split((), np.empty(0, np.int8)),  # nothing learns from it any more
        **splits,
        label_names=(str(about["label_names"][0]), str(about["label_names"][1])),
        card=Card(title=about["title"], licence=about["licence"], source=about["source"], citation=about["citation"]),
    )
