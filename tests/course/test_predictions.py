"""Questions with drawn numbers: guessed, answered, and judged; against PyTorch and by hand."""

from __future__ import annotations

import doctest
import json
import math
import subprocess
import sys

import numpy as np
import pytest
import torch

from llm_widgets import course, i18n
from llm_widgets.course import guesses, learner, predictions, questions
from llm_widgets.course.questions import Choice, DrawnExercise, Number, Order, Question

ALL = list(predictions.drawn())
SEEDS = (0, 1, 2**32 - 1)


@pytest.fixture(autouse=True)
def _somebody(monkeypatch):
    monkeypatch.setenv("LLM_WIDGETS_SEED", "Ada")


@pytest.mark.parametrize("module", [guesses, learner, predictions, questions])
def test_examples_give_what_they_say(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("name", ALL)
def test_each_is_drawn_anew_for_each_learner_and_always_the_same_for_one(name):
    one = predictions.drawn()[name]
    drawings = [one.values(again, of=of) for of in SEEDS for again in range(4)]
    assert drawings == [one.values(again, of=of) for of in SEEDS for again in range(4)]
    assert json.loads(json.dumps(drawings)) == drawings, "plain numbers, strings, lists"
    if one.draw(np.random.default_rng(0)):
        assert len({repr(values) for values in drawings}) > 3


@pytest.mark.parametrize("name", [n for n in ALL if isinstance(predictions.drawn()[n], Question)])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_question_is_complete(name, language):
    i18n.set_language(language)
    one = predictions.drawn()[name]
    for of in SEEDS:
        for again in range(3):
            values = one.values(again, of=of)
            page, found = one.page(values), one.found(values)
            judged = one.judge(values, found["answer"])
            assert (judged.verdict, judged.guess) == ("right", judged.answer)
            assert "{" not in "".join([page["text"], judged.off, *judged.why]), "no placeholder is left"
            assert "answer" not in page
            for wrong, message in one.slips(found) if one.slips else ():
                if one.kind.compare(one.read(wrong), found["answer"])[0] != "right":
                    assert questions.said(message, found)
            judge, praise = one.against(values)
            assert judge(found["answer"]) is None
            assert praise


def test_the_loss_of_chance_is_that_of_pytorch():
    values = course.draw("chance-loss")
    expected = torch.nn.functional.cross_entropy(torch.zeros(1, values["V"], dtype=torch.float64), torch.tensor([0]))
    assert course.predictions.drawn()["chance-loss"].found(values)["answer"] == pytest.approx(
        float(expected), abs=1e-10
    )
    assert course.check("chance-loss", math.log(values["V"])).correct
    assert "bits" in course.check("chance-loss", math.log2(values["V"])).message
    assert course.check("chance-loss", ...).correct is None
    assert course.check("chance-loss", "seven").correct is False


def test_the_printed_update_multiplies_the_loss_by_353():
    asked = course.predict("loss-after-update")
    assert asked.values == {"x": [1.0, 2.0, 3.0], "target": 2.0}
    w, b = torch.tensor([0.0, -0.2, 0.0], dtype=torch.float64), 0.52
    x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    factor = float((torch.relu(w @ x + b) - 2) ** 2 / (1.9 - 2) ** 2)
    assert asked.question.found(asked.values)["answer"] == pytest.approx(factor, rel=1e-10)
    asked.guess = 0.25
    assert asked.judgement.verdict == "off"
    assert asked.judgement.why[0].startswith("That is what the right update does")
    assert asked.judgement.answer == "353.4"


def test_names_that_are_none_are_refused_with_those_that_are():
    for ask in (course.predict, course.draw, lambda name: course.check(name, 1)):
        with pytest.raises(ValueError, match=r"chance-loss.*Received: .*nothing"):
            ask("nothing")


def test_numbers_are_judged_in_words():
    number = Number()
    said = {
        (100.0, 100.5): "right",
        (90.0, 100.0): "near",
        (10.0, 100.0): "10 times as large as your guess",
        (1000.0, 100.0): "10 times as large as the answer",
        (-1.0, 1.0): "other sign",
        (0.0, 0.5): "too low by 0.5",
        (1.2, 1.0): "too high by 0.2",
        (1e-300, 0.0): "right",
    }
    for (guess, answer), words in said.items():
        assert words in " ".join(number.compare(guess, answer)), (guess, answer)
    for odd in (math.nan, math.inf, 1e400, "3", True, None, [1, 2], 10**400):
        with pytest.raises(ValueError, match="Received"):
            number.read(odd)
    assert number.read(np.float32(2)) == 2.0


def test_choices_and_orders_are_read_and_judged():
    choice = Choice({"up": "up", "down": "down"})
    for odd in ("left", 1, None, ["up"], "x" * 10_000):
        with pytest.raises(ValueError, match="'up', 'down'") as refused:
            choice.read(odd)
        assert len(str(refused.value)) < 200
    order = Order({key: key for key in "abcde"})
    for odd in ("abcde", ["a"], [*"abcdd"], [1, 2, 3, 4, 5], None):
        with pytest.raises(ValueError, match="each once"):
            order.read(odd)
    assert order.compare([*"abcde"], [*"abcde"])[0] == "right"
    assert order.compare([*"bacde"], [*"abcde"]) == ("near", "1 of 10 pairs stand the wrong way round.")
    assert order.compare([*"edcba"], [*"abcde"]) == ("off", "10 of 10 pairs stand the wrong way round.")


def test_an_order_is_never_offered_as_its_answer():
    items = {key: key for key in "abc"}
    for n in range(30):
        asked = Question(
            "o",
            "?",
            Order(items),
            draw=lambda rng, n=n: {"n": n},
            compute=lambda values: {"answer": [*"abc"]},
            why="",
        )
        offered = [option["key"] for option in asked.page(asked.values())["options"]]
        assert sorted(offered) == [*"abc"] != offered


def test_an_exercise_may_judge_for_itself(monkeypatch):
    doubled = DrawnExercise(
        "doubled",
        draw=lambda rng: {"n": int(rng.integers(2, 9))},
        judge=lambda values, answer: None if answer(values["n"]) == 2 * values["n"] else "Twice as much.",
        praise="Twice {n}.",
    )
    known = dict(predictions.drawn())
    monkeypatch.setattr(predictions, "drawn", lambda: {**known, "doubled": doubled})
    monkeypatch.setattr(course.exercises, "drawn", predictions.drawn)
    assert course.check("doubled", lambda n: 2 * n).message == f"Twice {course.draw('doubled')['n']}."
    assert course.check("doubled", lambda n: n).message == "Twice as much."
    assert "ZeroDivisionError" in course.check("doubled", lambda n: 1 / 0).message


def test_the_seed_is_kept_and_never_fails(monkeypatch, tmp_path):
    monkeypatch.delenv("LLM_WIDGETS_SEED")
    monkeypatch.setattr(learner, "_kept", {})
    monkeypatch.setattr(learner, "seed_file", lambda: tmp_path / "new" / "learner-seed.txt")
    first = learner.seed()
    assert 0 <= first < 2**32
    learner._kept.clear()
    assert learner.seed() == first, "another session reads it"
    for broken in ("", "not a number", "9" * 400):
        (tmp_path / "new" / "learner-seed.txt").write_text(broken)
        learner._kept.clear()
        assert learner.seed() == learner.seed()
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(learner, "seed_file", lambda: tmp_path / "file" / "learner-seed.txt")
    learner._kept.clear()
    assert learner.seed() == learner.seed(), "nothing can be written: it holds for the session"


def test_the_seed_may_be_given_as_number_or_name(monkeypatch):
    seeds = []
    for given in ("7", "Ada", "Bob", "", "李白", "9" * 400):
        monkeypatch.setenv("LLM_WIDGETS_SEED", given)
        monkeypatch.setattr(learner, "_kept", {learner.seed_file(): 5})
        seeds.append(learner.seed())
    assert seeds[0] == 7
    assert seeds[3] == 5
    assert len(set(seeds)) == 6


def test_asking_loads_no_backend_and_opening_the_course_no_numpy():
    code = (
        "import sys; from llm_widgets import course; assert 'numpy' not in sys.modules; course.predict('chance-loss');"
        "assert not {'torch', 'keras', 'jax', 'tensorflow'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
