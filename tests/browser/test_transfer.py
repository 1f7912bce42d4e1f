"""A learner pre-trains, fine-tunes twice, and lets a program of rules stand beside what learned."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks._page import NotebookPage, picture
from tests.browser._sheet import HOSTILE, assert_fits, assert_readable, english_but, in_language, one_page, shows
from tests.browser.test_language import ALL_TEXT
from tests.browser.test_look import MOVING

CELLS = (
    """import dataclasses
import llm_widgets as lw
from llm_widgets.corpora import Split
lw.set_language('en')
whole = lw.corpora.load('reviews', language='en')
some = {name: Split(split.texts[:400], split.labels[:400]) for name, split in whole.splits.items()}
few = dataclasses.replace(whole, **some)
both = lw.TransferLab(few, labels=50, epochs=8, pretraining_epochs=3)
both""",
    f"""def program(text):
    if 'good' in text:
        return {HOSTILE!r}
    if 'bad' in text:
        return 'negative'
    if 'film' in text:
        return text[1000]
    return None

view = lw.course.program_against_learning(program, 'en')
view""",
)
LAB, RULES = ".lw-transfer", ".lw-program"
NAMES = ("TF-IDF", "IndexError", "string index out of range", "return", "negative", "img src=x onerror=alert", "script",
         "alert", "positive")  # fmt: skip


@pytest.fixture(scope="module")
def look(browser, server, shared_kernel) -> Iterator[NotebookPage]:
    """One page with both widgets for all tests of this file."""
    ready = [f"{one}[data-state=shown]" for one in (LAB, RULES)]
    size = {"width": 1300, "height": 2400}
    with one_page(browser, server, shared_kernel, "transfer", CELLS, ready, viewport=size) as page:
        yield page


def says(look, root, words, selector=".lw-status"):
    shows(look, f"{root} {selector}", words, timeout=40_000)


def press(look, root, action):
    look.page.locator(f"{root} [data-action={action}]").click()


def test_both_copies_learn_side_by_side_and_another_draw_leaves_the_first_in_grey(look, shared_kernel):
    says(look, LAB, "Ready. Train first learns word vectors from 400 reviews")
    assert look.page.locator(f"{LAB} [data-action=again]").is_disabled()
    height = look.page.locator(LAB).bounding_box()["height"]
    press(look, LAB, "train")
    says(look, LAB, "Test accuracy with 50 labels")
    assert look.page.locator(LAB).bounding_box()["height"] == height, "nothing jumps"
    press(look, LAB, "again")
    says(look, LAB, "Mean gain of 2 draws")
    assert shared_kernel.value("[len(both.results), both.run.seed, both.run.pretraining_steps]") == [2, 1, 0]
    mean = look.page.locator(f"{LAB} .lw-transfer-row-pretrained td").nth(1).inner_text()
    assert mean.startswith(shared_kernel.value("f'{100 * sum(r.pretrained for r in both.results) / 2:.1f} %'"))
    picture(look, "transfer-two-draws")


def test_settings_by_hand_by_keyboard_and_from_a_cell_and_odd_ones_are_refused(look, shared_kernel):
    page, rate = look.page, look.page.locator(f"{LAB} [data-number=rate]")
    page.locator(f"{LAB} [data-setting=labels]").focus()
    page.keyboard.press("ArrowRight")
    shared_kernel.until("both.labels == 100")
    says(look, LAB, "the same 100 labels")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    shared_kernel.until("both.labels == 20")
    page.locator(f"{LAB} [data-setting=freeze]").focus()
    page.keyboard.press("Space")
    shared_kernel.until("both.freeze and both.run.freeze")
    for odd in ("", "0", "-1", "1e9", HOSTILE, "NaN"):
        rate.fill(odd)
        rate.press("Enter")
        page.wait_for_function("(root) => document.querySelector(root).dataset.state === 'refused'", arg=LAB)
        assert rate.input_value() == "0.003"
    rate.fill("0.01")
    rate.press("Enter")
    shared_kernel.until("both.run.learning_rate == 0.01")
    shared_kernel.run(
        "try:\n    both.labels = 5\nexcept ValueError as error:\n    refused = str(error)\nassert 'labels=5' in refused"
    )
    assert shared_kernel.value("both.labels") == 20
    page.locator(f"{LAB} [data-action=train]").focus()
    page.keyboard.press("Enter")
    says(look, LAB, "Test accuracy with 20 labels")


def test_it_pauses_goes_on_and_stops(look, shared_kernel):
    shared_kernel.run("both._extra['epochs'] = 200\nboth.labels = 50")
    press(look, LAB, "train")
    says(look, LAB, "Fine-tuning, batch")
    press(look, LAB, "train")
    says(look, LAB, "Paused.")
    press(look, LAB, "train")
    shared_kernel.until("both.run.state == 'running'")
    press(look, LAB, "stop")
    says(look, LAB, "Stopped.")
    shared_kernel.run("both._extra['epochs'] = 8")


def test_the_program_is_judged_and_its_troubles_are_told_as_text(look, shared_kernel):
    page = look.page
    told = page.locator(f"{RULES} .lw-program-troubles").inner_text()
    assert "onerror=alert(1)" in told
    assert "IndexError: string index out of range, in line 7" in told
    assert page.locator(f"{RULES} img, {RULES} script").count() == 0
    count = shared_kernel.value("view.judged.compared()['only_program']")
    page.locator(f"{RULES} [data-who=program]").focus()
    page.keyboard.press("Enter")
    shared_kernel.until("view.who == 'program'")
    page.wait_for_function(
        "([root, n]) => document.querySelectorAll(`${root} .lw-program-texts li`).length === n",
        arg=[RULES, min(20, count)],
    )
    assert "5: return 'negative'" in page.locator(f"{RULES} .lw-program-rules").inner_text()


def test_both_fit_and_can_be_read_in_both_languages_and_themes(look, shared_kernel):
    page = look.page
    try:
        for language, width in (("en", 320), ("zh", 320), ("zh", 1100)):
            in_language(look, shared_kernel, language)
            assert_fits(look, width)
            assert_readable(look, f"transfer-{language}-{width}")
        assert page.evaluate(MOVING) == []
        for root in (LAB, RULES):
            page.locator(f"{root} .lw-menu > button").click()
            page.locator(f"{root} [role=menuitem]").first.click()
            page.locator(f"{root} .lw-twin table").wait_for()
            page.locator(f"{root} .lw-head > button").first.click()
        english = page.locator(f"{RULES} .lw-program-text").all_inner_texts()
        texts = page.evaluate(ALL_TEXT)
        reviews = shared_kernel.value("list(view.judged.corpus.test.texts)")
        beginnings = [one[:120] for one in reviews]  # with these a trouble is told
        left = english_but((*NAMES, *reviews, *beginnings, *english), texts)
        assert not left, left
    finally:
        look.theme(dark=False)
