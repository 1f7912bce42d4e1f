"""Chapter 04 as a learner opens it: every cell runs, every widget draws, every formula can be read aloud."""

from __future__ import annotations

import re
import shutil

import pytest

from benchmarks._page import picture
from tests.browser.test_chapter import NOTEBOOKS, RESULTS
from tests.browser.test_language import ALL_TEXT, LATIN, english_left
from tests.browser.test_look import CONTRAST

WIDGETS = ("predict(", "NeuronWorkbench(", "WorkedExample(", "Explorer(", "NetworkStepper(", "errata(")
# Names of functions that Chinese prose writes in Latin letters too.
NAMES = {"ReLU", "ReLUs", "GELU", "SiLU", "tanh", "sigmoid", "softmax", "ln", "max", "exp", "logits"}
PLACES = f"""() => window.jupyterapp.shell.currentWidget.content.widgets
  .map((cell, i) => [i, cell.model.sharedModel.source])
  .filter(([i, source]) => {list(WIDGETS)}.some((part) => source.includes(part))).map(([i]) => i)"""
SCROLL = """(i) => { const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = i;
  return notebook.scrollToItem(i, 'start'); }"""
ACTIVE = ".jp-Notebook-cell.jp-mod-active"


@pytest.mark.slow
@pytest.mark.parametrize(("language", "app", "dark"), [("en", "lab", False), ("zh", "notebook", True)])
def test_chapter_04_is_whole(open_page, server, language, app, dark):
    (server.folder / language).mkdir(exist_ok=True)
    shutil.copy(NOTEBOOKS / language / "04-mathematics.ipynb", server.folder / language)
    path = f"{language}/04-mathematics.ipynb"
    page = open_page(app, height=1400).open(path)
    tab = page.page
    page.theme(dark=dark)
    try:
        page.run_all()
        cells = tab.evaluate(RESULTS)
        assert len(cells) > 60
        assert not [source for source, count, errors, _ in cells if count is None or errors]
        places = tab.evaluate(PLACES)
        assert len(places) == 12 + 8, "guesses and other widgets"
        for place in places:
            tab.evaluate(SCROLL, place)
            tab.locator(f"{ACTIVE} .lw[data-state=shown]").wait_for()
        picture(page, f"chapter-04-{language}-{app}")
        found = tab.evaluate(CONTRAST)
        assert not [f for f in found if f[0] < 4.5]
        assert not [f for f in found if f[1] < 12]
        if language == "zh":
            left = [text for text in english_left(tab.evaluate(ALL_TEXT)) if _words(text) - LATIN - NAMES]
            assert not left, left
        # JupyterLab's MathJax writes what a screen reader reads beside what it draws.
        formulas, read = (tab.locator(name).count() for name in ("mjx-container", "mjx-assistive-mml > math"))
        assert formulas == read > 20
    finally:
        if dark:
            page.theme(dark=False)
    server.kernel_of(path).close()


def _words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z]{2,}", text))
