"""A chapter as a learner opens it: every cell runs, every widget draws, every formula can be read."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence

from benchmarks._page import NotebookPage, picture
from benchmarks._server import Server
from tests.browser.test_chapter import NOTEBOOKS, RESULTS
from tests.browser.test_language import ALL_TEXT, LATIN, english_left
from tests.browser.test_look import CONTRAST

# Names of functions, measures, people and works that Chinese prose writes in Latin letters too.
NAMES = {
    "ReLU", "ReLUs", "relu", "GELU", "SiLU", "tanh", "sigmoid", "Sigmoid", "softmax", "ln", "log", "max", "exp",
    "logit", "logits", "Logits", "nat", "MSE", "top", "Robbins", "Monro", "Polyak", "Kingma", "Ba", "Rosenbrock",
    "Beale", "Himmelblau", "Xavier", "He", "MIT", "chinese", "poetry",
}  # fmt: skip
HASH = r"\b[0-9a-f]{10,}\b"
# In each theme and application once.
WAYS = (("en", "lab", False), ("zh", "notebook", True))
# Most chapters in Chinese alone, where there is more to go wrong: all cells run in both languages in tests/notebooks,
# and each widget is looked at in both languages and themes by itself.
CHINESE = WAYS[1:]
PLACES = """(parts) => window.jupyterapp.shell.currentWidget.content.widgets
  .map((cell, i) => [i, cell.model.sharedModel.source])
  .filter(([i, source]) => parts.some((part) => source.includes(part))).map(([i]) => i)"""
SCROLL = """(i) => { const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = i;
  return notebook.scrollToItem(i, 'start'); }"""
ACTIVE = ".jp-Notebook-cell.jp-mod-active"
SHOWN = ".lw[data-state=shown]"  # a widget that computes at once


def assert_whole(
    open_page: Callable[..., NotebookPage],
    server: Server,
    name: str,
    way: tuple[str, str, bool],
    *,
    cells: int,
    widgets: Sequence[str],
    drawn: int,
    names: set[str] = NAMES,
    shown: str = SHOWN,
    formulas: int = 20,
    then: Callable[[NotebookPage, str], None] | None = None,
) -> None:
    """Opens a chapter, runs it, looks at each of its widgets, and reads it.

    Args:
        name: of the chapter.
        way: language, application, and whether it is dark.
        cells: the chapter has more code cells than these.
        widgets: parts of the calls that show one.
        drawn: how many cells show one.
        names: what Chinese prose writes in Latin letters.
        shown: what each of these widgets has once it has drawn.
        formulas: it has more than these.
        then: what else is done with the page, whose notebook lies at the path, before its kernel ends.
    """
    language, app, dark = way
    (server.folder / language).mkdir(exist_ok=True)
    shutil.copy(NOTEBOOKS / language / f"{name}.ipynb", server.folder / language)
    path = f"{language}/{name}.ipynb"
    page = open_page(app, height=1400).open(path)
    tab = page.page
    page.theme(dark=dark)
    try:
        page.run_all()
        results = tab.evaluate(RESULTS)
        assert len(results) > cells
        assert not [source for source, count, errors, _ in results if count is None or errors]
        places = tab.evaluate(PLACES, list(widgets))
        assert len(places) == drawn
        for place in places:
            tab.evaluate(SCROLL, place)
            tab.locator(f"{ACTIVE} :is({shown})").first.wait_for()
        picture(page, f"chapter-{name[:2]}-{language}-{app}")
        found = tab.evaluate(CONTRAST)
        assert not [f for f in found if f[0] < 4.5]
        assert not [f for f in found if f[1] < 12]
        if language == "zh":
            left = [text for text in english_left(tab.evaluate(ALL_TEXT)) if _words(text) - LATIN - names]
            assert not left, left
        # JupyterLab's MathJax writes what a screen reader reads beside what it draws.
        written, read = (tab.locator(one).count() for one in ("mjx-container", "mjx-assistive-mml > math"))
        assert written == read > formulas
        if then is not None:
            then(page, path)
    finally:
        if dark:
            page.theme(dark=False)
    server.kernel_of(path).close()


def _words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z]{2,}", re.sub(HASH, "", text)))
