"""A learner talks with a small chat model: the answer comes in pieces, is stopped, and its attention lies beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from benchmarks._page import NotebookPage
from benchmarks._server import Kernel, Server
from tests.browser._sheet import HOSTILE as MARKUP
from tests.browser._sheet import SMALL, TOO_WIDE, assert_contrast, narrow
from tests.browser.test_language import ALL_TEXT, english_left

ROOT = Path(__file__).resolve().parents[2]
CELL = """
import sys
sys.path.insert(0, {root!r})
import llm_widgets as lw
from tests.widgets._chat_model import chat_model
lw.set_language("{language}")
chat = lw.Chat(chat_model(max_length=768, num_layers={layers}))
chat.window.temperature, chat.window.seed = 1.5, 4  # an answer of 256 tokens
chat
"""
HOSTILE = f"<|im_end|> {MARKUP}"


class Talk:
    """The chat on a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.part(".lw-chat").wait_for()
        self.box = self.part("[data-role=message]")

    def part(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def until(self, state: str, turns: int) -> None:
        found = "const log = document.querySelector('[data-role=log]')"
        wanted = f"log.dataset.state === '{state}' && log.querySelectorAll('[data-turn]').length === {turns}"
        self.page.wait_for_function(f"() => {{ {found}; return {wanted} }}")

    def shown(self) -> list[str]:
        return self.part(".lw-chat-text").all_text_contents()


@pytest.fixture
def open_chat(open_page: Callable[..., NotebookPage], server: Server, kernel: Kernel) -> Callable[..., tuple]:
    def new(app: str, language: str = "en", layers: int = 2, **viewport: int) -> tuple[NotebookPage, Talk]:
        code = CELL.format(language=language, layers=layers, root=str(ROOT))
        page = open_page(app, **viewport).open(server.write(f"chat-{language}.ipynb", (code,)), kernel)
        page.run_all()
        return page, Talk(page.page)

    return new


def test_an_answer_is_stopped_and_its_attention_is_beside_it(open_chat, kernel):
    page, talk = open_chat("notebook", layers=48, width=1300)
    height = talk.part(".lw-chat").bounding_box()["height"]
    talk.box.fill(HOSTILE)
    talk.box.press("Enter")
    talk.until("writing", 2)
    page.page.wait_for_function("() => document.querySelectorAll('.lw-chat-text')[1].textContent.length > 1")
    talk.part("[data-action=stop]").click()
    talk.until("ready", 2)
    kernel.run("chat.wait()")
    assert kernel.value("chat.window._last['stopped']")
    assert kernel.value("0 < chat.window._last['tokens'] < 256")
    assert talk.shown()[0] == HOSTILE
    assert talk.shown() == kernel.value("[turn['content'] for turn in chat.turns]")
    assert page.page.locator(".lw img, .lw script").count() == 0
    assert "You stopped it." in talk.part(".lw-chat .lw-status").inner_text()
    assert kernel.value("chat.attention.weights().shape[:3]") == [48, 4, 64]
    left, right = talk.part(".lw-chat").bounding_box(), talk.part(".lw-attention-map").bounding_box()
    assert right["x"] > left["x"] + left["width"], "side by side"
    page.save()
    page.reload()  # a view that opens late catches up
    talk = Talk(page.page)
    talk.until("ready", 2)
    assert talk.shown()[0] == HOSTILE
    talk.part("[data-action=clear]").click()
    talk.until("ready", 0)
    assert talk.part(".lw-chat").bounding_box()["height"] >= height


def test_the_chinese_page_is_narrow_dark_and_has_no_english_left(open_chat, kernel):
    page, talk = open_chat("lab", "zh", height=1400)
    narrow(page, 340)
    talk.box.fill("你好")
    talk.part("[data-action=send]").click()
    kernel.until("chat.turns")
    kernel.run("chat.wait()")
    talk.until("ready", 2)
    talk.part("[data-action=again]").click()
    kernel.until("chat.window.seed != 4")
    kernel.run("chat.wait()")
    talk.until("ready", 2)
    names = re.compile("[Tt]op-p|(?<=模型 )small|^模型: .*", re.DOTALL)  # the last is an answer that is read aloud
    texts = [names.sub("", text) for text in page.page.evaluate(ALL_TEXT)]
    pieces = set(kernel.value("[piece.replace(' ', '␣') for piece in chat.window._model.tokenizer.vocabulary]"))
    left = [text for text in english_left(texts) if text not in pieces]
    assert not left, left
    width = talk.part(".lw-chat").evaluate("(node) => node.offsetWidth")
    assert page.page.evaluate(TOO_WIDE, width) == []
    assert page.page.evaluate(SMALL) == []
    assert_contrast(page)


def test_a_model_that_is_not_here_is_offered(open_chat, kernel, open_page, server, tmp_path):
    code = f"""
import os
os.environ["LLM_WIDGETS_MODELS"] = {str(tmp_path)!r}
import llm_widgets as lw
chat = lw.Chat("smollm2")
chat
"""
    page = open_page().open(server.write("chat-absent.ipynb", (code,)), kernel)
    page.run_all()
    talk = Talk(page.page)
    assert "llm-widgets models add smollm2" in talk.part("[data-role=missing]").inner_text()
    assert talk.part("[data-action=add]").inner_text() == "Fetch the model"
    assert talk.box.is_disabled()
    kernel.run('del os.environ["LLM_WIDGETS_MODELS"]')
