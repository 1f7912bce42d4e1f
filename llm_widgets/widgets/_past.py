"""Earlier runs, as the page draws them behind the present one: few points, and what was different."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.training import Replay, Run
from llm_widgets.training.reading import finite

POINTS = 400  # at most, for one earlier run
_SETTINGS = ("batch_size", "seed", "unit")


@dataclass(frozen=True)
class Ghost:
    """An earlier run: what it was, and float32 numbers [3, n] of step, loss and accuracy."""

    about: dict[str, Any]
    numbers: bytes


class Past:
    """Makes ghosts, each once: a run that has ended does not change."""

    def __init__(self) -> None:
        self._thinned: dict[tuple[int, int, int], NDArray[np.float32]] = {}

    def ghosts(self, present: Run | Replay, past: Sequence[Run | Replay]) -> list[Ghost]:
        """One ghost for each earlier run that has trained, the oldest first."""
        earlier = [run for run in past if run is not present and run.log.batch_count]
        kept = {_version(run): run for run in earlier}
        self._thinned = {v: self._thinned[v] if v in self._thinned else thinned(run) for v, run in kept.items()}
        return [self._ghost(run, present) for run in earlier]

    def _ghost(self, run: Run | Replay, present: Run | Replay) -> Ghost:
        numbers = self._thinned[_version(run)]
        about = {
            "id": run.id,
            "n": numbers.shape[1],
            "steps_per_epoch": run.steps_per_epoch,
            "epochs": [finite(asdict(epoch)) for epoch in run.log.epochs],
            "changes": changes(run, present),
        }
        return Ghost(about, numbers.tobytes())


def thinned(run: Run | Replay) -> NDArray[np.float32]:
    """The run's step, loss and accuracy as means over equally long stretches: [3, n], n ≤ `POINTS`."""
    columns = run.log.batches()
    N = len(columns.step)
    # A smoother line than one point a batch even where a run was short.
    stretch = max(math.ceil(N / POINTS), min(10, math.ceil(N / 20)))
    starts = np.arange(0, N, stretch)
    lengths = np.diff(np.append(starts, N))
    means = [np.add.reduceat(c.astype(np.float64), starts) / lengths for c in (columns.loss, columns.accuracy)]
    return np.stack([columns.step[starts + lengths - 1], *means]).astype(np.float32)


def changes(run: Run | Replay, present: Run | Replay) -> list[tuple[str, Any]]:
    """What was different in `run`: (field, its value there)."""
    there, here = run.spec.to_dict(), present.spec.to_dict()
    found = [(name, value) for name, value in there.items() if value != here.get(name)]
    if (rate := _first_rate(run)) != _first_rate(present):
        found.append(("learning_rate", rate))
    values = ((name, getattr(run, name, None), getattr(present, name, None)) for name in _SETTINGS)
    return found + [(name, value) for name, value, now in values if value != now and value is not None]


def _first_rate(run: Run | Replay) -> float:
    first = run.log.batches(0, 1).learning_rate
    return float(f"{first[0] if len(first) else run.learning_rate:.3g}")


def _version(run: Run | Replay) -> tuple[int, int, int]:
    return run.id, run.log.generation, run.log.batch_count
