"""What browser tests of single widgets share: a widget on a page, a narrow column, and what no page may have."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from benchmarks._page import NotebookPage, picture
from benchmarks._server import Kernel, Server
from tests.browser.test_language import ALL_TEXT, english_left

# Contrast of each visible text of the widgets against what lies behind it (WCAG 2.2), with the worst first.
CONTRAST = """() => {
  const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    paint.clearRect(0, 0, 1, 1); paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
  const behind = (node) => {
    const layers = [];
    for (let n = node; n; n = n.parentElement) {
      const colour = rgba(getComputedStyle(n).backgroundColor);
      layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reduceRight((under, top) => over(top, under), [255, 255, 255]);
  };
  const light = (c) => {
    const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  for (const root of document.querySelectorAll('.lw')) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      // What cannot be used now may be faint; what is not shown has no contrast.
      if (!node.data.trim() || !parent.checkVisibility() || parent.closest(':disabled, .lw-spoken')) continue;
      const paper = behind(parent), style = getComputedStyle(parent), ink = rgba(style.color);
      let opacity = 1;
      for (let n = parent; n && n !== root; n = n.parentElement) opacity *= Number(getComputedStyle(n).opacity);
      ink[3] *= opacity;
      const [a, b] = [light(over(ink, paper)), light(paper)].sort((x, y) => y - x);
      const contrast = Number(((a + 0.05) / (b + 0.05)).toFixed(2));
      found.push([contrast, parseFloat(style.fontSize), node.data.trim().slice(0, 60), parent.className]);
    }
  }
  return found.sort((x, y) => x[0] - y[0]);
}"""

# Whatever sticks out of its laboratory to the right, or can be scrolled sideways.
TOO_WIDE = """(width) => {
  const found = [];
  for (const root of document.querySelectorAll('.lw')) {
    const edge = root.getBoundingClientRect().left + width + 1;
    for (const node of [root, ...root.querySelectorAll('*')]) {
      if (!node.checkVisibility() || node.closest('.lw-spoken, .lw-scroll')) continue;
      const box = node.getBoundingClientRect();
      const name = `${node.tagName}.${node.className}`;
      if (box.right > edge) found.push(`${name} ends at ${Math.round(box.right - edge + width)}`);
      if (node.scrollWidth > node.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(node).overflowX))
        found.push(`${name} scrolls: ${node.scrollWidth} > ${node.clientWidth}`);
    }
  }
  return found;
}"""

SMALL = """() => [...document.querySelectorAll('.lw button, .lw input, .lw select, .lw textarea, .lw summary')]
  .filter((node) => node.checkVisibility())
  .map((node) => [node, (node.type === 'checkbox' ? node.closest('label') ?? node : node).getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24)
  .map(([node, box]) => `${node.outerHTML.slice(0, 100)}: ${box.width.toFixed(0)} × ${box.height.toFixed(0)}`)"""

HOSTILE = '<img src=x onerror=alert(1)> "><script>alert(2)</script> مرحبا 😀'


class Sheet:
    """A widget on a page, found by its root's class."""

    def __init__(self, page: Page, root: str) -> None:
        self.page, self.root = page, page.locator(root)
        self.root.wait_for()

    def part(self, selector: str) -> Locator:
        return self.root.locator(selector)


def narrow(page: NotebookPage, width: int) -> None:
    """Makes the outputs' column so wide; the host's own frame is not what is tested."""
    page.page.evaluate(
        """(rule) => {
          const style = document.body.querySelector(':scope > style') ?? document.createElement('style');
          style.textContent = rule;
          document.body.append(style);
        }""",
        f".jp-OutputArea-output {{ width: {width}px !important; flex: none !important; }}",
    )
    # The canvases follow in the next frames.
    page.page.wait_for_function(
        "(width) => document.querySelector('.lw').getBoundingClientRect().width <= width", arg=width
    )


def assert_chinese(page: NotebookPage, settings: str = "[Tt]op-[kp]|^按你的设置: .*") -> None:
    """No English is left but the settings' own names, and what a model wrote where it is read aloud."""
    texts = [re.sub(settings, "", text) for text in page.page.evaluate(ALL_TEXT)]
    assert not english_left(texts), english_left(texts)


def assert_contrast(page: NotebookPage) -> None:
    """Everything can be read in both themes; the light one is left."""
    try:
        for dark in (False, True):
            page.theme(dark=dark)
            worst = page.page.evaluate(CONTRAST)[0]
            assert worst[0] >= 4.5, worst
    finally:
        page.theme(dark=False)


@contextlib.contextmanager
def one_page(
    browser: Browser,
    server: Server,
    kernel: Kernel,
    name: str,
    cells: Sequence[str],
    ready: Iterable[str],
    **context: Any,
) -> Iterator[NotebookPage]:
    """One page with widgets for all tests of a file; faults on it fail the last of them.

    Args:
        name: of the notebook.
        ready: what must be there before the first test begins.
        context: of the browser: viewport, reduced_motion.
    """
    kernel.run("import ipywidgets; ipywidgets.Widget.close_all()")
    tab = browser.new_context(**context)
    page = NotebookPage(tab, server, "notebook")
    page.open(server.write(f"{name}.ipynb", cells), kernel)
    page.run_all()
    for selector in ready:
        page.page.locator(selector).wait_for()
    yield page
    kernel.run("lw.set_language('en')")
    faults = page.faults()
    tab.close()
    assert not faults, faults


def wait(page: NotebookPage, condition: str, arg: Any = None, *, timeout: int = 20_000) -> None:
    """Waits until a condition of the page is true."""
    page.page.wait_for_function(condition, arg=arg, timeout=timeout)


def shows(page: NotebookPage, where: str, words: str, *, timeout: int = 20_000) -> None:
    """Waits until the first thing that the selector finds holds these words."""
    condition = "([where, words]) => document.querySelector(where)?.textContent.includes(words)"
    wait(page, condition, [where, words], timeout=timeout)


def until(page: NotebookPage, root: str, selector: str, words: str) -> None:
    """Waits until one of a widget's parts holds these words, as a learner reads them."""
    page.page.locator(f"{root} {selector}").filter(has_text=words).first.wait_for()


def in_language(page: NotebookPage, kernel: Kernel, language: str) -> None:
    """Switches all widgets to a language, and waits until the page has followed."""
    kernel.run(f"lw.set_language({language!r})")
    page.page.wait_for_function(
        "(tag) => [...document.querySelectorAll('.lw')].every((n) => n.lang.startsWith(tag))", arg=language
    )


def assert_fits(page: NotebookPage, width: int) -> None:
    """Nothing sticks out of a column of this width."""
    narrow(page, width)
    page.page.wait_for_timeout(300)
    assert page.page.evaluate(TOO_WIDE, width) == []


def assert_readable(page: NotebookPage, name: str) -> None:
    """Contrast, size of letters and of what is pressed, in the light theme and in the dark one, which is left."""
    for dark in (False, True):
        page.theme(dark=dark)
        picture(page, f"{name}-{'dark' if dark else 'light'}")
        assert not [found for found in page.page.evaluate(CONTRAST) if found[0] < 4.5 or found[1] < 12]
        assert page.page.evaluate(SMALL) == []


def english_but(names: Iterable[str], texts: Iterable[str]) -> list[str]:
    """The texts in which English is left when these names are taken out."""
    longest_first = sorted(names, key=len, reverse=True)

    def without(text: str) -> str:
        for name in longest_first:
            text = text.replace(name, " ")
        return text

    return [text for text in texts if english_left([without(text)])]
