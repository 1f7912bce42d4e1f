"""The exercises of the chapter on mathematics whose numbers are drawn for each learner.

A judge gets the numbers that were drawn and the answer, and says what is wrong, or nothing. Those that judge a
function that the learner writes are in `mathematics_functions`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from llm_widgets.course import mathematics_numbers as numbers
from llm_widgets.course.answers import not_a_number, number, softmax
from llm_widgets.course.mathematics_numbers import Drawn
from llm_widgets.i18n import N_, t

# The learner computes on paper with the numbers as shown, and may round.
_NEAR = 2e-3


def _list(answer: Any) -> np.ndarray:
    """The answer as a row of numbers; an empty one where it is none."""
    try:
        return np.asarray(answer, np.float64).ravel()
    except (TypeError, ValueError):
        return np.zeros(0)


def _first(given: Any, slips: Iterable[tuple[Any, str]], otherwise: str) -> str:
    """What the first slip says that leads to the same numbers."""
    found = (
        words for slip, words in slips if np.shape(slip) == np.shape(given) and np.allclose(given, slip, atol=_NEAR)
    )
    return next(found, otherwise)


def _output(drawn: Drawn, answer: Any) -> str | None:
    y, x, w, b = number(answer), np.array(drawn["x"]), np.array(drawn["w"]), drawn["b"]
    if y is None:
        return not_a_number(answer)
    z = float(w @ x + b)
    if math.isclose(y, max(0.0, z), abs_tol=_NEAR):
        return None
    slips = [
        (z, t("That is the weighted sum. It is negative: what does ReLU make of it?")),
        (-z, t("ReLU makes 0 of a negative number; it does not turn the sign.")),
        (0.0, t("The weighted sum is positive, and ReLU lets it pass.")),
        (w @ x, t("The bias is missing.")),
        (w @ x - b, t("The bias is added, with its own sign.")),
        (max(0.0, float(w @ x)) + b, t("The bias comes before the ReLU, not after it.")),
        (np.abs(w * x).sum() + b, t("The signs of the weights are lost: a negative weight takes away.")),
        (w.sum() * x.sum() + b, t("Multiply first, each input by its own weight, and then add up.")),
    ]
    return _first(
        y,
        slips,
        t("Check each product; the first one is {w} · {x} = {product}. Then add up, add the bias, and bend.",
          w=w[0], x=x[0], product=round(float(w[0] * x[0]), 6)),
    )  # fmt: skip


def _gradient(drawn: Drawn, answer: Any) -> str | None:
    given, x, w = _list(answer), np.array(drawn["x"], np.float64), np.array(drawn["w"])
    z = float(w @ x + drawn["b"])
    e = z - drawn["t"]
    right = np.array([*(e * x), e])
    if given.shape == x.shape:
        return t("The bias has a gradient, too: one number more, at the end.")
    if given.shape != right.shape:
        return t("The answer is a list of {n} numbers. Received: {answer}", n=right.size, answer=repr(answer))
    if np.allclose(given, right, atol=_NEAR):
        return None
    slips = [
        (-right, t("The sign is turned: the error is the output minus the target.")),
        (2 * right, t("The half in the loss takes the 2 of the square away.")),
        ([*(w * x), e], t("Those are products of inputs and weights, as the document has it. Take input times error.")),
        ([*(x * x), 1], t("That is the documents' formula: no target occurs in it. The factor ∂L/∂y is missing.")),
        ([*x, 1], t("Those are the slopes of z. The error, ∂L/∂y, is missing as a factor.")),
        ([e] * right.size, t("Each weight's gradient has its own input as a factor.")),
        ([*(e * w), e], t("The factor ∂z/∂w is the input. The weights belong to the gradient of the inputs.")),
        ([*(e * x), 1], t("The gradient of the bias is the error; only the slope ∂z/∂b is 1.")),
        ([*(e * x), e * drawn["b"]], t("The slope of z with respect to the bias is 1, whatever the bias is.")),
    ]  # fmt: skip
    return _first(
        given,
        slips,
        t("First the output, {z}, then the error, output minus target. Each weight gets the error times its input.",
          z=round(z, 6)),
    )  # fmt: skip


def _rate(drawn: Drawn, answer: Any) -> str | None:
    rate, x = number(answer), np.array(drawn["x"], np.float64)
    if rate is None:
        return not_a_number(answer)
    square = float(x @ x)

    def near(value: float) -> bool:  # learning rates are small, so a relative distance
        return math.isclose(rate, value, rel_tol=0.012)

    if near(2 / (square + 1)):
        return None
    slips = [
        (1 / (square + 1), t("There the error is gone in one step. It grows only where the factor is below -1.")),
        (2 / square, t("The bias moves, too, and adds 1 to the square of the inputs.")),
        (1 / square, t("The bias moves, too; and the factor may go down to -1 before the loss no longer shrinks.")),
        (2 / (float(x.sum()) + 1), t("It takes the inputs times themselves, x·x, and not their sum.")),
        (2 / (math.sqrt(square) + 1), t("It takes x·x, not its root.")),
    ]
    return next(
        (words for slip, words in slips if near(slip)),
        t("The error is multiplied by 1 - η (x·x + 1), and x·x is {square} here. When is that -1?", square=int(square)),
    )


def _dead(drawn: Drawn, answer: Any) -> str | None:
    bias, w = number(answer), np.array(drawn["w"])
    if bias is None:
        return not_a_number(answer)
    positive, negative = float(w[w > 0].sum()), float(w[w < 0].sum())
    if math.isclose(bias, -positive, abs_tol=_NEAR):
        return None
    slips = [
        (positive, t("With that bias the unit fires for nearly every input. It must pull the sum down.")),
        (-w.sum(), t("Inputs with a negative weight may be 0; then they take nothing away.")),
        (negative, t("Those are the negative weights. The sum is largest where only the positive ones count.")),
        (-np.abs(w).sum(), t("With that bias it is dead, but a larger one does, too: negative weights add nothing.")),
        (-w.max(), t("Several inputs can be 1 at the same time.")),
        (0.0, t("Without a bias, inputs under positive weights make it fire.")),
    ]
    return _first(bias, slips, t("Set each input to 0 or 1 so that the weighted sum is as large as it can be."))


def _logits(drawn: Drawn, answer: Any) -> str | None:
    given, p = _list(answer), softmax(drawn["z"])
    y = np.eye(3)[drawn["right"]]
    if given.shape != p.shape:
        return t("The answer is a list of {n} numbers. Received: {answer}", n=p.size, answer=repr(answer))
    if np.allclose(given, p - y, atol=_NEAR):
        return None
    slips: list[tuple[Any, str]] = [
        (y - p, t("The sign is turned: it is what was said minus what is true.")),
        (p, t("Those are the probabilities. At the right class 1 is taken away.")),
        (-y / p, t("That is the gradient for the probabilities. The logits are asked for, behind the softmax.")),
        (-np.log(p), t("Those are losses, one for each class that might be right. It is the slope that is asked for.")),
        (np.array(drawn["z"]) - y, t("Take the softmax of the logits first.")),
        *((p - np.eye(3)[i], t("1 is taken away at the wrong place: classes are counted from 0.")) for i in range(3)),
    ]
    if not math.isclose(given.sum(), 0, abs_tol=5 * _NEAR):
        return _first(
            given, slips, t("The gradient sums to 0: what the right class gains the others lose. Yours does not.")
        )
    return _first(given, slips, t("Softmax first; then take 1 away at the right class."))


def _twice(drawn: Drawn, answer: Any) -> str | None:
    given, a, b = number(answer), drawn["a"], drawn["b"]
    if given is None:
        return not_a_number(answer)
    slips = {
        2 * a * b + 1: None,
        a * b + 1: t("One of the two places in the product is missing: gradients from all places are added."),
        2 * a * b: t("The last a, which is added alone, sends a gradient of 1."),
        a * b: t("That is one place of three."),
        a * a * b + a: t("That is L itself. Its slope is asked for."),
        a * a: t("That is the slope with respect to b."),
        2 * a + 1: t("The factor b is missing: it stands beside both places."),
    }
    return slips.get(
        round(given) if math.isclose(given, round(given), abs_tol=_NEAR) else -1,
        t("Each place of a sends the product of all that stands beside it; the sum passes on 1. Add them."),
    )


def _attention(drawn: Drawn, answer: Any) -> str | None:
    given, scores = _list(answer), np.array(drawn["keys"]) @ np.array(drawn["query"])
    if given.shape != scores.shape:
        return t("The answer is a list of {n} numbers. Received: {answer}", n=scores.size, answer=repr(answer))
    right = softmax(scores / 2)
    if np.allclose(given, right, atol=_NEAR):
        return None
    slips: list[tuple[Any, str]] = [
        (softmax(scores), t("The scores are not divided by the root of the width.")),
        (softmax(scores / 4), t("Divide by the root of the width, not by the width.")),
        (softmax(scores / math.sqrt(3)), t("The width is that of the query, 4. The number of keys does not count.")),
        (scores, t("Those are the dot products. Scale and softmax are missing.")),
        (scores / 2, t("Those are the scaled scores. The softmax is missing.")),
        (np.exp(scores / 2), t("The powers must be divided by their sum.")),
    ]
    if not math.isclose(given.sum(), 1, abs_tol=5 * _NEAR):
        return _first(given, slips, t("Weights sum to 1. Yours do not."))
    return _first(
        given,
        slips,
        t("The dot products are {scores}. Divide by the root of the width, then softmax.", scores=scores.tolist()),
    )


# What is drawn, who judges, and what is said of a right answer.
DRAWN: dict[str, tuple[Callable[[np.random.Generator], Drawn], Callable[[Drawn, Any], str | None], str]] = {
    "neuron-output": (numbers.output, _output, N_("Yes. Multiply, add, bend: that is all a neuron does.")),
    "neuron-gradient": (
        numbers.gradient,
        _gradient,
        N_("Yes. The error times each input, and for the bias the error alone."),
    ),
    "largest-rate": (
        numbers.rate,
        _rate,
        N_("Yes. Beyond it each step jumps farther past the target than it stood before it."),
    ),
    "dead-unit": (
        numbers.dead,
        _dead,
        N_("Yes. No input lifts the sum above 0 any more, so no gradient ever comes back."),
    ),
    "cross-entropy-gradient": (numbers.logits, _logits, N_("Yes. What was said minus what is true.")),
    "used-twice": (numbers.twice, _twice, N_("Yes. Three places, three gradients, one sum.")),
    "attention-weights": (numbers.attention, _attention, N_("Yes. These shares mix the three values.")),
}
