"""What happened in a run: one thread writes, any number of readers follow, each at its own pace.

Readers get copies, so that nothing they do can hurt the run, and no reader is ever called from the training thread.

Example:
    >>> log = EventLog()
    >>> log.add_batch(step=1, epoch=1, loss=0.7, accuracy=0.5, learning_rate=1e-3, seconds=0.1)
    >>> log.batches().loss
    array([0.7], dtype=float32)
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from llm_widgets.training._snapshots import AttentionSnapshot

MAX_SAMPLES = 200  # that a log keeps


class RunState(StrEnum):
    """Where a run is in its life: idle → running ⇄ paused → finished, stopped or failed."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def active(self) -> bool:
        """A thread is at work, or waits to go on."""
        return self in (RunState.RUNNING, RunState.PAUSED)

    @property
    def ended(self) -> bool:
        """No batch will come any more."""
        return self in (RunState.FINISHED, RunState.STOPPED, RunState.FAILED)


class BatchColumns(NamedTuple):
    """One entry a batch; steps and epochs count from 1. `seconds` is time spent training: pauses do not count."""

    step: NDArray[np.int32]
    epoch: NDArray[np.int32]
    loss: NDArray[np.float32]
    accuracy: NDArray[np.float32]
    learning_rate: NDArray[np.float32]
    seconds: NDArray[np.float64]


class ProbeColumns(NamedTuple):
    """How the verdict on one text moved: its probability of positive after `step` batches."""

    step: NDArray[np.int32]
    probability: NDArray[np.float32]


