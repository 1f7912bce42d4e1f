"""A two-dimensional picture of vectors that stands still while they move: principal axes that never jump or mirror.

Reference:
    Pearson (1901), On Lines and Planes of Closest Fit to Systems of Points in Space; Golub and Van Loan (2013), Matrix
    Computations, 8.2.4 (orthogonal iteration) and 6.4.1 (the orthogonal Procrustes problem).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from llm_widgets.i18n import t

ITERATIONS = 2  # from one picture to the next
AXES = 2
Floats = NDArray[Any]
TURN = 0.1  # of the angle to the longest direction, that a picture turns towards the horizontal


class StableProjection:
    """Projects vectors [N, C] onto the plane that holds most of their variance, again and again as they change.

    The first picture is that of a principal component analysis. Each later one starts from the plane before and is
    brought nearer to the best plane by a few power iterations, so that the plane glides even where several directions
    hold equally much; within its plane, the picture is turned (or mirrored) to lie as close to the one before as can
    be, and then a little further, until its longest direction lies across. While it follows, the two axes are therefore
    not yet the first and the second component: only their plane is.

    Args:
        iterations: power iterations a picture; more follow faster and glide less.

    Raises:
        ValueError: `iterations` is below 1.

    Example:
        >>> projection = StableProjection()
        >>> projection.update([[2.0, 0.0, 0.0], [-2.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, -1.0, 0.0]]).tolist()
        [[2.0, 0.0], [-2.0, 0.0], [0.0, 1.0], [0.0, -1.0]]
        >>> projection.share
        1.0
    """

    def __init__(self, iterations: int = ITERATIONS) -> None:
        if iterations < 1:
            raise ValueError(
                t("At least one iteration a picture is needed. Received: iterations={n}", n=repr(iterations))
            )
        self.iterations = iterations
        self.reset()

    def reset(self) -> None:
        """Forgets the pictures so far: the next one is a first one."""
        self.axes: Floats | None = None  # [C, 2], at right angles
        self.center: Floats | None = None  # [C]
        self.share = 0.0  # of the variance, that lies in the plane: 0 to 1
        self._picture: Floats | None = None  # [N, 2]

    def update(self, vectors: ArrayLike) -> Floats:
        """The points of the vectors as they are now, [N, 2]: float32 for float32 vectors, else float64.

        With another number of vectors or another size it starts afresh.

        Raises:
            ValueError: it is no table of finite numbers.

        Example:
            >>> cloud = np.random.default_rng(0).normal(size=(50, 8))
            >>> projection = StableProjection()
            >>> first, second = projection.update(cloud), projection.update(cloud * 1.01)
            >>> bool(abs(second - 1.01 * first).max() < 0.2)
            True
        """
        table = _numbers(vectors)
        if table.ndim != 2 or not np.isfinite(table).all():
            raise ValueError(t("Give finite vectors [N, C]. Received: {value}", value=repr(vectors)[:80]))
        center = table.mean(axis=0) if len(table) else np.zeros(table.shape[1], table.dtype)
        centered = table - center  # [N, C]
        last = self._picture
        if self.axes is None or last is None or (len(last), len(self.axes)) != table.shape:
            axes = _principal_axes(centered)
            picture = centered @ axes
            turn = _signs(picture)
        else:
            axes = self.axes
            for _ in range(self.iterations):
                axes = _orthonormal(centered.T @ (centered @ axes), axes)
            picture = centered @ axes
            turn = _procrustes(picture, last)
            turn = turn @ _towards_the_horizontal(picture @ turn)
        turn = turn.astype(table.dtype)
        self.center, self.axes, self._picture = center, axes @ turn, picture @ turn
        total = float(np.vdot(centered, centered))
        self.share = min(1.0, float(np.vdot(picture, picture)) / total) if total > 0 else 0.0
        return self._picture

    def project(self, vectors: ArrayLike) -> Floats:
        """Where other vectors lie in the present picture, [M, 2]: those of an earlier step, say.

        Raises:
            ValueError: there is no picture yet, or the vectors have another size.
        """
        if self.axes is None or self.center is None:
            raise ValueError(t("Call update(vectors) first. Received: {value}", value=None))
        table = _numbers(vectors)
        if table.ndim != 2 or table.shape[1] != len(self.center):
            raise ValueError(
                t("Give vectors [N, {size}]. Received: {shape}", size=len(self.center), shape=np.shape(vectors))
            )
        found: Floats = (table - self.center) @ self.axes
        return found


def _numbers(vectors: ArrayLike) -> Floats:
    """Float32 stays as it is: a page that is drawn while a model trains must not take its time."""
    found = np.asarray(vectors)
    return found if found.dtype == np.float32 else found.astype(np.float64)


def _principal_axes(centered: Floats) -> Floats:
    """The two directions [C, 2] with most variance; where there are fewer, the rest is zeros."""
    N, C = centered.shape
    # The smaller of the two matrices of inner products has the same eigenvalues: a plane in 768 dimensions of 20
    # sentences needs no 768 × 768 one.
    small = centered.T @ centered if C <= N else centered @ centered.T
    found: Floats = np.zeros((C, AXES), centered.dtype)
    if not small.size:
        return found
    vectors = np.linalg.eigh(small)[1][:, ::-1][:, :AXES]  # the largest first
    if C > N:
        vectors = centered.T @ vectors
        lengths = np.sqrt((vectors * vectors).sum(axis=0))
        vectors = vectors / np.where(lengths > 0, lengths, 1.0)
    found[:, : vectors.shape[1]] = vectors
    return found


def _orthonormal(stretched: Floats, before: Floats) -> Floats:
    """A basis of the plane that both columns span; the one before, where they span none."""
    size = np.abs(stretched).max(initial=0.0)
    if not size > 0:
        return before
    basis, right = np.linalg.qr(stretched / size)
    # All on one line: the second direction is whatever it was.
    return basis if np.abs(np.diag(right)).min() > 1e-12 and basis.shape == before.shape else before


def _signs(picture: Floats) -> Floats:
    """Mirrors each axis so that its farthest point lies on the positive side, whatever way the vectors were turned."""
    if not len(picture):
        return np.eye(AXES)
    far = picture[np.abs(picture).argmax(axis=0), range(AXES)]
    return np.diag(np.where(far < 0, -1.0, 1.0))


def _procrustes(picture: Floats, last: Floats) -> Floats:
    """The turn or mirroring [2, 2] that brings a picture closest to the last one."""
    left, _, right = np.linalg.svd(picture.T @ last)
    found: Floats = left @ right
    return found


def _towards_the_horizontal(picture: Floats) -> Floats:
    """A small turn that brings the picture's longest direction nearer to the first axis; none for a round picture."""
    (xx, xy), (_, yy) = picture.T @ picture
    longest = 0.5 * np.arctan2(2 * xy, xx - yy)  # its angle, from -90° to 90°
    length = xx + yy
    # A nearly round picture has no longest direction worth turning to: chance would make it swing.
    angle = TURN * longest * (np.hypot(xx - yy, 2 * xy) / length if length > 0 else 0.0)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])
