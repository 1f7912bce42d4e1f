"""The guesses of chapter 04: answers by PyTorch or by a law, for the first drawing and for many learners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from llm_widgets import course
from llm_widgets.course.depth_questions import QUESTIONS as DEPTH
from llm_widgets.course.mathematics_questions import QUESTIONS
from llm_widgets.course.neuron_questions import QUESTIONS as NEURON
from llm_widgets.course.questions import Question, Values

OURS = {question.name: question for question in (*NEURON, *DEPTH)}


def after_one_update(values: Values) -> str:
    x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    w = torch.tensor([0.1, 0.2, 0.3], dtype=torch.float64, requires_grad=True)
    b = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    loss = (torch.relu(w @ x + b) - 2) ** 2 / 2
    dw, db = torch.autograd.grad(loss, (w, b))
    after = float(torch.relu((w - values["rate"] * dw) @ x + b - values["rate"] * db).detach())
    return "below" if after < 2 else "above"


def linear_shape(values: Values) -> str:
    layer = torch.nn.Linear(values["n"], values["m"])  # keeps its weights transposed
    layer(torch.ones(values["B"], values["n"])).sum().backward()
    assert layer.weight.grad is not None
    return {(values["n"], values["m"]): "n-m"}[tuple(layer.weight.grad.T.shape)]


ANSWERS: dict[str, Callable[[Values], Any]] = {
    "weighted-sum": lambda v: np.dot(v["x"], v["w"]) + v["b"],
    "small-steps": lambda v: "turns",
    "after-one-update": after_one_update,
    "rate-too-large": lambda v: "stands",
    "layers-without-bend": lambda v: "nothing",
    "ten-sigmoids": lambda v: "millionth",
    "logits-shifted": lambda v: "same",
    "confident-and-wrong": lambda v: "cross",
    "gradient-shape": linear_shape,
    "square-and-itself": lambda v: 2 * v["a"] + 1,
    "dot-product-spread": lambda v: v["d"] ** 0.5,
}


def drawings(question: Question) -> list[Values]:
    return [question.values(), *(question.values(again=1, of=seed) for seed in range(20))]


def test_none_is_left_out() -> None:
    assert set(ANSWERS) == set(OURS) <= {question.name for question in QUESTIONS}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_computed_answer_is_right(name: str) -> None:
    for values in drawings(OURS[name]):
        answer = ANSWERS[name](values)
        judged = OURS[name].judge(values, answer)
        assert judged.verdict == "right", values
        assert "{" not in " ".join(judged.why)


@pytest.mark.parametrize("name", [name for name, question in OURS.items() if question.slips])
def test_slips_are_told_apart_from_the_answer(name: str) -> None:
    question = OURS[name]
    for values in drawings(question):
        found = question.found(values)
        assert question.slips
        for guess, _ in question.slips(found):
            judged = question.judge(values, float(guess))
            assert judged.verdict == "right" or len(judged.why) == 2


def test_the_first_drawing_is_the_documents_example() -> None:
    assert course.predict("weighted-sum").values == {"x": [1.0, 2.0, 3.0], "w": [0.1, 0.2, 0.3], "b": 0.5}


def test_what_is_measured_agrees_with_what_is_said() -> None:
    for values in drawings(OURS["dot-product-spread"]):
        found = OURS["dot-product-spread"].found(values)
        assert found["measured"] == pytest.approx(found["answer"], rel=0.06)
