"""One neuron: y = σ(w·x + b), and the chain rule back from its loss with each factor kept by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from llm_widgets.foundations._arrays import Array, number, numbers, positive, settled
from llm_widgets.foundations.activations import activation_named
from llm_widgets.foundations.differences import GradientCheck, gradient_check
from llm_widgets.foundations.losses import loss_named

# Which factors each gradient is the product of, by the names of `NeuronBackward`.
CHAIN: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "dL_dz": ("dL_dy", "dy_dz"),
    "dL_dw": ("dL_dy", "dy_dz", "dz_dw"),
    "dL_db": ("dL_dy", "dy_dz", "dz_db"),
    "dL_dx": ("dL_dy", "dy_dz", "dz_dx"),
})  # fmt: skip
# Each of their names as a formula.
SYMBOLS: Mapping[str, str] = MappingProxyType({
    name: rf"\frac{{\partial {above}}}{{\partial {below}}}"
    for name, above, below in (
        ("dL_dy", "L", "y"), ("dy_dz", "y", "z"), ("dz_dw", "z", "w"), ("dz_db", "z", "b"), ("dz_dx", "z", "x"),
        ("dL_dz", "L", "z"), ("dL_dw", "L", "w"), ("dL_db", "L", "b"), ("dL_dx", "L", "x"),
    )
})  # fmt: skip
# The losses of one neuron: cross-entropy over classes needs several outputs.
NEURON_LOSSES = ("half_squared_error", "mean_squared_error", "binary_cross_entropy", "binary_cross_entropy_from_logits")


@dataclass(frozen=True, eq=False)
class NeuronForward:
    """What a neuron computed on the way forward.

    Attributes:
        x: inputs, [n].
        products: wᵢ·xᵢ, [n].
        z: Σ wᵢ·xᵢ + b.
        y: σ(z), the output.
    """

    x: Array
    products: Array
    z: float
    y: float


@dataclass(frozen=True, eq=False)
class NeuronBackward:
    """What came back: each factor of the chain rule, and the products (see `CHAIN`).

    Attributes:
        target: t.
        loss: L(y, t).
        dL_dy: how the loss changes with the output.
        dy_dz: σ′(z).
        dz_dw: the inputs, [n].
        dz_db: 1.
        dz_dx: the weights, [n].
        dL_dz, dL_dw, dL_db, dL_dx: the gradients; those for w and x are [n].
    """

    target: float
    loss: float
    dL_dy: float
    dy_dz: float
    dz_dw: Array
    dz_db: float
    dz_dx: Array
    dL_dz: float
    dL_dw: Array
    dL_db: float
    dL_dx: Array


@dataclass(frozen=True, eq=False)
class NeuronStep:
    """One update with all that led to it: `before` looked at x, its loss went back, and `after` is what it became."""

    before: Neuron
    forward: NeuronForward
    backward: NeuronBackward
    learning_rate: float
    after: Neuron


@dataclass(frozen=True, eq=False)
class Neuron:
    """A neuron that cannot be changed: `step` gives a new one.

    Args:
        w: weights, [n].
        b: bias.
        activation: a name of `ACTIVATIONS`.

    Raises:
        ValueError: a weight is no finite number, or there is none; no such activation.

    Example:
        >>> neuron = Neuron([0.1, 0.2, 0.3], 0.5)
        >>> forward = neuron.forward([1, 2, 3])
        >>> round(forward.y, 12)
        1.9
        >>> backward = neuron.backward(forward, target=2.0)
        >>> backward.dL_dw.round(12)
        array([-0.1, -0.2, -0.3])

    Reference:
        Rumelhart, Hinton and Williams (1986), Learning representations by back-propagating errors.
    """

    w: Array
    b: float
    activation: str = "relu"

    def __init__(self, w: ArrayLike, b: float, activation: str = "relu") -> None:
        object.__setattr__(self, "w", numbers("w", w, ndim=1))
        object.__setattr__(self, "b", number("b", b))
        object.__setattr__(self, "activation", activation_named(activation).name)

    def forward(self, x: ArrayLike) -> NeuronForward:
        """From inputs to output.

        Raises:
            ValueError: not one finite number for each weight.
        """
        x = numbers("x", x, ndim=1)
        if x.shape != self.w.shape:
            raise ValueError(f"One input for each of the {self.w.size} weights. Received: {x.size} inputs")
        with np.errstate(over="ignore", invalid="ignore"):
            products = settled("A product of weight and input", self.w * x)
            z = settled("The weighted sum", products.sum() + self.b)
        y = activation_named(self.activation).function(z)
        return NeuronForward(x, products, float(z), float(y))

    def backward(self, forward: NeuronForward, target: float, loss: str = "half_squared_error") -> NeuronBackward:
        """From the loss back to weights, bias and inputs.

        Args:
            forward: what `forward` of this neuron gave.
            target: what the output should have been.
            loss: one of `NEURON_LOSSES`.

        Raises:
            ValueError: no such loss; the loss needs an output or a target between 0 and 1 and does not get it; the
                output went through a sigmoid and the loss would put it through another.
        """
        if loss not in NEURON_LOSSES:
            raise ValueError(f"The loss of a neuron is one of {', '.join(NEURON_LOSSES)}. Received: loss={loss!r}")
        if loss == "binary_cross_entropy_from_logits" and self.activation == "sigmoid":
            raise ValueError(
                "This loss applies a sigmoid itself: take activation 'identity', or the loss 'binary_cross_entropy'. "
                f"Received: activation={self.activation!r}, loss={loss!r}"
            )
        target = number("target", target)
        measured = loss_named(loss)(forward.y, target)
        dL_dy = float(measured.gradient)
        dy_dz = float(activation_named(self.activation).derivative(forward.z))
        with np.errstate(over="ignore", invalid="ignore"):
            dL_dz = dL_dy * dy_dz
            return NeuronBackward(
                target=target,
                loss=measured.value,
                dL_dy=dL_dy,
                dy_dz=dy_dz,
                dz_dw=forward.x,
                dz_db=1.0,
                dz_dx=self.w,
                dL_dz=number("dL_dz", dL_dz),
                dL_dw=settled("The gradient of the weights", dL_dz * forward.x),
                dL_db=dL_dz,
                dL_dx=settled("The gradient of the inputs", dL_dz * self.w),
            )

    def update(self, backward: NeuronBackward, learning_rate: float) -> Neuron:
        """w − η·∂L/∂w and b − η·∂L/∂b.

        Raises:
            ValueError: the learning rate is not above 0, or so large that a weight overflows.
        """
        rate = positive("learning_rate", learning_rate)
        with np.errstate(over="ignore", invalid="ignore"):
            w = settled("A weight", self.w - rate * backward.dL_dw)
            b = settled("The bias", np.asarray(self.b - rate * backward.dL_db))
        return replace(self, w=w, b=float(b))

    def step(
        self, x: ArrayLike, target: float, *, learning_rate: float, loss: str = "half_squared_error"
    ) -> NeuronStep:
        """Forward, backward and update, all kept.

        Example:
            >>> step = Neuron([0.1, 0.2, 0.3], 0.5).step([1, 2, 3], 2.0, learning_rate=0.1)
            >>> step.after.w.round(12), round(step.after.b, 12)
            (array([0.11, 0.22, 0.33]), 0.51)
        """
        forward = self.forward(x)
        backward = self.backward(forward, target, loss)
        return NeuronStep(self, forward, backward, learning_rate, self.update(backward, learning_rate))

    def check(self, x: ArrayLike, target: float, loss: str = "half_squared_error") -> GradientCheck:
        """∂L/∂w and, last, ∂L/∂b beside finite differences: arrays of n + 1.

        Example:
            >>> Neuron([0.1, 0.2], 0.5, "tanh").check([1.0, 2.0], 1.0).agrees
            True
        """
        backward = self.backward(self.forward(x), target, loss)

        def loss_of(wb: Array) -> float:
            moved = replace(self, w=wb[:-1], b=float(wb[-1]))
            return moved.backward(moved.forward(x), target, loss).loss

        return gradient_check(loss_of, np.append(self.w, self.b), np.append(backward.dL_dw, backward.dL_db))
