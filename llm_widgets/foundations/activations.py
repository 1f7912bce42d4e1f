"""Activation functions of single numbers, with their derivatives.

Each is written so that no number overflows on the way: what is right at 1e4 and at ±inf is what comes out. All take and
return any shape; all refuse NaN and emptiness with a `ValueError`. Softmax mixes numbers and has a file of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from llm_widgets.foundations._arrays import Array, numbers

_GELU = math.sqrt(2 / math.pi)
_erfc = np.frompyfunc(math.erfc, 1, 1)


def identity(z: ArrayLike) -> Array:
    """z as it is: the output of a regression, or of a layer that gives logits."""
    return numbers("z", z, finite=False)


def identity_derivative(z: ArrayLike) -> Array:
    """1 everywhere."""
    return np.ones_like(numbers("z", z, finite=False))


def sigmoid(z: ArrayLike) -> Array:
    """1 / (1 + e⁻ᶻ): any number to one between 0 and 1.

    Example:
        >>> sigmoid([-1e4, 0.0, 1e4])
        array([0. , 0.5, 1. ])

    Reference:
        Rumelhart, Hinton and Williams (1986), Learning representations by back-propagating errors.
    """
    z = numbers("z", z, finite=False)
    e = np.exp(-np.abs(z))  # never above 1: e^z itself would overflow from 710 on
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


def sigmoid_derivative(z: ArrayLike) -> Array:
    """σ(z)·σ(−z), which is σ(1 − σ) without the digits that 1 − σ loses; 1/4 at most.

    Example:
        >>> sigmoid_derivative([-40.0, 0.0, 40.0])
        array([4.24835426e-18, 2.50000000e-01, 4.24835426e-18])
    """
    z = numbers("z", z, finite=False)
    return sigmoid(z) * sigmoid(-z)


def relu(z: ArrayLike) -> Array:
    """max(0, z).

    Example:
        >>> relu([-2.0, 0.0, 3.0])
        array([0., 0., 3.])

    Reference:
        Nair and Hinton (2010), Rectified Linear Units Improve Restricted Boltzmann Machines.
    """
    return np.maximum(numbers("z", z, finite=False), 0.0)


def relu_derivative(z: ArrayLike) -> Array:
    """1 above 0, otherwise 0: a unit that is below 0 for all inputs learns no more.

    At 0 there is a kink and no derivative; 0 is taken, as PyTorch does.

    Example:
        >>> relu_derivative([-2.0, 0.0, 3.0])
        array([0., 0., 1.])
    """
    return np.where(numbers("z", z, finite=False) > 0, 1.0, 0.0)


def tanh(z: ArrayLike) -> Array:
    """(eᶻ − e⁻ᶻ) / (eᶻ + e⁻ᶻ): any number to one between −1 and 1.

    Example:
        >>> tanh([-1e4, 0.0, 1e4])
        array([-1.,  0.,  1.])

    Reference:
        LeCun, Bottou, Orr and Müller (1998), Efficient BackProp: why outputs around 0 serve hidden layers better.
    """
    return np.tanh(numbers("z", z, finite=False))


def tanh_derivative(z: ArrayLike) -> Array:
    """1 − tanh²(z), computed as 4·σ(2z)·σ(−2z), which keeps its digits far from 0; 1 at most."""
    z = numbers("z", z, finite=False)
    with np.errstate(over="ignore"):  # 2z to infinity, which sigmoid takes
        return 4 * sigmoid_derivative(2 * z)


def gelu(z: ArrayLike) -> Array:
    """z·Φ(z), with Φ the share of a standard normal distribution below z.

    Example:
        >>> gelu([-1e4, -1.0, 0.0, 1.0]).round(4)
        array([ 0.    , -0.1587,  0.    ,  0.8413])

    Reference:
        Hendrycks and Gimpel (2016), Gaussian Error Linear Units (GELUs). The form of BERT.
    """
    z = numbers("z", z, finite=False)
    return np.maximum(z, -100.0) * _normal_cdf(z) + 0.0  # −100: beyond it Φ is 0, and −inf·0 would be NaN


def gelu_derivative(z: ArrayLike) -> Array:
    """Φ(z) + z·φ(z), with φ the standard normal density; it rises above 1 and falls below 0."""
    z = numbers("z", z, finite=False)
    near = np.clip(z, -100.0, 100.0)  # beyond, φ is 0
    return _normal_cdf(z) + near * np.exp(-near * near / 2) / math.sqrt(2 * math.pi)


def gelu_tanh(z: ArrayLike) -> Array:
    """½·z·(1 + tanh(√(2/π)·(z + 0.044715·z³))), the approximation of GELU that GPT-2 uses; within 0.0005 of it.

    Example:
        >>> (gelu_tanh([-1.0, 1.0]) - gelu([-1.0, 1.0])).round(5)
        array([-0.00015, -0.00015])

    Reference:
        Hendrycks and Gimpel (2016), Gaussian Error Linear Units (GELUs), section 2.
    """
    z = numbers("z", z, finite=False)
    near = np.clip(z, -100.0, 100.0)
    # (1 + tanh u)/2 is σ(2u), which keeps its digits where tanh u is close to −1.
    return np.maximum(z, -100.0) * sigmoid(2 * _GELU * (near + 0.044715 * near**3)) + 0.0


def gelu_tanh_derivative(z: ArrayLike) -> Array:
    """σ(2u) + z·σ′(2u)·2u′, with u = √(2/π)·(z + 0.044715·z³)."""
    z = np.clip(numbers("z", z, finite=False), -100.0, 100.0)  # beyond, it is 0 or 1
    u = _GELU * (z + 0.044715 * z**3)
    du = _GELU * (1 + 3 * 0.044715 * z**2)
    return sigmoid(2 * u) + z * sigmoid_derivative(2 * u) * 2 * du


def silu(z: ArrayLike) -> Array:
    """z·σ(z), also called Swish; inside Llama's feed-forward layers.

    Example:
        >>> silu([-1e4, -1.0, 0.0, 1.0]).round(4)
        array([ 0.    , -0.2689,  0.    ,  0.7311])

    Reference:
        Hendrycks and Gimpel (2016), above; Ramachandran, Zoph and Le (2017), Searching for Activation Functions.
    """
    z = numbers("z", z, finite=False)
    return np.maximum(z, -800.0) * sigmoid(z) + 0.0  # −800: beyond it σ is 0


def silu_derivative(z: ArrayLike) -> Array:
    """σ(z) + z·σ(z)·σ(−z)."""
    z = numbers("z", z, finite=False)
    return sigmoid(z) + np.clip(z, -800.0, 800.0) * sigmoid_derivative(z)


@dataclass(frozen=True)
class Activation:
    """A function of one number with its derivative.

    Attributes:
        name: its key in `ACTIVATIONS`.
        latex: its formula in z.
        function: z [...] → a [...].
        derivative: z [...] → da/dz [...].

    Example:
        >>> float(ACTIVATIONS["tanh"].derivative(0.0))
        1.0
    """

    name: str
    latex: str
    function: Callable[[ArrayLike], Array]
    derivative: Callable[[ArrayLike], Array]


ACTIVATIONS: Mapping[str, Activation] = MappingProxyType({
    a.name: a
    for a in (
        Activation("identity", r"z", identity, identity_derivative),
        Activation("sigmoid", r"\frac{1}{1 + e^{-z}}", sigmoid, sigmoid_derivative),
        Activation("relu", r"\max(0, z)", relu, relu_derivative),
        Activation("tanh", r"\tanh z", tanh, tanh_derivative),
        Activation("gelu", r"z\,\Phi(z)", gelu, gelu_derivative),
        Activation("gelu_tanh", r"\tfrac{z}{2}\left(1 + \tanh\left(\sqrt{2/\pi}\,(z + 0.044715\,z^3)\right)\right)",
                   gelu_tanh, gelu_tanh_derivative),
        Activation("silu", r"z\,\sigma(z)", silu, silu_derivative),
    )
})  # fmt: skip


def activation_named(name: str) -> Activation:
    """The one of `ACTIVATIONS` with this name.

    Raises:
        ValueError: there is none.
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"An activation is one of {', '.join(ACTIVATIONS)}. Received: activation={name!r}")
    return ACTIVATIONS[name]


def _normal_cdf(z: Array) -> Array:
    # erfc, not 1 + erf: far below 0 the sum would be 0 where Φ is 1e-20.
    return np.asarray(_erfc(-z / math.sqrt(2)) / 2, np.float64)
