"""Guesses of chapter 04 about one neuron: its sum, its slope, its step."""

from __future__ import annotations

import numpy as np

from llm_widgets.course.questions import Choice, Number, Question, Values
from llm_widgets.foundations import Neuron, half_squared_error, worked_example
from llm_widgets.i18n import N_

_EXAMPLE: Values = {"x": list(worked_example.INPUT), "w": list(worked_example.WEIGHT), "b": worked_example.BIAS}


def _draw_sum(rng: np.random.Generator) -> Values:
    while True:
        x, w = rng.choice([1, 2, 3, 4, 5], 3, replace=False), rng.choice([-0.3, -0.2, 0.1, 0.2, 0.3, 0.4], 3)
        b = float(rng.choice([-0.5, -0.4, 0.4, 0.5, 0.6]))
        if abs(w @ x + b) > 0.25:
            return {"x": x.tolist(), "w": w.tolist(), "b": b}


def _sum(values: Values) -> Values:
    forward = Neuron(values["w"], values["b"]).forward(values["x"])
    return {"answer": forward.z, "products": forward.products, "without": forward.products.sum()}


WEIGHTED_SUM = Question(
    "weighted-sum",
    N_("A neuron reads {x}, with the weights {w} and the bias {b}. What is its weighted sum z?"),
    Number(tolerance=0.002),
    draw=_draw_sum,
    compute=_sum,
    why=N_("The products are {products}; together with the bias {b} they make {answer}."),
    slips=lambda found: [
        (found["without"], N_("The bias is missing.")),
        (sum(found["w"]) * sum(found["x"]) + found["b"], N_("Each input is multiplied by its own weight first.")),
    ],
    first=_EXAMPLE,
)


def _steps(values: Values) -> Values:
    w, b, x, target = worked_example.WEIGHT, worked_example.BIAS, worked_example.INPUT, worked_example.TARGET
    neuron = Neuron(w, b)
    right = neuron.backward(neuron.forward(x), target).dL_db

    def loss(bias: float) -> float:
        return half_squared_error(Neuron(w, bias).forward(x).y, target).value

    large, best, tiny = (abs((loss(b + h) - loss(b)) / h - right) for h in (1e-2, 1e-8, 1e-13))
    answer = "turns" if large > best < tiny else "falls" if tiny < best else "same"
    return {"answer": answer, "large": large, "best": best, "tiny": tiny}


SMALL_STEPS = Question(
    "small-steps",
    N_("Move the bias to one side by h = 0.1, by 0.001, and on to 1e-13. What becomes of the error of the slope?"),
    Choice({
        "falls": N_("It gets smaller and smaller."),
        "turns": N_("It gets smaller, and then larger again."),
        "same": N_("It hardly depends on h."),
    }),
    draw=lambda rng: {},
    compute=_steps,
    why=N_("With h = 0.01 the error is {large}, with 1e-8 it is {best}, and with 1e-13 it is {tiny}: rounding takes "
           "over."),
)  # fmt: skip


def _place(values: Values) -> Values:
    rate, target = values["rate"], worked_example.TARGET
    step = worked_example.neuron().step(worked_example.INPUT, target, learning_rate=rate)
    after = step.after.forward(worked_example.INPUT).y
    return {
        "answer": "at" if np.isclose(after, target, atol=1e-9) else "below" if after < target else "above",
        "after": round(after, 6),
        "bias": round(step.after.b - step.before.b, 6),
        "moved": round(after - step.forward.y, 6),
    }


AFTER_ONE_UPDATE = Question(
    "after-one-update",
    N_("The output is 1.9, the target 2.0, the learning rate {rate}. All weights and the bias take their step: where "
       "is the output then?"),
    Choice({
        "below": N_("nearer, and still below the target"),
        "at": N_("exactly at the target"),
        "above": N_("above the target"),
    }),
    draw=lambda rng: {"rate": float(rng.choice([0.01, 0.03, 0.05, 0.08, 0.12]))},
    compute=_place,
    why=N_("It becomes {after}. The bias alone moves it by {bias}; with the weights, which meet the inputs again, it "
           "moves by {moved}."),
    first={"rate": worked_example.LEARNING_RATE},
)  # fmt: skip


def _rate(values: Values) -> Values:
    neuron, losses = worked_example.neuron(), []
    for _ in range(12):
        step = neuron.step(worked_example.INPUT, worked_example.TARGET, learning_rate=0.2)
        losses.append(step.backward.loss)
        neuron = step.after
    stands = losses[-1] == losses[-2] and losses[-1] > losses[0]
    return {
        "answer": "stands" if stands else "grows" if losses[-1] > losses[0] else "falls",
        "highest": max(losses),
        "last": losses[-1],
    }


RATE_TOO_LARGE = Question(
    "rate-too-large",
    N_("Now the learning rate 0.2, step after step. What does the loss do in the end?"),
    Choice({
        "falls": N_("It falls, and faster than with 0.1."),
        "grows": N_("It grows with each step, without end."),
        "stands": N_("It grows, and then stands still."),
    }),
    draw=lambda rng: {},
    compute=_rate,
    why=N_("It grows to {highest}. The next step makes the weighted sum negative; there ReLU and its slope are 0, "
           "and the loss stays at {last}."),
)  # fmt: skip

QUESTIONS = (WEIGHTED_SUM, SMALL_STEPS, AFTER_ONE_UPDATE, RATE_TOO_LARGE)
