"""Chapter 04 as it runs: what its prose says is what its cells print; quick, small, and without any backend."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from llm_widgets.course import chapters
from llm_widgets.course.mathematics_exercises import DRAWN
from llm_widgets.course.mathematics_functions import FUNCTIONS
from tests.notebooks.test_notebooks_run import Ran, lines, number, numbers, run_against

pytestmark = pytest.mark.slow

NAME = "04-mathematics"


@pytest.fixture(scope="module", params=["en", "zh"])
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run_against(request.param, NAME, tmp_path_factory.mktemp(request.param))


def test_it_stays_within_time_and_memory_needs_no_backend_and_speaks_its_language(ran: Ran) -> None:
    ran.stays_small("exercise-1", "exercise-4", "exercise-11")


def test_every_exercise_of_the_chapter_is_asked_in_it() -> None:
    code = chapters.read(chapters.path_of(NAME, "en")).code
    assert set(re.findall(r'course\.check\("([\w-]+)"', code)) == {*DRAWN, *FUNCTIONS}
    assert set(re.findall(r'course\.draw\("([\w-]+)"', code)) == set(DRAWN)
    assert len(set(re.findall(r'course\.predict\("([\w-]+)"', code))) >= 6


def test_the_solutions_that_it_shows_are_right() -> None:
    prose = {cell.id: cell.source for cell in chapters.read(chapters.path_of(NAME, "en")).cells}["solutions"]
    made: dict[str, object] = {}
    exec("import numpy as np\n" + "\n".join(re.findall(r"```python\n(.*?)```", prose, re.S)), made)
    assert FUNCTIONS["neuron-backward"][0](made["gradient"]) is None
    assert FUNCTIONS["stable-softmax"][0](made["stable_softmax"]) is None
    assert FUNCTIONS["layer-backward"][0](made["layer_backward"]) is None


def test_the_way_forward(ran: Ran) -> None:
    said = ran.said
    assert lines(said["forward-by-hand"]) == ["0.1 + 0.4 + 0.9 + 0.5 = 1.9", "z = 1.9   y = 1.9"]
    cosines = [number(line, "cos") for line in lines(said["dot-shown"])]
    assert (cosines[0], cosines[2], cosines[3]) == (1, 0, -1), "the same way, across, the opposite way"
    assert 0 < cosines[1] < 1
    products, *biases = (numbers(line) for line in lines(said["bias-shown"]))
    for bias, *outputs in biases:
        for product, output in zip(products, outputs, strict=True):
            assert (output > 0) is (product > -bias), "it fires where w·x is greater than -b"


def test_the_way_back(ran: Ran) -> None:
    said = ran.said
    assert "L = 0.005" in said["loss-by-hand"]
    one_side, both_sides = zip(*(map(float, line.split()[3:]) for line in lines(said["slopes"])), strict=True)
    wrong = [abs(slope + 0.1) for slope in one_side]
    least = wrong.index(min(wrong))
    assert wrong[: least + 1] == sorted(wrong[: least + 1], reverse=True), "the error shrinks"
    assert wrong[-1] > 1e3 * wrong[least], "and then grows again"
    assert abs(both_sides[0] + 0.1) < 1e-9, "two sides are already right at a large h"
    assert abs(both_sides[-1] + 0.1) > 1e-6
    assert "∂L/∂w = [-0.1 -0.2 -0.3]   ∂L/∂b = -0.1" in said["chain-by-hand"]
    by_chain, by_differences, _ = lines(said["judge"])
    assert by_chain == by_differences
    assert lines(said["update-by-hand"])[0] == "w = [0.11 0.22 0.33]   b = 0.51"
    assert "y = 1.90 → 2.05" in said["update-by-hand"], "jumped over its target"
    assert "0.25 times" in said["update-by-hand"]
    slow, once, _, still, grows = (numbers(line)[2:] for line in lines(said["rates"])[2:])
    assert slow == sorted(slow, reverse=True)
    assert once[1:] == [0] * 7
    assert set(still) == {0.005}
    assert [later / earlier for earlier, later in pairwise(grows[:6])] == pytest.approx([4] * 5)
    assert set(grows[6:]) == {2.0}, "dead: the output is 0 and the loss half of 2 squared"


def test_the_documents_example(ran: Ran) -> None:
    said = ran.said
    for line, right in zip(lines(said["printed"]), ("[1.9]", "[0.005]", "[-0.1 -0.2 -0.3]", "[-0.1]"), strict=False):
        assert line.endswith(right)
    assert lines(said["printed"])[-1].endswith("= [0.09 0.16 0.21]"), "what would follow"
    two, one = (line.split("[") for line in lines(said["no-target"]))
    assert ("-" in two[1]) is not ("-" in one[1]), "the chain rule turns round"
    assert two[2] == one[2], "and the documents' formula does not notice"
    chain, computed, printed, *often = lines(said["followed"])
    assert "0.25 times" in chain
    assert "20.25 times" in computed
    assert "353.44 times" in printed
    _, with_gradients, with_formulas = (numbers(line.split("w =")[0]) for line in often)
    top = with_gradients.index(max(with_gradients))
    assert 0 < top < len(with_gradients) - 1, "rises first and then falls after all"
    assert max(abs(w) for w in numbers(often[1].split("w =")[1])) < 0.01, "the weights shrink towards 0"
    assert with_formulas[1:] == [2.0] * 4, "the first step kills the neuron"


def test_activations(ran: Ran) -> None:
    said = ran.said
    identity, relu = (float(line.split()[-1]) for line in lines(said["linear"]))
    assert identity < 1e-12 < 1 < relu
    slopes = {line.split()[0]: numbers(line.split(" ", 1)[1]) for line in lines(said["slopes-of-five"])[1:]}
    assert max(slopes["sigmoid"]) == 0.25
    assert slopes["tanh"][0] < slopes["sigmoid"][0] < 0.01, "tanh saturates even sooner"
    assert slopes["relu"][:4] == [0] * 4
    assert slopes["gelu"][1] != 0 != slopes["silu"][1]
    tanh, softmax = lines(said["not-classes"])
    assert "-" in tanh
    assert number(tanh, "sum") != 1 == number(softmax, "sum")
    sigmoid, tanh = lines(said["centred"])
    assert number(sigmoid, "one sign") == 1 > 0.1 > number(tanh, "one sign")
    dead, flattest = zip(
        *((number(line, "relu dead"), number(line, r"\|slope\|")) for line in lines(said["dead"])), strict=True
    )
    assert dead[0] == 0
    assert dead[-1] > 0.8
    assert list(dead) == sorted(dead)
    assert min(flattest) > 0.01
    bound, *networks = lines(said["ten-layers"])
    assert bound == "0.25 ** 10 = 9.5e-07"
    left = {line.split()[0]: float(line.split()[-1]) for line in networks}
    assert min(left, key=lambda name: left[name]) == "sigmoid"
    assert left["sigmoid"] < 1e-5


def test_softmax_and_cross_entropy(ran: Ran) -> None:
    said = ran.said
    p, moved, doubled = lines(said["softmax-by-hand"])
    assert moved.split("[")[1] == p.split("[")[1].split("]")[0] + "]", "adding the same number changes nothing"
    assert numbers(doubled.split("[")[1])[0] > numbers(p.split("[")[1])[0], "the largest gets more"
    assert said["overflow"].count("nan") == 4
    _, gradient, differences = lines(said["cross-entropy-by-hand"])
    assert numbers(gradient.split("[")[1].split("]")[0]) == numbers(differences.split("[")[1])
    assert "sum = 0.00" in gradient
    sure = numbers(lines(said["squared-or-cross"])[1])
    assert abs(sure[2]) < 1e-3 < 0.99 < abs(sure[3]), "it hears nothing; the gradient is the error itself"


def test_layers_and_automatic_differentiation(ran: Ran) -> None:
    said = ran.said
    *steps, one_layer = lines(said["xor-trained"])
    losses = [number(line, "L") for line in steps]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 1e-6
    assert "L = 0.250000   Y = [0.5 0.5 0.5 0.5]" in one_layer
    assert number(said["two-layers-backward"], "max error") < 1e-5
    assert lines(said["number-class"]) == ["12.0 7.0"]
    assert "∂L/∂w = [-0.1 -0.2 -0.3]   ∂L/∂b = -0.1000" in said["value-neuron"]
    assert int(lines(said["passes"])[-1].split()[0]) > 10, "the difference is large"


def test_attention(ran: Ran) -> None:
    for line in lines(ran.said["variance"]):
        d = number(line, "d")
        assert number(line, "var") == pytest.approx(d, rel=0.15)
        assert number(line, "√d") == d**0.5
    raw, scaled = (lines(ran.said["vanishing"])[start::2] for start in (0, 1))
    slopes = [number(line, "slope") for line in raw]
    assert slopes == sorted(slopes, reverse=True)
    assert slopes[-1] < 0.1
    same = [number(line, "slope") for line in scaled]
    assert max(same) - min(same) < 0.03, "the same for every width"
    for line in lines(ran.said["attention-by-hand"]):
        assert sum(numbers(line)) == pytest.approx(1, abs=3e-4)
    assert all(float(line.split()[-1]) < 1e-12 for line in lines(ran.said["attention-back"]))


def test_the_documents_mistakes_are_listed(ran: Ran) -> None:
    assert "ErrataView" in ran.said["errata-widget"]


def test_it_is_listed_among_the_chapters(tmp_path: Path) -> None:
    for language in ("en", "zh"):
        start = chapters.read(chapters.path_of("00-start", language)).prose
        assert f"({NAME}.ipynb)" in start
