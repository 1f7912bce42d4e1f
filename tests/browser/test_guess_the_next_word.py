"""A learner guesses the next word, by typing and by picking, and sees what it cost everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from benchmarks._page import NotebookPage
from tests.browser._sheet import HOSTILE, assert_fits, assert_readable, english_but, in_language, one_page, shows, wait
from tests.browser.test_language import ALL_TEXT

CELLS = (
    "import llm_widgets as lw\nlw.set_language('en')\ngame = lw.GuessTheNextWord('alice', seed=7)\ngame",
    "tang = lw.GuessTheNextWord('tang', seed=7)\ntang",
)
ROOT = ".lw-guess-the-next-word"
# What each test begins with: the word "of" is hidden, in "she gave a little scream, half of fright".
FRESH = "game.change(pick=False, sure=50); game.start_again(); game.seed = 8; game.seed = 7"


@pytest.fixture(scope="module")
def look(browser, server, shared_kernel) -> Iterator[NotebookPage]:
    """One page with two games for all tests of this file."""
    ready = [f"{ROOT}[data-gpt=ready] >> nth=1"]
    size = {"width": 1300, "height": 1100}
    with one_page(
        browser, server, shared_kernel, "guess", CELLS, ready, viewport=size, reduced_motion="reduce"
    ) as page:
        yield page


@pytest.fixture(autouse=True)
def fresh(look, shared_kernel):
    shared_kernel.run(FRESH)
    shown(look, 3438, revealed=False)


def shown(look, place, *, revealed):
    wait(
        look,
        "([root, place, revealed]) => { const d = document.querySelector(root).dataset; "
        "return d.place === place && d.revealed === revealed }",
        [ROOT, str(place), str(revealed).lower()],
    )


def says(look, words, selector=".lw-status"):
    shows(look, f"{ROOT} {selector}", words)


def part(look, selector):
    return look.page.locator(ROOT).first.locator(selector)


def test_a_game_by_keyboard_alone(look, shared_kernel):
    page = look.page
    height = look.page.locator(ROOT).first.bounding_box()["height"]
    assert part(look, "[data-role=text]").inner_text().rstrip().endswith("half ?")
    assert part(look, ".lw-gnw-bars li").count() == 0, "nothing is shown before the guess"
    part(look, "[data-role=guess]").focus()
    page.keyboard.type("The")
    page.keyboard.press("Tab")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    says(look, "If you are right: 0.74 bits. If not: 12.6 bits.", "[data-role=price]")
    page.keyboard.press("Enter")
    shown(look, 3438, revealed=True)
    says(look, "The word was “of”. Bits: You 12.6, Unigram 5.81, Trigram 5.88, Small GPT 5.78.")
    assert part(look, "[data-role=text]").inner_text().rstrip().endswith("half of")
    row = shared_kernel.value("[game.rounds[0]['guess'], game.rounds[0]['sure'], game.rounds[0]['right']]")
    assert row == ["the", 60, False]
    trigram = part(look, "[data-player=trigram] li").all_inner_texts()
    assert trigram[0].split() == ["to", "22", "%"]
    assert trigram[-1].split() == ["✓", "of", "1.7", "%"]
    assert "1−0.602,412=12.6" in part(look, ".lw-gnw-formula").inner_text().replace("\n", "").replace(" ", "")
    assert page.evaluate("() => document.activeElement.dataset.action") == "next"
    page.keyboard.press("n")
    shown(look, 3439, revealed=False)
    assert page.evaluate("() => document.activeElement.dataset.role") == "guess"
    page.keyboard.type("fright")
    page.keyboard.press("Enter")
    shown(look, 3439, revealed=True)
    says(look, "Right: “fright”.", ".lw-gnw-verdict")
    says(look, "mean 6.65 bits, perplexity 100", "[data-player=you] .lw-gnw-mean")
    assert look.page.locator(ROOT).first.bounding_box()["height"] == height, "nothing jumps"
    part(look, "[data-action=skip]").press("Enter")
    shown(look, 3449, revealed=False)
    page.keyboard.press("Escape")
    part(look, "[data-action=again]").press("Enter")
    shared_kernel.until("game.rounds == []")


def test_six_words_to_pick_from(look, shared_kernel):
    part(look, "[data-setting=pick]").check()
    choices = part(look, ".lw-gnw-choices label")
    choices.nth(5).wait_for()
    shared_kernel.until("game.pick")
    part(look, "[data-action=guess]").click()
    says(look, "Choose one of the words first.")
    part(
        look,
        ".lw-gnw-choices label",
    ).filter(has_text="of").first.click()
    part(look, "[data-action=guess]").click()
    shown(look, 3438, revealed=True)
    says(look, "Bits: You 1.00")
    part(look, "[data-player=gpt] li").nth(5).wait_for()  # the GPT may answer a little later
    part(look, ".lw-menu > button").click()
    look.page.get_by_role("menuitem", name="Show as a table").click()
    part(look, ".lw-twin tbody tr").nth(2).wait_for()
    rows = part(look, ".lw-twin tbody tr").all_inner_texts()
    assert rows[0].split("\t")[:5] == ["1", "of", "of", "50 %", "1.00"]
    assert rows[-1].split("\t")[0] == "Perplexity"
    part(look, ".lw-menu > button").click()
    look.page.get_by_role("menuitem", name="Show as a table").click()


def test_odd_guesses_are_refused_in_words(look, shared_kernel):
    for typed, words in (("", "Type a word first"), (HOSTILE, "Type one word"), ("x" * 5_000, "Type one word")):
        part(look, "[data-role=guess]").fill(typed)
        part(look, "[data-role=guess]").press("Enter")
        says(look, words)
    # Half of a character, past the page: the page's own field would mend it.
    shared_kernel.run("game._handle_custom_msg({'type': 'guess', 'word': '\\ud800', 'sure': 'much'}, [])")
    part(look, "[data-role=guess]").fill("naïve")
    part(look, "[data-role=guess]").press("Enter")
    shown(look, 3438, revealed=True)
    assert look.page.locator(f"{ROOT} img, {ROOT} script").count() == 0
    seed = part(look, "[data-setting=seed]")
    seed.fill("9e99")
    seed.press("Enter")
    says(look, "Seed of the places must be a whole number, 0 or more")
    seed.fill("7")
    seed.press("Escape")


def test_both_languages_themes_and_widths(look, shared_kernel):
    shared_kernel.run("game.guess('a', 30); tang.guess('花', 5)")
    shared_kernel.until("len(game.rounds[-1]['bits']) == 4 == len(tang.rounds[-1]['bits'])", 40)
    assert_fits(look, 1240)
    assert_readable(look, "guess-the-next-word")
    look.theme(dark=False)
    in_language(look, shared_kernel, "zh")
    # What is quoted is the book's.
    texts = [re.sub("“[^”]*”", "", text) for text in look.page.evaluate(ALL_TEXT) if text.isprintable()]
    english = english_but(("GPT", "log", "GuessTheNextWord(corpus, model=run)"), texts)
    # What is left is the book's own text and its words.
    book = set(shared_kernel.value("sorted({w for w in game._game.counts.words})"))
    assert [text for text in english if text.strip("✓✗ ") not in book and "scream" not in text] == []
    look.page.locator(ROOT).nth(1).locator("[data-action=next]").click()
    shared_kernel.until("tang._found['revealed'] is None")
    typed = look.page.locator(ROOT).nth(1).locator("[data-role=guess]")
    typed.fill("春天")
    typed.press("Enter")
    wait(look, "(root) => document.querySelectorAll(root)[1].textContent.includes('请输入一个汉字')", ROOT)
    assert_fits(look, 320)
    shared_kernel.run("game.projector = True")
    assert_fits(look, 320)
    shared_kernel.run("game.projector = False")
