"""Automatic differentiation of an expression: its graph, and the way back through it, one edge at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import traitlets

from llm_widgets.foundations import Value, backward_steps, finite_differences, graph, topological_order
from llm_widgets.widgets._computed import ComputedWidget, plain
from llm_widgets.widgets._expression import UndefinedError, computed, names, parsed
from llm_widgets.widgets._keywords import check_keywords

_DEFAULTS = (2.0, -3.0, 0.5, 1.0, -1.0, 1.5)


class AutodiffStepper(ComputedWidget):
    """The graph of an expression, stepped forward to its value and back to the derivative by each name.

    Args:
        expression: of names, numbers, + − * / **, brackets, tanh, exp, log and relu; it is read, and never run.
        values: of the names; others get a number that can be edited on the page.
        step: where one stands.

    Raises:
        traitlets.TraitError, ValueError: the expression is none, or a value is no finite number.

    Example:
        >>> stepper = AutodiffStepper("(a*b + 1)**2", values={"a": 2.0, "b": 3.0})
        >>> stepper.gradients
        {'a': 42.0, 'b': 28.0}

    Reference:
        Baydin, Pearlmutter, Radul and Siskind (2018), Automatic Differentiation in Machine Learning: a Survey.
    """

    _front: ClassVar[str] = "autodiff_stepper"
    SETTINGS: ClassVar[tuple[str, ...]] = ("expression", "values", "step")

    expression = traitlets.Unicode("(w*x + b - t)**2").tag(sync=True)
    values = traitlets.Dict(value_trait=traitlets.Float(), key_trait=traitlets.Unicode()).tag(sync=True)
    step = traitlets.Int(0, min=0).tag(sync=True)

    def __init__(
        self, expression: str = "(w*x + b - t)**2", values: Mapping[str, float] | None = None, **settings: Any
    ) -> None:
        check_keywords(AutodiffStepper, settings, (*self.SETTINGS, "projector"))
        super().__init__(expression=expression, values=dict(values or {}), **settings)

    @traitlets.validate("expression")
    def _readable(self, proposal: Any) -> str:
        parsed(proposal["value"])
        return str(proposal["value"])

    @traitlets.validate("values")
    def _finite(self, proposal: Any) -> dict[str, float]:
        for name, value in proposal["value"].items():
            if not math.isfinite(value):
                raise ValueError(f"Each value must be a finite number. Received: {name}={value}")
        return dict(proposal["value"])

    @property
    def gradients(self) -> dict[str, float]:
        """The derivative of the expression by each name; nothing where it has no finite value."""
        return {name: pair[0] for name, pair in self._found.get("gradients", {}).items()}

    def _compute(self) -> dict[str, Any]:
        tree = parsed(self.expression)
        order = names(tree)
        values = {name: self.values.get(name, _DEFAULTS[at % len(_DEFAULTS)]) for at, name in enumerate(order)}
        found: dict[str, Any] = {"expression": self.expression, "values": values}
        try:
            output = computed(tree, values)
        except UndefinedError as error:
            return found | {"undefined": error.part}
        drawn = graph(output)
        steps: list[list[Any]] = [["start"], *(["forward", node.index] for node in drawn.nodes if node.depth)]
        gradients = dict.fromkeys(order, 0.0)
        nodes = topological_order(output)
        for step in backward_steps(output):
            steps.append(["gradient", step.node, float(step.gradient)])
            if nodes[step.node].op == "":
                gradients[nodes[step.node].name] = float(step.gradient)
            for sent in step.contributions:
                # What this edge multiplies by: the way back from a gradient of 1.
                local = float(np.asarray(nodes[step.node].pulls[sent.argument](np.ones(()))))
                flow, total = float(sent.gradient), float(sent.total)
                steps.append(["edge", step.node, sent.parent, sent.argument, local, flow, total])
        return dict(plain(found | drawn.as_dict() | {"steps": steps, "gradients": _beside(tree, values, gradients)}))


def _beside(tree: Any, values: Mapping[str, float], gradients: Mapping[str, float]) -> dict[str, list[float | None]]:
    """Each derivative with its finite difference; None where a neighbour has no value."""

    def f(x: Any) -> Any:
        made: Value = computed(tree, dict(zip(values, x.tolist(), strict=True)))
        return made.data

    try:
        differences = finite_differences(f, list(values.values()))[0].tolist()
    except ValueError:
        differences = [None] * len(values)
    return {name: [gradients[name], difference] for name, difference in zip(values, differences, strict=True)}
