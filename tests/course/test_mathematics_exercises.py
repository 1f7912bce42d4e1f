"""The judges of chapter 04: right answers from PyTorch's autograd, for many learners; wrong ones are told why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from llm_widgets.course.answers import NotYet
from llm_widgets.course.mathematics_exercises import DRAWN
from llm_widgets.course.mathematics_functions import FUNCTIONS
from llm_widgets.course.mathematics_numbers import Drawn

LEARNERS = range(40)


def drawn(name: str, seed: int) -> Drawn:
    return DRAWN[name][0](np.random.default_rng(seed))


def tensor(values: Any) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def slopes(result: torch.Tensor, of: torch.Tensor) -> Any:
    return torch.autograd.grad(result, of, retain_graph=True)[0].tolist()


def neuron(n: Drawn) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    w, b = tensor(n["w"]), tensor(n["b"])
    return w, b, torch.relu(w @ tensor(n["x"]) + b)


def output(n: Drawn) -> float:
    return float(neuron(n)[2].detach())


def gradient(n: Drawn) -> list[float]:
    w, b, y = neuron(n)
    loss = (y - n["t"]) ** 2 / 2
    return [*slopes(loss, w), slopes(loss, b)]


def logits(n: Drawn) -> Any:
    z = tensor(n["z"])
    return slopes(torch.nn.functional.cross_entropy(z[None], torch.tensor([n["right"]])), z)


def twice(n: Drawn) -> Any:
    a = tensor(float(n["a"]))
    return slopes(a * a * n["b"] + a, a)


def attention(n: Drawn) -> list[float]:
    q, k = tensor(n["query"])[None], tensor(n["keys"])
    # The values are the rows of the identity, so what comes out is the weights.
    mixed = torch.nn.functional.scaled_dot_product_attention(q, k, torch.eye(3, dtype=torch.float64))
    return [float(one) for one in mixed[0].detach()]


RIGHT: dict[str, Callable[[Drawn], Any]] = {
    "neuron-output": output,
    "neuron-gradient": gradient,
    "largest-rate": lambda n: 2 / (sum(x * x for x in n["x"]) + 1),
    "dead-unit": lambda n: -sum(w for w in n["w"] if w > 0),
    "cross-entropy-gradient": logits,
    "used-twice": twice,
    "attention-weights": attention,
}


def x_w(n: Drawn) -> Any:
    return np.multiply(n["x"], n["w"])


def softmax(z: Any) -> Any:
    return np.exp(z) / np.exp(z).sum()


def scores(n: Drawn) -> Any:
    return np.array(n["keys"]) @ np.array(n["query"])


WRONG: list[tuple[str, Callable[[Drawn], Any], str]] = [
    ("neuron-output", lambda n: x_w(n).sum() + n["b"] or None, "what does ReLU make"),
    ("neuron-output", lambda n: x_w(n).sum(), "bias is missing"),
    ("neuron-output", lambda n: output(n) + 17, "Check each product"),
    ("neuron-output", lambda n: "much", "a number"),
    ("neuron-output", lambda n: [1, 2], "a number"),
    ("neuron-gradient", lambda n: gradient(n)[:-1], "bias has a gradient, too"),
    ("neuron-gradient", lambda n: [-g for g in gradient(n)], "sign is turned"),
    ("neuron-gradient", lambda n: [2 * g for g in gradient(n)], "The half"),
    ("neuron-gradient", lambda n: [*x_w(n), gradient(n)[-1]], "as the document has it"),
    ("neuron-gradient", lambda n: [*np.square(n["x"]), 1], "no target occurs"),
    ("neuron-gradient", lambda n: [*n["x"], 1], "missing as a factor"),
    ("neuron-gradient", lambda n: [gradient(n)[-1]] * 4, "its own input"),
    ("neuron-gradient", lambda n: [*gradient(n)[:-1], 1], "is the error"),
    ("neuron-gradient", lambda n: [9, 9, 9, 9], "First the output"),
    ("neuron-gradient", lambda n: 3, "list of 4 numbers"),
    ("neuron-gradient", lambda n: "none", "list of 4 numbers"),
    ("largest-rate", lambda n: 1 / (np.square(n["x"]).sum() + 1), "gone in one step"),
    ("largest-rate", lambda n: 2 / np.square(n["x"]).sum(), "adds 1"),
    ("largest-rate", lambda n: 2 / (sum(n["x"]) + 1), "not their sum"),
    ("largest-rate", lambda n: 5.0, "When is that -1"),
    ("largest-rate", lambda n: None, "a number"),
    ("dead-unit", lambda n: sum(w for w in n["w"] if w > 0), "pull the sum down"),
    ("dead-unit", lambda n: -sum(n["w"]), "may be 0"),
    ("dead-unit", lambda n: -sum(map(abs, n["w"])), "a larger one"),
    ("dead-unit", lambda n: -max(n["w"]), "at the same time"),
    ("dead-unit", lambda n: -99, "to 0 or 1"),
    ("cross-entropy-gradient", lambda n: np.negative(logits(n)), "sign is turned"),
    ("cross-entropy-gradient", lambda n: softmax(n["z"]), "Those are the probabilities"),
    ("cross-entropy-gradient", lambda n: softmax(n["z"]) - np.eye(3)[n["right"] - 1], "counted from 0"),
    ("cross-entropy-gradient", lambda n: [1, 1, 1], "sums to 0"),
    ("cross-entropy-gradient", lambda n: [0, 0, 0], "Softmax first"),
    ("cross-entropy-gradient", lambda n: [1, 2], "list of 3 numbers"),
    ("used-twice", lambda n: n["a"] * n["b"] + 1, "One of the two places"),
    ("used-twice", lambda n: 2 * n["a"] * n["b"], "The last a"),
    ("used-twice", lambda n: n["a"] ** 2 * n["b"] + n["a"], "L itself"),
    ("used-twice", lambda n: 999, "Each place"),
    ("used-twice", lambda n: float("nan"), "a number"),
    ("attention-weights", lambda n: softmax(scores(n)), "not divided"),
    ("attention-weights", lambda n: softmax(scores(n) / 4), "not by the width"),
    ("attention-weights", lambda n: np.exp(scores(n) / 2), "divided by their sum"),
    ("attention-weights", lambda n: [9, 9, 9], "Weights sum to 1"),
    ("attention-weights", lambda n: [1.3, -0.1, -0.2], "The dot products are"),
    ("attention-weights", lambda n: [[1], [2, 3]], "list of 3 numbers"),
]


def test_no_exercise_is_left_out() -> None:
    assert set(RIGHT) == set(DRAWN)
    assert set(RIGHT_FUNCTIONS) == set(FUNCTIONS)


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_are_right_for_every_learner(name: str) -> None:
    seen = set()
    for seed in LEARNERS:
        numbers = drawn(name, seed)
        seen.add(repr(numbers))
        right = RIGHT[name](numbers)
        assert DRAWN[name][1](numbers, right) is None, numbers
        assert DRAWN[name][1](numbers, np.round(right, 3)) is None, "as one rounds on paper"
    assert len(seen) > 5, "drawn anew"


@pytest.mark.parametrize(("name", "answer", "words"), WRONG)
def test_wrong_answers_are_told_what_they_overlook(name: str, answer: Callable[[Drawn], Any], words: str) -> None:
    told = []
    for seed in LEARNERS:
        numbers = drawn(name, seed)
        objection = DRAWN[name][1](numbers, answer(numbers))
        if objection is None:  # with some numbers the slip leads to the right result
            assert np.allclose(answer(numbers), RIGHT[name](numbers), atol=2e-3)
        else:
            told.append(words in objection)
    # Two slips may give the same number, and half of the neurons do not fire.
    assert np.mean(told) > (0.3 if name == "neuron-output" else 0.75)


def neuron_backward(
    x: Any, w: Any, b: float, t: float, *, half: float = 1, flat: bool = True, bias: float | None = None
) -> tuple[Any, Any]:
    z = w @ x + b
    delta = half * (max(0.0, z) - t) * (1.0 if z > 0 or not flat else 0.0)
    return delta * x, delta if bias is None else bias


def tanh_by_torch(a: Any) -> Any:
    z = tensor(np.arctanh(a))
    return np.array(slopes(torch.tanh(z).sum(), z))


def layer_backward(x: Any, W: Any, a: Any, da: Any, slope: Callable[[Any], Any] = lambda a: 1 - a**2) -> Any:
    delta = da * slope(a)
    return x.T @ delta, delta.sum(0), delta @ W.T


RIGHT_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "neuron-backward": neuron_backward,
    "tanh-slope": tanh_by_torch,
    "stable-softmax": lambda z: torch.softmax(torch.tensor(z), -1).numpy(),
    "layer-backward": layer_backward,
}
WRONG_FUNCTIONS: list[tuple[str, Any, str]] = [
    ("neuron-backward", 3, "a function"),
    ("neuron-backward", lambda x, w, b, t: x, "two things"),
    ("neuron-backward", lambda x, w, b, t: (1.0, 2.0), "shape of the weights"),
    ("neuron-backward", lambda x, w, b, t: tuple(-g for g in neuron_backward(x, w, b, t)), "sign is turned"),
    ("neuron-backward", lambda x, w, b, t: neuron_backward(x, w, b, t, half=2), "The half"),
    ("neuron-backward", lambda x, w, b, t: (w * x, w @ x + b - t), "not weight times input"),
    ("neuron-backward", lambda x, w, b, t: (x * x, 1.0), "No target"),
    ("neuron-backward", lambda x, w, b, t: (x, 1.0), "missing as a factor"),
    ("neuron-backward", lambda x, w, b, t: neuron_backward(x, w, b, t, bias=1.0), "only the slope"),
    ("neuron-backward", lambda x, w, b, t: neuron_backward(x, w, b, t, flat=False), "slope of ReLU is 0"),
    ("neuron-backward", lambda x, w, b, t: (0 * x, 0.0), "finite differences say"),
    ("tanh-slope", "steep", "a function"),
    ("tanh-slope", lambda a: 1 - np.tanh(a) ** 2, "once more"),
    ("tanh-slope", lambda a: a * (1 - a), "rule of the sigmoid"),
    ("tanh-slope", lambda a: 1 - a, "squared"),
    ("tanh-slope", lambda a: a**2 - 1, "sign is turned"),
    ("tanh-slope", lambda a: 0 * a, "steepest"),
    ("tanh-slope", lambda a: 1.0, "One slope for each"),
    ("stable-softmax", lambda z: np.exp(z) / np.exp(z).sum(), "subtract the largest first"),
    ("stable-softmax", lambda z: np.exp(z - z.max()), "divided by their sum"),
    ("stable-softmax", lambda z: z / z.sum(), "e to the power"),
    ("stable-softmax", lambda z: 1 / (1 + np.exp(-z)), "sigmoid for each"),
    ("stable-softmax", lambda z: z * 0, "the shares are"),
    ("stable-softmax", lambda z: z.sum(), "One share for each"),
    ("layer-backward", (), "a function"),
    ("layer-backward", lambda *given: given[:2], "three things"),
    ("layer-backward", lambda x, W, a, da: (W.T, da, x), "has the shape of"),
    ("layer-backward", lambda x, W, a, da: layer_backward(x, W, a, da, lambda a: 1), "slope of tanh is missing"),
    ("layer-backward", lambda x, W, a, da: layer_backward(x, W, a, da, lambda a: 1 - np.tanh(a) ** 2), "once more"),
    ("layer-backward", lambda x, W, a, da: layer_backward(x, W, a, da, lambda a: 1 - a), "square of its output"),
    ("layer-backward", lambda *given: tuple(one / 5 for one in layer_backward(*given)), "Sum over the batch"),
    ("layer-backward", lambda x, W, a, da: (W, W[0], x), "Not right yet: W, b, x"),
]


@pytest.mark.parametrize("name", RIGHT_FUNCTIONS)
def test_right_functions_are_right(name: str) -> None:
    assert FUNCTIONS[name][0](RIGHT_FUNCTIONS[name]) is None


@pytest.mark.parametrize(("name", "answer", "words"), WRONG_FUNCTIONS)
def test_wrong_functions_are_told_what_they_overlook(name: str, answer: Any, words: str) -> None:
    assert words in str(FUNCTIONS[name][0](answer))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_that_is_still_to_be_written_is_no_wrong_answer(name: str) -> None:
    with pytest.raises(NotYet):
        FUNCTIONS[name][0](lambda *given: None)
