"""Guesses of chapter 04 about what comes after one neuron: depth, softmax, shapes, autodiff, attention."""

from __future__ import annotations

import math

import numpy as np

from llm_widgets.course.questions import Choice, Number, Question, Values
from llm_widgets.foundations import (
    DenseNetwork,
    Value,
    binary_cross_entropy_from_logits,
    mean_squared_error,
    sigmoid,
    sigmoid_derivative,
    softmax,
)
from llm_widgets.i18n import N_


def _linear(values: Values) -> Values:
    rng = np.random.default_rng(0)
    matrices = rng.normal(size=(10, 4, 4)) / 2
    inputs = rng.normal(size=(20, 4))
    ten, one = inputs, np.eye(4)
    for matrix in matrices:
        ten, one = ten @ matrix, one @ matrix
    apart = float(np.abs(ten - inputs @ one).max() / np.abs(ten).max())
    return {"answer": "nothing" if apart < 1e-9 else "curves", "apart": apart}


WITHOUT_BEND = Question(
    "layers-without-bend",
    N_("Ten layers without any activation function, each with its own weights. What can they compute that one layer "
       "cannot?"),
    Choice({
        "curves": N_("curves, because they are deep"),
        "exact": N_("the same as one layer, but more exactly"),
        "nothing": N_("nothing"),
    }),
    draw=lambda rng: {},
    compute=_linear,
    why=N_("Ten random layers and the single one whose weights are their product differ by {apart} of the largest "
           "output: rounding."),
)  # fmt: skip


def _sigmoids(values: Values) -> Values:
    steepest = float(sigmoid_derivative(np.linspace(-10, 10, 2001)).max())
    left = steepest**10
    powers = {"tenth": -1, "thousandth": -3, "millionth": -6}
    return {
        "answer": min(powers, key=lambda key: abs(math.log10(left) - powers[key])),
        "steepest": steepest,
        "left": left,
    }


TEN_SIGMOIDS = Question(
    "ten-sigmoids",
    N_("A gradient goes back through ten sigmoids, each at its steepest place. About how much of it is left?"),
    Choice({"tenth": N_("a tenth"), "thousandth": N_("a thousandth"), "millionth": N_("a millionth")}),
    draw=lambda rng: {},
    compute=_sigmoids,
    why=N_(
        "The slope of the sigmoid is {steepest} at most. Ten of them multiplied give {left}, and that is the best case."
    ),
)


def _shifted(values: Values) -> Values:
    z = np.array(values["z"], float)
    before, after = softmax(z), softmax(z + 100)
    same = np.allclose(before, after)
    return {
        "answer": "same" if same else "sharper" if after.max() > before.max() else "evener",
        "p": before.round(4),
        "after": after.round(4),
    }


LOGITS_SHIFTED = Question(
    "logits-shifted",
    N_("100 is added to each of the logits {z}. What becomes of their softmax?"),
    Choice({
        "sharper": N_("The largest share grows."),
        "same": N_("Nothing changes."),
        "evener": N_("The shares become more even."),
    }),
    draw=lambda rng: {"z": rng.choice([-1, 0, 1, 2, 3], 3, replace=False)},
    compute=_shifted,
    why=N_("Before {p}, after {after}. Each power of e grows by the same factor, and so does their sum."),
)  # fmt: skip


def _confident(values: Values) -> Values:
    z = values["z"]
    p = float(sigmoid(z))
    squared = float(mean_squared_error([p], [1.0]).gradient[0] / 2 * sigmoid_derivative(z))
    cross = float(binary_cross_entropy_from_logits([z], [1.0]).gradient[0])
    loud = [name for name, slope in (("squared", squared), ("cross", cross)) if abs(slope) > 0.1]
    return {"answer": loud[0] if len(loud) == 1 else "both" if loud else "neither", "squared": squared, "cross": cross}


