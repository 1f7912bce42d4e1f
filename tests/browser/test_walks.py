"""A learner walks through training and inference: steps, plays, trains on, follows a number, and writes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from benchmarks._page import NotebookPage
from tests.browser._sheet import assert_fits, assert_readable, in_language, one_page
from tests.browser.test_language import ALL_TEXT, LATIN

CELLS = (
    "import llm_widgets as lw\nlw.set_language('en')\nwalk = lw.TrainingWalk(language='en')\nwalk",
    "view = lw.InferenceWalk(walk, 'Alice ')\nview",
)
TRAINING, INFERENCE = ".lw-training-walk", ".lw-inference-walk"
HOSTILE = '<img src=x onerror=alert(1)> مرحبا 😀 "><script>alert(2)</script>'
# Names of code and of people's works that stand in Chinese prose as they are.
NAMES = LATIN | {
    "token", "embedding", "out", "MIT", "SHA", "chinese", "poetry", "softmax", "GELU", "ln",
    "top", "SGD", "Logits", "Ctrl",
}  # fmt: skip


@pytest.fixture(scope="module")
def walks(browser, server, shared_kernel) -> Iterator[NotebookPage]:
    """One page with both walks for all tests of this file."""
    ready = (f"{one}[data-step]" for one in (TRAINING, INFERENCE))
    size = {"width": 1400, "height": 3000}
    with one_page(browser, server, shared_kernel, "walks", CELLS, ready, viewport=size) as page:
        yield page


def here(page, root, step, turn):
    page.page.wait_for_function(
        """([root, step, turn]) => {
          const d = document.querySelector(root).dataset;
          return d.step === step && d.turn === String(turn);
        }""",
        arg=[root, step, turn],
        timeout=20_000,
    )


def text_of(page, root, role):
    return page.page.locator(f"{root} [data-role={role}]").inner_text()


def number_of(text):
    return float(text.replace("−", "-").replace(",", ""))


def test_single_steps_lead_around_the_loop_and_back(walks, shared_kernel):
    page = walks.page
    names = shared_kernel.value("[step for step, _ in walk.STEPS]")
    page.locator(f"{TRAINING} [data-box=collection]").click()
    here(walks, TRAINING, "collection", 0)
    assert "20,000" not in text_of(walks, TRAINING, "excerpt")
    assert "Public domain" in text_of(walks, TRAINING, "what")
    forward = page.locator(f"{TRAINING} [data-action=forward]")
    texts = {}
    height = page.locator(TRAINING).bounding_box()["height"]
    for name in names[1:]:
        forward.click()
        here(walks, TRAINING, name, 0)
        texts[name] = page.locator(f"{TRAINING} .lw-walk-panel").inner_text()
        assert page.locator(TRAINING).bounding_box()["height"] == height, f"nothing jumps at {name}"
    page.keyboard.press("ArrowRight")
    here(walks, TRAINING, "embedding", 1)
    for name in reversed(names[2:]):
        page.keyboard.press("ArrowLeft")
        here(walks, TRAINING, name, 0)
        assert page.locator(f"{TRAINING} .lw-walk-panel").inner_text() == texts[name], "the same numbers again"
    shared_kernel.run("walk.step = 13")
    here(walks, TRAINING, "loss", 0)
    assert f"{shared_kernel.value('walk.loss'):.3f}" in text_of(walks, TRAINING, "what")
    page.locator(f"{TRAINING} [data-action=play]").click()
    here(walks, TRAINING, "update", 0)
    page.keyboard.press("Home")
    here(walks, TRAINING, "collection", 0)


def test_a_number_is_followed_with_the_keys_and_its_code_is_shown(walks, shared_kernel):
    page = walks.page
    page.locator(f"{TRAINING} [data-box=backpropagation]").press("Enter")
    here(walks, TRAINING, "backpropagation", 0)
    page.locator(f"{TRAINING} [data-role=weight]").select_option("W_out")
    shared_kernel.until("walk._found['weight'] == 'W_out'")
    canvas = page.locator(f"{TRAINING} .lw-walk-heat canvas")
    canvas.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    shared_kernel.until("walk.cell == [2, 1] and walk._found['numbers']['index'] == [2, 1]")
    gradient = shared_kernel.value("float(walk.history.round(walk.updates).backward.weights['W_out'][2, 1])")
    page.wait_for_function(
        "(r) => document.querySelector(r).textContent.includes('W_out[2, 1]')", arg=f"{TRAINING} [data-role=what]"
    )
    assert number_of(text_of(walks, TRAINING, "read").split(": ")[-1]) == pytest.approx(gradient, rel=1e-4)
    assert "W_out[2, 1]" in text_of(walks, TRAINING, "what")
    page.locator(f"{TRAINING} [data-action=code]").click()
    line = page.locator(f"{TRAINING} .lw-walk-here").inner_text()
    source = text_of(walks, TRAINING, "source")
    assert 'd["W_out"] = ' in line
    assert "def backward" in source
    page.locator(f"{TRAINING} [data-action=code]").click()
    page.locator(f"{TRAINING} [data-box=update]").click()
    here(walks, TRAINING, "update", 0)
    assert page.locator(f"{TRAINING} [data-role=formula] mfrac").count() == 2
    rate = page.locator(f"{TRAINING} [data-number=learning_rate]")
    for wrong, words in (("1e400", "from"), ("abc", "such as"), ("", "needs a number"), ("0", "from")):
        rate.fill(wrong)
        rate.press("Enter")
        page.wait_for_function(
            "([r, w]) => document.querySelector(r).textContent.includes(w)", arg=[f"{TRAINING} .lw-status", words]
        )
    assert shared_kernel.value("walk.learning_rate") == 0.01


def test_it_trains_on_and_inference_follows(walks, shared_kernel):
    page = walks.page
    goal = shared_kernel.value("walk.history.known") + 100
    page.locator(f"{TRAINING} [data-train='100']").click()
    shared_kernel.until(f"walk.updates == {goal}")
    page.locator(f"{TRAINING} [data-box=update]").click()
    here(walks, TRAINING, "update", goal)
    assert shared_kernel.value("view._found['updates']") == goal
    written = f"{INFERENCE} [data-role=written]"
    page.locator(f"{INFERENCE} [data-action=last]").click()
    here(walks, INFERENCE, "input", 1)
    page.keyboard.press("End")
    here(walks, INFERENCE, "input", 2)
    chosen = shared_kernel.value("view.written")
    assert page.locator(written).inner_text().replace("␣", " ").replace("↵", "\n") == f"Alice {chosen}"
    page.keyboard.press("ArrowLeft")
    here(walks, INFERENCE, "choice", 1)
    page.locator(f"{INFERENCE} .lw-walk-taken").wait_for()
    prompt = page.locator(f"{INFERENCE} [data-role=prompt]")
    prompt.fill(HOSTILE)
    prompt.press("Control+Enter")
    shared_kernel.until(f"view.prompt == {HOSTILE!r} and view.made == 0")
    page.locator(f"{INFERENCE} [data-setting=temperature]").press("Home")
    shared_kernel.until("view.temperature == 0")
    page.wait_for_function(
        "(r) => document.querySelector(r).textContent.includes('likeliest')", arg=f"{INFERENCE} [data-role=what]"
    )


def test_any_text_stays_text_and_fits_in_both_languages_and_themes(walks, shared_kernel):
    page = walks.page
    own = page.locator(f"{TRAINING} [data-role=text]")
    own.fill("x")
    own.press("Control+Enter")
    page.wait_for_function(
        "(r) => document.querySelector(r).textContent.includes('two characters')", arg=f"{TRAINING} .lw-status"
    )
    own.fill(HOSTILE * 3)
    own.press("Control+Enter")
    shared_kernel.until("walk.text is not None and walk.updates == 0")
    try:
        for language, width, step in (("en", 320, 14), ("zh", 480, 1), ("zh", 1100, 10)):
            in_language(walks, shared_kernel, language)
            shared_kernel.run(f"walk.step = {step}; view.step = min({step}, 11)")
            assert_fits(walks, width)
            assert page.locator(".lw img, .lw script").count() == 0
            assert_readable(walks, f"walks-{language}-{width}")
        for root in (TRAINING, INFERENCE):
            page.locator(f"{root} .lw-menu > button").click()
            page.locator(f"{root} [role=menuitem]").first.click()
            page.locator(f"{root} .lw-twin table").wait_for()
        for step in range(16):
            shared_kernel.run(f"walk.step = {step}; view.step = min({step}, 11)")
            here(walks, TRAINING, shared_kernel.value("walk.name"), 0)
            # The name of a tensor in the code, a hash, and what the learner gave.
            other = re.compile(r"^\S+ \[.*?\]|\b[0-9a-f]{12,}\b|" + re.escape(HOSTILE))
            texts = [other.sub("", one) for one in page.evaluate(ALL_TEXT)]
            left = [one for one in texts if set(re.findall(r"[A-Za-z]{2,}", one)) - NAMES]
            assert not left, (step, left)
    finally:
        walks.theme(dark=False)
