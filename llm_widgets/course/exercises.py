"""Exercises that explain: `check(exercise, answer)` says what a wrong answer has overlooked.

Each exercise is a function from an answer to what is wrong with it, or None where nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from llm_widgets.course.algorithms_functions import FUNCTIONS as ALGORITHMS
from llm_widgets.course.answers import NotYet, whole
from llm_widgets.course.attention_exercises import EXERCISES as ATTENTION
from llm_widgets.course.background_exercises import FUNCTIONS as BACKGROUND
from llm_widgets.course.mathematics_functions import FUNCTIONS as MATHEMATICS
from llm_widgets.course.predictions import drawn
from llm_widgets.i18n import N_, t


@dataclass(frozen=True)
class Feedback:
    """What `check` found: `correct` is None while there is no answer yet."""

    correct: bool | None
    message: str

    def __repr__(self) -> str:
        mark = {True: "✓", False: "✗", None: "…"}[self.correct]
        return f"{mark} {self.message}"


def check(exercise: str, answer: object) -> Feedback:
    """Looks at an answer and says in words whether it is right and, if not, what it overlooks.

    Args:
        exercise: the name of the exercise, as the chapter gives it; one with drawn numbers is judged against those that
            `draw(exercise)` gives this learner.
        answer: the learner's answer; None or `...` for "not yet".

    Raises:
        ValueError: there is no such exercise.

    Example:
        >>> check("lstm-parameters", 4 * (32 * 64 + 64 * 64 + 64)).correct
        True
        >>> check("lstm-parameters", 32 * 64 + 64 * 64 + 64)
        ✗ That is one set of weights. The LSTM has one such set for each gate and one for the candidate.
    """
    if exercise not in _EXERCISES and exercise not in drawn():
        known = ", ".join((*_EXERCISES, *drawn()))
        raise ValueError(f"There is no such exercise; choose one of {known}. Received: exercise={exercise!r}")
    if answer is None or answer is ...:
        return Feedback(None, t("No answer yet: replace the dots above and run this cell again."))
    judge, praise = _EXERCISES[exercise] if exercise in _EXERCISES else _of_drawn(exercise)
    try:
        objection = judge(answer)
    except NotYet:
        return check(exercise, None)
    except Exception as error:  # The learner's own function may raise anything; say what, and go on.
        objection = t("Your answer ended in an error: {error}", error=repr(error))
    return Feedback(objection is None, t(praise) if objection is None else objection)


def _of_drawn(exercise: str) -> tuple[Callable[[Any], str | None], str]:
    """Judge and praise of an exercise whose numbers are drawn, for this learner's numbers."""
    one = drawn()[exercise]
    return one.against(one.values())


def lstm_parameters(inputs: int, units: int) -> int:
    """Weights of one LSTM layer: four times input weights, recurrent weights and biases."""
    return 4 * (inputs * units + units * units + units)


def _lstm_parameters(answer: Any) -> str | None:
    number, d, u = whole(answer), 32, 64
    if number is None:
        return t("The answer is a whole number. Received: {answer}", answer=repr(answer))
    if number == lstm_parameters(d, u):
        return None
    slips = {
        lstm_parameters(d, u) // 4: t(
            "That is one set of weights. The LSTM has one such set for each gate and one for the candidate."
        ),
        3 * lstm_parameters(d, u) // 4: t(
            "That counts the three gates. The candidate has weights of its own: a fourth set."
        ),
        4 * (d * u + u * u): t("The biases are missing: one for each unit in each of the four sets."),
        4 * (d * u + u): t("The recurrent weights are missing: each unit also reads all units of the step before."),
        4 * (u * u + u): t("The input weights are missing: each unit reads the whole embedding."),
        4 * (d * u + u * u + 2 * u): t("That has two biases for each unit, as PyTorch stores them; Keras keeps one."),
    }
    return slips.get(number, _count_again(d, u))


def _second_layer(answer: Any) -> str | None:
    number, d, u = whole(answer), 128, 64
    if number is None:
        return t("The answer is a whole number. Received: {answer}", answer=repr(answer))
    if number == lstm_parameters(d, u):
        return None
    if number == lstm_parameters(32, u):
        return t(
            "That would be right if the layer read the embedding. "
            "It stands on another LSTM: what does that one hand up at each step?"
        )
    if number == lstm_parameters(u, d):
        return t("Inputs and units are swapped: this layer has 64 units and reads 128 numbers.")
    return _count_again(d, u)


def _count_again(inputs: int, units: int) -> str:
    return t(
        "Count again: {d} inputs to {u} units, {u} units to themselves, {u} biases; and all that four times.",
        d=inputs,
        u=units,
    )


def _padding(answer: Any) -> str | None:
    expected = [True, True, True, False, False]
    if not isinstance(answer, Sequence) and not hasattr(answer, "tolist"):
        return t("The answer is a list of True and False. Received: {answer}", answer=repr(answer))
    values = [bool(value) for value in answer]
    if len(values) != len(expected):
        return t(
            "The mask has one entry for each position, padding included: {n} in all. Yours has {m}.",
            n=len(expected),
            m=len(values),
        )
    if values == [not value for value in expected]:
        return t("That is the other way round: in Keras, True means that the position is read.")
    if values == expected[::-1]:
        return t("You put the padding in front. Here it follows the text.")
    return (
        None if values == expected else t("A position is read where its id is not {pad}; look at the ids again.", pad=0)
    )


def _majority(answer: Any) -> str | None:
    if not callable(answer):
        return t("The answer is a function of two lists of labels. Received: {answer}", answer=repr(answer))
    first = answer([1, 1, 1, 0], [0, 0, 1, 0])
    if first is None or first is ...:
        raise NotYet
    if first != 0.25:
        if first == 0.75:
            return t(
                "Your function picks the majority of the test labels. It may look only at the training "
                "labels; the test labels are what it must predict."
            )
        return t(
            "For training labels {train} and test labels {test} the answer is {right}: "
            "always say the commoner training label, and count how often that is true.",
            train="[1, 1, 1, 0]",
            test="[0, 0, 1, 0]",
            right=0.25,
        )
    if answer([0, 0, 1], [0, 1]) != 0.5 or answer([0, 0, 0, 1], [0, 0]) != 1.0:
        return t("It works where 1 is the majority. What if the commoner training label is 0?")
    return None


def _threshold(answer: Any) -> str | None:
    word = str(answer).strip().lower()
    if word in ("up", "higher", "raise", "高", "提高", "调高"):
        return None
    if word in ("down", "lower", "低", "降低", "调低"):
        return t("With a lower threshold more reviews pass as positive, so more negative ones slip through.")
    return t("The answer is 'up' or 'down'. Received: {answer}", answer=repr(answer))


_EXERCISES: dict[str, tuple[Callable[[Any], str | None], str]] = {
    "lstm-parameters": (
        _lstm_parameters,
        N_("Yes. Input weights, recurrent weights and biases, four times over."),
    ),
    "second-layer": (
        _second_layer,
        N_("Yes. The second LSTM reads the 128 numbers that the first one hands up at each step."),
    ),
    "padding": (
        _padding,
        N_("Yes. The mask is true where a token stands, and the LSTM leaves its state alone at the rest."),
    ),
    "majority": (
        _majority,
        N_("Yes. It learns one bit from the training labels, and that is what a network must beat."),
    ),
    "threshold": (
        _threshold,
        N_("Yes. Only reviews of which the model is surer still pass as positive, so fewer bad ones do."),
    ),
    **ATTENTION,
    **BACKGROUND,
    **ALGORITHMS,
    **MATHEMATICS,
}
