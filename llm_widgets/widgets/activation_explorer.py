"""Activation functions with their derivatives: where they saturate and die, and what a stack of layers makes of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets

from llm_widgets.foundations import ACTIVATIONS
from llm_widgets.widgets._activation_stack import Stack, output, stack, zones
from llm_widgets.widgets._computed import ComputedWidget, plain
from llm_widgets.widgets._keywords import check_keywords

REACH = 6.0  # of the plot, to both sides
MAX_DEPTH = 50
MAX_WIDTH = 128
MAX_GAIN = 1e7  # enough to see numbers overflow


class ActivationExplorer(ComputedWidget):
    """An activation with its derivative, a point to drag, and the gradient of a stack of layers with this activation.

    Args:
        activation: a name of `foundations.ACTIVATIONS`.
        beside: others that are drawn over it.
        z: where the point stands.
        threshold: a slope smaller than this counts as saturated.
        depth: layers of the stack, 1 to 50.
        width: units of each, 1 to 128.
        gain: weights have a standard deviation of gain / √width, 0 to 10⁷; 1 is Xavier's choice here, √2 He's.
        seed: of weights, inputs and the gradient at the top.
        settings: mean and deviation (of the normally distributed inputs whose output is described).

    Raises:
        traitlets.TraitError, ValueError: a setting cannot be that.

    Example:
        >>> explorer = ActivationExplorer("sigmoid", depth=10)
        >>> explorer.stack().gradients[-1] < 1e-4  # what is left of a gradient of norm 1 at the input
        True

    Reference:
        Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward neural networks.
    """

    _front: ClassVar[str] = "activation_explorer"
    SETTINGS: ClassVar[tuple[str, ...]] = (
        "activation", "beside", "z", "threshold", "mean", "deviation", "depth", "width", "gain", "seed",
    )  # fmt: skip

    activation = traitlets.Enum(tuple(ACTIVATIONS), "sigmoid").tag(sync=True)
    beside = traitlets.List(traitlets.Enum(tuple(ACTIVATIONS))).tag(sync=True)
    z = traitlets.Float(1.0).tag(sync=True)
    threshold = traitlets.Float(0.05, min=0.0, max=1.0).tag(sync=True)
    mean = traitlets.Float(0.0, min=-100.0, max=100.0).tag(sync=True)
    deviation = traitlets.Float(1.0, min=0.0, max=100.0).tag(sync=True)
    depth = traitlets.Int(10, min=1, max=MAX_DEPTH).tag(sync=True)
    width = traitlets.Int(64, min=1, max=MAX_WIDTH).tag(sync=True)
    gain = traitlets.Float(1.0, min=0.0, max=MAX_GAIN).tag(sync=True)
    seed = traitlets.Int(0, min=0, max=2**31).tag(sync=True)
    # What the curves are drawn from; apart from `_found`, since dragging the point changes none of it.
    _curves = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        activation: str = "sigmoid",
        *,
        beside: Sequence[str] = (),
        z: float = 1.0,
        threshold: float = 0.05,
        depth: int = 10,
        width: int = 64,
        gain: float = 1.0,
        seed: int = 0,
        **settings: Any,
    ) -> None:
        check_keywords(ActivationExplorer, settings, (*self.SETTINGS, "projector"))
        super().__init__(
            activation=activation, beside=list(beside), z=z, threshold=threshold, depth=depth, width=width, gain=gain,
            seed=seed, **settings,
        )  # fmt: skip

    @traitlets.validate("z", "threshold", "mean", "deviation", "gain")
    def _finite(self, proposal: Any) -> float:
        value = float(proposal["value"])
        if not math.isfinite(value):  # NaN is neither below nor above any limit
            raise ValueError(f"{proposal['trait'].name} must be a finite number. Received: {value}")
        return value

    def stack(self) -> Stack:
        """The gradient's norm layer by layer, and what else was found in the stack."""
        return stack(self.activation, self.depth, self.width, self.gain, self.seed)

    def _compute(self) -> dict[str, Any]:
        shown = list(dict.fromkeys([self.activation, *self.beside]))
        if list(self._curves.get("of", {})) != shown:
            x = np.linspace(-REACH, REACH, 241)
            self._curves = {
                "x": x.round(4).tolist(),
                "of": {name: [_short(ACTIVATIONS[name].function(x)), _short(ACTIVATIONS[name].derivative(x))] for name in shown},
            }  # fmt: skip
        chosen, tower = ACTIVATIONS[self.activation], self.stack()
        slope = float(chosen.derivative(self.z))
        found = {
            "activation": self.activation,
            "at": {name: [float(ACTIVATIONS[name].function(self.z)), float(ACTIVATIONS[name].derivative(self.z))] for name in shown},
            "z": self.z,
            "zones": zones(self.activation, self.threshold),
            "outputs": {name: vars(output(name, self.mean, self.deviation)) for name in shown},
            "stack": vars(tower),
            # A chain of single units, each with weight 1 and the point's z: the product of their slopes.
            "chain": [slope**n for n in range(self.depth + 1)],
            "slope": slope,
        }  # fmt: skip
        return dict(plain(found))


def _short(values: Any) -> list[float]:
    return [float(f"{value:.5g}") for value in values]
