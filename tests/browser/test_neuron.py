"""A learner changes every number of one neuron, follows its chain rule, and trains it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks._page import NotebookPage
from tests.browser._sheet import assert_fits, assert_readable, in_language, one_page, shows, wait
from tests.browser.test_language import ALL_TEXT, english_left
from tests.browser.test_look import MOVING, TOO_WIDE

CELLS = ("import llm_widgets as lw\nlw.set_language('en')\nbench = lw.NeuronWorkbench()\nbench",)
ROOT = ".lw-neuron-workbench"
HOSTILE = '<img src=x onerror=alert(1)>"><script>alert(2)</script>'
# Names that Chinese prose writes in Latin letters, too, and functions in formulas.
NAMES = ("ReLU", "Sigmoid", "GELU", "SiLU", "tanh", "max", "ln")


@pytest.fixture(scope="module")
def look(browser, server, shared_kernel) -> Iterator[NotebookPage]:
    """One page with one workbench for all tests of this file."""
    ready = [f"{ROOT}[data-state=shown]"]
    size = {"width": 1400, "height": 1400}
    with one_page(
        browser, server, shared_kernel, "neuron", CELLS, ready, viewport=size, reduced_motion="reduce"
    ) as page:
        yield page


@pytest.fixture(autouse=True)
def fresh(look, shared_kernel):
    shared_kernel.run("bench.reset(); bench.chosen = 'w1'")
    at_step(look, 0)


def at_step(look, step):
    wait(look, "([root, step]) => document.querySelector(root).dataset.step === step", [ROOT, str(step)])


def says(look, words, selector=".lw-status"):
    shows(look, f"{ROOT} {selector}", words)


def field(look, name):
    return look.page.locator(f"{ROOT} [data-number={name}]")


def test_an_edit_is_computed_at_once_and_shown_in_formulas(look, shared_kernel):
    says(look, "The neuron answers 1.9, the target is 2: the loss is 0.005. The next update makes it 0.00125.")
    field(look, "w2").click()
    field(look, "w2").fill("1/2")
    field(look, "w2").press("Enter")
    says(look, "The neuron answers 2.5")
    shared_kernel.until("bench.w == [0.1, 0.5, 0.3]")
    says(look, "Chain rule: Weight w₂", "[data-role=chain]")  # whoever edits a number sees its chain rule
    formulas = look.page.locator(f"{ROOT} .lw-neuron-chain").inner_text().replace("\n", "")
    assert "2.5−2=0.5" in formulas
    assert "0.5⋅1⋅2=1" in formulas
    assert "=0.5−0.1⋅1=0.4" in formulas
    row = look.page.locator(f"{ROOT} [data-parameter=w2]").get_attribute("aria-label")
    assert row == "Weight w₂: gradient 1, finite difference 1, agree; after the update 0.4"
    field(look, "w2").press("ArrowUp")
    field(look, "w2").press("ArrowUp")
    shared_kernel.until("bench.w == [0.1, 0.7, 0.3]")
    look.page.locator(f"{ROOT} [data-role=activation]").select_option("tanh")
    says(look, "The neuron answers 0.99396")
    look.page.locator(f"{ROOT} [data-action=add]").click()
    look.page.locator(f"{ROOT} [data-parameter=x4]").wait_for()
    shared_kernel.until("(bench.x, bench.w) == ([1, 2, 3, 1], [0.1, 0.7, 0.3, 0.1])")
    look.page.locator(f"{ROOT} [data-action=remove]").click()
    shared_kernel.until("len(bench.w) == 3")


def test_odd_input_is_refused_in_words_and_nothing_is_lost(look, shared_kernel):
    for entry, words in (
        ("", "Weight w₁ needs a number"),
        ("1e400", "takes numbers from −1000000 to 1000000"),
        ("much", "takes a number such as"),
        (HOSTILE, "takes a number such as"),
    ):
        field(look, "w1").fill(entry)
        field(look, "w1").press("Enter")
        says(look, words)
        assert field(look, "w1").input_value() == "0.1"
    assert look.page.locator(f"{ROOT} img, {ROOT} script").count() == 0
    field(look, "rate").fill("0")
    field(look, "rate").press("Enter")
    says(look, "Learning rate η takes numbers from 0.000001")
    assert shared_kernel.value("[bench.w, bench.learning_rate]") == [[0.1, 0.2, 0.3], 0.1]
    field(look, "t").fill("１，5")  # full-width digits and a comma
    field(look, "t").press("Enter")
    shared_kernel.until("bench.target == 1.5")


def test_a_refused_combination_says_what_to_do_and_offers_it(look, shared_kernel):
    look.page.locator(f"{ROOT} [data-role=loss]").select_option("binary_cross_entropy")
    says(look, "its target must lie between 0 and 1, and t is 2")
    assert look.page.locator(f"{ROOT} [data-action=update]").is_disabled()
    look.page.locator(f"{ROOT} [data-action=mend]").click()
    says(look, "y must lie between 0 and 1, and it is 1.9")
    look.page.locator(f"{ROOT} [data-action=mend]").click()
    says(look, "The neuron answers 0.86989, the target is 1: the loss is 0.1394.")
    look.page.locator(f"{ROOT} [data-role=loss]").select_option("binary_cross_entropy_from_logits")
    says(look, "This loss applies a sigmoid itself")
    look.page.locator(f"{ROOT} [data-action=mend]").click()
    says(look, "the loss is 0.1394.")
    assert shared_kernel.value("[bench.activation, bench.w]") == ["identity", [0.1, 0.2, 0.3]]


def test_updates_are_stepped_played_walked_and_reset(look, shared_kernel):
    look.page.locator(f"{ROOT} [data-action=update]").click()
    at_step(look, 1)
    assert field(look, "w1").input_value() == "0.11"
    height = look.page.locator(ROOT).bounding_box()["height"]
    look.page.locator(f"{ROOT} [data-action=play]").click()
    wait(look, "(root) => Number(document.querySelector(root).dataset.step) >= 3", ROOT)
    look.page.locator(f"{ROOT} [data-action=play]").click()
    assert look.page.locator(ROOT).bounding_box()["height"] == height, "nothing jumps"
    made = shared_kernel.value("len(bench.history)")
    look.page.locator(f"{ROOT} [data-action=first]").click()
    at_step(look, 0)
    assert field(look, "w1").input_value() == "0.1"
    assert shared_kernel.value("[bench.step, len(bench.history)]") == [0, made]
    shared_kernel.run("bench.step = 2")  # from a cell
    at_step(look, 2)
    assert field(look, "w1").input_value() == "0.105"
    look.page.locator(f"{ROOT} [data-action=reset]").click()
    shared_kernel.until("(bench.step, bench.history) == (0, [])")


def test_a_runaway_is_told_and_play_stops(look, shared_kernel):
    shared_kernel.run("bench.change(activation='identity', learning_rate=0.2)")
    look.page.locator(f"{ROOT} [data-action=play]").click()
    says(look, "It diverges: the loss rises with every update")
    wait(look, "(root) => document.querySelector(`${root} [data-action=play]`).dataset.playing === 'false'", ROOT)
    shared_kernel.run("bench.change(activation='relu', x=[1.0], w=[0.0], b=0.0, target=1.0)")
    says(look, "Neither is wrong: ReLU has a kink", "[data-role=check]")


def test_everything_by_keyboard(look, shared_kernel):
    page = look.page
    page.locator(f"{ROOT} .lw-head button").first.focus()
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        at = "() => { const d = document.activeElement.dataset; return d.number || d.role || d.action || d.parameter }"
        seen.append(page.evaluate(at))
        if seen[-1] == "reset":
            break
    for name in ("x1", "w3", "b", "t", "activation", "loss", "add", "w1", "update", "play", "rate", "reset"):
        assert name in seen, (name, seen)
    page.locator(f"{ROOT} [data-parameter][aria-checked=true]").focus()
    page.keyboard.press("End")
    shared_kernel.until("bench.chosen == 'x3'")
    page.keyboard.press("ArrowUp")
    says(look, "Chain rule: Input x₂", "[data-role=chain]")
    page.locator(f"{ROOT} canvas").focus()
    page.locator(f"{ROOT} [data-action=update]").focus()
    page.keyboard.press("Enter")
    at_step(look, 1)
    page.keyboard.press("ArrowRight")
    at_step(look, 2)
    page.keyboard.press("Home")
    at_step(look, 0)
    page.locator(f"{ROOT} canvas").focus()
    page.keyboard.press("ArrowRight")
    at_step(look, 1)


def test_an_edge_is_chosen_with_the_mouse(look, shared_kernel):
    path = look.page.locator(f"{ROOT} .lw-neuron-hit").nth(4)  # x1 x2 x3, w1, w2
    point = path.evaluate(
        "(p) => { const m = p.getPointAtLength(p.getTotalLength() / 2), s = p.ownerSVGElement.getBoundingClientRect();"
        " return [s.left + m.x, s.top + m.y] }"
    )
    look.page.mouse.click(*point)
    shared_kernel.until("bench.chosen == 'w2'")


def test_it_fits_and_can_be_read_in_both_languages_and_themes(look, shared_kernel):
    page = look.page
    shared_kernel.run(
        "bench.change(x=[1, -20.5, 3, 4, 5, 6], w=[.1, .2, -.3, .4, .5, -123456.789], activation='gelu_tanh')"
    )
    try:
        for language, width in (("en", 320), ("zh", 480), ("zh", 1100)):
            in_language(look, shared_kernel, language)
            assert_fits(look, width)
            for loss in ("half_squared_error", "binary_cross_entropy_from_logits"):
                shared_kernel.run(f"bench.change(loss={loss!r}, target=0.25)")
                wait(look, "(loss) => document.querySelector('[data-role=loss]').value === loss", loss)
                assert page.evaluate(TOO_WIDE, width) == []
            assert_readable(look, f"neuron-{language}-{width}")
        assert page.evaluate(MOVING) == []
        page.locator(f"{ROOT} .lw-menu > button").click()
        page.locator(f"{ROOT} [role=menuitem]").first.click()
        page.locator(f"{ROOT} .lw-twin table").wait_for()
        page.locator(f"{ROOT} .lw-head > button").click()
        shared_kernel.run("bench.change(loss='binary_cross_entropy', target=2.0)")
        says(look, "交叉熵比较的是概率")
        left = english_left(page.evaluate(ALL_TEXT))
        assert not [text for text in left if not any(name in text for name in NAMES)], left
    finally:
        look.theme(dark=False)
