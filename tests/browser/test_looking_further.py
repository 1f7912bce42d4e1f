"""A learner looks further: heads switched off, what each layer would say, and what a guess rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from benchmarks._page import NotebookPage
from tests.browser._sheet import assert_fits, assert_readable, in_language, one_page
from tests.browser.test_language import ALL_TEXT, english_left

CELLS = (
    """
import llm_widgets as lw
from llm_widgets import corpora
lw.set_language("en")
spec = lw.GPTSpec(vocabulary_size=64, d_model=16, num_layers=2, num_heads=2, max_length=32)
text = corpora.text("the cat sat on the mat.\\nthe dog ate the cat.\\n" * 100)
run = lw.LanguageRun(spec, text, epochs=100_000, learning_rate=1e-2)
heads = lw.HeadAblation(run, "the cat sat on the mat.")
heads
""",
    "lens = lw.LogitLens(run, 'the cat sat on the mat.')\nlens",
    "rest = lw.Saliency(run, 'the cat sat on the mat.')\nrest",
)
HEADS, LENS, REST = ".lw-heads-switched-off", ".lw-logit-lens", ".lw-what-a-guess-rests-on"
ALL = (HEADS, LENS, REST)
HOSTILE = '<img src=x onerror=alert(1)> مرحبا 😀 "><script>alert(2)</script>'


@pytest.fixture(scope="module")
def look(browser, server, shared_kernel) -> Iterator[NotebookPage]:
    """One page with the three widgets for all tests of this file."""
    size = {"width": 1400, "height": 2400}
    with one_page(browser, server, shared_kernel, "looking-further", CELLS, ALL, viewport=size) as page:
        yield page
        shared_kernel.run("run.stop(wait=True)")


def wait(page, condition, arg=None):
    page.page.wait_for_function(condition, arg=arg, timeout=60_000)


def state(page, root, condition):
    wait(page, f"(root) => {{ const d = document.querySelector(root).dataset; return {condition} }}", root)


def text_of(page, root, selector):
    return page.page.locator(f"{root} {selector}").inner_text()


def signed(x, digits):
    return f"{x:+.{digits}f}".replace("-", "−") if round(x, digits) else "0"


def settled(page, kernel):
    """Trains until there is something to see, and stops; all have looked at the end."""
    kernel.run("run.start()") if kernel.value("str(run.state)") == "idle" else None
    for root in ALL:
        state(page, root, "Number(d.step) > 20")
    kernel.run("run.stop(wait=True)")
    count = kernel.value("run.log.batch_count")
    for root in ALL:
        state(page, root, f"d.step === '{count}'")


def test_they_wait_for_training_and_follow_it(look, shared_kernel):
    for root in ALL:
        assert look.page.locator(root).get_attribute("data-state") == "untrained"
        assert "press Train" in text_of(look, root, ".lw-status")
    shared_kernel.run("run.start()")
    for root in ALL:
        state(look, root, "d.state === 'shown' && Number(d.step) > 0")
        first = look.page.locator(root).get_attribute("data-step")
        height = look.page.locator(root).bounding_box()["height"]
        state(look, root, f"Number(d.step) > {first}")
        assert look.page.locator(root).bounding_box()["height"] == height, "nothing jumps"
    settled(look, shared_kernel)


def test_heads_are_switched_off_by_hand_and_by_key(look, shared_kernel):
    settled(look, shared_kernel)
    cell = look.page.locator(f"{HEADS} .lw-heads-cell")
    assert cell.count() == 4
    shown = [float(x.get_attribute("data-change")) for x in cell.all()]
    found = shared_kernel.value("lw.analysis.ablate_heads(run, heads.text).change.reshape(-1).tolist()")
    assert shown == pytest.approx(found, abs=1e-4)
    assert [x.inner_text() for x in cell.all()] == [signed(x, 2 if max(map(abs, found)) >= 0.1 else 3) for x in found]
    cell.nth(1).click()
    wait(look, "() => document.querySelector('[data-role=losses]').textContent.includes('with 1 head off')")
    look.page.keyboard.press("ArrowDown")
    look.page.keyboard.press("Enter")
    wait(look, "() => document.querySelector('[data-role=losses]').textContent.includes('with 2 heads off')")
    assert shared_kernel.value("heads.off") == [[0, 1], [1, 1]]
    loss = shared_kernel.value("lw.analysis.without_heads(run, heads.text, [(0, 1), (1, 1)]).loss")
    assert f"with 2 heads off: {loss:.3f}" in text_of(look, HEADS, "[data-role=losses]")
    assert "→" in text_of(look, HEADS, ".lw-heads-bars")
    look.page.locator(f"{HEADS} [data-action=all-on]").click()
    wait(look, "() => !document.querySelector('.lw-heads-off')")


def test_the_lens_shows_what_each_layer_says(look, shared_kernel):
    settled(look, shared_kernel)
    last = look.page.locator(f"{LENS} .lw-lens-last .lw-lens-cell")
    shown = [x.get_attribute("aria-label") for x in last.all()]
    said = shared_kernel.value("[run.tokenizer.vocabulary[i] for i in lw.analysis.logit_lens(run, lens.text).answer]")
    said = [token.replace(" ", "␣").replace("\n", "↵") for token in said][-len(shown) :]
    assert [re.search("“(.)”, ", label)[1] for label in shown] == said
    last.last.click()
    look.page.keyboard.press("ArrowUp")
    look.page.keyboard.press("ArrowUp")
    assert text_of(look, LENS, "[data-role=about]").startswith("Embedding, after .")
    wait(look, "() => document.querySelectorAll('.lw-lens-bars .lw-look-bar').length === 5")
    look.page.keyboard.press("Home")
    for _ in range(30):
        look.page.keyboard.press("ArrowLeft")
    shared_kernel.until("[lens.layer, lens.place] == [0, 0]")
    assert text_of(look, LENS, "[data-role=about]").startswith("Embedding, after t")


def test_attention_is_set_beside_gradient_and_deletion(look, shared_kernel):
    settled(look, shared_kernel)
    chip = look.page.locator(f"{REST} button.lw-saliency-chip")
    assert chip.last.get_attribute("aria-selected") == "true"
    chip.nth(5).click()
    wait(look, "() => document.querySelectorAll('.lw-saliency-list > *').length === 6")
    found = shared_kernel.value(
        "(lambda f: [f.agreement()['attention_deletion'], *f.deletion])"
        "(lw.analysis.saliency(run, rest.text, position=6))"
    )
    rows = look.page.locator(f"{REST} .lw-saliency-list .lw-saliency-cell:last-child .lw-number").all_inner_texts()
    assert [float(x.replace("−", "-")) for x in rows] == pytest.approx(found[1:], abs=0.006)
    verdict = text_of(look, REST, "[data-role=agreement]")
    assert float(verdict.split()[0].replace("−", "-")) == pytest.approx(found[0], abs=0.006)
    assert "attention" in text_of(look, REST, ".lw-status").lower()
    look.page.locator(f"{REST} [data-role=layer]").select_option("1")
    look.page.locator(f"{REST} [data-role=deletion]").select_option("remove")
    wait(look, "() => document.querySelector('[data-role=deletion] option').textContent === 'replaced'")
    shared_kernel.until("[rest.layer, rest.deletion, rest.position] == [1, 'remove', 6]")


def test_any_text_stays_text_and_fits_in_both_languages_and_themes(look, shared_kernel):
    settled(look, shared_kernel)
    page = look.page
    try:
        for language, width in (("en", 320), ("zh", 480), ("zh", 1100)):
            in_language(look, shared_kernel, language)
            text = HOSTILE if width < 400 else "the cat sat on the mat. " * 8
            for root in ALL:
                page.locator(f"{root} textarea").fill(text)
            shared_kernel.until(
                f"all(w.text == {text!r} and w._seen[:1] == (w._key(),) for w in (heads, lens, rest))",
            )
            assert_fits(look, width)
            assert page.locator(".lw img, .lw script").count() == 0
            assert_readable(look, f"looking-{language}-{width}")
        for root in ALL:
            page.locator(f"{root} .lw-menu > button").click()
            page.locator(f"{root} [role=menuitem]").first.click()
            page.locator(f"{root} .lw-look-table table").wait_for()
            page.locator(f"{root} .lw-head > button").click()
        assert not english_left(page.evaluate(ALL_TEXT))
        page.locator(f"{LENS} textarea").fill("")
        state(look, LENS, "d.state === 'empty'")
    finally:
        look.theme(dark=False)