CONFIDENT_AND_WRONG = Question(
    "confident-and-wrong",
    N_("The right answer is 1, and a sigmoid with the logit {z} says nearly 0. Which loss gives a gradient that is "
       "far from 0?"),
    Choice({
        "squared": N_("the squared error"),
        "cross": N_("cross-entropy"),
        "both": N_("both"),
        "neither": N_("neither"),
    }),
    draw=lambda rng: {"z": float(rng.integers(-14, -5))},
    compute=_confident,
    why=N_("The gradients for z: half the squared error gives {squared}, cross-entropy {cross}."),
    first={"z": -10.0},
)  # fmt: skip


def _draw_shape(rng: np.random.Generator) -> Values:
    B, n, m = (int(one) for one in rng.choice(np.arange(2, 9), 3, replace=False))
    return {"B": B, "n": n, "m": m}


def _shape(values: Values) -> Values:
    B, n, m = values["B"], values["n"], values["m"]
    network = DenseNetwork.initial([n, m])
    shape = network.backward(network.forward(np.ones((B, n))), np.zeros((B, m))).layers[0].dW.shape
    return {"answer": {(n, m): "n-m", (B, m): "B-m", (m, n): "m-n", (B, n): "B-n"}[shape]}


GRADIENT_SHAPE = Question(
    "gradient-shape",
    N_("{B} examples of {n} numbers go into a layer of {m} neurons. Which shape has the gradient of its weights?"),
    Choice({"B-m": "[{B}, {m}]", "n-m": "[{n}, {m}]", "m-n": "[{m}, {n}]", "B-n": "[{B}, {n}]"}),
    draw=_draw_shape,
    compute=_shape,
    why=N_("It has the shape of the weights: a row for each of the {n} inputs, a column for each of the {m} neurons. "
           "The examples are summed over."),
    first={"B": 4, "n": 2, "m": 3},
)  # fmt: skip


def _square(values: Values) -> Values:
    a = Value(values["a"], "a")
    (a * a + a).backward()
    assert a.grad is not None
    return {"answer": float(a.grad)}


SQUARE_AND_ITSELF = Question(
    "square-and-itself",
    N_("What is the slope of a · a + a at a = {a}?"),
    Number(tolerance=0.001),
    draw=lambda rng: {"a": int(rng.integers(2, 10))},
    compute=_square,
    why=N_("The product has a in two places, each with the slope {a}; the sum adds a slope of 1. Together {answer}."),
    slips=lambda found: [
        (found["a"] + 1, N_("The product uses a twice, and both places count.")),
        (2 * found["a"], N_("The a that is added counts, too.")),
        (found["a"] ** 2 + found["a"], N_("That is the value, not the slope.")),
    ],
    first={"a": 3},
)


def _spread(values: Values) -> Values:
    q, k = np.random.default_rng(0).normal(size=(2, 2000, values["d"]))
    return {"answer": math.sqrt(values["d"]), "measured": round(float((q * k).sum(axis=-1).std()), 2)}


DOT_PRODUCT_SPREAD = Question(
    "dot-product-spread",
    N_("Queries and keys are {d} random numbers each, with mean 0 and variance 1. What is the standard deviation of "
       "their dot products?"),
    Number(tolerance=0.05, low=0.0),
    draw=lambda rng: {"d": int(rng.choice([16, 25, 36, 100, 144, 256]))},
    compute=_spread,
    why=N_("The variances of {d} products add up to {d}; the standard deviation is the root of it, {answer}. Among "
           "two thousand drawn pairs it is {measured}."),
    slips=lambda found: [
        (found["d"], N_("That is the variance. The standard deviation is its root.")),
        (1.0, N_("That is the spread of one product. Here {d} of them are added.")),
    ],
    first={"d": 64},
)  # fmt: skip

QUESTIONS = (
    WITHOUT_BEND,
    TEN_SIGMOIDS,
    LOGITS_SHIFTED,
    CONFIDENT_AND_WRONG,
    GRADIENT_SHAPE,
    SQUARE_AND_ITSELF,
    DOT_PRODUCT_SPREAD,
)
