"""A learner explores the next token: steps, goes back, takes branches, by mouse and by keyboard, while it trains."""

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
text = corpora.text("{text}" * 100)
run = lw.LanguageRun(spec, text, epochs=100_000, learning_rate=1e-2)
explorer = lw.TokenExplorer(run, "{prompt}")
explorer
"""
ENGLISH = ("the cat sat on the mat.\\nthe dog ate the cat.\\n", "the ")
CHINESE = ("春眠不觉晓，处处闻啼鸟。\\n夜来风雨声，花落知多少。\\n", "春")


class Explorer(Sheet):
    """The widget on a page."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, ".lw-next-token-explorer")

    def until(self, condition: str) -> None:
        """Waits for a condition on `d`, the data of the widget."""
        found = "const d = document.querySelector('.lw-next-token-explorer').dataset"
        self.page.wait_for_function(f"() => {{ {found}; return {condition} }}")

    def text(self) -> str:
        return str(self.root.get_attribute("data-text"))

    def act(self, name: str) -> str:
        """Presses a button and waits for the text that follows."""
        return self.after(lambda: self.part(f"[data-action={name}]").click())

    def press(self, key: str) -> str:
        return self.after(lambda: self.page.keyboard.press(key))

    def after(self, act: Callable[[], None]) -> str:
        before = self.root.get_attribute("data-version")
        act()
        self.until(f"d.version !== '{before}'")
        return self.text()


@pytest.fixture
def open_explorer(
    open_page: Callable[..., NotebookPage], server: Server, kernel: Kernel
) -> Iterator[Callable[..., tuple[NotebookPage, Explorer]]]:
    def new(app: str, language: str = "en", height: int = 1000) -> tuple[NotebookPage, Explorer]:
        text, prompt = CHINESE if language == "zh" else ENGLISH
        cell = CELL.format(language=language, text=text, prompt=prompt)
        path = server.write(f"explorer-{language}.ipynb", (cell,))
        page = open_page(app, height=height).open(path, kernel)
        page.run_all()
        kernel.run("run.warm()", timeout=120)  # the first import takes a while, and is no part of what is tested
        return page, Explorer(page.page)

    yield new
    kernel.run("run.stop(wait=True)")


