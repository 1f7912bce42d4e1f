"""A learner types a text, points at its pieces in every way, switches preprocessing on, and looks at bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from benchmarks._page import NotebookPage
from tests.browser._sheet import HOSTILE, assert_fits, assert_readable, in_language, one_page, shows, wait
from tests.browser.test_language import ALL_TEXT, english_left
from tests.browser.test_look import MOVING, TOO_WIDE

CELLS = ("import llm_widgets as lw\nlw.set_language('en')\nways = lw.TokenizerComparison()\nways",)
ROOT = ".lw-tokenizer-comparison"
START = "US or us? 中文"


@pytest.fixture(scope="module")
def look(browser, server, shared_kernel) -> Iterator[NotebookPage]:
    """One page with one comparison for all tests of this file."""
    size = {"width": 1400, "height": 1700}
    ready = [f"{ROOT}[data-ready=true]"]
    with one_page(
        browser, server, shared_kernel, "comparison", CELLS, ready, viewport=size, reduced_motion="reduce"
    ) as page:
        yield page


@pytest.fixture(autouse=True)
def fresh(look, shared_kernel):
    look.page.locator(f"{ROOT} [data-role=text]").blur()
    shared_kernel.run(
        f"ways.change(text={START!r}, vocabulary='auto', bpe_size=2000, lowercase=False, punctuation=True, chosen=None)"
    )
    says(look, "12 characters make")


def says(look, words, selector=".lw-status"):
    shows(look, f"{ROOT} {selector}", words)


def part(look, selector):
    return look.page.locator(f"{ROOT} {selector}")


def paste(look, script):
    """Puts what a script gives into the box at once."""
    box = part(look, "[data-role=text]")
    box.evaluate(f"(box) => {{ box.value = {script}; box.dispatchEvent(new Event('input')) }}")


def lit(look, way):
    return part(look, f"[data-way={way}] .lw-compare-lit").all_inner_texts()


def test_pointing_at_a_piece_shows_its_characters_in_every_way(look, shared_kernel):
    part(look, "[data-role=text]").fill("naïve cat 中文")
    says(look, "12 characters make so many tokens: Words 4, Chinese words ")
    says(look, "Characters 12, Bytes 17, BPE ")
    part(look, "[data-way=bytes] .lw-compare-piece").nth(2).hover()
    assert lit(look, "bytes") == ["C3", "AF"]
    assert lit(look, "characters") == ["ï"]
    assert lit(look, "words") == ["naïve"]
    part(look, "[data-way=words] .lw-compare-piece").nth(2).hover()
    assert lit(look, "bytes") == ["E4", "B8", "AD"]
    says(look, "Bytes: E4 (264) B8 (220) AD (209)", "[data-role=pointed]")
    part(look, "[data-way=words] .lw-compare-piece").nth(2).click()
    wait(look, "(root) => document.querySelector(`${root} .lw-compare-code`).textContent.includes('U+4E2D')", ROOT)
    rows = part(look, ".lw-compare-byte").all_inner_texts()
    assert [row.split() for row in rows] == [
        ["E4", "11100100", "=", "228"],
        ["B8", "10111000", "=", "184"],
        ["AD", "10101101", "=", "173"],
    ]
    assert part(look, ".lw-compare-byte .lw-compare-pattern").all_inner_texts() == ["1110", "10", "10"]
    assert shared_kernel.value("ways.chosen") == 10
    part(look, "[data-action=character-back]").click()
    wait(look, "(root) => document.querySelector(`${root} .lw-compare-code`).textContent.includes('U+0020')", ROOT)


def test_switches_lose_what_tells_texts_apart(look, shared_kernel):
    assert part(look, "[data-same=true]").count() == 0
    part(look, "[data-setting=lowercase]").check()
    part(look, "[data-setting=punctuation]").check()
    shared_kernel.until("(ways.lowercase, ways.punctuation) == (True, False)")
    wait(look, "(root) => document.querySelectorAll(`${root} [data-same=true]`).length === 7", ROOT)
    says(look, "US = us?", ".lw-compare-own")
    says(look, "Lost: 2 capital letters; 1 punctuation marks.", "[data-row=bpe] .lw-compare-lost")
    back = part(look, "[data-row=bytes] .lw-compare-back")
    assert back.locator("del").all_inner_texts() == ["US", "?"]
    assert back.locator("ins").all_inner_texts() == ["us"]
    part(look, ".lw-compare-take").filter(has_text="我不，要！").click()
    shared_kernel.until("ways.text == '我不，要！'")
    wait(
        look,
        "(root) => [...document.querySelectorAll(`${root} [data-way=segments] span`)].map((s) => s.textContent)"
        ".join('|') === '我|不要'",
        ROOT,
    )


def test_settings_examples_and_a_cell_change_the_same_picture(look, shared_kernel):
    slider = part(look, "[data-setting=bpe_size]")
    slider.focus()
    slider.press("Home")
    shared_kernel.until("ways.bpe_size == 292")
    says(look, "vocabulary 292", "[data-row=bpe] .lw-compare-counts")
    part(look, "[data-role=vocabulary]").select_option("zh")
    shared_kernel.until("ways.vocabulary == 'zh' and ways._found['language'] == 'zh'")
    part(look, "[data-role=example]").select_option("alice")
    says(look, "125,798 characters make")
    says(look, "All are counted, in")
    height = part(look, "").first.bounding_box()["height"]
    shared_kernel.run("ways.text = 'from a cell 中'")
    says(look, "13 characters make")
    assert part(look, "[data-role=text]").input_value() == "from a cell 中"
    assert part(look, "").first.bounding_box()["height"] == pytest.approx(height, abs=60)


def test_everything_by_keyboard(look, shared_kernel):
    page = look.page
    part(look, ".lw-head button").first.focus()
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "() => { const e = document.activeElement, d = e.dataset;"
                " return d.role || d.setting || d.action || e.parentElement.dataset.way }"
            )
        )
    for name in ("text", "example", "vocabulary", "bpe_size", "lowercase", "words", "segments", "bpe", "character-on"):
        assert name in seen, (name, seen)
    part(look, "[data-way=words] .lw-compare-piece").first.focus()
    page.keyboard.press("ArrowRight")
    says(look, "Words: or", "[data-role=pointed]")
    page.keyboard.press("End")
    says(look, "Words: 文", "[data-role=pointed]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("() => document.activeElement.parentElement.dataset.way") == "characters"
    page.keyboard.press("Enter")
    shared_kernel.until("ways.chosen == 10")  # 文 is a part of 中文, whose first character was reached


def test_odd_texts_are_data_and_too_long_ones_are_refused_in_words(look, shared_kernel):
    box = part(look, "[data-role=text]")
    box.fill(HOSTILE)
    says(look, f"{len(HOSTILE)} characters make")
    assert part(look, ":is(img, script)").count() == 0
    box.fill("")
    says(look, "Write or paste a text, or choose an example.")
    paste(look, "'half \\ud83d.'")
    says(look, "7 characters make")
    paste(look, "'ab '.repeat(333334)")
    says(look, "This one has 1,000,002.")
    assert len(box.input_value()) == 1_000_002, "what was pasted is not taken away"
    assert len(shared_kernel.value("ways.text")) == 7
    paste(look, "'ab '.repeat(333333)")
    says(look, "999,999 characters make so many tokens: Words 333,333")
    paste(look, "'a'.repeat(1000000)")
    says(look, "1,000,000 characters make so many tokens: Words 1,")
    says(look, "The text comes back without loss from: Characters, Bytes, BPE.")
    assert part(look, "[data-row=words] .lw-compare-lost").inner_text() == f"Lost: 1 unknown: {'a' * 59}…."
    assert box.evaluate("(box) => box.style.contentVisibility") == "", "what was pasted can be seen"


def test_it_fits_and_can_be_read_in_both_languages_and_themes(look, shared_kernel):
    page = look.page
    text = "我不，要！\n" + "很长的一句话没有停顿" * 6
    shared_kernel.run(f"ways.change(text={text!r}, lowercase=True, punctuation=False)")
    try:
        for language, width in (("en", 320), ("zh", 480), ("zh", 1100)):
            in_language(look, shared_kernel, language)
            assert_fits(look, width)
            assert page.evaluate(TOO_WIDE, width) == []
            assert_readable(look, f"comparison-{language}-{width}")
        assert page.evaluate(MOVING) == []
        part(look, ".lw-menu > button").click()
        part(look, "[role=menuitem]").first.click()
        part(look, ".lw-twin tbody tr").nth(200).wait_for(state="attached")
        part(look, ".lw-head > button").click()
        texts = [
            re.sub(r"^\S+，(?:未知，)?编号 \d+$|\b(?:[0-9A-F]{2} ?)+\b|UNK|BPE|UTF-8", "", s)
            for s in page.evaluate(ALL_TEXT)
        ]
        assert not english_left(texts), english_left(texts)
    finally:
        look.theme(dark=False)
