"""The vectors of an embedding map over a training, and what the page is told of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.analysis.embeddings import nearest, unit
from llm_widgets.analysis.projection import StableProjection
from llm_widgets.widgets._embedding_source import Points
from llm_widgets.widgets._snapshots import Snapshots

NEIGHBOURS = 10
ROOM = 48_000_000  # bytes of vectors that are kept
ON_A_PAGE = 40  # snapshots of the time line that a saved page holds
LEVELS = 65_535  # of a coordinate on its way to the page
Message = tuple[dict[str, Any], list[bytes]]
_NOTHING = Points((), *(np.zeros(0, np.int64), 0, "none", *(np.zeros(0, np.int64),) * 4))


class Frames:
    """Snapshots by step, each with the plane that it was shown in. Not safe for threads: its owner has the lock."""

    def __init__(self) -> None:
        self.generation = 0
        self._projection = StableProjection()
        self._picture = np.zeros((0, 2))  # where the newest points are, [N, 2]
        self.forget()

    def forget(self) -> None:
        """There are no points any more."""
        self.begin(_NOTHING)

    def begin(self, points: Points) -> None:
        """Other points: their vectors come next."""
        self.points = points
        self.generation += 1
        self._kept = Snapshots(room=ROOM)  # [N + 3, C]: the vectors, the centre of the plane, and its two axes
        self._projection.reset()

    @property
    def steps(self) -> tuple[int, ...]:
        """Of the snapshots."""
        return self._kept.steps

    def add(self, vectors: NDArray[np.float32], step: int, rounds: int = 1) -> float:
        """Keeps vectors [N, C] at a step; how far the farthest point has moved, as a share of the picture's width.

        Args:
            rounds: how many times the plane comes nearer to the best one.
        """
        before = self._picture if self._kept.steps else None
        for _ in range(rounds):
            self._picture = self._projection.update(vectors)
        axes = self._projection.axes
        assert axes is not None
        snapshot = np.empty((len(vectors) + 3, vectors.shape[1]), np.float32)
        snapshot[:-3], snapshot[-3], snapshot[-2:] = vectors, self._projection.center, axes.T
        self._kept.add(step, snapshot)
        if before is None or before.shape != self._picture.shape:
            return 1.0
        width = 2 * np.abs(self._picture).max(initial=0.0)
        return float(np.abs(self._picture - before).max(initial=0.0) / width) if width > 0 else 0.0

    def vectors(self, step: int | None) -> NDArray[np.float32]:
        """At a step (the nearest one kept); None for the newest. float32 [N, C], a copy."""
        return self._kept.near(step)[1][:-3].copy()

    def positions(self, step: int | None) -> NDArray[np.float32]:
        """Of the points in that step's picture, [N, 2]."""
        return _projected(self._kept.near(step)[1][:-3], self._kept.near(step)[1])

    def message(self, kind: str, step: int | None) -> Message:
        """A snapshot: its points, and where they lay at first, in the same plane. "begin" tells of the points, too."""
        message: dict[str, Any] = {"type": kind, "generation": self.generation, "steps": self.steps}
        buffers: list[bytes] = []
        if self.steps:
            step, snapshot = self._kept.near(step)
            newest = step == self.steps[-1]  # many times a second: what was computed already is not computed again
            now = self._picture.astype(np.float32) if newest else _projected(snapshot[:-3], snapshot)
            share = self._projection.share if newest else _share(snapshot)
            first = _projected(self._kept.near(self.steps[0])[1][:-3], snapshot)
            (inner, near), (outer, far) = _packed(now), _packed(first)
            message |= {"step": step, "share": share, "dims": snapshot.shape[1], "tops": [near, far]}
            buffers = [inner, outer]
        if kind == "begin":
            points = self.points
            message |= {
                "names": points.names,
                "total": points.total,
                "kind": points.kind,
                "count": points.count.tolist(),
                "texts": points.texts.tolist(),
                "importance": points.importance.tolist(),
                "missing": points.missing,
            }
            buffers = [*buffers, points.values.tobytes()]
        return message, buffers

    def nearest(self, row: int, step: int | None) -> Message:
        """A point's neighbours in the whole space, and its way over the training in the plane of that step."""
        step, snapshot = self._kept.near(step)
        found = nearest(snapshot[:-3], row, NEIGHBOURS)
        way = [one for s in self.steps for one in [self._kept.near(s)[1][row]] if s <= step]
        message = {"type": "nearest", "generation": self.generation, "row": row, "step": step}
        message |= {"rows": [one.index for one in found], "cosines": [one.cosine for one in found]}
        return message, [_projected(np.array(way, np.float32), snapshot).tobytes()]

    def whole(self, step: int | None) -> list[Message]:
        """All that a page without Python can show."""
        chosen = {self.steps[i] for i in np.linspace(0, len(self.steps) - 1, ON_A_PAGE).round().astype(int)}
        begin, buffers = self.message("begin", step)
        steps = sorted(chosen | {begin["step"]})
        told: list[Message] = [(begin | {"steps": steps}, buffers)]
        for one in steps:
            message, points = self.message("maps", one)
            told.append((message | {"steps": steps}, points))
        directions = unit(self.vectors(None).astype(np.float64))
        cosines = directions @ directions.T
        np.fill_diagonal(cosines, -2.0)
        rows = np.argsort(-cosines, axis=1, kind="stable")[:, : min(NEIGHBOURS, len(cosines) - 1)]
        best = np.take_along_axis(cosines, rows, axis=1)
        about = {"type": "all_nearest", "generation": self.generation, "step": self.steps[-1], "k": rows.shape[1]}
        return [*told, (about, [rows.astype(np.uint16).tobytes(), best.astype(np.float32).tobytes()])]


def _projected(vectors: NDArray[np.float32], snapshot: NDArray[np.float32]) -> NDArray[np.float32]:
    found: NDArray[np.float32] = (vectors - snapshot[-3]) @ snapshot[-2:].T
    return np.ascontiguousarray(found)


def _share(snapshot: NDArray[np.float32]) -> float:
    """Of the variance, that lies in the plane."""
    centered = snapshot[:-3] - snapshot[-3]
    total, picture = float((centered * centered).sum()), centered @ snapshot[-2:].T
    return min(1.0, float((picture * picture).sum()) / total) if total > 0 else 0.0


def _packed(points: NDArray[np.float32]) -> tuple[bytes, float]:
    """Points [N, 2] as two bytes a coordinate, from -top to top."""
    top = float(np.abs(points).max(initial=0.0)) or 1.0
    return np.rint((points / top + 1) * (LEVELS / 2)).astype(np.uint16).tobytes(), top