def test_step_back_play_and_branches_by_mouse_and_by_keyboard(open_explorer, kernel):
    page, sheet = open_explorer("notebook")
    sheet.until("d.waiting === 'untrained'")
    height = sheet.root.bounding_box()["height"]
    assert "Nothing has been learned yet" in sheet.part(".lw-status").inner_text()
    kernel.run("run.start()")
    sheet.until("Number(d.step) > 20 && d.waiting === ''")
    first = sheet.part(".lw-te-list").inner_text()
    sheet.until("Number(d.step) > 40")
    # The step is state and the bars are a message: they may come a moment later.
    page.page.wait_for_function("(first) => document.querySelector('.lw-te-list').innerText !== first", arg=first)
    sheet.act("step")  # while it trains
    kernel.run("run.stop(wait=True)")
    sheet.until(f"d.step === '{kernel.value('run.log.batch_count')}'")

    sheet.act("restart")
    chosen = sheet.part("[aria-selected=true].lw-te-bar").get_attribute("data-token")
    assert float(sheet.part(".lw-te-draw").get_attribute("data-draw")) == kernel.value("explorer._exploring.draw(0)")
    assert sheet.act("step") == f"the {chosen}"
    texts = [sheet.act("step") for _ in range(3)]
    assert sheet.act("back") == texts[-2]
    assert sheet.act("step") == texts[-1], "the same seed, the same token"

    # Another branch by mouse: the bar, a token of the text, a chip of the tree.
    other = sheet.part(".lw-te-bar[data-row='4']").get_attribute("data-token")
    branch = sheet.after(lambda: sheet.part(".lw-te-bar[data-row='4']").click())
    assert branch == texts[-1] + other
    assert sheet.after(lambda: sheet.part(".lw-te-piece").nth(3).click()) == "the "
    chips = sheet.part(".lw-te-spot")
    assert chips.count() >= 6
    assert sheet.after(lambda: chips.last.click()) == branch

    # The same by keyboard.
    sheet.part(".lw-te-bar[data-row='0']").focus()
    assert sheet.press("ArrowLeft") == texts[-1]
    onward = sheet.press("ArrowRight")
    sheet.press("ArrowLeft")
    for key in ("ArrowDown", "ArrowDown"):
        sheet.page.keyboard.press(key)
    token = sheet.page.evaluate("() => document.activeElement.dataset.token")
    assert sheet.press("Enter") == texts[-1] + token
    sheet.part(".lw-te-piece").last.focus()
    sheet.page.keyboard.press("ArrowLeft")
    assert sheet.press("Enter") == texts[-1]
    assert sheet.act("step") == onward
    sheet.part(".lw-te-spot.here").focus()
    sheet.page.keyboard.press("ArrowLeft")
    assert sheet.press("Enter") == texts[-1]
    sheet.part(".lw-te-bar[data-row='0']").focus()
    sheet.page.keyboard.press("Space")
    sheet.until("d.playing === 'true'")
    sheet.until(f"d.text.length > {len(texts[-1]) + 2}")
    sheet.page.keyboard.press("Space")
    sheet.until("d.playing === 'false'")

    # Greedy and beams, and what the settings cut.
    sheet.part("[data-strategy=greedy]").click()
    assert sheet.act("restart") == "the "
    sheet.act("step")
    assert sheet.text() == kernel.value("'the ' + run.write('the ', 1, temperature=0)")
    sheet.part("[data-strategy=sample]").click()
    sheet.part("[data-setting=top_k]").fill("3")
    sheet.page.keyboard.press("Enter")
    sheet.page.wait_for_function("() => document.querySelectorAll('.lw-te-gone').length > 3")
    sheet.part(".lw-te-cut").wait_for()  # the bars of before may have had as many that were cut
    sheet.part("[data-strategy=beam]").click()
    for _ in range(3):
        sheet.act("step")
    assert sheet.part(".lw-te-spot.kept").count() == 9
    assert sheet.part(".lw-te-spot.dropped").count() == 9
    kernel.run("explorer.beam_length = 3")
    sheet.part(".lw-te-spot.won").wait_for()
    assert "Winner" in sheet.part(".lw-status").inner_text()
    assert sheet.root.bounding_box()["height"] == height, "nothing jumps"
    text = sheet.text()
    page.save()
    page.reload()  # a view that opens late catches up
    sheet = Explorer(page.page)
    sheet.until("d.waiting === '' && d.text !== ''")
    assert sheet.text() == text


def test_any_prompt_stays_text_and_fits(open_explorer, kernel):
    page, sheet = open_explorer("lab", height=1800)
    narrow(page, 320)
    sheet.until("d.waiting === 'untrained'")
    kernel.run("run.step()")
    sheet.until("d.waiting === ''")
    for prompt in (HOSTILE, "x" * 5_000, "the xylophone", ""):
        sheet.part("[data-role=prompt]").fill(prompt)
        pieces = "(n) => document.querySelectorAll('.lw-te-piece').length === n"
        sheet.page.wait_for_function(pieces, arg=min(300, len(prompt)))
        assert sheet.text() == kernel.value("explorer.text")
        sheet.act("step")
        assert page.page.locator(".lw img, .lw script").count() == 0
        width = sheet.root.evaluate("(node) => node.offsetWidth")
        assert page.page.evaluate(TOO_WIDE, width) == []
    assert page.page.evaluate(SMALL) == []
    kernel.run("explorer.projector = True")
    sheet.page.wait_for_function("() => document.querySelector('.lw-projector')")
    assert page.page.evaluate(TOO_WIDE, sheet.root.evaluate("(node) => node.offsetWidth")) == []


def test_the_chinese_page_has_no_english_left(open_explorer, kernel):
    page, sheet = open_explorer("lab", "zh")
    sheet.until("d.waiting === 'untrained'")
    assert_chinese(page)
    kernel.run("run.start()")
    sheet.until("Number(d.step) > 5 && d.waiting === ''")
    for strategy in ("greedy", "beam", "sample"):
        sheet.part(f"[data-strategy={strategy}]").click()
        sheet.act("step")
        assert_chinese(page)
    kernel.run("explorer.top_k = 4")
    sheet.page.wait_for_function("() => document.querySelectorAll('.lw-te-gone').length > 3")
    sheet.part(".lw-menu > button").click()
    sheet.part("[role=menuitem]").first.click()
    sheet.part("table").wait_for()
    assert_chinese(page)
    assert_contrast(page)
