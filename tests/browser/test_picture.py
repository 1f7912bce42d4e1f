"""A learner saves any widget as a picture and as a page, from the menu that every sheet has."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import llm_widgets
from benchmarks._page import NotebookPage
from tests.browser._sheet import HOSTILE, in_language, one_page, shows, wait

TEXT = HOSTILE + " ]]></style><style>*{display:none}</style> &lt;b&gt; \x01\ud800"
CELLS = (
    "import llm_widgets as lw\nlw.set_language('en')\nneuron = lw.NeuronWorkbench()\nneuron",
    "race = lw.OptimizerRace()\nrace.step = 20\nrace",
    f"compare = lw.TokenizerComparison({TEXT!r})\ncompare",
    "glossary = lw.course.glossary()\nglossary",
)
NEURON, RACE, COMPARE, GLOSSARY = (
    ".lw-neuron-workbench",
    ".lw-optimizer-race",
    ".lw-tokenizer-comparison",
    ".lw-glossary",
)
FILES = {NEURON: "neuron", RACE: "race", COMPARE: "tokens", GLOSSARY: "glossary"}
SAVES = {"en": ("Save the picture (PNG)", "Save as a page (HTML)"), "zh": ("保存图片（PNG）", "保存为网页（HTML）")}

# What a reader sees of a sheet: its texts within what is scrolled, and what stands in its fields.
SEEN = r"""(root) => {
  const left = '.lw-menu, .lw-head > button, .lw-spoken, option, style, script, textarea', found = [];
  const within = (box, node) => {
    for (let n = node; n && n !== root; n = n.parentElement) {
      const view = n.getBoundingClientRect();
      if (getComputedStyle(n).overflowX === 'visible' || getComputedStyle(n).display === 'inline') continue;
      if (box.bottom <= view.top || box.top >= view.bottom) return false;
      if (box.right <= view.left || box.left >= view.right) return false;
    }
    return true;
  };
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const field = node instanceof Element, near = field ? node : node.parentElement;
    if (near.closest(left) && !(field && node.matches('textarea'))) continue;
    if (!near.checkVisibility({ visibilityProperty: true })) continue;
    if (field && node.matches('select')) found.push(node.selectedOptions[0]?.text.trim());
    else if (field && node.matches('[type=checkbox]')) found.push(String(node.checked));
    else if (field && node.matches('input, textarea')) found.push(node.value);
    else if (!field && node.data.trim()) {
      const range = document.createRange();
      range.selectNodeContents(node);
      if (within(range.getBoundingClientRect(), near)) found.push(node.data.trim());
    }
  }
  return found;
}"""

# The colours of a picture, its size, and how far it is from another one, on average over all dots (0 to 255).
LOOK = """async ([one, other]) => {
  const dots = async (data) => {
    const image = new Image(), canvas = document.createElement('canvas'), g = canvas.getContext('2d');
    image.src = 'data:image/png;base64,' + data;
    await image.decode();
    canvas.width = 160; // letters that lie half a dot aside are the same
    canvas.height = Math.round(160 * image.naturalHeight / image.naturalWidth);
    g.imageSmoothingQuality = 'high';
    g.drawImage(image, 0, 0, canvas.width, canvas.height);
    const { data: all } = g.getImageData(0, 0, canvas.width, canvas.height);
    return { size: [image.naturalWidth, image.naturalHeight], data: all };
  };
  const a = await dots(one), b = await dots(other), n = Math.min(a.data.length, b.data.length), colours = new Set();
  let sum = 0;
  for (let i = 0; i < n; i += 1) sum += Math.abs(a.data[i] - b.data[i]);
  for (let i = 0; i < n; i += 4) colours.add(a.data.slice(i, i + 3).join());
  return { size: a.size, colours: colours.size, corner: a.data[n - 4], far: sum / n };
}"""


@pytest.fixture(scope="module")
def look(browser, server, shared_kernel) -> Iterator[NotebookPage]:
    """One page with four widgets for all tests of this file."""
    ready = (f"{root}[data-state=shown]" for root in FILES)
    size = {"width": 1300, "height": 1600}
    with one_page(
        browser, server, shared_kernel, "picture", CELLS, ready, viewport=size, reduced_motion="reduce"
    ) as page:
        yield page


@pytest.fixture(scope="module")
def reader(browser) -> Iterator[tuple[Any, list[str]]]:
    """A tab of somebody else, without a network, and what it asked for or complained of."""
    context = browser.new_context(viewport={"width": 1300, "height": 900}, offline=True, device_scale_factor=2)
    tab, heard = context.new_page(), []
    tab.on("request", lambda request: heard.append(request.url))
    tab.on("console", lambda message: heard.append(message.text))
    tab.on("dialog", lambda dialog: heard.append(dialog.message))
    yield tab, heard
    context.close()


def save(look: NotebookPage, root: str, item: str, folder: Path) -> Path:
    look.page.locator(f"{root} .lw-menu > button").press("Enter")
    with look.page.expect_download() as download:
        look.page.get_by_role("menuitem", name=item, exact=True).press("Enter")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_picture_and_page_show_the_sheet_in_both_languages_and_themes(look, reader, shared_kernel, tmp_path):
    tab, heard = reader
    look.page.locator(f"{GLOSSARY} .lw-glossary-list").evaluate("(list) => { list.scrollTop = 333; }")
    shared_kernel.run("compare.text += '\\n'.join(map(str, range(40)))")
    wait(look, "(one) => document.querySelector(`${one} textarea`).value.endsWith('39')", COMPARE)
    look.page.locator(f"{COMPARE} textarea").evaluate("(box) => { box.scrollTop = 200; }")
    look.page.locator(f"{GLOSSARY} .lw-menu > button").click()
    look.page.get_by_role("menuitem", name="Show as a table").click()
    look.page.locator(f"{GLOSSARY} .lw-twin tr").nth(100).scroll_into_view_if_needed()
    look.page.locator(f"{NEURON} [data-role=activation]").select_option("tanh")
    shows(look, f"{NEURON} .lw-status", "0.95624")
    for language, dark, roots in (("en", False, (NEURON, COMPARE)), ("zh", True, (RACE, GLOSSARY))):
        in_language(look, shared_kernel, language)
        shared_kernel.run(f"race.projector = {dark}")
        look.theme(dark=dark)
        wait(look, "(on) => (document.querySelector('.lw-projector') !== null) === on", dark)
        look.page.wait_for_timeout(800)  # the theme's style sheet, and the canvases after it
        for root in roots:
            sheet, name = look.page.locator(root), FILES[root]
            picture, page = (save(look, root, item, tmp_path) for item in SAVES[language])
            assert [picture.name, page.name] == [f"{name}.png", f"{name}.html"]
            seen = sheet.evaluate(SEEN)
            text = page.read_text(encoding="utf-8")
            assert len(text) < 800_000
            heard.clear()
            tab.goto(page.as_uri())
            assert heard.pop(0) == page.as_uri()
            assert [one for one in heard if not one.startswith("data:image/png")] == []
            copy = tab.locator(".lw")
            assert [one for one in copy.evaluate(SEEN) if one] == [clean(one) for one in seen if one]
            assert tab.locator("script, iframe, link, img:not([src^='data:image/png']), .lw-menu").count() == 0
            assert tab.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-CN"}[language]
            assert tab.title() == sheet.locator(".lw-title").inner_text()
            assert re.search(
                rf"{re.escape(tab.title())}.*{llm_widgets.__version__}.*20\d\d-\d\d-\d\d",
                tab.locator("body > p").inner_text(),
            )
            tab.keyboard.press("Tab")
            assert tab.evaluate("document.activeElement === document.body"), "nothing in it waits for a key"
            dots = tab.evaluate(
                LOOK, [base64.b64encode(data).decode() for data in (picture.read_bytes(), copy.screenshot())]
            )
            box = copy.bounding_box()
            assert dots["size"] == pytest.approx([2 * box["width"], 2 * box["height"]], abs=4)
            assert dots["colours"] > 50
            assert dots["far"] < 3, "the picture and the page show the same; an empty one is 12 away"
            assert dots["corner"] < 60 if dark else dots["corner"] > 200
    look.theme(dark=False)
    in_language(look, shared_kernel, "en")


def clean(text: str) -> str:
    """As a page may hold it, which no control sign may."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "�", text)


def test_a_browser_that_cannot_draw_it_says_what_to_do(look, tmp_path):
    look.page.evaluate(
        """() => {
          window.toBlobOfTheBrowser = HTMLCanvasElement.prototype.toBlob;
          HTMLCanvasElement.prototype.toBlob = function (done) { done(null); };
        }"""
    )
    look.page.locator(f"{GLOSSARY} .lw-menu > button").click()
    look.page.get_by_role("menuitem", name="Save the picture (PNG)").click()
    shows(look, f"{GLOSSARY} .lw-status.lw-bad", "Save the widget as a page instead")
    look.page.evaluate("() => { HTMLCanvasElement.prototype.toBlob = window.toBlobOfTheBrowser; }")
    assert save(look, GLOSSARY, "Save as a page (HTML)", tmp_path).stat().st_size < 60_000, (
        "only what is seen of 122 terms"
    )
