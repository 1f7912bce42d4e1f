"""What an optimizer race computes: three paths over one surface, with every state on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from llm_widgets.foundations import SGD, SURFACES, Adam, Momentum, Optimizer, OptimizerState, Surface

NAMES = ("sgd", "momentum", "adam")

# Learning rates with which each optimizer gets along, in the order of NAMES.
RATES: Mapping[str, tuple[float, float, float]] = {
    "bowl": (0.1, 0.05, 0.1),
    "ravine": (0.03, 0.01, 0.1),
    "rippled": (0.1, 0.05, 0.2),
    "rosenbrock": (0.002, 0.0015, 0.3),
    "saddle": (0.1, 0.05, 0.1),
    "beale": (0.01, 0.003, 0.1),
    "himmelblau": (0.01, 0.005, 0.2),
}
# How many updates a race has where 150 are too few.
STEPS: Mapping[str, int] = {"rosenbrock": 500, "beale": 250}
# A racer has arrived when it is nearer to a minimum than this share of the picture's shorter side, and stays so.
_NEAR = 0.02
# A racer that is so many times as far away as the picture's edge has left the race.
_FAR = 1000.0
GRID = 101


@dataclass(frozen=True, eq=False)
class Racer:
    """One optimizer's way.

    Attributes:
        states: what the optimizer keeps, n + 1 of them, from the start on; fewer where it diverged.
        gradients: by which it moved, [n, 2].
        heights: of the surface at each state, [n + 1].
        diverged: it went so far from the picture that the race ended for it, or its numbers left their range.
        arrived: the first step from which on it stays at a minimum (at a saddle: that takes it out of the picture);
            None if it does not arrive.
    """

    states: tuple[OptimizerState, ...]
    gradients: Any
    heights: Any
    diverged: bool
    arrived: int | None

    @property
    def points(self) -> Any:
        """Where it was, [n + 1, 2]."""
        return np.stack([state.parameters for state in self.states])

    def page(self) -> dict[str, Any]:
        """All of it, by name."""
        kept = {
            name: np.stack([getattr(state, name) for state in self.states])
            for name in ("velocity", "m", "v", "m_hat", "v_hat")
            if hasattr(self.states[0], name)
        }
        arrays = {"points": self.points, "heights": self.heights, "gradients": self.gradients, **kept}
        return {
            **{name: _short(array.tolist()) for name, array in arrays.items()},
            "diverged": self.diverged,
            "arrived": self.arrived,
        }


def race(
    surface: Surface, optimizers: Mapping[str, Optimizer[Any]], start: Any, steps: int, noise: float, seed: int
) -> dict[str, Racer]:
    """The ways of all optimizers from one start; each meets the same noise at the same step.

    Args:
        surface: where.
        optimizers: by name.
        start: the first point, [2].
        steps: how many updates.
        noise: standard deviation of what is added to each gradient.
        seed: of the noise.
    """
    shaken = noise * np.random.default_rng(seed).standard_normal((steps, 2)) if noise else np.zeros((steps, 2))
    return {name: _way(surface, optimizer, start, shaken) for name, optimizer in optimizers.items()}


def _way(surface: Surface, optimizer: Optimizer[Any], start: Any, shaken: Any) -> Racer:
    state, far = optimizer.start(start), _FAR * np.abs(surface.domain).max()
    states, gradients, heights, diverged = [state], [], [float(surface(state.parameters))], False
    for noise in shaken:
        gradient = surface.gradient(state.parameters) + noise
        try:
            state = optimizer.step(state, gradient)
        except ValueError:  # the point was finite, so the gradient or the update was not
            diverged = True
            break
        height = float(surface(state.parameters))
        if not np.isfinite(height):
            diverged = True
            break
        states.append(state)
        gradients.append(gradient)
        heights.append(height)
        if np.abs(state.parameters).max() > far:
            diverged = bool(surface.minima)  # a saddle falls for ever: going far down is what it is about
            break
    points = np.stack([one.parameters for one in states])
    arrived = None if diverged else _arrival(surface, points)
    return Racer(tuple(states), np.reshape(gradients, (-1, 2)), np.array(heights), diverged, arrived)


def _arrival(surface: Surface, points: Any) -> int | None:
    (left, right), (low, high) = surface.domain
    if not surface.minima:
        outside = ((points < [left, low]) | (points > [right, high])).any(-1)
        return int(np.argmax(outside)) if outside.any() else None
    apart = np.linalg.norm(points[:, None] - np.array(surface.minima), axis=-1).min(-1)  # [n + 1]
    away = np.flatnonzero(apart >= _NEAR * min(right - left, high - low))
    last = int(away[-1]) if away.size else -1
    return last + 1 if last + 1 < len(points) else None


def _short(values: Any) -> Any:
    """Seven digits are enough for a picture, and a third of the message."""
    return [_short(value) for value in values] if isinstance(values, list) else float(f"{values:.7g}")


def optimizers(settings: Mapping[str, float]) -> dict[str, Optimizer[Any]]:
    """The three of them, by the settings of the widget.

    Raises:
        ValueError: a rate is not above 0, or momentum or a beta is not from 0 to below 1.
    """
    return {
        "sgd": SGD(settings["sgd_rate"]),
        "momentum": Momentum(settings["momentum_rate"], settings["momentum"]),
        "adam": Adam(settings["adam_rate"], settings["beta_1"], settings["beta_2"]),
    }


def grid(name: str) -> tuple[bytes, list[float]]:
    """A surface's heights over its picture, and where its contour lines run.

    Returns:
        float32, [GRID, GRID] from the lower left corner, row by row; and the heights of the lines, rising.
    """
    surface = SURFACES[name]
    x, y = (np.linspace(*side, GRID) for side in surface.domain)
    heights = surface(np.stack(np.meshgrid(x, y), -1))  # [y, x]
    # Equal areas between the lines: near the minimum, where the race is decided, there are lines too.
    levels = np.unique(np.quantile(heights, np.linspace(0, 1, 17)[1:-1] ** 1.5))
    return heights.astype("<f4").tobytes(), [float(level) for level in levels]
