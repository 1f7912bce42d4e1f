"""What a stack of layers does to a gradient, and what an activation does to numbers: computed for real."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llm_widgets.foundations import ACTIVATIONS

ROWS = 32  # inputs whose gradients are averaged
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Stack:
    """A gradient on its way down a stack of layers.

    Attributes:
        gradients: the mean norm of ∂L/∂a after layer n, n − 1, … 0 (the input), where the one at the top is 1.
        activations: the root mean square of a at the input and after layer 1, 2 … n.
        dead: the share of units with a derivative of exactly 0, of each layer from 1 to n.
        overflow: the layer in which a number left the range of float64, or None; the lists end there.
    """

    gradients: list[float]
    activations: list[float]
    dead: list[float]
    overflow: int | None


@functools.lru_cache(maxsize=8)
def stack(activation: str, depth: int, width: int, gain: float, seed: int) -> Stack:
    """Random inputs go up through `depth` layers of `width` units, a random gradient comes back down.

    Weights are drawn from a normal distribution of standard deviation gain / √width, biases are 0; inputs are standard
    normal, and so is the gradient at the top, scaled to norm 1 for each of 32 inputs.

    Args:
        activation: a name of `foundations.ACTIVATIONS`.
        depth: layers.
        width: units of each layer, and inputs.
        gain: 1 is Xavier's scale for layers of one width, √2 He's.
        seed: of everything that is random.

    Reference:
        Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward neural networks; He, Zhang,
        Ren and Sun (2015), Delving Deep into Rectifiers.
    """
    chosen = ACTIVATIONS[activation]
    weights, inputs, top = _drawn(depth, width, seed)
    a, slopes, activations, dead = inputs, [], [_size(inputs)], []
    scale = gain / np.sqrt(width)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        for at, W in enumerate(weights):
            z = a @ W * scale  # [B, width]
            a = chosen.function(z) if np.isfinite(z).all() else z
            if not np.isfinite(a).all():
                return Stack([], activations, dead, at + 1)
            slopes.append(chosen.derivative(z))
            activations.append(_size(a))
            dead.append(float((slopes[-1] == 0).mean()))
        gradient, gradients = top, [_norm(top)]
        for at in reversed(range(depth)):
            gradient = (gradient * slopes[at]) @ weights[at].T * scale
            if not np.isfinite(gradient).all():
                return Stack(gradients, activations, dead, at + 1)
            gradients.append(_norm(gradient))
    return Stack(gradients, activations, dead, None)


@functools.lru_cache(maxsize=2)
def _drawn(depth: int, width: int, seed: int) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    inputs, top = rng.standard_normal((2, ROWS, width))
    return rng.standard_normal((depth, width, width)), inputs, top / np.linalg.norm(top, axis=1, keepdims=True)


def _norm(gradient: Array) -> float:
    """The mean norm of the rows; large and small numbers are scaled first, since their squares leave float64."""
    largest = float(np.abs(gradient).max())
    return largest * float(np.linalg.norm(gradient / largest, axis=1).mean()) if largest > 0 else 0.0


def _size(a: Array) -> float:
    largest = float(np.abs(a).max())
    return largest * float(np.sqrt(((a / largest) ** 2).mean())) if largest > 0 else 0.0


@dataclass(frozen=True)
class Output:
    """What comes out of an activation: its range (None where it has no end), and for normally distributed inputs its
    mean, its standard deviation, and the share of inputs with a derivative of exactly 0."""

    low: float | None
    high: float | None
    mean: float
    deviation: float
    dead: float


@functools.lru_cache(maxsize=64)
def output(activation: str, mean: float, deviation: float) -> Output:
    """The output of an activation for inputs from a normal distribution, by integration over ±9 standard deviations."""
    chosen = ACTIVATIONS[activation]
    u = np.linspace(-9, 9, 7201)
    share = np.exp(-u * u / 2)
    share /= share.sum()
    z = mean + deviation * u
    a = chosen.function(z)
    middle = float((share * a).sum())
    far = chosen.function([-1e6, 1e6])
    near = chosen.function(np.linspace(-12, 12, 24001))
    low, high = min(float(near.min()), float(far.min())), max(float(near.max()), float(far.max()))
    return Output(
        low=None if low < -1e5 else low,
        high=None if high > 1e5 else high,
        mean=middle,
        deviation=float(np.sqrt((share * (a - middle) ** 2).sum())),
        dead=float(share[chosen.derivative(z) == 0].sum()),
    )


@functools.lru_cache(maxsize=64)
def zones(activation: str, threshold: float, reach: float = 10.0) -> tuple[tuple[float | None, float | None, str], ...]:
    """Where the slope is next to nothing: from, to (None: without end) and "dead" (exactly 0) or "saturated"."""
    z, slope = _slopes(activation, reach)
    kind = np.where(slope == 0, 2, np.where(np.abs(slope) < threshold, 1, 0))
    edges = [0, *(np.flatnonzero(np.diff(kind)) + 1), len(z)]
    found: list[tuple[float | None, float | None, str]] = []
    for start, end in zip(edges, edges[1:], strict=False):
        if kind[start]:
            # Half a grid step beyond the last point inside; the slope of ReLU at 0 counts as 0.
            low = None if start == 0 else float(z[start])
            high = None if end == len(z) else float(z[end - 1])
            found.append((low, high, "dead" if kind[start] == 2 else "saturated"))
    return tuple(found)


@functools.lru_cache(maxsize=8)
def _slopes(activation: str, reach: float) -> tuple[Array, Array]:
    z = np.round(np.linspace(-reach, reach, round(2 * reach * 500) + 1), 3)
    return z, ACTIVATIONS[activation].derivative(z)
