"""A learner moves through the history of language models, and looks up terms in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks._page import NotebookPage
from llm_widgets.course import terms
from llm_widgets.course.history import milestones
from tests.browser._sheet import HOSTILE, assert_fits, assert_readable, english_but, in_language, one_page, until
from tests.browser.test_language import ALL_TEXT

CELLS = (
    "import llm_widgets as lw\nlw.set_language('en')\nhistory = lw.course.history()\nhistory",
    "glossary = lw.course.glossary()\nglossary",
)
TERMS = len(terms.table())
HISTORY, GLOSSARY = ".lw-the-history-of-language-models", ".lw-glossary"
# Names of models, methods, papers and people stand in Latin letters in Chinese prose too.
NAMES = {
    word for row in milestones() for word in (row.name, row.name_zh, row.organisation, "Transformer", "Transformers")
}


@pytest.fixture(scope="module")
def look(browser, server, shared_kernel) -> Iterator[NotebookPage]:
    """One page with both widgets for all tests of this file."""
    ready = (f"{one}[data-state=shown]" for one in (HISTORY, GLOSSARY))
    size = {"width": 1300, "height": 1900}
    with one_page(browser, server, shared_kernel, "history", CELLS, ready, viewport=size) as page:
        yield page


def text_of(look, root, selector):
    return look.page.locator(f"{root} {selector}").inner_text()


def test_the_figure_is_walked_by_keys_and_tells_facts_and_source(look, shared_kernel):
    until(look, HISTORY, "[data-role=facts]", "175 billion")
    facts = text_of(look, HISTORY, "[data-role=facts]")
    assert "named in both documents" in facts
    assert "table 2.1" in facts
    assert look.page.locator(f"{HISTORY} math").count() == 4
    assert "November 2026" in text_of(look, HISTORY, ".lw-history-figure")
    look.page.locator(f"{HISTORY} canvas").focus()
    look.page.keyboard.press("Home")
    shared_kernel.until("history.chosen == 'markov' and history.span[0] < 1913 < history.span[1]")
    until(look, HISTORY, "[data-role=facts]", "20,000 letters")
    for _ in range(3):
        look.page.keyboard.press("ArrowRight")
    shared_kernel.until("history.chosen == 'brown'")
    look.page.keyboard.press("End")
    shared_kernel.until("history.chosen == 'kimi-k3' and history.span[0] < 2026 < history.span[1]")
    until(look, HISTORY, "[data-role=facts]", "2.78 trillion, of which a token uses 104 billion")
    look.page.keyboard.press("ArrowLeft")
    shared_kernel.until("history.chosen == 'deepseek-v4'")
    shared_kernel.run("history.change(chosen='gpt-4')")
    until(look, HISTORY, "[data-role=facts]", "not published")
    assert "billion" not in text_of(look, HISTORY, ".lw-history-list")


def test_it_is_zoomed_and_moved_by_keys_wheel_drag_and_buttons(look, shared_kernel):
    page = look.page
    width = "history.span[1] - history.span[0]"
    page.locator(f"{HISTORY} [data-action=all]").click()
    shared_kernel.until("history.span == history.whole('parameters')")
    page.locator(f"{HISTORY} [data-action=late]").click()
    shared_kernel.until("history.span[0] == 2017")
    canvas = page.locator(f"{HISTORY} canvas")
    canvas.focus()
    page.keyboard.press("+")
    shared_kernel.until(f"{width} < 8")
    page.keyboard.press("0")
    shared_kernel.until("history.span == history.whole('parameters')")
    shared_kernel.run("history.span = [2017, 2027, 7, 13]")
    box = canvas.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.wheel(0, -120)  # without Ctrl it is the page that scrolls
    page.wait_for_timeout(200)
    assert shared_kernel.value("history.span") == [2017, 2027, 7, 13]
    page.evaluate("() => document.activeElement.blur()")
    box = canvas.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -120)
    page.keyboard.up("Control")
    shared_kernel.until(f"{width} < 8")
    start = shared_kernel.value("history.span")
    page.mouse.down()
    page.mouse.move(middle[0] + 120, middle[1], steps=4)
    page.mouse.up()
    shared_kernel.until(f"history.span[0] < {start[0]} - 0.5")
    assert shared_kernel.value(width) == pytest.approx(start[1] - start[0])
    canvas.dblclick(position={"x": 200, "y": 100})
    shared_kernel.until("history.span == history.whole('parameters')")


def test_a_point_is_chosen_by_a_click_and_from_the_list_on_every_axis(look, shared_kernel):
    page = look.page
    page.locator(f"{HISTORY} [data-action=late]").click()
    shared_kernel.until("history.span[0] == 2017")
    page.wait_for_timeout(200)
    box = page.locator(f"{HISTORY} canvas").bounding_box()
    # Where the axes' own geometry puts BERT.
    first, last, low, high = shared_kernel.value("history.span")
    year, power = shared_kernel.value(
        "(lambda r: [r.year, __import__('math').log10(r.parameters)])(history._known['bert'])"
    )
    left, right, top, bottom = 50, box["width"] - 12, 22, box["height"] - 46 - 22
    x = left + (year - first) / (last - first) * (right - left)
    y = bottom - (power - low) / (high - low) * (bottom - top)
    page.locator(f"{HISTORY} canvas").click(position={"x": x, "y": y})
    shared_kernel.until("history.chosen == 'bert'")
    until(look, HISTORY, "[data-role=facts]", "does not translate")
    page.locator(f"{HISTORY} [data-setting=axis]").select_option("flops")
    shared_kernel.until("history.axis == 'flops' and history.span[3] > 25")
    page.locator(f"{HISTORY} [data-setting=chosen]").select_option("brants")
    shared_kernel.until("history.chosen == 'brants'")
    until(look, HISTORY, "[data-role=facts]", "6 N D holds for Transformers")
    page.locator(f"{HISTORY} [data-action=next]").click()
    shared_kernel.until("history.chosen == 'word2vec'")
    page.locator(f"{HISTORY} .lw-menu > button").click()
    page.get_by_role("menuitem", name="Show as a table").click()
    for words in ("175000000000", "not published", "Brown et al. (2020)"):
        until(look, HISTORY, ".lw-twin", words)
    page.locator(f"{HISTORY} .lw-menu > button").click()
    with page.expect_download() as got:
        page.get_by_role("menuitem", name="Save the numbers (CSV)").click()
    assert got.value.path().read_text(encoding="utf-8").count("\n") == len(milestones()) + 1
    page.locator(f"{HISTORY} .lw-menu > button").click()
    page.get_by_role("menuitem", name="Show as a table").click()


def test_terms_are_searched_in_both_languages_by_keyboard(look, shared_kernel):
    page, search = look.page, look.page.locator(f"{GLOSSARY} [data-setting=query]")
    search.fill("词元")
    until(look, GLOSSARY, ".lw-status", f"of {TERMS} terms match")
    until(look, GLOSSARY, "[data-role=definition]", "The unit that a language model reads and writes")
    search.press("ArrowDown")
    shared_kernel.until("glossary.query == '词元' and glossary.term == glossary.found()[1]")
    second = shared_kernel.value("glossary.term").replace(" ", "-")
    assert search.get_attribute("aria-activedescendant").endswith(second)
    search.press("Escape")
    until(look, GLOSSARY, ".lw-status", f"{TERMS} terms.")
    search.fill("key-value")
    until(look, GLOSSARY, "[data-role=definition]", "键值缓存")
    link = page.locator(f"{GLOSSARY} [data-role=definition] a").first
    assert link.get_attribute("href").endswith("/notebooks/02-concepts.ipynb")
    page.locator(f"{GLOSSARY} [role=listbox]").focus()
    page.keyboard.press("End")
    for odd in (HOSTILE, "\u202e" * 50, "字" * 500):
        search.fill(odd)
        until(look, GLOSSARY, ".lw-status", f"0 of {TERMS} terms match")
        until(look, GLOSSARY, "[data-role=definition]", "Try a shorter word")
    shared_kernel.run("glossary.change(query='', term='perplexity')")
    until(look, GLOSSARY, "[data-role=definition]", "困惑度")


def test_in_chinese_no_english_is_left_and_everything_fits_and_can_be_read(look, shared_kernel):
    in_language(look, shared_kernel, "zh")
    shared_kernel.run("history.change(axis='parameters', chosen='brown'); glossary.query = '注意'")
    until(look, HISTORY, "[data-role=facts]", "3.66 亿个单词")
    left = english_but(NAMES, look.page.evaluate(ALL_TEXT))
    assert not left, left
    assert_readable(look, "history")
    for width in (320, 1100):
        assert_fits(look, width)
    in_language(look, shared_kernel, "en")
