"""The events of a recording in the order in which they happened."""

from __future__ import annotations

import bisect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from llm_widgets.training.events import BatchColumns, EpochRecord, EventLog, Snapshot
from llm_widgets.training.recording import Recording

Tell = Callable[[EventLog], None]
Judged = Callable[[int, EpochRecord], Snapshot]  # by the epoch's place


@dataclass(frozen=True)
class Event:
    """One entry of the log."""

    seconds: float  # when, since the start, pauses left out
    is_batch: bool
    tell: Tell


class Tape:
    """All events, checked: what does not fit together raises ValueError here, not while it plays."""

    def __init__(self, recording: Recording) -> None:
        arrays, manifest = recording.arrays, recording.manifest
        batches = BatchColumns(*(arrays[f"batches/{name}"] for name in BatchColumns._fields))
        n = len(batches.step)
        if any(column.shape != (n,) for column in batches) or not np.array_equal(batches.step, np.arange(1, n + 1)):
            raise ValueError("batches")
        if not np.isfinite(batches.seconds).all() or (np.diff(batches.seconds) < 0).any():
            raise ValueError("seconds")
        self.probes = tuple(map(str, manifest["probes"]))
        records = [EpochRecord(**entry) for entry in map(_without_none, manifest["epochs"])]
        ends = {within(record.step, 1, n): (i, record) for i, record in enumerate(records)}
        beside, judged = self._told(recording, n, len(records))
        events = [Event(0.0, False, tell) for tell in beside.get(0, [])]
        for i, row in enumerate(zip(*(column.tolist() for column in batches), strict=True)):
            step, seconds = i + 1, float(batches.seconds[i])
            events.append(Event(seconds, True, _batch(dict(zip(BatchColumns._fields, row, strict=True)))))
            events += [Event(seconds, False, tell) for tell in beside.get(step, [])]
            if step in ends:
                place, record = ends[step]
                events.append(Event(float(record.seconds), False, _epoch(record, judged(place, record))))
        self._events = events
        self._seconds = np.maximum.accumulate([event.seconds for event in events]).tolist() if events else []

    def _told(self, recording: Recording, n: int, epochs: int) -> tuple[dict[int, list[Tell]], Judged]:
        """What is told after a step beside its batch (a classifier's probes), and what was said at an epoch's end."""
        arrays, moments = recording.arrays, self._moments(recording, n)
        if arrays["snapshots"].shape != (epochs, len(arrays["labels/validation"])):
            raise ValueError("snapshots")

        def judged(place: int, record: EpochRecord) -> Snapshot:
            return Snapshot(record.step, record.epoch, arrays["snapshots"][place], moments.get(record.step, {}))

        return {step: [_probes(step, probes)] for step, probes in moments.items()}, judged

    def _moments(self, recording: Recording, n: int) -> dict[int, dict[str, float]]:
        """One moment's probes stay together: a reader sees all of them or none."""
        arrays = recording.arrays
        rows = list(zip(*(arrays[f"probes/{name}"].tolist() for name in ("text", "step", "probability")), strict=True))
        moments: dict[int, dict[str, float]] = {}
        for text, step, probability in rows:
            moments.setdefault(within(step, 0, n), {})[self.probes[within(text, 0, len(self.probes) - 1)]] = probability
        return moments

    def __len__(self) -> int:
        return len(self._events)

    def __getitem__(self, window: slice) -> list[Event]:
        return self._events[window]

    def due(self, position: int, seconds: float) -> int:
        """Where the events up to `seconds` end."""
        return max(position, bisect.bisect_right(self._seconds, seconds))

    def after_next_batch(self, position: int) -> int:
        """Where the next batch, and what was told with it, ends."""
        while position < len(self) and not self._events[position].is_batch:
            position += 1
        position = min(position + 1, len(self))
        while position < len(self) and not self._events[position].is_batch:
            position += 1
        return position


def within(value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise ValueError("position")
    return value


def _without_none(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: float("nan") if value is None else value for name, value in entry.items()}


def _batch(row: dict[str, Any]) -> Tell:
    return lambda log: log.add_batch(**row)


def _probes(step: int, probes: dict[str, float]) -> Tell:
    return lambda log: log.add_probes(step, list(probes), list(probes.values()))


def _epoch(record: EpochRecord, snapshot: Snapshot) -> Tell:
    return lambda log: log.add_epoch(record, snapshot)
