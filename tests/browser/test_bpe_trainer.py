"""A learner walks, drags, guesses and edits byte-pair encoding, and tries words of their own on it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from benchmarks._page import NotebookPage
from tests.browser._sheet import HOSTILE, assert_fits, assert_readable, english_but, in_language, one_page
from tests.browser.test_language import ALL_TEXT

CELLS = ("import llm_widgets as lw\nlw.set_language('en')\ntrainer = lw.BPETrainer()\ntrainer",)
ROOT = ".lw-bpe-trainer"
# What a Chinese page has in Latin letters: names, and the pieces of the text.
NAMES = ("BPE", "GPT-2", "GPT", "UTF-8", "low", "lower", "newest", "widest", "lowest", "CSV")


@pytest.fixture(scope="module")
def look(browser, server, shared_kernel) -> Iterator[NotebookPage]:
    """One page with one trainer for all tests of this file."""
    size = {"width": 1300, "height": 1500}
    ready = [f"{ROOT}[data-state=shown]"]
    with one_page(browser, server, shared_kernel, "bpe", CELLS, ready, viewport=size, reduced_motion="reduce") as page:
        yield page


@pytest.fixture(autouse=True)
def fresh(look, shared_kernel):
    shared_kernel.run(
        "trainer._on_sample({'name': 'sennrich'})\n"
        "trainer.change(alphabet='bytes', limit=40, guessing=False, step=0)\ntrainer.guesses.clear()"
    )
    at_step(look, 0)


def at_step(look, step):
    look.page.locator(f"{ROOT}[data-step='{step}']").wait_for()


def until(look, selector, words):
    look.page.locator(f"{ROOT} {selector}").filter(has_text=words).first.wait_for()


def part(look, selector):
    return look.page.locator(f"{ROOT} {selector}")


def pieces(look, selector):
    """The pieces of each word in a part of the page."""
    return look.page.locator(f"{ROOT} {selector}").evaluate(
        "(n) => [...n.querySelectorAll('.lw-bpe-word')].map((w) => [...w.children].map((p) => p.textContent).join('|'))"
    )


def test_merges_are_walked_played_and_dragged_by_mouse_and_keyboard(look, shared_kernel):
    assert pieces(look, "[data-role=text]")[:2] == ["l|o|w", "␣|l|o|w"]
    until(look, ".lw-status", "Next: “e” + “s”, which stands 9 times.")
    until(look, ".lw-bpe-tie", "As common as the first: 1 more.")
    # The pair that comes next is underlined where it stands, and so is a chosen one.
    assert part(look, "[data-role=text] .lw-bpe-marked").count() == 18
    part(look, ".lw-bpe-row").nth(3).click()
    part(look, ".lw-bpe-row[aria-pressed=true] .lw-bpe-pair").filter(has_text=re.compile(r"^\s*l\s*o\s*$")).wait_for()
    assert part(look, "[data-role=text] .lw-bpe-marked").count() == 14
    part(look, "[data-action=choose]").click()
    at_step(look, 1)
    until(look, ".lw-status", "With the commonest pairs alone it would be 85 tokens.")
    assert shared_kernel.value("trainer.merges[0]") == ["l", "o"]
    part(look, "[data-action=commonest]").click()
    until(look, ".lw-status", "Merge 1: “e” + “s”")
    look.page.keyboard.press("Home")
    at_step(look, 0)
    part(look, "[data-action=forward]").click()
    at_step(look, 1)
    assert part(look, "[data-role=text] .lw-bpe-new").all_inner_texts() == ["es"] * 9
    look.page.keyboard.press("ArrowRight")
    at_step(look, 2)
    shared_kernel.until("trainer.step == 2")
    assert pieces(look, "[data-role=own]") == ["l|o|w|est"]
    assert part(look, "[data-role=trace] .lw-bpe-applied").count() == 2
    look.page.keyboard.press("End")
    at_step(look, 15)
    until(look, ".lw-status", "learning has come to its end")
    until(look, ".lw-bpe-pairs", "There is no pair left" if not shared_kernel.value("trainer._found['pairs']") else "")
    assert part(look, "[data-role=vocabulary] .lw-bpe-piece").count() == 15
    look.page.keyboard.press("ArrowLeft")
    at_step(look, 14)
    assert part(look, "[data-role=vocabulary] .lw-bpe-piece").count() == 14
    part(look, "[data-role=step]").fill("4")
    at_step(look, 4)
    canvas = part(look, "canvas").first
    canvas.focus()
    look.page.keyboard.press("Home")
    at_step(look, 0)
    box = canvas.bounding_box()
    look.page.mouse.move(box["x"] + 60, box["y"] + 60)
    look.page.mouse.down()
    look.page.mouse.move(box["x"] + box["width"] - 14, box["y"] + 60, steps=3)
    look.page.mouse.up()
    at_step(look, 15)
    part(look, "[data-action=first]").click()
    part(look, "[data-action=play]").click()
    at_step(look, 2)
    part(look, "[data-action=play]").click()
    shared_kernel.run("trainer.step = 3")
    at_step(look, 3)
    part(look, "[data-view=words]").click()
    assert [row.split()[0] for row in part(look, ".lw-bpe-counted").all_inner_texts()] == ["6", "4", "3", "2", "1"]
    part(look, "[data-view=text]").click()


def test_the_next_pair_is_guessed_before_it_is_shown(look, shared_kernel):
    part(look, "[data-setting=guessing]").check()
    until(look, ".lw-status", "Which pair is merged next?")
    assert part(look, ".lw-bpe-row").count() == 6
    assert not [word for word in ("9", "7", "6") if word in part(look, ".lw-bpe-pairs").inner_text()]
    assert shared_kernel.value("len(trainer._learned['merges'])") == 0
    wrong = shared_kernel.value("trainer.learner.encode('lo', 0).ids")
    part(look, f"[data-pair='{wrong[0]},{wrong[1]}']").focus()
    look.page.keyboard.press("Enter")
    until(look, ".lw-status", "does not stand most often. 0 of 1 guessed so far.")
    assert "✗" in part(look, ".lw-bpe-bad").inner_text()
    part(look, "[data-action=forward]").click()
    at_step(look, 1)
    until(look, ".lw-status", "Which pair is merged next?")
    right = shared_kernel.value("trainer.learner.ids[1]")
    part(look, f"[data-pair='{right[0]},{right[1]}']").click()
    until(look, ".lw-status", "Right: it stands most often. 1 of 2 guessed so far.")
    assert "✓" in part(look, ".lw-bpe-good").inner_text()
    assert shared_kernel.value("trainer.guesses[1][1]") is True


def test_any_text_and_word_is_learned_from_and_odd_ones_do_no_harm(look, shared_kernel):
    box, word = part(look, "[data-setting=text]"), part(look, "[data-role=word]")
    box.fill("好好学习，好好学习")
    shared_kernel.until("trainer.text.startswith('好好')")
    until(look, ".lw-status", "0.333 characters a token")
    assert pieces(look, "[data-role=text]")[0].startswith("E5|A5|BD|E5")
    part(look, "[data-setting=alphabet]").select_option("characters")
    until(look, ".lw-status", "1 characters a token")
    look.page.locator(f"{ROOT} .lw-title").click()
    part(look, "[data-action=last]").click()
    until(look, ".lw-status", "learning has come to its end")
    word.fill("好学生")
    until(look, "[data-role=own]", "生")
    assert part(look, "[data-role=own] [data-colour=unknown]").count() == 1
    for text in (HOSTILE * 4, "\ud800\ud800 \x00\x00", "a" * 3_000, ""):
        look.page.evaluate(
            "([box, text]) => { box.value = text; box.dispatchEvent(new Event('input')); }",
            [box.element_handle(), text],
        )
        word.fill(text[:190])
        if text:
            shared_kernel.until(f"len(trainer.text) == {len(text)} and trainer.word == trainer.text[:190]")
        part(look, "[data-action=first]").dispatch_event("click")
    until(look, ".lw-status", "There is no text to learn from")
    assert part(look, ".lw-body img, .lw-body script").count() == 0
    box.fill("a" * 200_001)
    until(look, ".lw-status", "at most 200,000 characters. Received: 200,001")
    part(look, "[data-setting=limit]").fill("5000")
    part(look, "[data-setting=limit]").press("Enter")
    until(look, ".lw-status", "Merges at most must be a whole number from 0 to 2000.")
    part(look, "[data-role=sample]").select_option("alice")
    until(look, ".lw-bpe-facts", "20,000")
    part(look, "[data-setting=limit]").fill("600")
    part(look, "[data-setting=limit]").press("Enter")
    part(look, "[data-role=step]").and_(look.page.locator("[max='600']")).wait_for()
    part(look, "[data-role=step]").fill("600")
    at_step(look, 600)
    assert part(look, "[data-role=vocabulary] .lw-bpe-piece").count() == 600


def test_it_fits_and_can_be_read_in_both_languages_and_themes(look, shared_kernel):
    try:
        for language, width, step in (("en", 320, 9), ("zh", 480, 3), ("zh", 1100, 15)):
            in_language(look, shared_kernel, language)
            shared_kernel.run(f"trainer.change(step={step}, guessing={width == 480})")
            at_step(look, step)
            assert_fits(look, width)
            assert_readable(look, f"bpe-{language}-{width}")
        part(look, ".lw-menu > button").click()
        part(look, "[role=menuitem]").first.click()
        part(look, ".lw-twin tbody tr").nth(15).wait_for()
        assert part(look, ".lw-twin tbody tr").count() == 16
        left = look.page.evaluate(ALL_TEXT)
        pieces_of_it = shared_kernel.value("[p for p in trainer._learned['vocabulary'][256:]]")
        assert not english_but({*NAMES, *pieces_of_it}, left)
    finally:
        look.theme(dark=False)
