"""Learners type what they like; it stays text, and the page stays quick."""

from __future__ import annotations

import time

import pytest

HOSTILE = '<img src=x onerror=alert(1)> "><script>alert(2)</script> {{7*7}} ${alert(3)}'


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_markup_is_shown_and_never_run(open_lab, kernel, app):
    page, lab = open_lab(app)
    lab.press("train")
    lab.wait_points(5)
    lab.write(HOSTILE)
    assert kernel.value("lab.tryit.text") == HOSTILE
    shown = lab.tryit.locator(".lw-tokens").inner_text()
    assert "img" in shown
    assert "onerror" in shown
    lab.wait_points(lab.points() + 5)
    # A run keeps the text as a probe: it must be text in every other place that shows it, too.
    assert page.page.locator(".lw img, .lw script").count() == 0
    assert lab.text().input_value() == HOSTILE


def test_a_hundred_kilobytes_are_pasted(open_lab, kernel):
    page, lab = open_lab()
    lab.press("train")
    lab.wait_points(5)
    words = "a wonderful film and not a dull moment in it\n" * 2300
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.page.evaluate("(text) => navigator.clipboard.writeText(text)", words)
    lab.text().focus()
    began = time.monotonic()
    page.page.keyboard.press("ControlOrMeta+A")
    page.page.keyboard.press("ControlOrMeta+V")
    lab.wait_tokens(100)
    lab.wait_points(lab.points() + 5)
    assert time.monotonic() - began < 20
    assert lab.text().input_value() == words
    assert len(kernel.value("lab.tryit.text")) <= 10_000
    assert lab.tryit.locator(".lw-token").count() <= 400
    # The page answers: a press of a button is seen at once.
    lab.press("pause")
    lab.wait_state("paused")


SCRIPTS = (
    "😀 👩‍👩‍👧‍👦 🏳️‍🌈 film",
    "שלום עולם סרט טוב",
    "\u202e a film \u202c end",
    "e\u0301te\u0301 \u00e9t\u00e9",
    "\ud55c\uad6d\uc5b4 電影 映画 好看",
    "\x07 film\t\ttabs",
    "x" * 3000,
)


def test_any_script_is_shown_as_it_is(open_lab, kernel):
    page, lab = open_lab()
    lab.press("train")
    lab.wait_points(3)
    for text in SCRIPTS:
        lab.write(text)
        lab.page.wait_for_function("() => document.querySelector('.lw-try-it').dataset.probability !== ''")
        assert lab.text().input_value() == text
        assert kernel.value("lab.tryit.text") == text
        fits = "() => { const n = document.querySelector('.lw-try-it'); return n.scrollWidth <= n.clientWidth + 1 }"
        assert page.page.evaluate(fits), text


def test_the_verdict_moves_while_the_model_learns(open_lab, kernel):
    _, lab = open_lab()
    lab.press("train")
    lab.wait_points(5)
    lab.text().fill("A moving, funny and wonderful film.")
    canvas = lab.tryit.locator("canvas")
    lab.page.wait_for_function("() => Number(document.querySelector('.lw-try-it canvas').dataset.points) > 5")
    first = float(lab.tryit.get_attribute("data-probability"))
    lab.page.wait_for_function(
        "(first) => Math.abs(Number(document.querySelector('.lw-try-it').dataset.probability) - first) > 0.02",
        arg=first,
        timeout=60_000,
    )
    assert canvas.get_attribute("aria-label")


def test_words_that_the_vocabulary_does_not_know_are_marked(open_lab):
    _, lab = open_lab()
    lab.press("train")
    lab.write("a film by xqzt blorp")
    unknown = lab.tryit.locator(".lw-token.lw-unknown bdi").all_inner_texts()
    assert unknown == ["xqzt", "blorp"]
