"""A language model in the browser: it learns to write, its attention moves, and a switch of its block is flipped."""

from __future__ import annotations

import re

import numpy as np
import pytest

from benchmarks._page import picture
from tests.browser._sheet import CONTRAST, SMALL, TOO_WIDE, narrow
from tests.browser.test_language import ALL_TEXT, CHINESE, LATIN, english_left

CELL = 'import llm_widgets as lw\nlw.set_language("{language}")\nlab = lw.LanguageLab("{name}")\nlab'
MAP = ".lw-attention-map"
# What Chinese prose about Transformers writes in Latin letters: names, and the words of the spec.
NAMES = {
    "Transformer", "softmax", "ReLU", "GELU", "SwiGLU", "tanh", "RMS", "rms", "BPE", "causal", "layer", "Logits", "Top",
}  # fmt: skip


@pytest.fixture
def open_language_lab(open_page, server, kernel):
    """Opens a tab with a language lab called `lab`; returns the tab's page and a way to wait for the lab's parts."""

    def new(name="alice", language="en", **viewport):
        page = open_page(**viewport).open(
            server.write(f"language-lab-{name}-{language}.ipynb", [CELL.format(name=name, language=language)]), kernel
        )
        page.run_all()
        for part in (".lw-run-controls", ".lw-layer-designer", ".lw-training-curves", ".lw-what-it-writes", MAP):
            page.page.locator(part).wait_for()
        return page

    return new


def press(page, action):
    page.page.locator(f'.lw-run-controls button[data-action="{action}"]').click()


def wait_data(page, selector, name, least):
    page.page.wait_for_function(
        "([s, name, least]) => Number(document.querySelector(s).dataset[name]) >= least",
        arg=[selector, name, least],
        timeout=60_000,
    )


def test_it_learns_to_write_and_its_attention_moves(open_language_lab, kernel):
    page = open_language_lab(height=2400)
    press(page, "train")
    wait_data(page, ".lw-training-curves", "points", 20)
    wait_data(page, MAP, "steps", 5)
    first = int(page.page.locator(MAP).get_attribute("data-step"))
    wait_data(page, MAP, "step", first + 5)
    assert kernel.value("len(lab.run.log.samples)") >= 1
    # The causal mask: no token looks ahead; without it the same text is read both ways, in a new run.
    weights = np.array(kernel.value("lab.attention.weights().round(4).tolist()"))  # [L, H, T, T]
    assert np.triu(weights, 1).max() == 0
    run = kernel.value("lab.run.id")
    page.page.locator('.lw-layer-designer select[data-field="mask"]').select_option("none")
    page.page.wait_for_function(
        "(run) => Number(document.querySelector('.lw-training-curves').dataset.run) > run", arg=run, timeout=60_000
    )
    wait_data(page, ".lw-training-curves", "points", 20)
    wait_data(page, MAP, "steps", 2)
    assert page.page.locator(".lw-training-curves").get_attribute("data-ghosts") == "1"
    assert kernel.value("lab.spec.mask") == "none"
    weights = np.array(kernel.value("lab.attention.weights().round(4).tolist()"))
    assert np.triu(weights, 1).max() > 0
    np.testing.assert_allclose(weights.sum(-1), 1, atol=0.01)


def test_odd_text_is_text(open_language_lab, kernel):
    page = open_language_lab()
    press(page, "train")
    wait_data(page, MAP, "steps", 2)
    odd = "<img src=x onerror=alert(1)> 🙂 שלום"
    page.page.locator('[data-role="own-text"]').fill(odd)
    page.page.wait_for_function(
        "([s, text]) => document.querySelector(s).querySelectorAll('bdi').length > 0"
        " && [...document.querySelectorAll(s + ' bdi')].some((n) => n.textContent.includes('<'))",
        arg=[MAP, odd],
    )
    assert kernel.value("lab.attention.text") == odd
    assert page.page.locator(".lw img, .lw script").count() == 0
    press(page, "stop")


