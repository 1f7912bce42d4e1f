"""RMS normalization forward and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from llm_widgets.foundations._arrays import Array, numbers, settled

EPSILON = 1e-5


@dataclass(frozen=True, eq=False)
class Normalized:
    """Vectors of one length.

    Attributes:
        x: as they came, [..., C].
        rms: the root of the mean of their squares, [..., 1].
        unit: x / rms, [..., C].
        gain: what each number is then multiplied by, [C].
        output: unit · gain, [..., C].
    """

    x: Array
    rms: Array
    unit: Array
    gain: Array
    output: Array


def rms_norm(x: ArrayLike, gain: ArrayLike) -> Normalized:
    """x / √(mean(x²) + ε) · gain.

    Args:
        x: vectors, [..., C].
        gain: [C].

    Raises:
        ValueError: the gain has another length than the vectors.

    Example:
        >>> rms_norm([[3.0, -3.0]], [1.0, 2.0]).output.round(3)
        array([[ 1., -2.]])

    Reference:
        Zhang and Sennrich (2019), Root Mean Square Layer Normalization.
    """
    x, gain = numbers("x", x), numbers("gain", gain, ndim=1)
    if x.ndim == 0 or x.shape[-1] != gain.size:
        raise ValueError(f"One gain for each number of a vector. Received: x of {x.shape}, gain of {gain.shape}")
    with np.errstate(over="ignore"):
        rms = settled("A mean of squares", np.sqrt((x**2).mean(-1, keepdims=True) + EPSILON))
    unit = settled("A normalized vector", x / rms)
    return Normalized(x, rms, unit, gain, settled("A normalized vector", unit * gain))


def rms_norm_backward(forward: Normalized, d_output: ArrayLike) -> tuple[Array, Array]:
    """From ∂L/∂output to ∂L/∂x [..., C] and ∂L/∂gain [C].

    Args:
        forward: what `rms_norm` gave.
        d_output: ∂L/∂output, [..., C].

    Raises:
        ValueError: d_output has another shape than the output.

    Example:
        >>> rms_norm_backward(rms_norm([[3.0, -3.0]], [1.0, 1.0]), [[1.0, 1.0]])[1].round(3)
        array([ 1., -1.])
    """
    d_output = numbers("d_output", d_output)
    if d_output.shape != forward.output.shape:
        raise ValueError(
            f"d_output has the output's shape. Received: d_output of {d_output.shape}, output of {forward.output.shape}"
        )
    d_gain = (d_output * forward.unit).reshape(-1, forward.gain.size).sum(0)
    d_unit = d_output * forward.gain
    # A longer x is divided by a longer rms: what points along x has no effect.
    d_x = (d_unit - forward.unit * (d_unit * forward.unit).mean(-1, keepdims=True)) / forward.rms
    return settled("A gradient", d_x), settled("A gradient", d_gain)
