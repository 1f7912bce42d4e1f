"""A learner guesses first, drags logits, and lets optimizers race: by mouse, by keyboard, and with odd input."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from benchmarks._page import NotebookPage
from tests.browser._sheet import assert_fits, assert_readable, in_language, one_page
from tests.browser.test_language import ALL_TEXT, LATIN, english_left

HOSTILE = '<img src=x onerror=alert(1)> مرحبا 😀 "><script>alert(2)</script>'
CELLS = (
    """
import llm_widgets as lw
from llm_widgets.course.questions import Choice, Order, Question
from llm_widgets.widgets import Prediction
lw.set_language("en")
number = lw.course.predict("loss-after-update")
number
""",
    f"""
def asked(name, kind, answer):
    found = {{"answer": answer}}
    return Question(name, {HOSTILE!r}, kind, draw=lambda rng: {{}}, compute=lambda values: found, why="词")
choice = Prediction(asked("choice", Choice({{"up": {HOSTILE!r}, "down": "向下"}}), "down"))
choice
""",
    "order = Prediction(asked('order', Order({c: c * 3 for c in '甲乙丙'}), [*'丙乙甲']))\norder",
    "softmax = lw.SoftmaxExplorer()\nsoftmax",
    "race = lw.OptimizerRace()\nrace",
)
NUMBER, CHOICE, ORDER = ('[data-kind="number"]', '[data-kind="choice"]', '[data-kind="order"]')
SOFTMAX, RACE = ".lw-softmax-and-cross-entropy", ".lw-optimizer-race"
# Authors, surfaces and functions have the same names in Chinese.
NAMES = {
    "Adam", "Ba", "Beale", "Himmelblau", "Kingma", "MSE", "Monro", "Polyak", "ReLU", "Robbins", "Rosenbrock", "SGD",
    "ln", "logit", "max", "softmax",
}  # fmt: skip
WORD = re.compile("[A-Za-z]{2,}")
ALL = (NUMBER, CHOICE, ORDER, SOFTMAX, RACE)


@pytest.fixture(scope="module")
def look(browser, server, shared_kernel) -> Iterator[NotebookPage]:
    """One page with all widgets for all tests of this file."""
    ready = (f"{one}[data-state=shown]" for one in ALL)
    size = {"width": 1400, "height": 3400}
    with one_page(browser, server, shared_kernel, "race", CELLS, ready, viewport=size) as page:
        yield page


def wait(page, condition, arg=None):
    page.page.wait_for_function(condition, arg=arg, timeout=30_000)


def status(page, root, part):
    wait(
        page, "([root, part]) => document.querySelector(`${root} .lw-status`).textContent.includes(part)", [root, part]
    )


def test_nothing_of_the_answer_is_there_before_the_guess(look, shared_kernel):
    page = look.page
    assert "353" not in page.locator(NUMBER).inner_text()
    field = page.locator(f"{NUMBER} [data-role=guess]")
    for odd, words in (
        ("", "any guess will do"),
        ("many", "a number such as"),
        ("1e400", "Received: 1e400"),
        ("<b>1</b>", "a number such as"),
    ):
        field.fill(odd)
        field.press("Enter")
        status(look, NUMBER, words)
    field.fill("0,25")
    field.press("Enter")
    status(look, NUMBER, "Computed: 353.4")
    assert page.locator(f"{NUMBER} [data-role=answer]").inner_text() == "353.4"
    assert "right update" in page.locator(f"{NUMBER} .lw-prediction-why").inner_text()
    page.keyboard.press("Enter")  # the focus is on "Ask again"
    wait(look, "(root) => document.querySelector(root).dataset.guessed === 'false'", NUMBER)
    assert shared_kernel.value("[number.again, number.guess]") == [1, None]
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    shared_kernel.until("number.guess == 2")


def test_choices_and_orders_by_keyboard_and_by_hand(look, shared_kernel):
    page = look.page
    page.locator(f"{CHOICE} [data-action=guess]").click()
    status(look, CHOICE, "Choose one")
    page.locator(f"{CHOICE} input[type=radio]").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    status(look, CHOICE, "right")
    assert shared_kernel.value("choice.guess") == "down"
    rows = page.locator(f"{ORDER} li")
    first = rows.first.get_attribute("data-key")
    rows.first.locator("[data-move=down]").focus()
    page.keyboard.press("ArrowDown")
    assert rows.nth(1).get_attribute("data-key") == first
    box, top = rows.nth(1).bounding_box(), rows.nth(0).bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(top["x"] + 60, top["y"] + 12, steps=4)
    page.mouse.up()
    assert rows.first.get_attribute("data-key") == first
    page.locator(f"{ORDER} [data-action=guess]").click()
    shared_kernel.until("order.guess is not None")


def test_logits_are_typed_and_dragged_and_a_constant_changes_nothing(look, shared_kernel):
    page = look.page
    bar = page.locator(f"{SOFTMAX} [data-bar='1']")
    box = bar.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 10, steps=4)
    page.mouse.up()
    shared_kernel.until("softmax.logits == [2.0, 4.0, 0.1]")
    page.keyboard.press("ArrowRight")
    shared_kernel.until("softmax.logits == [2.0, 4.1, 0.1]")
    likeliest = shared_kernel.value("f'{100 * softmax.probabilities[1]:.1f} %'")
    page.locator(f"{SOFTMAX} .lw-softmax-share", has_text=likeliest).wait_for()
    before = page.locator(f"{SOFTMAX} .lw-softmax-share").all_inner_texts()
    page.locator(f"{SOFTMAX} [data-action=add-10]").click()
    status(look, SOFTMAX, "no probability has moved")
    page.locator(f"{SOFTMAX} [data-action=add-1000]").click()
    status(look, SOFTMAX, "the computer gives up")
    assert "no number" in page.locator(f"{SOFTMAX} [data-role=plainly]").inner_text()
    assert page.locator(f"{SOFTMAX} .lw-softmax-share").all_inner_texts() == before
    page.locator(f"{SOFTMAX} [data-action=add-0]").click()
    field = page.locator(f"{SOFTMAX} [data-number=logit-0]")
    for odd, words in (("", "needs a number"), ("1e400", "takes numbers from"), ("x", "takes a number such as")):
        field.fill(odd)
        field.press("Enter")
        status(look, SOFTMAX, words)
    field.fill("1/2")
    field.press("Enter")
    page.locator(f"{SOFTMAX} input[type=radio]").nth(2).check()
    page.locator(f"{SOFTMAX} [data-action=more]").click()
    shared_kernel.until("[softmax.logits, softmax.target] == [[0.5, 4.1, 0.1, 0.0], 2]")
    loss = shared_kernel.value("softmax.loss")
    status(look, SOFTMAX, f"{float(f'{loss:.3g}')} nats")
    page.locator(f"{SOFTMAX} [data-action=fewer]").click()
    shared_kernel.until("len(softmax.logits) == 3")


def test_the_race_plays_steps_and_starts_where_one_clicks(look, shared_kernel):
    page = look.page
    status(look, RACE, "Who will be first?")
    page.locator(f"{RACE} [data-action=play]").click()
    wait(look, "(root) => Number(document.querySelector(root).dataset.step) > 5", RACE)
    page.locator(f"{RACE} [data-action=play]").click()
    page.locator(f"{RACE} [data-action=last]").click()
    arrived = shared_kernel.value("{name: racer.arrived for name, racer in race.paths.items()}")
    status(look, RACE, f"First at a minimum: Adam, after {arrived['adam']} steps.")
    page.keyboard.press("ArrowLeft")
    shared_kernel.until("race.step == race.steps - 1")
    map_ = page.locator(f"{RACE} canvas").first
    box = map_.bounding_box()
    map_.click(position={"x": box["width"] * 0.7, "y": 60})
    shared_kernel.until("race.start[0] > 0")
    start = shared_kernel.value("race.start")
    page.keyboard.press("Shift+ArrowLeft")
    shared_kernel.until(f"abs(race.start[0] - {start[0] - 0.4}) < 1e-6")
    page.locator(f"{RACE} [data-action=last]").click()
    rate = page.locator(f"{RACE} [data-number=sgd_rate]")
    for odd in ("", "0", "1e400", "fast"):
        rate.fill(odd)
        rate.press("Enter")
        wait(look, "(root) => document.querySelector(root).dataset.state === 'refused'", RACE)
    rate.fill("0.06")
    rate.press("Enter")
    status(look, RACE, "SGD diverged")
    page.locator(f"{RACE} [data-role=surface]").select_option("saddle")
    status(look, RACE, "Step 0 of 150, all at (−1.5, 0.01)")
    shared_kernel.run("race.step = 40")
    status(look, RACE, "First out of the saddle: Adam")
    assert shared_kernel.value("race.sgd_rate") == 0.1
    assert page.locator(f"{RACE} math").count() > 10


def test_all_fits_in_both_languages_and_themes(look, shared_kernel):
    page = look.page
    shared_kernel.run(
        f"softmax.change(logits=[-3.5, 1e6, 12.25, 1.0, 0.0, -5.0, 3.0, 0.5], labels=[{HOSTILE!r}, '猫'])"
    )
    try:
        for language, width in (("en", 320), ("zh", 1100)):
            in_language(look, shared_kernel, language)
            assert_fits(look, width)
            assert page.locator(".lw img, .lw script").count() == 0
            assert_readable(look, f"race-{language}-{width}")
        shared_kernel.run("softmax.labels = []\nchoice.close()")
        for root in (NUMBER, ORDER, SOFTMAX, RACE):
            page.locator(f"{root} .lw-menu > button").click()
            page.locator(f"{root} [role=menuitem]").first.click()
            page.locator(f"{root} .lw-twin table").wait_for()
            page.locator(f"{root} .lw-head > button").click()
        texts = [text for text in page.evaluate(ALL_TEXT) if HOSTILE[:10] not in text]
        left = {word for text in english_left(texts) for word in WORD.findall(text)} - NAMES - LATIN
        assert not left, left
    finally:
        look.theme(dark=False)
