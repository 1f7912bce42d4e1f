"""A learner looks tokens up, asks for neighbours and analogies, and compares sentences."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks._page import NotebookPage
from tests.browser._sheet import HOSTILE, assert_fits, assert_readable, english_but, in_language, one_page, shows
from tests.browser.test_language import ALL_TEXT
from tests.models.pretrained.tiny import save_encoder

CELLS = (
    "import llm_widgets as lw\nlw.set_language('en')\nlookup = lw.EmbeddingLookup(text='tea time')\nlookup",
    "words = lw.analysis.word_vectors(lw.corpora.load('alice'), size=50)",
    "near = lw.NeighbourExplorer(words, 'queen')\nnear",
    "compare = lw.SentenceMap(['The dog bit the man.', 'The man bit the dog.', 'It rains.'], 'not-here')\ncompare",
)
LOOKUP, NEAR, COMPARE = ".lw-embedding-lookup", ".lw-neighbours-and-analogies", ".lw-sentences-compared"
# The learner's and the model's own words, and names.
NAMES = (
    "MiniLM",
    "tea time",
    "not-here",
    "llm-widgets models add",
    "The dog bit the man.",
    "The man bit the dog.",
    "It rains.",
)


@pytest.fixture(scope="module")
def look(browser, server, shared_kernel) -> Iterator[NotebookPage]:
    """One page with the three widgets for all tests of this file."""
    ready = [f"{root}[data-state=shown]" for root in (LOOKUP, NEAR, COMPARE)]
    size = {"width": 1400, "height": 1400}
    with one_page(
        browser, server, shared_kernel, "embeddings", CELLS, ready, viewport=size, reduced_motion="reduce"
    ) as page:
        yield page


def says(look, root, words, selector=".lw-status"):
    shows(look, f"{root} {selector}", words)


def test_tokens_take_their_rows_by_pointer_and_by_keys(look, shared_kernel):
    page = look.page
    says(look, LOOKUP, "8 tokens take 8 rows of 96 numbers each from the 108 rows of the table.")
    says(look, LOOKUP, "“t” stands at places 1, 5: the same row 38 each time")
    says(look, LOOKUP, "both ways give the same 768 numbers, digit for digit", "[data-role=apart]")
    box = page.locator(f"{LOOKUP} [data-setting=text]")
    box.fill("a cat")
    says(look, LOOKUP, "5 tokens take 5 rows")
    page.locator(f"{LOOKUP} [data-place='1']").click()
    shared_kernel.until("(lookup.text, lookup.chosen) == ('a cat', 1)")
    page.keyboard.press("ArrowRight")
    says(look, LOOKUP, "“c” has id 53 and takes row 53.")
    canvas = page.locator(f"{LOOKUP} .lw-lookup-canvas")
    canvas.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    value = shared_kernel.value("float(lookup.table.vectors[lookup.ids[3], 1])")
    says(look, LOOKUP, f"“a” at place 4, number 2 of 96: {value:.4g}".replace("-", "−"), "[data-role=readout]")
    page.locator(f"{LOOKUP} [data-setting=positions]").check()
    says(look, LOOKUP, "with the place added, its rows are no longer the same")
    says(look, LOOKUP, "for the place, together", "[data-role=readout]")
    drawn = canvas.bounding_box()
    page.mouse.move(drawn["x"] + 0.2 * drawn["width"], drawn["y"] + 0.5 * drawn["height"])
    says(look, LOOKUP, "of the table, number", "[data-role=readout]")
    page.mouse.move(0, 0)
    for odd in ("", HOSTILE, "\ud83d", "x" * 300):
        box.evaluate("(node, text) => { node.value = text; node.dispatchEvent(new Event('input')); }", odd)
        shared_kernel.until(f"lookup.text == {odd.replace(chr(0xD83D), chr(0xFFFD))[:200]!r}")
    says(look, LOOKUP, "The first 24 of 200 tokens")
    assert page.locator(f"{LOOKUP} img, {LOOKUP} script").count() == 0
    shared_kernel.run("lookup.change(text='tea time', positions=False)")


def test_neighbours_and_analogies_are_asked_for_and_explained(look, shared_kernel):
    page = look.page
    field = {name: page.locator(f"{NEAR} [data-setting={name}]") for name in ("word", "a", "b", "c")}
    says(look, NEAR, "Why: both stand beside", "[data-role=why]")
    first = shared_kernel.value("near.neighbours[0][0]")
    page.locator(f"{NEAR} [data-action=go]").click()
    shared_kernel.until(f"near.word == {first!r}")
    field["word"].fill("quene")
    field["word"].press("Enter")
    says(look, NEAR, "“quene” has no vector", "[data-role=near]")
    page.locator(f"{NEAR} [data-action=take]", has_text="queen").click()
    shared_kernel.until("near.word == 'queen'")
    for name, word in (("a", "he"), ("b", "his"), ("c", "she")):
        field[name].fill(word)
        field[name].press("Enter")
    says(look, NEAR, "the three given words were left out")
    assert shared_kernel.value("near.answers[0][0]") == "her"
    page.locator(f"{NEAR} [data-setting=include]").focus()
    page.keyboard.press("Space")
    says(look, NEAR, "even though the given words may be answers")
    says(look, NEAR, "given", "[data-role=answers] [data-answer='1']")
    answers = page.locator(f"{NEAR} [data-role=answers] [data-answer='0']")
    answers.focus()
    page.keyboard.press("ArrowDown")
    assert page.locator(f"{NEAR} [data-role=answers] [data-answer='1']").get_attribute("aria-checked") == "true"
    field["word"].fill(HOSTILE)
    field["word"].press("Enter")
    says(look, NEAR, "<img", "[data-role=near]")
    assert page.locator(f"{NEAR} img, {NEAR} script").count() == 0
    shared_kernel.run("near.change(word='queen', include=False)")


def test_sentences_are_written_and_compared(look, shared_kernel):
    page = look.page
    says(look, COMPARE, "llm-widgets models add not-here", "[data-role=missing]")
    says(look, COMPARE, "By their words 1 and 2 are nearest: cosine 1.00.")
    page.locator(f"{COMPARE} [data-action=add]").click()
    page.locator(f"{COMPARE} [data-sentence='3']").fill("A dog ran.")
    page.keyboard.press("Enter")
    shared_kernel.until("compare.sentences[3] == 'A dog ran.'")
    page.locator(f"{COMPARE} [data-role=words] [data-cell='0-1']").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    shared_kernel.until("compare.pair == [0, 3]")
    says(look, COMPARE, "In common: “dog”.", "[data-role=detail]")
    page.locator(f"{COMPARE} [data-sentence='3']").fill(HOSTILE)
    page.keyboard.press("Enter")
    says(look, COMPARE, "<script>", "[data-role=detail]")
    assert page.locator(f"{COMPARE} img, {COMPARE} script").count() == 0
    page.locator(f"{COMPARE} .lw-sentence-entry button").nth(3).click()
    shared_kernel.until("len(compare.sentences) == 3")
    page.locator(f"{COMPARE} [data-action=look]").click()
    says(look, COMPARE, "is not on this machine yet", "[data-role=missing]")


def test_an_encoder_that_comes_later_draws_its_own_map(look, shared_kernel, tmp_path):
    page = look.page
    folder = save_encoder(tmp_path / "saved")
    shared_kernel.run(
        f"""import os
