from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from llm_widgets import GPTSpec, course
from llm_widgets.course.attention_exercises import EXERCISES
from llm_widgets.foundations import next_token_probabilities


def softmax(s: Any, axis: int = -1) -> Any:
    e = np.exp(s - s.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def attention(*, scale: float | None = None, hide: str = "before", axis: int = -1) -> Callable[[Any, Any, Any], Any]:
    def answer(q: Any, k: Any, v: Any) -> Any:
        later = np.triu(np.ones((len(q), len(q)), bool), 1)
        s = q @ k.T / (np.sqrt(q.shape[1]) if scale is None else scale)
        if hide in ("before", "zero"):
            s = np.where(later, -np.inf if hide == "before" else 0.0, s)
        w = softmax(s, axis)
        return (np.where(later, 0, w) if hide == "after" else w) @ v

    return answer


def by_keras(q: Any, k: Any, v: Any) -> Any:
    mixed = keras.ops.dot_product_attention(
        *(a.astype("float32")[None, :, None, :] for a in (q, k, v)), is_causal=True, flash_attention=False
    )
    return keras.ops.convert_to_numpy(mixed)[0, :, 0, :]


RIGHT: dict[str, list[object]] = {
    "masked-row": [[0.5, 0.5, 0], np.array([[0.5, 0.5, 0.0]])],
    "block-parameters": [12_704, 12_704.0],
    "bits-per-character": [0.5, np.log2(4) / 4],
    "causal-attention": [attention(), by_keras],
    "top-p": [[0.625, 0.375, 0, 0], next_token_probabilities(np.log([0.5, 0.3, 0.15, 0.05]), top_p=0.7)],
}
WRONG: list[tuple[str, object, str]] = [
    ("masked-row", [0.0067, 0.0067, 0.9866], "comes later"),
    ("masked-row", [0.0067, 0.0067, 0.0], "sum to 1"),
    ("masked-row", [0.4, 0.4, 0.2], "exactly 0"),
    ("masked-row", [0.9, 0.1, 0.0], "Equal scores"),
    ("masked-row", [0.5, 0.5], "three weights"),
    ("masked-row", "half", "three weights"),
    ("top-p", [0.5, 0.3, 0.15, 0.05], "before anything was cut"),
    ("top-p", [0.5, 0.3, 0, 0], "sum to 1 again"),
    ("top-p", [1, 0, 0, 0], "crosses the limit"),
    ("top-p", [0.5, 0.3, 0.15, 0], "the third is cut"),
    ("top-p", [0.526, 0.316, 0.158, 0], "with 0.8 together"),
    ("top-p", [0.25, 0.25, 0.25, 0.25], "from the largest down"),
    ("top-p", [0.625, 0.375], "four probabilities"),
    ("top-p", "two", "four probabilities"),
    ("block-parameters", 12_288, "Those are the matrices"),
    ("block-parameters", 12_704 - 128, "two normalizations are missing"),
    ("block-parameters", 12_288 + 128, "biases of the matrices"),
    ("block-parameters", 4 * (32 * 32 + 32), "That is the attention"),
    ("block-parameters", 12_704 - 32 * 33, "One matrix"),
    ("block-parameters", 12_704 + 3 * 4 * 32 * 33, "share the width"),
    ("block-parameters", 7, "Count again"),
    ("block-parameters", "many", "whole number"),
    ("bits-per-character", 2, "bits of a token"),
    ("bits-per-character", np.log(4) / 4, "nats a character"),
    ("bits-per-character", 4, "perplexity"),
    ("bits-per-character", 8.0, "multiplied"),
    ("bits-per-character", 17, "First from nats"),
    ("bits-per-character", "few", "a number"),
    ("causal-attention", 3, "a function"),
    ("causal-attention", attention(hide="no"), "before the softmax"),
    ("causal-attention", attention(scale=1), "not divided by the square root"),
    ("causal-attention", attention(scale=1, hide="no"), "see later ones, and"),
    ("causal-attention", attention(scale=4), "not by D itself"),
    ("causal-attention", attention(axis=0), "over the queries"),
    ("causal-attention", attention(axis=0, hide="no"), "and later tokens are seen"),
    ("causal-attention", attention(hide="after"), "do not sum to 1"),
    ("causal-attention", attention(hide="zero"), "minus infinity"),
    ("causal-attention", lambda q, k, v: v, "line by line"),
    ("causal-attention", lambda q, k, v: q @ k.T, "shape of v"),
    ("causal-attention", lambda q, k, v: 1 / 0, "ZeroDivisionError"),
]


def test_the_count_is_that_of_a_model() -> None:
    assert course.check("block-parameters", GPTSpec(d_model=32, num_heads=4).block_parameters()).correct


def test_no_exercise_is_left_out() -> None:
    assert set(RIGHT) == set(EXERCISES)


@pytest.mark.parametrize(("name", "answer"), [(name, a) for name, answers in RIGHT.items() for a in answers])
def test_right_answers_are_right(name: str, answer: object) -> None:
    assert course.check(name, answer).correct is True


@pytest.mark.parametrize(("name", "answer", "words"), WRONG)
def test_wrong_answers_are_told_what_they_overlook(name: str, answer: object, words: str) -> None:
    feedback = course.check(name, answer)
    assert feedback.correct is False
    assert words in feedback.message


def test_no_answer_is_not_a_wrong_answer() -> None:
    assert all(course.check(name, ...).correct is None for name in EXERCISES)
    assert course.check("causal-attention", lambda q, k, v: None).correct is None
