"""Test surfaces over the plane for optimizers to race on, with exact gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from llm_widgets.foundations._arrays import Array, numbers, whole
from llm_widgets.foundations.optimizers import Optimizer, S


@dataclass(frozen=True, eq=False)
class Surface:
    """A height over the plane.

    Attributes:
        name: its key in `SURFACES`.
        latex: its formula in x and y.
        minima: the lowest points, [n, 2]; none for a saddle, which falls for ever.
        domain: what to draw, ((x least, x most), (y least, y most)).
        start: where a race may begin.

    Example:
        >>> SURFACES["rosenbrock"]([[1.0, 1.0], [0.0, 0.0]])
        array([0., 1.])
        >>> SURFACES["rosenbrock"].gradient([0.0, 0.0])
        array([-2.,  0.])
    """

    name: str
    latex: str
    minima: tuple[tuple[float, float], ...]
    domain: tuple[tuple[float, float], tuple[float, float]]
    start: tuple[float, float]
    _height: Callable[[Array, Array], Array]
    _slopes: Callable[[Array, Array], tuple[Array, Array]]

    def __call__(self, at: ArrayLike) -> Array:
        """Heights [...] of points [..., 2].

        Raises:
            ValueError: not points of the plane.
        """
        point = _points(at)
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(self._height(point[..., 0], point[..., 1]), np.float64)

    def gradient(self, at: ArrayLike) -> Array:
        """∂f/∂x and ∂f/∂y [..., 2] at points [..., 2].

        Raises:
            ValueError: not points of the plane.
        """
        point = _points(at)
        with np.errstate(over="ignore", invalid="ignore"):
            return np.stack(self._slopes(point[..., 0], point[..., 1]), -1)


@dataclass(frozen=True, eq=False)
class Descent:
    """An optimizer's path.

    Attributes:
        points: [n + 1, 2], from the start on.
        heights: the surface there, [n + 1].
        diverged: it left the range of numbers, and the path ends before that.
    """

    points: Array
    heights: Array
    diverged: bool


def descend(surface: Surface, optimizer: Optimizer[S], start: ArrayLike, steps: int) -> Descent:
    """So many updates of an optimizer on a surface.

    Args:
        surface: where.
        optimizer: `SGD`, `Momentum`, `Adam`, or anything with their `start` and `step`.
        start: the first point, [2].
        steps: how many updates.

    Raises:
        ValueError: the start is no point; steps is no whole number.

    Example:
        >>> from llm_widgets.foundations import SGD
        >>> path = descend(SURFACES["bowl"], SGD(0.1), [1.0, 1.0], 50)
        >>> bool(path.heights[-1] < 1e-4), path.diverged
        (True, False)
    """
    whole("steps", steps)
    state = optimizer.start(numbers("start", start, ndim=1))
    points, heights, diverged = [state.parameters], [float(surface(state.parameters))], False
    for _ in range(steps):
        try:
            state = optimizer.step(state, surface.gradient(state.parameters))
        except ValueError:  # the point was finite, so the update or the slope was not
            diverged = True
            break
        height = float(surface(state.parameters))
        if not np.isfinite(height):
            diverged = True
            break
        points.append(state.parameters)
        heights.append(height)
    return Descent(np.stack(points), np.asarray(heights), diverged)


def _points(at: ArrayLike) -> Array:
    point = numbers("at", at)
    if point.ndim == 0 or point.shape[-1] != 2:
        raise ValueError(f"A point of the plane is two numbers. Received: an array of shape {point.shape}")
    return point


def _beale_slopes(x: Array, y: Array) -> tuple[Array, Array]:
    parts = [(c - x + x * y**n, n) for c, n in ((1.5, 1), (2.25, 2), (2.625, 3))]
    dx: Array = np.zeros_like(x)
    dy: Array = np.zeros_like(x)
    for value, n in parts:
        dx = dx + 2 * value * (y**n - 1)
        dy = dy + 2 * value * n * x * y ** (n - 1)
    return dx, dy


SURFACES: Mapping[str, Surface] = MappingProxyType({
    s.name: s
    for s in (
        # Equally steep all round: every optimizer goes straight down.
        Surface("bowl", r"\tfrac{1}{2}(x^2 + y^2)", ((0.0, 0.0),), ((-2.0, 2.0), (-2.0, 2.0)), (-1.5, 1.2),
                lambda x, y: (x * x + y * y) / 2, lambda x, y: (x, y)),
        # 50 times as steep one way as the other: plain descent bounces between the walls.
        Surface("ravine", r"\tfrac{1}{2}(x^2 + 50\,y^2)", ((0.0, 0.0),), ((-2.0, 2.0), (-1.0, 1.0)), (-1.8, 0.6),
                lambda x, y: (x * x + 50 * y * y) / 2, lambda x, y: (x, 50 * y)),
        # A bowl with ripples: from most starts a small step ends in one of the many hollows that are no minimum.
        Surface("rippled", r"\tfrac{1}{2}(x^2 + y^2) + \tfrac{1}{5}(2 - \cos 5x - \cos 5y)", ((0.0, 0.0),),
                ((-2.0, 2.0), (-2.0, 2.0)), (-1.7, 1.4),
                lambda x, y: (x * x + y * y) / 2 + (2 - np.cos(5 * x) - np.cos(5 * y)) / 5,
                lambda x, y: (x + np.sin(5 * x), y + np.sin(5 * y))),
        # Rosenbrock (1960), An Automatic Method for Finding the Greatest or Least Value of a Function.
        Surface("rosenbrock", r"(1 - x)^2 + 100\,(y - x^2)^2", ((1.0, 1.0),), ((-2.0, 2.0), (-1.0, 3.0)), (-1.2, 1.0),
                lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
                lambda x, y: (-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x))),
        # Level at (0, 0), and yet no minimum: a start with y = 0 never leaves the ridge.
        Surface("saddle", r"\tfrac{1}{2}(x^2 - y^2)", (), ((-2.0, 2.0), (-2.0, 2.0)), (-1.5, 0.01),
                lambda x, y: (x * x - y * y) / 2, lambda x, y: (x, -y)),
        # Beale (1958), On an Iterative Method for Finding a Local Minimum: nearly flat, with steep edges.
        Surface("beale", r"(1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2", ((3.0, 0.5),),
                ((-4.5, 4.5), (-4.5, 4.5)), (1.0, 1.5),
                lambda x, y: (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2,
                _beale_slopes),
        # Himmelblau (1972), Applied Nonlinear Programming: four minima, and the start decides which.
        Surface("himmelblau", r"(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
                ((3.0, 2.0), (-2.805118086952745, 3.131312518250573), (-3.779310253377747, -3.283185991286170),
                 (3.584428340330492, -1.848126526964404)), ((-5.0, 5.0), (-5.0, 5.0)), (0.0, 0.0),
                lambda x, y: (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2,
                lambda x, y: (4 * x * (x * x + y - 11) + 2 * (x + y * y - 7),
                              2 * (x * x + y - 11) + 4 * y * (x + y * y - 7))),
    )
})  # fmt: skip
