"""The documents' worked example (section 4): what is printed there beside what comes out, as data.

The Chinese document works it in numbers, sections 4.1 and 4.2; both give the formulas of 4.2. Nothing here is text:
widgets say it in the learner's language, by the `key` of each row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from llm_widgets.foundations._arrays import Array, positive, settled, shown, whole
from llm_widgets.foundations.neuron import Neuron, NeuronStep

INPUT = (1.0, 2.0, 3.0)
WEIGHT = (0.1, 0.2, 0.3)
BIAS = 0.5
ACTIVATION = "relu"
TARGET = 2.0
LOSS = "half_squared_error"
LEARNING_RATE = 0.1

# What the document prints as the new weights and bias. No rule gives these weights.
PRINTED_WEIGHT = (0.0, -0.2, 0.0)
PRINTED_BIAS = 0.52

Rule = Literal["chain_rule", "as_computed", "as_formula", "as_printed"]
Verdict = Literal["right", "follows", "rule", "slip"]


@dataclass(frozen=True)
class Row:
    """One quantity of the example.

    Attributes:
        key: what it is.
        section: of the document, "4.1" or "4.2".
        documents: which print it, of "en" and "zh".
        printed: the numbers there.
        computed: the numbers by the chain rule from the example's inputs.
        follows: what comes out when the document's own rule is applied to the document's own earlier numbers; where
            this differs from `printed` too, it is a slip of arithmetic and not of the rule.
        carried: what the chain rule gives from the document's own earlier numbers; where this is what is printed, the
            line is wrong only because an earlier one is.
    """

    key: str
    section: str
    documents: tuple[str, ...]
    printed: tuple[float, ...]
    computed: tuple[float, ...]
    follows: tuple[float, ...]
    carried: tuple[float, ...]

    @property
    def right(self) -> bool:
        """What is printed is what comes out."""
        return bool(np.allclose(self.printed, self.computed, rtol=0, atol=1e-9))

    @property
    def consistent(self) -> bool:
        """What is printed at least follows from what the document printed before."""
        return bool(np.allclose(self.printed, self.follows, rtol=0, atol=1e-9))

    @property
    def verdict(self) -> Verdict:
        """ "right"; "follows" (from an earlier wrong number, by the right rule); "rule" (the rule is wrong); or "slip"
        (of arithmetic: no rule gives it from the numbers before).
        """
        if self.right:
            return "right"
        if not self.consistent:
            return "slip"
        return "follows" if np.allclose(self.printed, self.carried, rtol=0, atol=1e-9) else "rule"


def neuron() -> Neuron:
    """The example's neuron.

    Example:
        >>> round(neuron().forward(INPUT).y, 12)
        1.9
    """
    return Neuron(WEIGHT, BIAS, ACTIVATION)


def right_step() -> NeuronStep:
    """The example's one update by the chain rule, with all that leads to it."""
    return neuron().step(INPUT, TARGET, learning_rate=LEARNING_RATE, loss=LOSS)


def rows() -> tuple[Row, ...]:
    """The example in its order, printed beside computed.

    Example:
        >>> [(row.key, row.right, row.consistent) for row in rows() if not row.right][:2]
        [('weighted_sum', False, False), ('output', False, True)]
        >>> [row.verdict for row in rows()]
        ['right', 'slip', 'follows', 'follows', 'rule', 'follows', 'slip', 'follows']
    """
    step = right_step()
    forward, backward, after = step.forward, step.backward, step.after
    x, w = np.array(INPUT), np.array(WEIGHT)
    products, z, bias_gradient = (0.1, 0.4, 0.9), 1.8, -0.2  # as printed: what its later numbers start from

    def row(key: str, section: str, printed: object, computed: object, follows: object, carried: object) -> Row:
        found = (_tuple(numbers) for numbers in (printed, computed, follows, carried))
        return Row(key, section, ("zh",), *found)

    total, output, loss = sum(products) + BIAS, max(0.0, z), (1.8 - TARGET) ** 2 / 2
    error = 1.8 - TARGET  # ReLU's slope is 1 at 1.8
    weight, bias = w - LEARNING_RATE * np.array(products), BIAS - LEARNING_RATE * bias_gradient
    return (
        row("products", "4.1", products, forward.products, w * x, w * x),
        row("weighted_sum", "4.1", z, forward.z, total, total),
        row("output", "4.1", 1.8, forward.y, output, output),
        row("loss", "4.2", 0.02, backward.loss, loss, loss),
        row("weight_gradient", "4.2", products, backward.dL_dw, x * w, error * x),
        row("bias_gradient", "4.2", bias_gradient, backward.dL_db, error, error),
        row("new_weight", "4.2", PRINTED_WEIGHT, after.w, weight, weight),
        row("new_bias", "4.2", PRINTED_BIAS, after.b, bias, bias),
    )


