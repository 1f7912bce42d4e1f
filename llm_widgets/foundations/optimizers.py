"""Gradient descent, momentum and Adam: from a state and a gradient to the next state, which is a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from llm_widgets.foundations._arrays import Array, number, numbers, positive, settled, shown


@dataclass(frozen=True, eq=False)
class OptimizerState:
    """Where a descent is: the parameters θ [...], and after how many updates."""

    parameters: Array
    steps: int


@dataclass(frozen=True, eq=False)
class MomentumState(OptimizerState):
    """… and the velocity v [...], the gradients of before, each step a little forgotten."""

    velocity: Array


@dataclass(frozen=True, eq=False)
class AdamState(OptimizerState):
    """… and Adam's moments.

    Attributes:
        m: running mean of the gradients, [...].
        v: running mean of their squares, [...].
        m_hat, v_hat: both without the pull towards 0 of the first steps, [...].
    """

    m: Array
    v: Array
    m_hat: Array
    v_hat: Array


S = TypeVar("S", bound=OptimizerState)


class Optimizer(Protocol[S]):
    """What `descend` needs of an optimizer."""

    def start(self, parameters: ArrayLike) -> S: ...
    def step(self, state: S, gradient: ArrayLike) -> S: ...


@dataclass(frozen=True)
class SGD:
    """θ ← θ − η·g.

    Args:
        learning_rate: η, above 0.

    Example:
        >>> sgd = SGD(0.1)
        >>> sgd.step(sgd.start([1.0, 2.0]), [10.0, 0.0]).parameters
        array([0., 2.])

    Reference:
        Robbins and Monro (1951), A Stochastic Approximation Method.
    """

    learning_rate: float

    def __post_init__(self) -> None:
        positive("learning_rate", self.learning_rate)

    def start(self, parameters: ArrayLike) -> OptimizerState:
        """Before the first update."""
        return OptimizerState(numbers("parameters", parameters), 0)

    def step(self, state: OptimizerState, gradient: ArrayLike) -> OptimizerState:
        """One update.

        Raises:
            ValueError: the gradient has another shape, is not finite, or leads out of the range of numbers.
        """
        g = _gradient(state, gradient)
        return OptimizerState(_moved(state, self.learning_rate, g), state.steps + 1)


@dataclass(frozen=True)
class Momentum:
    """v ← μ·v + g; θ ← θ − η·v: a heavy ball. With `nesterov`: θ ← θ − η·(g + μ·v).

    Sutskever et al. put η into v; at a constant learning rate this is the same path.

    Args:
        learning_rate: η, above 0.
        momentum: μ, from 0 to below 1.
        nesterov: look ahead along the velocity.

    Example:
        >>> heavy = Momentum(0.1, momentum=0.5)
        >>> state = heavy.step(heavy.start([0.0]), [1.0])
        >>> heavy.step(state, [1.0]).velocity
        array([1.5])

    Reference:
        Polyak (1964), Some methods of speeding up the convergence of iteration methods; Nesterov (1983); Sutskever,
        Martens, Dahl and Hinton (2013), On the importance of initialization and momentum in deep learning.
    """

    learning_rate: float
    momentum: float = 0.9
    nesterov: bool = False

    def __post_init__(self) -> None:
        positive("learning_rate", self.learning_rate)
        _below_1("momentum", self.momentum)

    def start(self, parameters: ArrayLike) -> MomentumState:
        """Before the first update: at rest."""
        theta = numbers("parameters", parameters)
        return MomentumState(theta, 0, _zeros(theta))

    def step(self, state: MomentumState, gradient: ArrayLike) -> MomentumState:
        """One update; raises as `SGD.step`."""
        g = _gradient(state, gradient)
        with np.errstate(over="ignore", invalid="ignore"):
            v = settled("The velocity", self.momentum * state.velocity + g)
            along = g + self.momentum * v if self.nesterov else v
        return MomentumState(_moved(state, self.learning_rate, along), state.steps + 1, v)


@dataclass(frozen=True)
class Adam:
    """θ ← θ − η·m̂ / (√v̂ + ε): each parameter has a step of its own size, about η at first.

    Args:
        learning_rate: η, above 0.
        beta_1: how slowly m forgets, from 0 to below 1.
        beta_2: how slowly v forgets, from 0 to below 1.
        epsilon: ε, above 0.

    Example:
        >>> adam = Adam(0.1)
        >>> adam.step(adam.start([1.0, 1.0]), [500.0, -0.002]).parameters.round(4)
        array([0.9, 1.1])

    Reference:
        Kingma and Ba (2015), Adam: A Method for Stochastic Optimization, algorithm 1.
    """

    learning_rate: float = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        positive("learning_rate", self.learning_rate)
        _below_1("beta_1", self.beta_1)
        _below_1("beta_2", self.beta_2)
        positive("epsilon", self.epsilon)

    def start(self, parameters: ArrayLike) -> AdamState:
        """Before the first update: both means are 0."""
        theta = numbers("parameters", parameters)
        zeros = _zeros(theta)
        return AdamState(theta, 0, zeros, zeros, zeros, zeros)

    def step(self, state: AdamState, gradient: ArrayLike) -> AdamState:
        """One update; raises as `SGD.step`."""
        g, t = _gradient(state, gradient), state.steps + 1
        with np.errstate(over="ignore", invalid="ignore"):
            m = settled("m", self.beta_1 * state.m + (1 - self.beta_1) * g)
            v = settled("v", self.beta_2 * state.v + (1 - self.beta_2) * g * g)
        # At step t, m and v have seen only the share 1 − βᵗ of what they will weigh in the end.
        m_hat = settled("m̂", m / (1 - self.beta_1**t))
        v_hat = settled("v̂", v / (1 - self.beta_2**t))
        along = m_hat / (np.sqrt(v_hat) + self.epsilon)
        return AdamState(_moved(state, self.learning_rate, along), t, m, v, m_hat, v_hat)


def _gradient(state: OptimizerState, gradient: ArrayLike) -> Array:
    g = numbers("gradient", gradient)
    if g.shape != state.parameters.shape:
        raise ValueError(
            f"A gradient has the parameters' shape. Received: gradient of {g.shape}, "
            f"parameters of {state.parameters.shape}"
        )
    return g


def _moved(state: OptimizerState, learning_rate: float, along: Array) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        return settled("A parameter", state.parameters - learning_rate * along)


def _zeros(like: Array) -> Array:
    return settled("0", np.zeros_like(like))


def _below_1(name: str, value: float) -> None:
    if not 0 <= number(name, value) < 1:
        raise ValueError(f"{name} must be from 0 to below 1. Received: {name}={shown(value)}")