def test_nothing_of_the_other_language_is_left_and_all_can_be_read(open_language_lab, kernel):
    page = open_language_lab("tang", "zh", height=2600)
    try:
        press(page, "train")
        wait_data(page, MAP, "steps", 3)
        page.page.wait_for_function("() => document.querySelector('.lw-what-it-writes').textContent.length > 60")
        for dark in (False, True):
            page.theme(dark=dark)
            left = english_left(page.page.evaluate(ALL_TEXT))
            picture(page, f"language-lab-zh-{'dark' if dark else 'light'}")
            left = [text for text in left if set(re.findall(r"[A-Za-z]{2,}", text)) - LATIN - NAMES]
            assert not left, left
            found = page.page.evaluate(CONTRAST)
            assert not [f for f in found if f[0] < 4.5], dark
            assert not [f for f in found if f[1] < 12], dark
            assert not page.page.evaluate(SMALL)
        kernel.run("lw.set_language('en')")
        page.page.wait_for_function("() => !document.querySelector('.lw:not([lang=en])')")
        words = [text for text in page.page.evaluate(ALL_TEXT) if CHINESE.search(text)]
        # What is left is the corpus's own: tokens, samples, and the name of a language.
        ui = [text for text in words if any(word in text for word in ("训练", "词元", "注意力", "批"))]
        assert not ui, ui
    finally:
        page.theme(dark=False)


def test_nothing_sticks_out(open_language_lab, kernel):
    page = open_language_lab(width=1700, height=1400)
    press(page, "train")
    wait_data(page, MAP, "steps", 2)
    for width in (320, 768, 1200):
        narrow(page, width)
        wait_data(page, MAP, "steps", kernel.value("len(lab.attention.steps)") + 1)
        picture(page, f"language-lab-{width}")
        assert not page.page.evaluate(TOO_WIDE, width), width
    press(page, "stop")


BERT = """import llm_widgets as lw
lw.set_language("zh")
lab = lw.LanguageLab("alice", spec="bert?vocabulary_size=108&d_model=16&num_layers=1&num_heads=2&max_length=32")
lab"""


def test_a_bert_fills_gaps_and_what_was_recorded_is_played(open_page, server, kernel, tmp_path):
    page = open_page(height=2400).open(server.write("language-lab-bert.ipynb", [BERT]), kernel)
    page.run_all()
    writer = page.page.locator(".lw-what-it-writes")
    writer.wait_for()
    press(page, "train")
    wait_data(page, ".lw-writer-now [data-samples]", "samples", 1)
    assert writer.locator(".lw-writer-now .lw-writer-fill").count() == 2
    odd = "<img src=x onerror=alert(1)> a_b 🙂 שלום _"
    writer.locator('[data-role="prompt"]').fill(odd)
    writer.locator('[data-action="write"]').click()
    wait_data(page, ".lw-writer-asked .lw-writer-text", "number", 1)
    fills = writer.locator(".lw-writer-asked .lw-writer-fill").all_text_contents()
    text = writer.locator(".lw-writer-asked .lw-writer-written").text_content()
    assert text == odd.replace("_", "{}").format(*fills)
    assert writer.locator(".lw-writer-asked .lw-writer-gaps li").count() == 2
    assert page.page.locator("img[src=x]").count() == 0
    assert writer.locator("h3").text_content() == "它填了什么"
    kernel.run(f"lab.workbench.stop(); lab.run.wait(60); lab.run.save({str(tmp_path / 'bert.llm-run')!r})", timeout=60)
    # The same page shows the recording, and asks nothing of it.
    page.put_away()
    again = f"lab = lw.LanguageLab(lw.Replay.load({str(tmp_path / 'bert.llm-run')!r}, speed=1000))\nlab"
    page.open(server.write("language-lab-replay.ipynb", [again]), kernel)
    page.run_all()
    writer = page.page.locator(".lw-what-it-writes")
    writer.wait_for()
    press(page, "train")
    wait_data(page, ".lw-writer-now [data-samples]", "samples", 1)
    wait_data(page, MAP, "steps", 1)
    assert writer.locator('[data-role="prompt"]').get_attribute("readonly") is not None
    assert not writer.locator('[data-action="write"]').is_visible()
    assert page.page.locator('[data-role="own-text"]').get_attribute("readonly") is not None
