"""One neuron whose every number can be changed: forward, chain rule, gradient check and update follow at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import traitlets

from llm_widgets.foundations.activations import activation_named
from llm_widgets.foundations.neuron import NEURON_LOSSES, Neuron, NeuronStep
from llm_widgets.i18n import t
from llm_widgets.widgets._computed import ComputedWidget, plain
from llm_widgets.widgets._neuron_history import NeuronHistory

MAX_INPUTS = 6


class NeuronWorkbench(ComputedWidget):
    """A neuron in numbers: what goes forward, what comes back by the chain rule, and what an update makes of it.

    `step` counts the updates that were made to the neuron that is shown: `workbench.step = 3` makes three of them and
    shows the result, `workbench.step = 0` goes back. `w` and `b` are those of the neuron that is shown. Whatever else
    is changed begins a new history from there.

    Args:
        x: inputs, 1 to 6.
        w: weights, one for each input.
        b: bias.
        target: what the output should be.
        activation: a name of `foundations.ACTIVATIONS`.
        loss: "half_squared_error", "mean_squared_error", "binary_cross_entropy" or
            "binary_cross_entropy_from_logits".
        learning_rate: η, above 0.

    Raises:
        ValueError: there are not as many inputs as weights, or more than six; a number is not finite; no such
            activation or loss.

    Example:
        >>> workbench = NeuronWorkbench(x=(1, 2, 3), w=(0.1, 0.2, 0.3), b=0.5, target=2.0)
        >>> workbench.update(2)
        >>> [round(float(w), 6) for w in workbench.w], workbench.step
        ([0.105, 0.21, 0.315], 2)
        >>> [round(step.backward.loss, 6) for step in workbench.history]
        [0.005, 0.00125]

    Reference:
        Rumelhart, Hinton and Williams (1986), Learning representations by back-propagating errors.
    """

    _front: ClassVar[str] = "neuron"
    NUMBERS: ClassVar[tuple[str, ...]] = ("x", "w", "b", "target", "activation", "loss", "learning_rate")
    SETTINGS: ClassVar[tuple[str, ...]] = (*NUMBERS, "step")

    x = traitlets.List(traitlets.Float()).tag(sync=True)
    w = traitlets.List(traitlets.Float()).tag(sync=True)
    b = traitlets.Float(0.5).tag(sync=True)
    target = traitlets.Float(2.0).tag(sync=True)
    activation = traitlets.Unicode("relu").tag(sync=True)
    loss = traitlets.Unicode("half_squared_error").tag(sync=True)
    learning_rate = traitlets.Float(0.1).tag(sync=True)
    # How many updates were made to the neuron that is shown.
    step = traitlets.Int(0).tag(sync=True)
    # Whose chain rule is written out: "w1", "b", "x2" …
    chosen = traitlets.Unicode("w1").tag(sync=True)

    def __init__(
        self,
        x: Sequence[float] = (1.0, 2.0, 3.0),
        w: Sequence[float] = (0.1, 0.2, 0.3),
        b: float = 0.5,
        target: float = 2.0,
        activation: str = "relu",
        loss: str = "half_squared_error",
        learning_rate: float = 0.1,
        **kwargs: Any,
    ) -> None:
        self._history: NeuronHistory | None = None
        self._shown = 0
        self._given = {
            "x": [float(v) for v in x], "w": [float(v) for v in w], "b": float(b), "target": float(target),
            "activation": activation, "loss": loss, "learning_rate": float(learning_rate),
        }  # fmt: skip
        super().__init__(**self._given, **kwargs)

    @property
    def neuron(self) -> Neuron:
        """The neuron that is shown."""
        return Neuron(self.w, self.b, self.activation)

    @property
    def history(self) -> list[NeuronStep]:
        """The updates since a number was last changed, 500 at most, each with all that led to it."""
        return self._history.steps if self._history else []

    def update(self, times: int = 1) -> None:
        """Makes the next updates, or goes forward over those that were made.

        Raises:
            ValueError: there cannot be so many: a number would overflow, the loss cannot be computed, or there are
                500.
        """
        self.step += times

    def reset(self) -> None:
        """Back to the numbers that were given, with no update made."""
        with self._at_once():
            self._set(self._given)
            self._history = None

    def change(self, **settings: Any) -> None:
        """Changes several settings at once; all of them, or none where one is refused. `step` comes last.

        Raises:
            ValueError, traitlets.TraitError: a setting cannot be that.
        """
        step = settings.pop("step", None)
        if settings:
            super().change(**settings)
        if step is not None:
            super().change(step=step)

    @traitlets.validate("x", "w")
    def _as_many(self, proposal: Any) -> list[float]:
        values = proposal["value"]
        if not 1 <= len(values) <= MAX_INPUTS:
            raise ValueError(t("A neuron here has 1 to {most} inputs. Received: {n}", most=MAX_INPUTS, n=len(values)))
        other = self.w if proposal["trait"].name == "x" else self.x
        if other and len(other) != len(values):
            raise ValueError(
                t(
                    "Each input needs a weight: change both at once, change(x=…, w=…). Received: {n} and {other}",
                    n=len(values),
                    other=len(other),
                )
            )
        return [_finite(value) for value in values]

    @traitlets.validate("b", "target", "learning_rate")
    def _number(self, proposal: Any) -> float:
        value = _finite(proposal["value"])
        if proposal["trait"].name == "learning_rate" and value <= 0:
            raise ValueError(t("The learning rate must be above 0. Received: {x}", x=value))
        return value

    @traitlets.validate("activation")
    def _activation(self, proposal: Any) -> str:
        return activation_named(proposal["value"]).name

    @traitlets.validate("loss")
    def _loss(self, proposal: Any) -> str:
        if proposal["value"] not in NEURON_LOSSES:
            raise ValueError(
                t(
                    "The loss of a neuron is one of {losses}. Received: loss={loss}",
                    losses=", ".join(NEURON_LOSSES),
                    loss=repr(proposal["value"]),
                )
            )
        return str(proposal["value"])

    @traitlets.validate("step")
    def _reachable(self, proposal: Any) -> int:
        if self._history:
            self._history.reach(proposal["value"])
        return int(proposal["value"])

    @traitlets.validate("chosen")
    def _one_of_them(self, proposal: Any) -> str:
        names = _names(len(self.w))
        if proposal["value"] not in names:
            raise ValueError(
                t("Choose one of {names}. Received: {name}", names=", ".join(names), name=repr(proposal["value"]))
            )
        return str(proposal["value"])

    def _fit(self) -> None:
        try:
            self._follow()
        except (ValueError, OverflowError):  # what is given overflows; the page tells it
            self._history, self.step = None, 0

    def _follow(self) -> None:
        """Begins a new history where a number was changed; goes to the place that `step` says otherwise."""
        history = self._history
        begun = (self.x, self.target, self.loss, self.learning_rate)
        if history and begun == (history.x, history.target, history.loss, history.learning_rate):
            before = history.place(self._shown).neuron
            if (self.w, self.b, self.activation) == (before.w.tolist(), before.b, before.activation):
                now = history.place(self.step).neuron
                self.w, self.b, self._shown = now.w.tolist(), now.b, self.step
                return
        self._history = NeuronHistory(self.neuron, list(self.x), self.target, self.loss, self.learning_rate)
        self.step = self._shown = 0
        if self.chosen not in _names(len(self.w)):
            self.chosen = "w1"

    def _compute(self) -> dict[str, Any]:
        history, at = self._history, self.step
        if history is None:
            raise ValueError("A number on the way overflows")
        place = history.place(at)
        after = place.after
        parameters = [
            {"name": name, "value": value, "after": changed, **check}
            for name, value, changed, check in zip(
                _names(len(self.w)),
                [*self.w, self.b, *self.x],
                [*after.w, after.b, *[None] * len(self.x)] if after else [None] * (2 * len(self.x) + 1),
                history.differences(at) or [{}] * (2 * len(self.x) + 1),
                strict=True,
            )
        ]
        found: dict[str, Any] = plain({
            **{name: getattr(self, name) for name in self.SETTINGS},
            "products": place.forward.products, "z": place.forward.z, "y": place.forward.y,
            "back": {name: getattr(place.backward, name) + 0.0 for name in ("loss", "dL_dy", "dy_dz", "dL_dz")}
            if place.backward else None,
            "parameters": parameters, "updates": history.updates, "more": history.more, "losses": history.losses,
            "loss_after": history.loss_after(at), "problem": place.problem, "news": history.news(at),
        })  # fmt: skip
        return found

    def _on_reset(self, content: Any) -> None:
        self.reset()


def _names(n: int) -> list[str]:
    return [*(f"w{i + 1}" for i in range(n)), "b", *(f"x{i + 1}" for i in range(n))]


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(t("Each number must be finite. Received: {x}", x=value))
    return float(value)
