"""Chapter 02 as it runs: what its prose says is what its cells print, within time and memory."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from llm_widgets.course import chapters
from llm_widgets.course.concepts_questions import EXERCISES, QUESTIONS
from tests.notebooks.test_notebooks_run import SECONDS, Ran, lines, number, numbers, run_against

pytestmark = pytest.mark.slow

NAME = "02-concepts"


@pytest.fixture(scope="module", params=["en", "zh"])
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp(request.param)
    return run_against(request.param, NAME, folder, models=folder / "no models")


def test_it_stays_within_time_and_memory_and_speaks_its_language(ran: Ran) -> None:
    assert ran.seconds < SECONDS, "the goal is 60 s on two cores that do nothing else"
    assert ran.megabytes < 700
    assert f"language='{ran.language}'" in ran.said["open"]
    for cell in ("exercise-1", "exercise-7"):
        assert bool(re.search(r"[\u4e00-\u9fff]", ran.said[cell])) is (ran.language == "zh"), cell


def test_everything_that_is_asked_is_asked_in_it() -> None:
    code = chapters.read(chapters.path_of(NAME, "en")).code
    exercises = {one.name for one in EXERCISES}
    assert set(re.findall(r'course\.check\("([\w-]+)"', code)) == exercises
    assert set(re.findall(r'course\.draw\("([\w-]+)"', code)) < exercises
    assert set(re.findall(r'course\.predict\("([\w-]+)"', code)) == {one.name for one in QUESTIONS}


def test_the_solutions_that_it_shows_are_right() -> None:
    from llm_widgets import course

    for language in ("en", "zh"):
        cells = {cell.id: cell.source for cell in chapters.read(chapters.path_of(NAME, language)).cells}
        made: dict[str, object] = {}
        exec("import numpy as np\n" + "\n".join(re.findall(r"```python\n(.*?)```", cells["solutions"], re.S)), made)
        assert course.check("merge-function", made["merge_pair"]).correct
        assert course.check("nearest-function", made["nearest_row"]).correct


def test_what_preprocessing_loses(ran: Ran) -> None:
    forms, questions, exclamations, *pairs = lines(ran.said["preprocessing-counted"])
    before, after = numbers(forms.replace(",", ""))[:2]
    assert after < before
    positive, others = numbers(questions)[-2:]
    assert positive < others, "a question mark is no praise"
    assert all(numbers(line.replace(",", ""))[0] > 50 for line in (questions, exclamations))
    assert [line.endswith("True") for line in pairs] == [True, False, True]


def test_merges_by_hand_make_an_ending_and_a_stem(ran: Ran) -> None:
    said = ran.said["bpe-by-hand"]
    made = [line.split(" stood")[0].replace("+", "").replace(" ", "") for line in lines(said)[:-1]]
    assert made[:4] == ["es", "est", "lo", "low"]
    assert "ewest" in made, "one that is no part of a word"
    assert lines(said)[-1] == "[['low'], ['low', 'e', 'r'], ['newest'], ['widest']]"


def test_the_classifier_learns_sides(ran: Ran) -> None:
    before, after = (
        [number(line, word, "") for word in ("praise", "blame", "between")] for line in lines(ran.said["map-measured"])
    )
    assert max(map(abs, before)) < 0.35
    assert after[0] > 0.4
    assert after[1] > 0.4
    assert after[2] < -0.3


def test_counting_puts_opposites_together(ran: Ran) -> None:
    said = lines(ran.said["counts-made"])
    opposites = [number(line, "cosine", "") for line in said if "cosine" in line]
    anything = numbers(said[-1])[0]
    assert len(opposites) == 3
    assert min(opposites) > 4 * anything > 0


def test_gpt2_is_counted_as_published(ran: Ran) -> None:
    assert lines(ran.said["count-by-hand"]) == ["124,439,808 parameters, 31% of them in the table"]
    forward, twice = re.findall(r"[\d.]+e\+\d+", ran.said["flops-counted"])
    assert 1 < float(forward) / float(twice) < 1.2
    assert 5 < numbers(lines(ran.said["flops-counted"])[1])[0] < 20


def test_rows_of_attention_differ(ran: Ran) -> None:
    shared = [float(one) for one in re.findall(r"\d\.\d+|\d\.(?=[\s\]])", ran.said["attention-rows"].split(":")[1])]
    assert min(shared) < 0.1
    assert 0.6 < max(shared) < 0.95