from llm_widgets.models import pretrained
os.environ["LLM_WIDGETS_MODELS"] = {str(tmp_path / "models")!r}
pretrained.add("not-here", folder={str(folder)!r})"""
    )
    page.locator(f"{COMPARE} [data-action=look]").click()
    page.locator(f"{COMPARE}[data-encoder=ready]").wait_for()
    says(look, COMPARE, "For not-here")
    says(
        look,
        COMPARE,
        "not-here: cosines of the sentences' vectors (16 numbers each)",
        ".lw-sentence-halves .lw-caption",
    )
    drawn = page.locator(f"{COMPARE} [data-role=encoder] [data-cell='0-1']")
    expected = shared_kernel.value("float(compare.cosines[0, 1])")
    assert drawn.inner_text().replace("−", "-") == f"{expected:.2f}"
    assert expected < 0.9999  # the order of words counts, as it does not for the words
    for odd in ("", "\ud83d", HOSTILE, "雨" * 300):
        box = page.locator(f"{COMPARE} [data-sentence='2']")
        box.evaluate("(node, text) => { node.value = text; node.dispatchEvent(new Event('change')); }", odd)
        shared_kernel.until(
            f"compare.sentences[2] == {odd.replace(chr(0xD83D), chr(0xFFFD))[:200]!r} and compare.cosines is not None"
        )
    says(look, COMPARE, "it has no token for 100 %", "[data-role=note]")
    assert page.locator(f"{COMPARE} img, {COMPARE} script").count() == 0
    shared_kernel.run("compare.sentences = [*compare.sentences[:2], 'It rains.']; os.environ.pop('LLM_WIDGETS_MODELS')")
    shared_kernel.until("compare.cosines is not None")


def test_tables_are_twins(look):
    for root, words in ((LOOKUP, "The rows that are taken"), (NEAR, "Neighbours of “queen”"), (COMPARE, "Each two")):
        look.page.locator(f"{root} .lw-menu > button").click()
        look.page.get_by_role("menuitem", name="Show as a table").click()
        says(look, root, words, ".lw-twin caption")
        look.page.locator(f"{root} .lw-menu > button").click()
        look.page.get_by_role("menuitem", name="Show as a table").click()


def test_both_themes_both_languages_and_all_widths(look, shared_kernel):
    assert_readable(look, "embeddings-en")
    in_language(look, shared_kernel, "zh")
    learners = (*NAMES, *shared_kernel.value("list(words.names)"))
    assert not english_but(learners, look.page.evaluate(ALL_TEXT))
    for width in (320, 1100):
        assert_fits(look, width)
    in_language(look, shared_kernel, "en")
