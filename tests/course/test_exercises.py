from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from llm_widgets import course
from llm_widgets.course import chapters, exercises, predictions
from llm_widgets.course.algorithms_functions import FUNCTIONS as ALGORITHMS
from llm_widgets.course.attention_exercises import EXERCISES as ATTENTION
from llm_widgets.course.background_exercises import FUNCTIONS as BACKGROUND
from llm_widgets.course.mathematics_functions import FUNCTIONS as MATHEMATICS
from llm_widgets.course.questions import DrawnExercise


def majority(train: Sequence[int], test: Sequence[int]) -> float:
    commoner = int(sum(train) * 2 > len(train))
    return sum(label == commoner for label in test) / len(test)


def peeking(train: Sequence[int], test: Sequence[int]) -> float:
    return max(np.mean(test), 1 - np.mean(test))


def always_one(train: Sequence[int], test: Sequence[int]) -> float:
    return float(np.mean(test))


RIGHT: dict[str, list[object]] = {
    "lstm-parameters": [24_832, 24_832.0],
    "second-layer": [49_408],
    "padding": [[True, True, True, False, False], np.array([17, 4, 256, 0, 0]) != 0, (1, 1, 1, 0, 0)],
    "majority": [majority],
    "threshold": ["up", " UP ", "调高"],
}
# What a learner may well write, and a word of the explanation that it must get.
WRONG: list[tuple[str, object, str]] = [
    ("lstm-parameters", 6_208, "one set of weights"),
    ("lstm-parameters", 3 * 6_208, "fourth set"),
    ("lstm-parameters", 24_832 - 256, "biases are missing"),
    ("lstm-parameters", 24_832 + 256, "two biases"),
    ("lstm-parameters", 4 * (32 * 64 + 64), "recurrent weights are missing"),
    ("lstm-parameters", 4 * (64 * 64 + 64), "input weights are missing"),
    ("lstm-parameters", 7, "Count again"),
    ("lstm-parameters", "many", "whole number"),
    ("second-layer", 24_832, "stands on another LSTM"),
    ("second-layer", 4 * (64 * 128 + 128 * 128 + 128), "swapped"),
    ("second-layer", 2.5, "whole number"),
    ("padding", [True, True, True], "one entry for each position"),
    ("padding", [False, False, False, True, True], "other way round"),
    ("padding", [True] * 5, "id is not 0"),
    ("padding", 3, "a list"),
    ("majority", 0.5, "a function"),
    ("majority", peeking, "majority of the test labels"),
    ("majority", always_one, "0?"),
    ("majority", lambda train, test: 1 / 0, "ZeroDivisionError"),
    ("threshold", "down", "slip through"),
    ("threshold", "0.7", "'up' or 'down'"),
]


def test_the_counts_are_those_of_keras() -> None:
    import keras

    for name, (inputs, units) in {"lstm-parameters": (32, 64), "second-layer": (128, 64)}.items():
        layer = keras.layers.LSTM(units)
        layer.build((None, None, inputs))
        assert course.check(name, layer.count_params()).correct


@pytest.mark.parametrize(("name", "answer"), [(name, a) for name, answers in RIGHT.items() for a in answers])
def test_right_answers_are_right(name: str, answer: object) -> None:
    feedback = course.check(name, answer)
    assert feedback.correct is True
    assert repr(feedback).startswith("✓")


@pytest.mark.parametrize(("name", "answer", "words"), WRONG)
def test_wrong_answers_are_told_what_they_overlook(name: str, answer: object, words: str) -> None:
    feedback = course.check(name, answer)
    assert feedback.correct is False
    assert words in feedback.message
    assert repr(feedback).startswith("✗")


@pytest.mark.parametrize("name", list(RIGHT))
@pytest.mark.parametrize("answer", [None, ...])
def test_no_answer_is_not_a_wrong_answer(name: str, answer: object) -> None:
    assert course.check(name, answer).correct is None


def test_an_empty_function_is_no_answer_yet() -> None:
    empty: Callable[[object, object], None] = lambda train, test: None  # noqa: E731
    assert course.check("majority", empty).correct is None


def test_an_unknown_exercise_is_refused_with_the_names_of_the_known() -> None:
    with pytest.raises(ValueError, match=r"lstm-parameters.*Received: exercise='x'"):
        course.check("x", 1)


def test_each_exercise_is_asked_in_a_chapter_and_each_question_exists() -> None:
    asked = set()
    for name in chapters.names():
        code = chapters.read(chapters.path_of(name, "en")).code
        asked |= set(re.findall(r'course\.check\("([^"]+)"', code))
    drawn = predictions.drawn()
    to_be_asked = {name for name, one in drawn.items() if isinstance(one, DrawnExercise)}
    assert asked <= set(exercises._EXERCISES) | set(drawn)
    assert set(exercises._EXERCISES) | to_be_asked <= asked
    elsewhere = {*ATTENTION, *MATHEMATICS, *ALGORITHMS, *BACKGROUND}
    assert set(RIGHT) == set(exercises._EXERCISES) - elsewhere
