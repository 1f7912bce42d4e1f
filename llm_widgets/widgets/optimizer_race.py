"""SGD, momentum and Adam race over a surface, from any start, with any rates, update by update."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

import numpy as np
import traitlets

from llm_widgets.foundations import SURFACES
from llm_widgets.widgets._computed import ComputedWidget, plain
from llm_widgets.widgets._keywords import check_keywords
from llm_widgets.widgets._race import GRID, NAMES, RATES, STEPS, Racer, grid, optimizers, race

MOST_STEPS = 500
_N = TypeVar("_N", int, float)
_OF_OPTIMIZERS = ("sgd_rate", "momentum_rate", "adam_rate", "momentum", "beta_1", "beta_2")
_OF_PATHS = ("surface", "start", "steps", *_OF_OPTIMIZERS, "noise", "seed")


class OptimizerRace(ComputedWidget):
    """Three optimizers set out from one point of a surface; who arrives first, and by which numbers?

    Args:
        surface: "bowl", "ravine", "rippled", "rosenbrock", "saddle", "beale" or "himmelblau".
        start: the point (x, y) where all set out; None: the surface's own.
        steps: how many updates, 1 to 500; None: as many as the surface asks for.
        settings: step (how far the race has gone, from 0), sgd_rate, momentum_rate, adam_rate (the surface's own where
            not given), momentum, beta_1, beta_2, noise (the standard deviation of what is added to each gradient, as
            by a small batch) and seed (of the noise).

    Raises:
        ValueError: there is no such surface, or a setting lies outside its range.

    Example:
        >>> race = OptimizerRace("ravine")
        >>> {name: racer.arrived for name, racer in race.paths.items()}
        {'sgd': 125, 'momentum': 75, 'adam': 69}
        >>> race.change(sgd_rate=0.05)
        >>> race.paths["sgd"].diverged
        True

    Reference:
        Robbins and Monro (1951), A Stochastic Approximation Method; Polyak (1964), Some methods of speeding up the
        convergence of iteration methods; Kingma and Ba (2015), Adam: A Method for Stochastic Optimization.
    """

    _front = "optimizer_race"
    SETTINGS: ClassVar[tuple[str, ...]] = (*_OF_PATHS, "step")

    # --- the race
    surface = traitlets.Enum(list(SURFACES), "ravine").tag(sync=True)
    start = traitlets.List(traitlets.Float(), [-1.8, 0.6]).tag(sync=True)
    steps = traitlets.Int(150).tag(sync=True)
    # How far the race has gone: 0 … steps.
    step = traitlets.Int(0).tag(sync=True)
    noise = traitlets.Float(0.0).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)

    # --- the racers
    sgd_rate = traitlets.Float(0.03).tag(sync=True)
    momentum_rate = traitlets.Float(0.01).tag(sync=True)
    adam_rate = traitlets.Float(0.1).tag(sync=True)
    momentum = traitlets.Float(0.9).tag(sync=True)
    beta_1 = traitlets.Float(0.9).tag(sync=True)
    beta_2 = traitlets.Float(0.999).tag(sync=True)

    # The surface's heights, float32 [GRID, GRID] from the lower left corner.
    _heights = traitlets.Bytes().tag(sync=True)

    def __init__(
        self, surface: str = "ravine", start: Sequence[float] | None = None, steps: int | None = None, **settings: Any
    ) -> None:
        check_keywords(OptimizerRace, settings, OptimizerRace.SETTINGS)
        if surface not in SURFACES:
            raise ValueError(f"surface must be one of {', '.join(SURFACES)}. Received: surface={surface!r}")
        own = _own(surface)
        if start is not None:
            own["start"] = [float(x) for x in start]
        if steps is not None:
            own["steps"] = steps
        self._key: tuple[Any, ...] = ()
        super().__init__(**{"surface": surface, **own, **settings})

    @property
    def paths(self) -> dict[str, Racer]:
        """The ways of "sgd", "momentum" and "adam", with each state and gradient (`_race.Racer`)."""
        self._run()
        return dict(self._racers)

    def change(self, **settings: Any) -> None:
        """Changes several settings at once; a new surface brings its own start, rates and steps."""
        if settings.get("surface") in SURFACES:
            settings = {**_own(settings["surface"]), "step": 0, **settings}
        if "steps" in settings and isinstance(settings["steps"], int):
            settings.setdefault("step", min(self.step, max(settings["steps"], 0)))
        super().change(**settings)

    def _run(self) -> None:
        """Races where a setting has changed; the step alone changes no path."""
        values = {name: getattr(self, name) for name in _OF_PATHS}
        key = tuple(repr(value) for value in values.values())
        if key == self._key:
            return
        self._racers = race(
            SURFACES[self.surface], optimizers(values), np.array(self.start), self.steps, self.noise, self.seed
        )
        self._key = key

    def _compute(self) -> dict[str, Any]:
        before = self._key
        self._run()
        if before == self._key and self._found:
            return self._found
        surface = SURFACES[self.surface]
        heights, levels = grid(self.surface)
        self._heights = heights
        found: dict[str, Any] = plain(
            {
                "surface": self.surface,
                "latex": surface.latex,
                "domain": surface.domain,
                "minima": surface.minima,
                "grid": GRID,
                "levels": levels,
                "racers": {name: self._racers[name].page() for name in NAMES},
            }
        )
        return found

    @traitlets.validate("start")
    def _check_start(self, proposal: Any) -> list[float]:
        point = list(proposal["value"])
        if len(point) != 2 or not all(abs(x) <= 100 for x in point):
            raise ValueError(f"start must be two numbers within ±100. Received: start={point}")
        return point

    @traitlets.validate("steps")
    def _check_steps(self, proposal: Any) -> int:
        return _within("steps", int(proposal["value"]), 1, MOST_STEPS)

    @traitlets.validate("step")
    def _check_step(self, proposal: Any) -> int:
        return _within("step", int(proposal["value"]), 0, self.steps)

    @traitlets.validate("noise")
    def _check_noise(self, proposal: Any) -> float:
        return _within("noise", float(proposal["value"]), 0.0, 100.0)

    @traitlets.validate("seed")
    def _check_seed(self, proposal: Any) -> int:
        return _within("seed", int(proposal["value"]), 0, 2**32 - 1)

    @traitlets.validate(*_OF_OPTIMIZERS)
    def _check_optimizer(self, proposal: Any) -> float:
        value, name = float(proposal["value"]), proposal["trait"].name
        optimizers({**dict.fromkeys(_OF_OPTIMIZERS, 0.1), name: value})
        return value

    @traitlets.observe("surface")
    def _take_its_own(self, change: Any) -> None:
        if not self._together and self._key:  # set directly, and not by `change`
            self.change(surface=change["new"])


def _own(surface: str) -> dict[str, Any]:
    """The start, the rates and the steps that go with a surface."""
    rates = dict(zip(("sgd_rate", "momentum_rate", "adam_rate"), RATES[surface], strict=True))
    return {"start": list(SURFACES[surface].start), "steps": STEPS.get(surface, 150), **rates}


def _within(name: str, value: _N, low: _N, high: _N) -> _N:
    if not low <= value <= high:
        raise ValueError(f"{name} must be from {low} to {high}. Received: {name}={value}")
    return value
