"""A learner follows the documents' example line by line, finds its bugs, and checks the errata."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from benchmarks._page import NotebookPage
from tests.browser._sheet import assert_fits, assert_readable, english_but, in_language, one_page, until
from tests.browser.test_language import ALL_TEXT, LATIN

CELLS = (
    "import llm_widgets as lw\nlw.set_language('en')\nexample = lw.WorkedExample()\nexample",
    "errata = lw.course.errata()\nerrata",
)
EXAMPLE, ERRATA = ".lw-the-documents-example", ".lw-errata"
# Names of models, methods, people and places that Chinese prose writes in Latin letters.
NAMES = {
    "GPT", "BERT", "PaLM", "BLEU", "Brown", "ReLU", "tanh", "softmax", "BPE", "Udacity", "TensorFlow", "Shazeer", "max",
    "cat", "lets", "eat", "polly", "top", "Dense", "sigmoid",
}  # fmt: skip


@pytest.fixture(scope="module")
def look(browser, server, shared_kernel) -> Iterator[NotebookPage]:
    """One page with both widgets for all tests of this file."""
    ready = (f"{one}[data-state=shown]" for one in (EXAMPLE, ERRATA))
    size = {"width": 1300, "height": 2600}
    with one_page(browser, server, shared_kernel, "worked-example", CELLS, ready, viewport=size) as page:
        yield page


def text_of(look, root, selector):
    return look.page.locator(f"{root} {selector}").inner_text()


def number(look, name):
    return look.page.locator(f"{EXAMPLE} [data-number={name}]")


def test_each_line_is_explained_by_click_and_by_arrow_keys(look, shared_kernel):
    look.page.locator("[data-line=weight_rule]").click()
    until(look, EXAMPLE, "[data-role=derivation]", "No target occurs in it")
    detail = text_of(look, EXAMPLE, "[data-role=derivation]")
    assert "[1, 4, 9]" in detail
    assert "both documents, section 4.2" in detail
    assert "By finite differences" in detail
    look.page.keyboard.press("End")
    shared_kernel.until("example.row == 'new_bias'")
    look.page.keyboard.press("ArrowUp")
    until(look, EXAMPLE, "[data-role=derivation]", "even what is written there comes to [0.09, 0.16, 0.21]")
    shared_kernel.until("example.row == 'new_weight'")
    look.page.keyboard.press("Home")
    shared_kernel.until("example.row == 'products'")
    assert look.page.locator("[data-line=products]").get_attribute("aria-selected") == "true"
    shared_kernel.run("example.row = 'weighted_sum'")
    until(look, EXAMPLE, "[data-role=derivation]", "sum to 1.9, not 1.8")
    assert look.page.locator(f"{EXAMPLE} math").count() > 20


def test_both_updates_are_stepped_played_and_edited_by_keyboard(look, shared_kernel):
    assert "353.44" in text_of(look, EXAMPLE, "[data-role=first]")
    assert text_of(look, EXAMPLE, "[data-role=ratio]").split() == ["L", "/", "L₀", "353.44", "0.25"]
    look.page.locator(f"{EXAMPLE} [data-action=forward]").click()
    shared_kernel.until("example.step == 2")
    losses = shared_kernel.value("[float(example.followed(r).losses[2]) for r in ('as_printed', 'chain_rule')]")
    until(look, EXAMPLE, "[data-role=loss]", f"{losses[0]:.4g}")
    look.page.keyboard.press("End")
    shared_kernel.until("example.step == 10")
    look.page.keyboard.press("ArrowLeft")
    shared_kernel.until("example.step == 9")
    look.page.locator(f"{EXAMPLE} canvas").focus()
    look.page.keyboard.press("Home")
    shared_kernel.until("example.step == 0")
    until(look, EXAMPLE, ".lw-status", "Before the first update")
    number(look, "steps").fill("3")
    number(look, "steps").press("Enter")
    shared_kernel.until("example.steps == 3")
    look.page.locator(f"{EXAMPLE} [data-action=play]").click()
    shared_kernel.until("example.step == 3")
    for wrong, why in (
        ("", "needs a number"),
        ("1e400", "from 0 to 200"),
        ("many", "Received: many"),
        ("<img src=x onerror=alert(1)>", "Received: <img"),
    ):
        number(look, "steps").fill(wrong)
        number(look, "steps").press("Enter")
        until(look, EXAMPLE, ".lw-status", why)
        assert shared_kernel.value("example.steps") == 3
    look.page.locator(f"{EXAMPLE} [data-setting=rule]").select_option("as_formula")
    until(look, EXAMPLE, "[data-role=first]", "400")
    number(look, "learning_rate").fill("100")
    number(look, "learning_rate").press("Enter")
    number(look, "steps").fill("200")
    number(look, "steps").press("Enter")
    until(look, EXAMPLE, ".lw-status", "the chain rule's steps overshoot")
    look.page.locator(f"{EXAMPLE} [data-setting=rule]").select_option("as_computed")
    until(look, EXAMPLE, ".lw-status", "leaves the numbers of a computer after")
    shared_kernel.run("example.change(learning_rate=0.1, steps=10, step=1, rule='as_printed')")
    until(look, EXAMPLE, ".lw-status", "1.767")


def test_the_bug_is_found_without_a_verdict_before_the_check(look, shared_kernel):
    look.page.locator(f"{EXAMPLE} [data-mode=find]").click()
    check = look.page.locator(f"{EXAMPLE} [data-action=check]")
    check.wait_for()
    assert not look.page.locator(f"{EXAMPLE} canvas").is_visible()
    page_text = text_of(look, EXAMPLE, ".lw-body")
    assert not [word for word in ("✓", "✗", "1.9", "slip", "353") if word in page_text]
    look.page.locator("[data-line=products]").click()
    for key in ("ArrowDown", "Enter", "ArrowDown", " ", " ", "End", "ArrowUp", " "):
        look.page.keyboard.press(key)
    shared_kernel.until("example.marked == ['products', 'weighted_sum', 'new_weight']")
    until(look, EXAMPLE, ".lw-status", "3 of 11 lines marked")
    check.focus()
    look.page.keyboard.press("Enter")
    until(look, EXAMPLE, ".lw-status", "2 of 9 wrong lines found, 7 missed; 1 right lines marked without need")
    chips = {x: text_of(look, EXAMPLE, f"[data-line={x}] .lw-example-chip") for x in ("products", "loss", "new_weight")}
    assert chips == {"products": "✗ false alarm", "loss": "✗ missed", "new_weight": "✓ found"}
    look.page.locator("[data-line=output]").click()
    until(look, EXAMPLE, "[data-role=derivation]", "The number is wrong because the sum was.")
    look.page.locator(f"{EXAMPLE} [data-action=again]").click()
    shared_kernel.until("[example.marked, example.checked] == [[], False]")
    look.page.locator(f"{EXAMPLE} [data-mode=explain]").click()
    until(look, EXAMPLE, ".lw-status", "9 of 11 lines are wrong")


def test_errata_are_computed_cited_and_filtered_by_keyboard(look, shared_kernel):
    page = look.page
    assert page.locator(f"{ERRATA} [role=option]").count() == 19
    page.locator(f"{ERRATA} [role=listbox]").focus()
    page.keyboard.press("End")
    until(look, ERRATA, "[data-role=erratum]", "A paper by Shazeer")
    assert "Not confirmed" not in text_of(look, ERRATA, "[data-role=erratum]")
    page.keyboard.press("Enter")
    until(look, ERRATA, ".lw-errata-right", "Not confirmed")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "listbox"
    page.locator(f"{ERRATA} [data-setting=chapter]").select_option("4")
    page.locator(f"{ERRATA} [data-setting=kind]").select_option("number")
    until(look, ERRATA, ".lw-status", "5 are shown")
    page.locator("[data-row=new-weights]").click()
    page.locator(f"{ERRATA} [data-action=check]").click()
    until(look, ERRATA, ".lw-errata-findings", "353.44 times as much")
    page.locator(f"{ERRATA} summary").click()
    assert "follow(" in text_of(look, ERRATA, ".lw-errata-code")
    shared_kernel.until("errata.checked == ['domain-paper', 'new-weights']")
    page.locator(f"{ERRATA} [data-setting=chapter]").select_option("1")
    until(look, ERRATA, ".lw-errata-none", "No row of this kind in this chapter")
    shared_kernel.run("errata.change(chapter=0, kind='')")
    until(look, ERRATA, ".lw-status", "2 of 19 rows checked.")
    page.locator(f"{ERRATA} .lw-menu > button").click()
    page.get_by_role("menuitem", name="Check all").click()
    until(look, ERRATA, ".lw-status", "You have checked them all.")
    page.locator(f"{ERRATA} .lw-menu > button").click()
    page.get_by_role("menuitem", name="Show as a table").click()
    page.locator(f"{ERRATA} .lw-twin tbody").wait_for()
    assert page.locator(f"{ERRATA} .lw-twin tbody tr").count() == 19
    page.locator(f"{EXAMPLE} .lw-menu > button").click()
    page.get_by_role("menuitem", name="Show as a table").click()
    page.locator(f"{EXAMPLE} .lw-twin tbody").wait_for()
    assert page.locator(f"{EXAMPLE} .lw-twin tbody tr").count() == 11


def test_it_fits_and_can_be_read_in_both_languages_and_themes(look, shared_kernel):
    page = look.page
    try:
        for language, width, row in (
            ("en", 320, "weight_gradient"),
            ("zh", 480, "new_weight"),
            ("zh", 1100, "bias_rule"),
        ):
            in_language(look, shared_kernel, language)
            shared_kernel.run("errata.check(); errata.row = 'chain-rule'")
            shared_kernel.run(f"example.row = {row!r}")
            assert_fits(look, width)
            assert_readable(look, f"example-{language}-{width}")
        left = page.evaluate(ALL_TEXT)
        for mode in ("find", "explain"):
            shared_kernel.run(f"example.mode = {mode!r}")
            page.locator(f"{EXAMPLE} [data-mode={mode}][aria-pressed=true]").wait_for()
            left += page.evaluate(ALL_TEXT)
        for key in shared_kernel.value("[row.key for row in errata.rows]"):
            shared_kernel.run(f"errata.row = {key!r}")
            page.locator(f"[data-row={key}][aria-selected=true]").wait_for()
            left += page.evaluate(ALL_TEXT)
        cited = shared_kernel.value("[one.reference for one in errata.rows if one.reference]")
        # What is quoted was drawn by a model of a few letters.
        texts = [re.sub("“[^”]*”", "", text) for text in left]
        left = english_but({*NAMES, *LATIN, *cited}, texts)
        assert not left, left
    finally:
        look.theme(dark=False)
