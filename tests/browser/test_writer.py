"""A learner watches a model learn to write: samples come, the slider goes back, and Write gives the same text twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from benchmarks._page import NotebookPage
from benchmarks._server import Kernel, Server
from tests.browser._sheet import HOSTILE, SMALL, TOO_WIDE, Sheet, assert_chinese, assert_contrast, narrow

CELL = """
import llm_widgets as lw
from llm_widgets import corpora
from llm_widgets.models import GPTSpec
lw.set_language("{language}")
spec = GPTSpec(vocabulary_size=64, d_model=16, num_layers=1, num_heads=2, max_length=16)
text = corpora.text("the cat sat on the mat.\\nthe dog ate the cat.\\n" * 100)
run = lw.LanguageRun(spec, text, epochs=100_000, learning_rate=1e-2, probes=["the "])
writer = lw.Writer(run)
writer
"""


class Written(Sheet):
    """The widget on a page."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, ".lw-what-it-writes")
        self.prompt = self.part("[data-role=prompt]")
        self.scrub = self.part("[data-role=scrub]")

    def until(self, condition: str) -> None:
        """Waits for a condition on `d`, what the page shows: data of the text "now"."""
        found = "const d = document.querySelector('[data-part=now]').dataset"
        self.page.wait_for_function(f"() => {{ {found}; return {condition} }}")

    def text(self, part: str) -> str:
        return str(self.part(f"[data-part={part}]").text_content())

    def write(self) -> str:
        """Asks for a text and waits for it."""
        return self.written_by("[data-action=write]")

    def written_by(self, button: str) -> str:
        """Presses a button and waits for the text that follows."""
        before = self.part("[data-part=asked]").get_attribute("data-number")
        self.part(button).click()
        changed = "(n) => document.querySelector('[data-part=asked]').dataset.number !== n"
        self.page.wait_for_function(changed, arg=before)
        return self.text("asked")


@pytest.fixture
def open_writer(
    open_page: Callable[..., NotebookPage], server: Server, kernel: Kernel
) -> Iterator[Callable[..., tuple[NotebookPage, Written]]]:
    def new(app: str, language: str = "en") -> tuple[NotebookPage, Written]:
        path = server.write(f"writer-{language}.ipynb", (CELL.format(language=language),))
        page = open_page(app, height=1200).open(path, kernel)
        page.run_all()
        return page, Written(page.page)

    yield new
    kernel.run("run.stop(wait=True)")


def test_samples_come_the_slider_goes_back_and_write_repeats_itself(open_writer, kernel):
    page, sheet = open_writer("notebook")
    sheet.part("[data-action=write]").click()
    assert "Nothing has been learned yet" in sheet.part(".lw-status").inner_text()
    kernel.run("run.start()")
    sheet.until("Number(d.samples) >= 3 && d.following === 'true'")
    assert sheet.text("now").startswith("the ")
    first, height = sheet.text("first"), sheet.root.bounding_box()["height"]
    assert first == kernel.value("run.log.samples[0].prompt + run.log.samples[0].text")

    sheet.scrub.focus()
    sheet.page.keyboard.press("Home")
    sheet.until("d.step === '1'")
    assert sheet.text("now") == first
    assert sheet.scrub.get_attribute("aria-valuetext") == "after 1 batch"
    sheet.until("Number(d.samples) >= 4 && d.step === '1'")
    assert sheet.root.bounding_box()["height"] == height, "nothing jumps"
    sheet.page.keyboard.press("End")
    sheet.until("d.following === 'true'")

    sheet.write()  # while it trains
    kernel.run("run.stop(wait=True)")
    temperature = sheet.part("[data-setting=temperature]")
    temperature.focus()
    for _ in range(5):
        sheet.page.keyboard.press("ArrowRight")
    sheet.page.wait_for_timeout(500)  # for answers that might put the slider back
    assert float(temperature.input_value()) == kernel.value("writer.temperature") == 1.05
    temperature.fill("0")
    once = sheet.write()
    assert "temperature 0" in sheet.part(".lw-writer-asked").inner_text()
    assert sheet.written_by("[data-action=seed]") == once, "chance has no say"
    assert sheet.part("[data-setting=seed]").input_value() != "0"
    assert once == kernel.value("'the ' + run.write('the ', 200, temperature=0)")

    page.save()
    page.reload()  # the kernel goes on: a view that opens late catches up
    sheet = Written(page.page)
    sheet.until("Number(d.samples) >= 4")
    assert (sheet.text("first"), sheet.text("asked")) == (first, once)


def test_any_prompt_stays_text_and_fits(open_writer, kernel):
    page, sheet = open_writer("lab")
    narrow(page, 400)
    kernel.run("run.start()")
    for prompt in (HOSTILE, "x" * 10_000, ""):
        sheet.prompt.fill(prompt)
        tokens = "(n) => document.querySelectorAll('.lw-writer-token').length === n"
        sheet.page.wait_for_function(tokens, arg=min(len(prompt), 500))
        kernel.until(f"run.probes == ({prompt[:500]!r},)")
        assert sheet.prompt.input_value() == prompt
        sheet.page.wait_for_function("() => document.querySelector('[data-part=now]').textContent")
        assert sheet.write().startswith(prompt[:500])
        assert page.page.locator(".lw img, .lw script").count() == 0
        width = sheet.root.evaluate("(node) => node.offsetWidth")
        assert page.page.evaluate(TOO_WIDE, width) == []
        # What was written is in sight, however long the prompt.
        asked = sheet.part("[data-part=asked]").bounding_box()
        assert (
            sheet.part("[data-part=asked] .lw-writer-written").bounding_box()["y"] < asked["y"] + asked["height"] - 20
        )
    sheet.prompt.fill("the xylophone")
    sheet.page.wait_for_function("() => document.querySelector('.lw-writer-tokens').dataset.unknown === '4'")
    assert page.page.evaluate(SMALL) == []


def test_the_chinese_page_has_no_english_left(open_writer, kernel):
    page, sheet = open_writer("lab", "zh")
    assert_chinese(page)
    kernel.run("run.start()")
    sheet.until("Number(d.samples) >= 2")
    sheet.write()
    sheet.part("summary").click()
    sheet.part(".lw-menu > button").click()
    sheet.part("[role=menuitem]").first.click()
    sheet.part("table").wait_for()
    assert_chinese(page)
    assert_contrast(page)
