"""The learner guesses before the widget answers: nothing of the answer is there before."""

from __future__ import annotations

import json

import pytest
import traitlets

from llm_widgets import course, i18n
from llm_widgets.course.questions import Choice, Number, Order, Question
from llm_widgets.widgets import Prediction

computed = []


def answer(values):
    computed.append(values)
    return {"answer": values["n"] * 2.5}


DOUBLE = Question(
    "double",
    "How much is {n} · 2.5?",
    Number("units"),
    draw=lambda rng: {"n": int(rng.integers(1, 1000))},
    compute=answer,
    why="{n} · 2.5 = {answer}",
)


def test_nothing_is_computed_before_the_guess():
    computed.clear()
    asked = Prediction(DOUBLE)
    assert computed == []
    assert asked._found["judged"] is None
    assert str(asked.values["n"]) in asked._found["text"]
    asked.guess = 1.0
    assert computed
    assert asked._found["judged"]["verdict"] == "off"
    json.dumps(asked._found)


def test_asking_again_draws_other_numbers_and_forgets_the_guess():
    asked = Prediction(DOUBLE)
    first = asked.values
    asked.guess = 7
    asked.ask_again()
    assert (asked.guess, asked._found["judged"], asked.again) == (None, None, 1)
    assert asked.values != first
    asked.guess = 7
    asked.again = 0
    assert (asked.guess, asked.values) == (None, first)


def test_the_question_changes_its_language():
    asked = course.predict("chance-loss")
    english = asked._found["text"]
    asked.guess = 1.0
    i18n.set_language("zh")
    # No page is open, so nobody has told the widget.
    asked._switch_language("zh")
    assert asked._found["text"] != english
    assert "词元" in asked._found["text"]
    assert all("。" in sentence for sentence in asked._found["judged"]["why"])


def test_what_cannot_answer_is_refused_in_words():
    asked = Prediction(DOUBLE)
    sent = []
    asked.send = lambda content, buffers=None: sent.append(content)
    for odd in ("7", True, float("nan"), float("inf"), [1], {}):
        asked._on_message(asked, {"type": "settings", "changes": {"guess": odd}}, [])
        assert (sent[-1]["type"], asked.guess) == ("failed", None)
        assert "The answer is a number" in sent[-1]["text"]
    with pytest.raises((ValueError, traitlets.TraitError)):
        asked.again = -1
    with pytest.raises(TypeError, match="did you mean “guess”"):
        Prediction(DOUBLE, gess=1)


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (Choice({"a": "the first", "b": "the second"}), "b", "a"),
        (Order({"a": "one", "b": "two", "c": "three"}), ["c", "a", "b"], ["b", "a", "c"]),
    ],
)
def test_choices_and_orders(kind, right, wrong):
    question = Question("q", "Which?", kind, draw=lambda rng: {}, compute=lambda values: {"answer": right}, why="So.")
    asked = Prediction(question, guess=right)
    assert asked.judgement.verdict == "right"
    assert asked._found["varies"] is False
    asked.guess = wrong
    assert asked.judgement.verdict == "off"
    assert {option["key"] for option in asked._found["options"]} == {*kind.labels}
