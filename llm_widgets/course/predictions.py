"""Guess first, then look: `predict(name)` asks, and computes its answer only after the guess.

The questions stand in one file a chapter; a new file is named in `_FILES`, and has `QUESTIONS` and `EXERCISES`.

Example:
    >>> guess = predict("chance-loss")
    >>> guess.guess = 3.0
    >>> guess.judgement.verdict in ("right", "near", "off")
    True
    >>> sorted(draw("chance-loss"))
    ['V']
"""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llm_widgets.course.questions import DrawnExercise, Question
    from llm_widgets.widgets.prediction import Prediction

_FILES = ("background_questions", "concepts_questions", "algorithms_questions", "mathematics_questions")


def predict(name: str, again: int = 0) -> Prediction:
    """A small widget that asks, takes a guess, and then computes the answer.

    Args:
        name: of the question, as the chapter gives it.
        again: which drawing of its numbers; the page can ask for the next one.

    Raises:
        ValueError: there is no such question.
    """
    from llm_widgets.course.questions import Question
    from llm_widgets.widgets.prediction import Prediction

    question = drawn().get(name)
    if not isinstance(question, Question):
        known = ", ".join(key for key, one in drawn().items() if isinstance(one, Question))
        raise ValueError(f"There is no such question; choose one of {known}. Received: name={name!r}")
    return Prediction(question, again=again)


def draw(name: str) -> dict[str, Any]:
    """The numbers of an exercise for this learner: the same at each call, other ones for the neighbour.

    Args:
        name: of the exercise, as the chapter gives it; `check(name, answer)` judges an answer against these numbers.

    Raises:
        ValueError: there is no exercise of this name with numbers to draw.
    """
    if name not in drawn():
        known = ", ".join(drawn())
        raise ValueError(f"No numbers are drawn for such an exercise; choose one of {known}. Received: name={name!r}")
    return drawn()[name].values()


@functools.cache
def drawn() -> dict[str, Question | DrawnExercise]:
    """All questions and exercises with drawn numbers, by name."""
    found: dict[str, Question | DrawnExercise] = {}
    for file in _FILES:
        module = importlib.import_module(f"llm_widgets.course.{file}")
        for one in (*module.QUESTIONS, *module.EXERCISES):
            if one.name in found:
                raise ValueError(f"Two questions have the same name. Received: {one.name!r} in {file}.py")
            found[one.name] = one
    return found
