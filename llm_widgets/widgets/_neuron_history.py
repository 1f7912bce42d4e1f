"""A neuron and what its updates make of it, one after another; what the library refuses is told by a key."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from llm_widgets.foundations.differences import GradientCheck, gradient_check
from llm_widgets.foundations.neuron import Neuron, NeuronBackward, NeuronForward, NeuronStep
from llm_widgets.i18n import t

MAX_UPDATES = 500
_RISES = 3  # so often in a row must the loss rise until we say that it runs away
_COARSE = 1e-3  # a finite difference that moves z further than this measures across a bend


@dataclass(frozen=True, eq=False)
class Place:
    """The neuron after some updates, with all that is computed there.

    Attributes:
        neuron: as it is there.
        forward: its way forward.
        backward: the loss and its way back; None where it cannot be, for which `problem` says why.
        after: what the next update makes of it; None where there can be none.
        problem: "double_sigmoid", "target" or "output" (outside 0 to 1), "overflow" (behind y), "".
    """

    neuron: Neuron
    forward: NeuronForward
    backward: NeuronBackward | None
    after: Neuron | None
    problem: str


class NeuronHistory:
    """The places of a neuron's training on one example, each computed when it is first asked for.

    Args:
        first: the neuron before any update.
        x: inputs, [n].
        target: what its output should be.
        loss: one of `NEURON_LOSSES`.
        learning_rate: of each update.

    Raises:
        ValueError: a number on the first way forward overflows.

    Example:
        >>> history = NeuronHistory(Neuron([0.1, 0.2, 0.3], 0.5), (1, 2, 3), 2.0, "half_squared_error", 0.1)
        >>> history.reach(2)
        >>> [round(loss, 8) for loss in history.losses]
        [0.005, 0.00125, 0.0003125]
    """

    def __init__(self, first: Neuron, x: Sequence[float], target: float, loss: str, learning_rate: float) -> None:
        self.x, self.target, self.loss, self.learning_rate = x, target, loss, learning_rate
        self._places = [self._look(first)]

    @property
    def updates(self) -> int:
        """How many updates were made."""
        return len(self._places) - 1

    @property
    def losses(self) -> list[float | None]:
        """The loss at each place; None where it cannot be computed."""
        return [place.backward.loss if place.backward else None for place in self._places]

    @property
    def steps(self) -> list[NeuronStep]:
        """The updates that were made, each with all that led to it."""
        return [
            NeuronStep(place.neuron, place.forward, place.backward, self.learning_rate, place.after)
            for place in self._places[:-1]
            if place.backward and place.after
        ]

    @property
    def more(self) -> bool:
        """Whether another update can be made at the end."""
        return self.updates < MAX_UPDATES and self._places[-1].after is not None

    def place(self, at: int) -> Place:
        """What is computed after `at` updates."""
        return self._places[at]

    def reach(self, at: int) -> None:
        """Makes updates until there are `at` of them.

        Raises:
            ValueError: there cannot be so many.
        """
        if not 0 <= at <= MAX_UPDATES:
            raise ValueError(t("A step lies between 0 and {most}. Received: step={step}", most=MAX_UPDATES, step=at))
        while self.updates < at:
            after = self._places[-1].after
            if after is None:
                raise ValueError(
                    t("No update is possible after step {last}. Received: step={step}", last=self.updates, step=at)
                )
            self._places.append(self._look(after))

    def news(self, at: int) -> str:
        """What is to be told of a place: "diverging", "rose", "dead" (a ReLU that learns nothing), "still", or "".

        A step of gradient descent that is small enough lowers the loss of the one example; a rise means overshooting.
        """
        place, losses = self.place(at), self.losses[: at + 1]
        known = [loss for loss in losses[-_RISES - 1 :] if loss is not None]
        if place.backward is None:
            return ""
        if place.neuron.activation == "relu" and place.forward.z <= 0 and place.backward.dL_dy != 0:
            return "dead"
        rises = [b > a for a, b in itertools.pairwise(known)]
        if len(rises) == _RISES and all(rises):
            return "diverging"
        if rises and rises[-1]:
            return "rose"
        return "still" if place.after is not None and _same(place.neuron, place.after) else ""

    def loss_after(self, at: int) -> float | None:
        """The loss that the next update leads to; None where there is none."""
        after = self.place(at).after
        backward = self._look(after).backward if after else None
        return backward.loss if backward else None

    def differences(self, at: int) -> list[dict[str, float | bool | str | None]]:
        """Each gradient beside its finite difference: of the weights, the bias and the inputs.

        `why` says where the two differ although nothing is wrong: "kink" (of the activation), "limits" (a probability
        so near to 0 or 1 that its digits are gone), "coarse" (the difference moves z too far); "edge": there is no
        difference, because the loss is not defined beside this place.
        """
        place = self.place(at)
        neuron, back, z = place.neuron, place.backward, place.forward.z
        if back is None:
            return []

        def of_inputs() -> GradientCheck:
            return gradient_check(
                lambda x: neuron.backward(neuron.forward(x), self.target, self.loss).loss, self.x, back.dL_dx
            )

        def of_weights() -> GradientCheck:
            return neuron.check(self.x, self.target, self.loss)

        found: list[dict[str, float | bool | str | None]] = []
        sides: tuple[tuple[Callable[[], GradientCheck], list[float], list[float]], ...] = (
            (of_weights, [*back.dL_dw.tolist(), back.dL_db], [*back.dz_dw.tolist(), back.dz_db]),
            (of_inputs, back.dL_dx.tolist(), back.dz_dx.tolist()),
        )
        for check, gradients, slopes in sides:
            try:
                checked = check()
            except ValueError:
                found += [{"gradient": g + 0.0, "difference": None, "agrees": False, "why": "edge"} for g in gradients]
                continue
            for i, (gradient, slope) in enumerate(zip(gradients, slopes, strict=True)):
                agrees = bool(checked.errors[i] <= checked.tolerance)
                reach = float(checked.steps[i]) * abs(slope)
                found.append({
                    "gradient": gradient + 0.0, "difference": float(checked.differences[i]) + 0.0,  # never −0
                    "step": float(checked.steps[i]), "error": float(checked.errors[i]), "agrees": agrees,
                    "why": "" if agrees else self._why(neuron.activation, place.forward.y, z, reach),
                })  # fmt: skip
        return found

    def _why(self, activation: str, y: float, z: float, reach: float) -> str:
        if activation == "relu" and abs(z) <= reach:
            return "kink"
        if self.loss == "binary_cross_entropy" and min(y, 1 - y) < 1e-6:
            return "limits"
        return "coarse" if reach > _COARSE else ""

    def _look(self, neuron: Neuron) -> Place:
        forward = neuron.forward(self.x)
        problem = self._problem(neuron, forward)
        backward = after = None
        if not problem:
            try:
                backward = neuron.backward(forward, self.target, self.loss)
                after = neuron.update(backward, self.learning_rate)
                forward_after = after.forward(self.x)
                if not self._problem(after, forward_after):
                    after.backward(forward_after, self.target, self.loss)
            except ValueError:  # all that is not refused above is a number out of range
                after, problem = None, "overflow"
        return Place(neuron, forward, backward, after, problem)

    def _problem(self, neuron: Neuron, forward: NeuronForward) -> str:
        if self.loss == "binary_cross_entropy_from_logits" and neuron.activation == "sigmoid":
            return "double_sigmoid"
        if self.loss.startswith("binary_cross_entropy") and not 0 <= self.target <= 1:
            return "target"
        if self.loss == "binary_cross_entropy" and not 0 <= forward.y <= 1:
            return "output"
        return ""


def _same(before: Neuron, after: Neuron) -> bool:
    return bool(np.allclose(np.append(before.w, before.b), np.append(after.w, after.b), rtol=1e-12, atol=1e-15))