@dataclass(frozen=True, eq=False)
class Followed:
    """What a rule does to the example's neuron over n updates.

    Attributes:
        rule: which.
        weights: [n + 1, 3], from the start on.
        biases: [n + 1].
        outputs: [n + 1].
        losses: ½(output − target)², [n + 1].
        diverged: the numbers left their range, and the rows end before that.
    """

    rule: Rule
    weights: Array
    biases: Array
    outputs: Array
    losses: Array
    diverged: bool

    @property
    def factor(self) -> float:
        """The last loss by the first one: above 1, following the rule made it worse."""
        return float(self.losses[-1] / self.losses[0])


def follow(rule: Rule, steps: int, *, learning_rate: float = LEARNING_RATE) -> Followed:
    """Applies a rule to the example's neuron again and again.

    Args:
        rule: "chain_rule": ∂L/∂w = (y − t)·σ′(z)·x, ∂L/∂b = (y − t)·σ′(z).
            "as_computed": what the Chinese section 4.2 computes with: x·w for the weights, y − t for the bias.
            "as_formula": what section 4.2 of both documents writes: x·∂y/∂w and ∂y/∂b, in which no target occurs.
            "as_printed": the first update is the printed [0, −0.2, 0] and 0.52; no rule leads there, so the updates
            after it are those of "as_computed".
        steps: how many updates; 0 or more.
        learning_rate: of all but the printed update.

    Raises:
        ValueError: no such rule; steps is no whole number.

    Example:
        >>> follow("as_printed", 1).factor.__round__()
        353
        >>> round(follow("chain_rule", 1).factor, 6)
        0.25
    """
    if rule not in RULES:
        raise ValueError(f"A rule is one of {', '.join(RULES)}. Received: rule={shown(rule)}")
    whole("steps", steps)
    positive("learning_rate", learning_rate)
    now, diverged = neuron(), False
    passed = [now]
    for at in range(steps):
        try:
            if rule == "as_printed" and at == 0:
                now = Neuron(PRINTED_WEIGHT, PRINTED_BIAS, ACTIVATION)
            else:
                dw, db = RULES[rule](now)
                with np.errstate(over="ignore", invalid="ignore"):
                    w, b = now.w - learning_rate * dw, now.b - learning_rate * db
                now = Neuron(w, b, ACTIVATION)
            now.backward(now.forward(INPUT), TARGET, LOSS)
        except ValueError:  # an overflow: the example's own numbers are all finite
            diverged = True
            break
        passed.append(now)
    outputs = np.array([n.forward(INPUT).y for n in passed])
    return Followed(
        rule,
        settled("A weight", np.stack([n.w for n in passed])),
        settled("A bias", np.array([n.b for n in passed])),
        settled("An output", outputs),
        settled("A loss", (outputs - TARGET) ** 2 / 2),
        diverged,
    )


def _chain_rule(now: Neuron) -> tuple[Array, float]:
    backward = now.backward(now.forward(INPUT), TARGET, LOSS)
    return backward.dL_dw, backward.dL_db


def _as_computed(now: Neuron) -> tuple[Array, float]:
    return np.array(INPUT) * now.w, now.forward(INPUT).y - TARGET


def _as_formula(now: Neuron) -> tuple[Array, float]:
    backward = now.backward(now.forward(INPUT), TARGET, LOSS)
    dy_dw = backward.dy_dz * backward.dz_dw
    return np.array(INPUT) * dy_dw, backward.dy_dz


RULES: Mapping[str, Callable[[Neuron], tuple[Array, float]]] = MappingProxyType({
    "chain_rule": _chain_rule,
    "as_computed": _as_computed,
    "as_formula": _as_formula,
    "as_printed": _as_computed,
})  # fmt: skip


# Where a rule stands: the section, and in which of the documents. "chain_rule" stands in neither.
RULE_SOURCES: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType({
    "as_computed": ("4.2", ("zh",)),
    "as_formula": ("4.2", ("en", "zh")),
    "as_printed": ("4.2", ("zh",)),
})  # fmt: skip


def _tuple(value: object) -> tuple[float, ...]:
    return tuple(float(number) for number in np.atleast_1d(np.asarray(value, np.float64)))
