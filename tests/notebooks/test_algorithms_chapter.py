"""Chapter 03 as it runs: what its prose says is what its cells print; quick, small, and without any backend."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from llm_widgets.course import chapters, predictions
from llm_widgets.course.algorithms_exercises import DRAWN
from llm_widgets.course.algorithms_functions import FUNCTIONS
from tests.notebooks.test_notebooks_run import Ran, lines, number, numbers, run_against

pytestmark = pytest.mark.slow

NAME = "03-algorithms"


@pytest.fixture(scope="module", params=["en", "zh"])
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run_against(request.param, NAME, tmp_path_factory.mktemp(request.param))


def percents(text: str) -> list[float]:
    return [float(one) for one in re.findall(r"([\d.]+)%", text)]


def test_it_stays_within_time_and_memory_needs_no_backend_and_speaks_its_language(ran: Ran) -> None:
    ran.stays_small("load", "subwords", "written", "exercise-1", "exercise-6", "exercise-10")


def test_every_exercise_of_the_chapter_is_asked_in_it() -> None:
    code = chapters.read(chapters.path_of(NAME, "en")).code
    assert set(re.findall(r'course\.check\("([\w-]+)"', code)) == {*DRAWN, *FUNCTIONS}
    assert set(re.findall(r'course\.draw\("([\w-]+)"', code)) == set(DRAWN)
    asked = set(re.findall(r'course\.predict\("([\w-]+)"', code))
    assert len(asked) == 8
    assert asked <= set(predictions.drawn())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_solutions_that_it_shows_are_right(language: str) -> None:
    prose = {cell.id: cell.source for cell in chapters.read(chapters.path_of(NAME, language)).cells}["solutions"]
    made: dict[str, object] = {}
    exec("import numpy as np\n" + "\n".join(re.findall(r"```python\n(.*?)```", prose, re.S)), made)
    for name, function in (("fair-validation", "fair_validation"), ("logit-gradient", "logit_gradient")):
        assert FUNCTIONS[name][0](made[function]) is None
    drawn = DRAWN["parameter-count"][0](__import__("numpy").random.default_rng(0))
    count = re.search(r"`(V\*C[^`]*)`", prose)
    assert count
    assert DRAWN["parameter-count"][1](drawn, eval(count[1], dict(drawn))) is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_formula_is_said_in_words_too(language: str) -> None:
    for cell in chapters.read(chapters.path_of(NAME, language)).cells:
        displayed = re.findall(r"^\$\$.*?\$\$$", cell.source, re.M | re.S)
        said = re.findall(r"^\*[^*]*(?:in words|用文字说)[：:]\*", cell.source, re.M | re.I)
        # Two formulas of one update may be said in one sentence.
        assert len(said) >= len(displayed) - (cell.id == "update"), cell.id


def test_copies_leak_and_marks_tell(ran: Ran) -> None:
    said = ran.said
    *_, mine, other = lines(said["load"])
    assert len(mine) == len(other) == 64
    assert mine != other, "one blank more, and it is another"
    once, twice = (percents(line) for line in lines(said["parrot"]))
    assert once[0] == 0
    assert twice[0] > 35, "a good part"
    assert twice[1] > once[1] + 8, "it recites"
    capitals, marks = percents(said["lost"])
    assert (capitals == 0) is (ran.language == "zh"), "Chinese has no capitals"
    assert marks > 2
    asking, others = percents(said["marks"])
    assert asking < 0.6 * others, "seldom pleased"
    assert 40 < others < 55, "about half of them"


def test_subwords_know_everything_and_windows_have_answers(ran: Ran) -> None:
    bpe, whole = (
        "\n".join(line for line in lines(ran.said["subwords"]) if line.strip().startswith(name))
        for name in ("bpe", "whole")
    )
    assert "[UNK]" in whole
    assert "[UNK]" not in bpe
    assert re.search(r"x \([\d]+, 6\)   y \(\d+,\)", ran.said["windows-made"])
    examples = lines(ran.said["windows-made"])[1:]
    for one, next_one in pairwise(examples):
        ids, following = (numbers(line.split("]")[0]) for line in (one, next_one))
        assert ids[1:] == following[:-1], "windows overlap"


def test_equal_units_stay_equal_and_sizes_matter(ran: Ran) -> None:
    counts = [int(n) for n in re.findall(r"different units: (\d)", ran.said["symmetry"])]
    assert counts == [1, 1, 4]
    zeros = ran.said["symmetry"].split("all 0.5")[0].split("\n", 1)[1]
    assert set(numbers(zeros)) == {0}, "nothing but the last bias ever moves"
    half, once, thrice = (re.findall(r"\d\.\de[+-]\d\d|\de[+-]\d\d", line) for line in lines(ran.said["scale"]))
    first, _, last, gradient = (float(one) for one in half)
    assert last < 1e-5 * first, "nothing is left of the signal"
    assert gradient < 1e-4
    assert 0.05 < float(once[2]) < 0.5
    assert 0.1 < float(once[3]) < 10, "both survive"
    assert float(thrice[2]) > 0.8, "at the ends of the tanh"
    assert float(thrice[3]) > 20, "explodes"


def test_loss_and_gradient(ran: Ran) -> None:
    said = ran.said
    shapes, counts = said["model"].split("E  ")
    assert re.findall(r"\(32, \d+\)", shapes)[0] == "(32, 6)"
    assert sum(int(n.replace(",", "")) for n in re.findall(r"\) +([\d,]+)$", counts, re.M)) == int(
        counts.split("parameters: ")[1].replace(",", "")
    )
    first = said["loss-by-hand"]
    assert number(first, "L") == pytest.approx(number(first, "ln V"), rel=0.02), "ln V at the start"
    assert number(first, "perplexity") == pytest.approx(number(first, "   V"), rel=0.05)
    crossed, squared = zip(
        *((number(line, "entropy", ":"), number(line, "error", ":")) for line in lines(said["squared-error"])),
        strict=True,
    )
    assert list(crossed) == sorted(crossed, reverse=True), "the more wrong, the more it has to say"
    assert list(squared) == sorted(squared), "and the squared error the less"
    assert abs(squared[-1]) < 1e-4 < 0.9 < abs(crossed[-1])
    right, slip = lines(said["checked"])
    assert "agrees: True" in right
    assert "agrees: False" in slip


def test_updates(ran: Ran) -> None:
    crawls, good, near, flies = (
        [float(one) for one in re.findall(r"updates: +([\d.]+) +([\d.]+) +([\d.]+)", line)[0]]
        for line in lines(ran.said["rates"])
    )
    assert crawls[2] > good[2] > near[2]
    assert flies[2] > flies[1] > flies[0], "further each time"
    signs = lines(ran.said["rates"])[-1].split("y:")[1]
    assert [one < 0 for one in numbers(signs)] == [False, True, False, True], "from wall to wall"
    sgd, momentum, adam = (float(line.split()[-1]) for line in lines(ran.said["race"])[:3])
    assert momentum < sgd > adam
    assert "[-0.1 -0.1]" in lines(ran.said["race"])[-1]


def test_learning_by_heart_and_learning(ran: Ran) -> None:
    epochs = [numbers(line)[1:3] for line in lines(ran.said["fit"]) if "training" in line]
    training, validation = zip(*epochs, strict=True)
    assert len(epochs) == 30
    assert list(training) == sorted(training, reverse=True), "falls to the end"
    best = validation.index(min(validation))
    assert 0 < best < 15, "falls first"
    assert validation[-1] > 1.3 * validation[best], "turns, and rises"
    assert f"best epoch: {best + 1}" in ran.said["fit"]
    whole = ran.said["fit-all"]
    assert number(whole, "L") < number(whole, "few windows", ":") - 0.3, "more text is the better cure"
    assert number(whole, "perplexity") < 0.75 * number(whole, "counting alone", ":")


def test_inference(ran: Ran) -> None:
    said = ran.said
    same, bare, other = (number(line, "L") for line in lines(said["same-tokenizer"]))
    assert other > same + 0.5, "gibberish"
    assert bare > same
    plain, sharp, flat, top_k, top_p, greedy = (
        [float(one) for one in re.findall(r"\d\.\d{3}", line)] for line in lines(said["choices"])
    )
    assert greedy == [1, 0, 0, 0, 0] != top_k[:5]
    assert sharp[0] > plain[0] > flat[0]
    assert top_k[3:] == [0.0, 0.0] < top_k[:2]
    assert sum(p > 0 for p in top_p) >= 1
    assert re.findall(r"possible: (\d+)", said["choices"])[-1] == "1"
    assert re.findall(r"top-k = 3.*possible: (\d+)", said["choices"]) == ["3"]
    assert said["written"].count("(100 passes)") == 6
    text = said["written"].split("greedy (100 passes):\n")[1].rstrip()
    tail = text[-12:]
    assert tail in text[:-12], "it runs in a circle"


def test_the_cache_is_counted(ran: Ran) -> None:
    assert "the same: True" in ran.said["cache-counted"]
    assert "14,950 and 199" in ran.said["cache-counted"]
    assert "the cache: 36 MiB" in ran.said["cache-counted"]
