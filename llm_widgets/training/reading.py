"""What can be read from a run and from a recording alike: where it stands, and its curves as tables."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from llm_widgets.training.events import EventLog, RunState

CSV_COLUMNS = (
    "kind", "step", "epoch", "seconds", "loss", "accuracy", "learning_rate", "val_loss", "val_accuracy",
)  # fmt: skip


_ids = itertools.count(1)


def next_id() -> int:
    """A number that no other run or replay of this process has."""
    return next(_ids)


@dataclass(frozen=True)
class RunStatus:
    """Where a run stands.

    Args:
        epoch: from 1; 0 before the first batch. batch: within the epoch, from 1.
        loss, accuracy: means over this epoch's batches so far. val_loss, val_accuracy: of the last epoch that ended.
        ms_per_step: the median of the last 20 batches, pauses left out; None before there are two.
    """

    state: RunState
    epoch: int
    epochs: int
    batch: int
    batches: int
    step: int
    loss: float | None
    accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None
    ms_per_step: float | None
    learning_rate: float
    error: str | None


class Readable:
    """The half of a run that only reads its log."""

    id: int
    spec: Any
    corpus: Any
    log: EventLog
    seed: int
    batch_size: int
    epochs: int
    steps_per_epoch: int

    @property
    def state(self) -> RunState:
        raise NotImplementedError

    @property
    def error(self) -> str | None:
        raise NotImplementedError

    @property
    def learning_rate(self) -> float:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}(id={self.id}, {self.state}, step={self.log.batch_count}, {self.spec!r})"

    def status(self) -> RunStatus:
        """Where the run stands now."""
        log = self.log
        count, ended = log.batch_count, log.epochs
        batch = (count - 1) % self.steps_per_epoch + 1 if count else 0
        columns = log.batches(count - max(batch, 21) if count > 21 else 0, count)
        loss = accuracy = ms = None
        if ended and ended[-1].step == count:
            loss, accuracy = ended[-1].loss, ended[-1].accuracy
        elif batch:
            loss, accuracy = float(columns.loss[-batch:].mean()), float(columns.accuracy[-batch:].mean())
        if len(columns.seconds) > 1:
            ms = 1000 * float(np.median(np.diff(columns.seconds[-21:])))
        return RunStatus(
            state=self.state,
            epoch=(count - 1) // self.steps_per_epoch + 1 if count else 0,
            epochs=self.epochs,
            batch=batch,
            batches=self.steps_per_epoch,
            step=count,
            loss=loss,
            accuracy=accuracy,
            val_loss=ended[-1].val_loss if ended else None,
            val_accuracy=ended[-1].val_accuracy if ended else None,
            ms_per_step=ms,
            learning_rate=self.learning_rate,
            error=self.error,
        )

    def to_csv(self, path: str | Path | None = None) -> str:
        """Batches and epochs in one table, `kind` says which; written to `path` where one is given."""
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(CSV_COLUMNS)
        epochs = list(self.log.epochs)
        for step, epoch, loss, accuracy, rate, seconds in zip(*self.log.batches(), strict=True):
            table.writerow(("batch", step, epoch, *map(_number, (seconds, loss, accuracy, rate)), "", ""))
            while epochs and epochs[0].step == step:
                e = epochs.pop(0)
                numbers = map(_number, (e.seconds, e.loss, e.accuracy, rate, e.val_loss, e.val_accuracy))
                table.writerow(("epoch", e.step, e.epoch, *numbers))
        return _written(text.getvalue(), path)

    def to_json(self, path: str | Path | None = None) -> str:
        """Settings, batches as columns, epochs and states; written to `path` where one is given."""
        log = self.log
        data = {
            "spec": self.spec.to_dict(),
            "corpus": {"name": self.corpus.name, "language": self.corpus.language},
            "seed": self.seed,
            "batch_size": self.batch_size,
            "epochs_asked": self.epochs,
            "state": self.state,
            "error": self.error,
            "batches": {name: column.tolist() for name, column in log.batches()._asdict().items()},
            "epochs": [asdict(epoch) for epoch in log.epochs],
            "states": [asdict(change) for change in log.states],
            "probes": {
                text: {name: column.tolist() for name, column in columns._asdict().items()}
                for text, columns in log.probes.items()
            },
        }
        return _written(json.dumps(finite(data), ensure_ascii=False, indent=1, allow_nan=False), path)


def finite(value: Any) -> Any:
    """The same data with None for NaN and infinities: JSON has no word for them."""
    if isinstance(value, dict):
        return {key: finite(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _number(value: float) -> str:
    return f"{float(value):.7g}"


def _written(text: str, path: str | Path | None) -> str:
    if path is not None:
        Path(path).write_text(text, encoding="utf-8")
    return text
