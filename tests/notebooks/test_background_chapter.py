"""Chapter 01 as it runs: what its prose says is what its cells print, within time and memory."""

from __future__ import annotations

import re

import pytest

from llm_widgets.course import background_counts as counted
from llm_widgets.course import chapters, predictions
from llm_widgets.course.background_exercises import DRAWN, FUNCTIONS
from tests.notebooks.test_notebooks_run import Ran, lines, number, numbers, run_against

pytestmark = pytest.mark.slow

NAME = "01-background"


@pytest.fixture(scope="module", params=["en", "zh"])
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run_against(request.param, NAME, tmp_path_factory.mktemp(request.param))


def percents(text: str) -> list[float]:
    return [float(one) for one in re.findall(r"([\d.]+)%", text)]


def costs(text: str) -> dict[str, float]:
    """Bits a token by the name of the model."""
    return {line.split()[0]: numbers(line)[0] for line in lines(text)}


def test_it_stays_within_time_and_memory_and_speaks_its_language(ran: Ran) -> None:
    assert ran.seconds < 120, "the goal is 60 s on two cores that do nothing else"
    assert ran.megabytes < 700
    assert f"language='{ran.language}'" in ran.said["open"]
    for cell in ("exercise-1", "exercise-3", "text"):
        assert bool(re.search(r"[\u4e00-\u9fff]", ran.said[cell])) is (ran.language == "zh"), cell


def test_every_exercise_of_the_chapter_is_asked_in_it() -> None:
    code = chapters.read(chapters.path_of(NAME, "en")).code
    assert set(re.findall(r'course\.check\("([\w-]+)"', code)) == {*DRAWN, *FUNCTIONS}
    assert set(re.findall(r'course\.draw\("([\w-]+)"', code)) == set(DRAWN)
    asked = set(re.findall(r'course\.predict\("([\w-]+)"', code))
    assert len(asked) == 7
    assert asked <= set(predictions.drawn())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_solutions_that_it_shows_are_right(language: str) -> None:
    prose = {cell.id: cell.source for cell in chapters.read(chapters.path_of(NAME, language)).cells}["solutions"]
    made: dict[str, object] = {}
    lines_of_code = "\n".join(re.findall(r"```python\n(.*?)```", prose, re.S))
    exec("from collections import Counter\n" + lines_of_code, made)
    assert FUNCTIONS["count-following"][0](made["what_follows"]) is None
    import numpy as np

    formulas = re.findall(r"^\*\*[456]\.\*\* `(.*)`", prose, re.M)
    for name, formula in zip(("table-size", "add-one", "training-operations"), formulas, strict=True):
        numbers_drawn = DRAWN[name][0](np.random.default_rng(3))
        assert DRAWN[name][1](numbers_drawn, eval(formula, dict(numbers_drawn))) is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_formula_is_said_in_words_too(language: str) -> None:
    for cell in chapters.read(chapters.path_of(NAME, language)).cells:
        displayed = re.findall(r"^\$\$.*?\$\$$", cell.source, re.M | re.S)
        said = re.findall(r"^\*[^*]*(?:in words|用文字说)[：:]\*", cell.source, re.M | re.I)
        assert len(said) >= len(displayed), cell.id


def test_a_guess_has_a_price(ran: Ran) -> None:
    said = ran.said
    assert number(said["unigram"], "sum of all p") == pytest.approx(1)
    by_hand = lines(said["bits-by-hand"])
    assert number(by_hand[-1], "bits") == pytest.approx(sum(number(line, "bits") for line in by_hand[:-1]), abs=0.1)
    cost = costs(said["judged"])
    assert cost["knows_how_common"] < cost["knows_nothing"] - 2
    nothing, common = (float(line.split()[-1].replace(",", "")) for line in lines(said["judged"]))
    assert common < nothing / 4, "most of it is taken away"
    assert 100 < common < 1000, "still like choosing among hundreds"


def test_counts_write_and_guess(ran: Ran) -> None:
    for line in lines(ran.said["count"]):
        assert percents(line) == sorted(percents(line), reverse=True)
    assert len([line for line in lines(ran.said["write"]) if line.strip()]) == 3
    *rows, people = lines(ran.said["first-guesses"])
    known, right = zip(*(percents(row) for row in rows), strict=True)
    assert list(known) == sorted(known, reverse=True), "longer runs are known less often"
    assert percents(people)[0] > max(right), "a person does better than each line"
    assert right[-1] < max(right), "and then the program goes dumb"
    assert right[2] == pytest.approx(counted.first_guesses(ran.language, 2)[0], abs=0.6)
    assert number(ran.said["bits-of-letters"], "", "") == 4.75


def test_counting_runs_out(ran: Ran) -> None:
    rows = lines(ran.said["unseen"])
    once, unseen = zip(*(percents(row) for row in rows), strict=True)
    assert list(unseen) == sorted(unseen)
    assert unseen[2] > 50, "most trigrams were never seen"
    assert once[2] > 80
    assert unseen[2] == pytest.approx(counted.unseen(ran.language, 3), abs=0.6)
    by_text = [percents(row) for row in lines(ran.said["more-text"])]
    for n in range(4):
        column = [row[n] for row in by_text]
        assert column == sorted(column, reverse=True)
        if n > 1:
            assert column[-1] > 0.8 * column[-2], "each doubling takes a little away"
    assert by_text[-2][3] - by_text[-1][3] < by_text[-2][1] - by_text[-1][1], "and less for longer runs"
    cost = costs(ran.said["smoothed"])
    assert cost["knows_how_common"] < cost["trigram_and_one_more"], "worse than looking at nothing"
    assert cost["kneser_ney"] == min(cost.values())


def test_the_network_is_close_in_the_book_and_far_ahead_in_the_poems(ran: Ran) -> None:
    times = [number(line, "characters", ":") for line in lines(ran.said["small-gpt"])[1::2]]
    assert 1 < times[0] < 1.5
    assert times[1] > 50


def test_the_history_in_numbers(ran: Ran) -> None:
    *rows, growth = lines(ran.said["operations"])
    per_parameter = {row.split()[0]: float(row.split()[-1].replace(",", "")) for row in rows}
    assert max(per_parameter["GPT-3"], per_parameter["PaLM"]) < 2
    assert per_parameter["Chinchilla"] == 20
    assert per_parameter["DeepSeek-V3"] == 400
    assert "1,496 times the parameters in 1.9 years" in growth
    assert "5,137 years" in ran.said["reading-time"]


def test_the_three_of_the_documents(ran: Ran) -> None:
    said = lines(ran.said["three-specs"])
    gpt3, base, large, t5 = (one + count for one, count in zip(said[::2], said[1::2], strict=True))
    assert "causal" in gpt3
    assert "174.604 billion" in gpt3
    assert "padding" in base
    assert "decoder" not in base
    assert "0.110 billion" in base
    assert "0.335 billion" in large
    assert "decoder_blocks: 6" in t5
    *three, larger = lines(ran.said["billions"])
    assert [line.split()[-1] for line in three] == ["True", "False", "False", "False"]
    assert "PaLM" in larger
    into, out = percents(ran.said["bleu"])
    assert into > 98 > 60 > out


def test_its_widgets_are_there(ran: Ran) -> None:
    for cell, widget in (("game", "GuessTheNextWord"), ("history-widget", "HistoryView"), ("errata-widget", "Errata")):
        assert widget in ran.said[cell]


def test_it_is_listed_among_the_chapters() -> None:
    for language in ("en", "zh"):
        start = chapters.read(chapters.path_of("00-start", language)).prose
        assert f"({NAME}.ipynb)" in start
        assert "(glossary.ipynb)" in start
