"""A dense network forward and back, with every number on the way kept."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from llm_widgets.foundations._arrays import Array, numbers, positive, settled, whole
from llm_widgets.foundations.activations import activation_named
from llm_widgets.foundations.differences import GradientCheck, gradient_check
from llm_widgets.foundations.losses import loss_named


@dataclass(frozen=True, eq=False)
class DenseLayer:
    """a = σ(x·W + b).

    Args:
        W: weights, [n_in, n_out].
        b: biases, [n_out].
        activation: a name of `ACTIVATIONS`.

    Raises:
        ValueError: the shapes do not fit; a number is not finite; no such activation.
    """

    W: Array
    b: Array
    activation: str

    def __init__(self, W: ArrayLike, b: ArrayLike, activation: str = "identity") -> None:
        object.__setattr__(self, "W", numbers("W", W, ndim=2))
        object.__setattr__(self, "b", numbers("b", b, ndim=1))
        object.__setattr__(self, "activation", activation_named(activation).name)
        if self.W.shape[1] != self.b.size:
            raise ValueError(f"One bias for each column of W. Received: W of {self.W.shape}, b of {self.b.shape}")


@dataclass(frozen=True, eq=False)
class LayerForward:
    """One layer on the way forward: what came in [B, n_in], z = x·W + b [B, n_out], a = σ(z) [B, n_out]."""

    x: Array
    z: Array
    a: Array


@dataclass(frozen=True, eq=False)
class NetworkForward:
    """The way forward, layer by layer; `output` is what the last one gave, [B, n_out]."""

    layers: tuple[LayerForward, ...]

    @property
    def output(self) -> Array:
        return self.layers[-1].a

    @property
    def shape(self) -> tuple[tuple[int, int], ...]:
        """(n_in, n_out) of each layer."""
        return tuple((layer.x.shape[1], layer.z.shape[1]) for layer in self.layers)


@dataclass(frozen=True, eq=False)
class LayerBackward:
    """One layer on the way back.

    Attributes:
        da: ∂L/∂a, what came back to it, [B, n_out].
        da_dz: σ′(z), [B, n_out].
        delta: δ = ∂L/∂z = ∂L/∂a · σ′(z), [B, n_out].
        dW: ∂L/∂W = xᵀ·δ, [n_in, n_out].
        db: ∂L/∂b = Σ δ over the batch, [n_out].
        dx: ∂L/∂x = δ·Wᵀ, what goes on to the layer before, [B, n_in].
    """

    da: Array
    da_dz: Array
    delta: Array
    dW: Array
    db: Array
    dx: Array


@dataclass(frozen=True, eq=False)
class NetworkBackward:
    """The loss, the layers on the way back in their forward order, and the gradient of `DenseNetwork.parameters`."""

    loss: float
    layers: tuple[LayerBackward, ...]

    @property
    def gradient(self) -> Array:
        return np.concatenate([part.ravel() for layer in self.layers for part in (layer.dW, layer.db)])


@dataclass(frozen=True, eq=False)
class DenseNetwork:
    """Dense layers one after another; cannot be changed, `with_parameters` and `update` give a new one.

    Args:
        layers: each takes as many numbers as the one before gives.

    Raises:
        ValueError: no layer, or two that do not fit.

    Example:
        >>> network = DenseNetwork.initial([2, 3, 1], activation="tanh", seed=0)
        >>> forward = network.forward([[0.0, 1.0]])
        >>> [layer.a.shape for layer in forward.layers]
        [(1, 3), (1, 1)]
        >>> backward = network.backward(forward, [[1.0]])
        >>> [layer.dW.shape for layer in backward.layers]
        [(2, 3), (3, 1)]

    Reference:
        Nielsen (2015), Neural Networks and Deep Learning, chapter 2: δ, and the four equations of backpropagation.
    """

    layers: tuple[DenseLayer, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))
        if not self.layers or any(left[1] != right[0] for left, right in itertools.pairwise(self.shape)):
            raise ValueError(
                f"Each layer takes as many numbers as the one before gives. Received: layers of {self.shape}"
            )

    @property
    def shape(self) -> tuple[tuple[int, int], ...]:
        """(n_in, n_out) of each layer."""
        return tuple((layer.W.shape[0], layer.W.shape[1]) for layer in self.layers)

    @classmethod
    def initial(
        cls, sizes: Sequence[int], *, activation: str = "tanh", output: str = "identity", seed: int = 0
    ) -> DenseNetwork:
        """Weights drawn between ±√(6 / (n_in + n_out)), biases 0.

        Args:
            sizes: inputs, units of each hidden layer, outputs; two numbers or more.
            activation: of the hidden layers.
            output: the activation of the last layer.
            seed: the same one, the same weights.

        Raises:
            ValueError: fewer than two sizes, or one below 1; no such activation.

        Reference:
            Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward neural networks.
        """
        if len(sizes) < 2:
            raise ValueError(f"A network needs two sizes or more, inputs and outputs. Received: sizes={sizes!r}")
        sizes = [whole("each size", size, 1) for size in sizes]
        rng = np.random.default_rng(whole("seed", seed))
        layers: list[DenseLayer] = []
        for n_in, n_out in itertools.pairwise(sizes):
            limit = np.sqrt(6 / (n_in + n_out))
            last = len(layers) == len(sizes) - 2
            weights = rng.uniform(-limit, limit, (n_in, n_out))
            layers.append(DenseLayer(weights, np.zeros(n_out), output if last else activation))
        return cls(tuple(layers))

    def forward(self, X: ArrayLike) -> NetworkForward:
        """From inputs [B, n_in] to outputs [B, n_out].

        Raises:
            ValueError: X has another width, or numbers overflow on the way.
        """
        a = numbers("X", X, ndim=2)
        if a.shape[1] != self.layers[0].W.shape[0]:
            raise ValueError(f"The network takes {self.layers[0].W.shape[0]} inputs. Received: X of shape {a.shape}")
        passed = []
        for layer in self.layers:
            x = a
            with np.errstate(over="ignore", invalid="ignore"):
                z = settled("A weighted sum", x @ layer.W + layer.b)  # [B, n_out]
            a = settled("An activation", activation_named(layer.activation).function(z))
            passed.append(LayerForward(x, z, a))
        return NetworkForward(tuple(passed))

    def backward(self, forward: NetworkForward, target: ArrayLike, loss: str = "mean_squared_error") -> NetworkBackward:
        """From the loss back through every layer.

        Args:
            forward: what `forward` of this network gave.
            target: in the output's shape [B, n_out]; class ids [B] too for `cross_entropy_from_logits`.
            loss: a name of `LOSSES`.

        Raises:
            ValueError: the pass is of another network; the target does not fit; the loss puts logits through a sigmoid
                or softmax, and the last layer has a sigmoid already.
        """
        if loss.endswith("_from_logits") and self.layers[-1].activation == "sigmoid":
            raise ValueError(
                "This loss takes logits: give the last layer the activation 'identity'. "
                f"Received: activation={self.layers[-1].activation!r}, loss={loss!r}"
            )
        if self.shape != forward.shape:
            raise ValueError(
                f"The pass is of another network. Received: layers of {self.shape}, a pass through {forward.shape}"
            )
        measured = loss_named(loss)(forward.output, target)
        da = measured.gradient  # [B, n_out]
        returned: list[LayerBackward] = []
        for layer, kept in zip(reversed(self.layers), reversed(forward.layers), strict=True):
            da_dz = settled("A derivative", activation_named(layer.activation).derivative(kept.z))
            with np.errstate(over="ignore", invalid="ignore"):
                delta = settled("δ", da * da_dz)  # [B, n_out]
                dW = settled("The gradient of W", kept.x.T @ delta)  # [n_in, B] @ [B, n_out]
                dx = settled("The gradient of x", delta @ layer.W.T)  # [B, n_out] @ [n_out, n_in]
            returned.append(LayerBackward(da, da_dz, delta, dW, settled("The gradient of b", delta.sum(0)), dx))
            da = dx
        return NetworkBackward(measured.value, tuple(reversed(returned)))

    @property
    def parameters(self) -> Array:
        """All numbers that are learned, in one row: W and b of the first layer, then of the next."""
        return np.concatenate([part.ravel() for layer in self.layers for part in (layer.W, layer.b)])

    def with_parameters(self, parameters: ArrayLike) -> DenseNetwork:
        """This network with other numbers, in the order of `parameters`.

        Raises:
            ValueError: not as many numbers as the network has.
        """
        given, at, layers = numbers("parameters", parameters, ndim=1), 0, []
        if given.size != self.parameters.size:
            raise ValueError(f"This network has {self.parameters.size} parameters. Received: {given.size} numbers")
        for layer in self.layers:
            end = at + layer.W.size
            layers.append(
                DenseLayer(given[at:end].reshape(layer.W.shape), given[end : end + layer.b.size], layer.activation)
            )
            at = end + layer.b.size
        return DenseNetwork(tuple(layers))

    def update(self, backward: NetworkBackward, learning_rate: float) -> DenseNetwork:
        """Every parameter less η times its gradient: plain gradient descent (`optimizers` has others).

        Raises:
            ValueError: the learning rate is not above 0, or so large that a parameter overflows.
        """
        rate = positive("learning_rate", learning_rate)
        with np.errstate(over="ignore", invalid="ignore"):
            moved = self.parameters - rate * backward.gradient
        return self.with_parameters(moved)

    def check(self, X: ArrayLike, target: ArrayLike, loss: str = "mean_squared_error") -> GradientCheck:
        """The gradient of `parameters` beside finite differences: two forward passes for each parameter.

        Example:
            >>> DenseNetwork.initial([2, 3, 1]).check([[0.0, 1.0], [1.0, 1.0]], [[1.0], [0.0]]).agrees
            True
        """

        def loss_of(parameters: Array) -> float:
            return loss_named(loss)(self.with_parameters(parameters).forward(X).output, target).value

        return gradient_check(loss_of, self.parameters, self.backward(self.forward(X), target, loss).gradient)