@dataclass(frozen=True)
class EpochRecord:
    """One pass over the training set; `step` is the last of its batches, `loss` and `accuracy` are their means."""

    epoch: int
    step: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What the model said at the end of an epoch: probabilities float32 [N_val], and of each probe."""

    step: int
    epoch: int
    probabilities: NDArray[np.float32]
    probes: Mapping[str, float]


@dataclass(frozen=True)
class Sample:
    """What a language model made of `prompt` after `step` batches.

    Args:
        text: what it wrote on; where it filled gaps, the whole text with what it put in.
        fills: what it put into each gap, in order; empty where it wrote on.
    """

    step: int
    prompt: str
    text: str
    fills: tuple[str, ...] = ()


@dataclass(frozen=True)
class StateChange:
    """The run came into `state` after `seconds` of training."""

    seconds: float
    state: RunState


class _Columns:
    """Equally long numpy columns that grow by doubling."""

    def __init__(self, dtypes: Mapping[str, Any]) -> None:
        self._arrays = {name: np.empty(256, dtype) for name, dtype in dtypes.items()}
        self.count = 0

    def append(self, values: Mapping[str, float]) -> None:
        for name, array in self._arrays.items():
            if self.count == len(array):
                array = self._arrays[name] = np.concatenate([array, np.empty_like(array)])
            array[self.count] = values[name]
        self.count += 1

    def copy(self, start: int, stop: int | None) -> list[NDArray[Any]]:
        window = slice(*slice(start, stop).indices(self.count))
        return [array[: self.count][window].copy() for array in self._arrays.values()]


_BATCH = {
    "step": np.int32,
    "epoch": np.int32,
    "loss": np.float32,
    "accuracy": np.float32,
    "learning_rate": np.float32,
    "seconds": np.float64,
}
_PROBE = {"step": np.int32, "probability": np.float32}


class EventLog:
    """Everything that a run has told so far."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._version = 0
        self._generation = 0
        self._forget()

    def _forget(self) -> None:
        self._batches = _Columns(_BATCH)
        self._epochs: tuple[EpochRecord, ...] = ()
        self._snapshots: tuple[Snapshot, ...] = ()
        self._states: tuple[StateChange, ...] = ()
        self._samples: tuple[Sample, ...] = ()
        self._attention: tuple[AttentionSnapshot, ...] = ()
        self._probes: dict[str, _Columns] = {}

    # Reading

    @property
    def version(self) -> int:
        """Grows with every event, also when the log is cleared."""
        return self._version

    @property
    def generation(self) -> int:
        """How often the log was cleared: a reader that kept a position starts again when this has changed."""
        return self._generation

    def wait(self, version: int, timeout: float | None = None) -> int:
        """Waits until something newer than `version` has happened, `timeout` seconds at most.

        Returns:
            The present version; it equals `version` when the time ran out.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._version > version, timeout)
            return self._version

    @property
    def batch_count(self) -> int:
        """How many batches there are by now."""
        return self._batches.count

    def batches(self, start: int = 0, stop: int | None = None) -> BatchColumns:
        """The batches from `start` to before `stop`, counted like a slice of a list, as copies."""
        with self._changed:
            return BatchColumns(*self._batches.copy(start, stop))

    @property
    def epochs(self) -> tuple[EpochRecord, ...]:
        """One record an epoch that has ended."""
        return self._epochs

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """One an epoch; their arrays are read-only."""
        return self._snapshots

    @property
    def states(self) -> tuple[StateChange, ...]:
        """Every change of state, the oldest first."""
        return self._states

    @property
    def samples(self) -> tuple[Sample, ...]:
        """What a language model wrote, the oldest first; the first one and the newest `MAX_SAMPLES` are kept."""
        return self._samples

    @property
    def attention(self) -> tuple[AttentionSnapshot, ...]:
        """Attention of a language model on the text that its run watches, the oldest first."""
        return self._attention

    @property
    def probes(self) -> dict[str, ProbeColumns]:
        """Each probed text with its probabilities so far, as copies."""
        with self._changed:
            return {text: ProbeColumns(*columns.copy(0, None)) for text, columns in self._probes.items()}

    # Writing: the run alone does this

    def add_batch(
        self, *, step: int, epoch: int, loss: float, accuracy: float, learning_rate: float, seconds: float
    ) -> None:
        """Adds what one batch gave."""
        with self._changed:
            self._batches.append(
                {
                    "step": step,
                    "epoch": epoch,
                    "loss": loss,
                    "accuracy": accuracy,
                    "learning_rate": learning_rate,
                    "seconds": seconds,
                }
            )
            self._tell()

    def add_epoch(self, record: EpochRecord, snapshot: Snapshot) -> None:
        """Adds an epoch's end: its record and its snapshot appear together."""
        probabilities = np.array(snapshot.probabilities, np.float32)
        probabilities.setflags(write=False)
        probes = MappingProxyType(dict(snapshot.probes))
        with self._changed:
            self._epochs += (record,)
            self._snapshots += (Snapshot(snapshot.step, snapshot.epoch, probabilities, probes),)
            self._tell()

    def add_probes(self, step: int, texts: Sequence[str], probabilities: Sequence[float]) -> None:
        """Adds what the model says about each probed text after `step` batches."""
        with self._changed:
            for text, probability in zip(texts, probabilities, strict=True):
                columns = self._probes.setdefault(text, _Columns(_PROBE))
                columns.append({"step": step, "probability": probability})
            self._tell()

    def add_sample(self, sample: Sample) -> None:
        """Adds what the model wrote."""
        with self._changed:
            kept = self._samples
            if len(kept) > MAX_SAMPLES:
                kept = (kept[0], *kept[-MAX_SAMPLES + 1 :])
            self._samples = (*kept, sample)
            self._tell()

    def add_attention(self, snapshot: AttentionSnapshot) -> None:
        """Adds who looked at whom."""
        with self._changed:
            self._attention += (snapshot,)
            self._tell()

    def add_state(self, seconds: float, state: RunState) -> None:
        """Adds a change of state."""
        with self._changed:
            self._states += (StateChange(seconds, state),)
            self._tell()

    def touch(self) -> None:
        """Wakes the readers though nothing was added: something beside the log has changed."""
        with self._changed:
            self._tell()

    def clear(self) -> None:
        """Forgets everything: the run starts again. The version goes on, the generation counts one up."""
        with self._changed:
            self._forget()
            self._generation += 1
            self._tell()

    def _tell(self) -> None:
        self._version += 1
        self._changed.notify_all()
