"""The chapters as a learner opens them: a kernel of their own, all cells from top to bottom, then Train."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from benchmarks._lab import LabHandles
from benchmarks._page import picture
from tests.browser._sheet import CONTRAST
from tests.browser.test_language import ALL_TEXT, LATIN, english_left
from tests.browser.test_language_lab import NAMES

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


# The colours of a canvas: a map that was drawn has many.
COLOURS = """(canvas) => {
  const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  return new Set(pixels).size;
}"""
RESULTS = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells
  .filter((cell) => cell.cell_type === 'code')
  .map((cell) => [cell.source, cell.execution_count, cell.outputs.filter((o) => o.output_type === 'error'),
    cell.outputs.map((o) => [o.text ?? o.data?.['text/plain'] ?? ''].flat().join('')).join(' ')])"""
SCROLL = """(part) => { const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = notebook.widgets.findIndex((cell) => cell.model.sharedModel.source.includes(part));
  return notebook.scrollToItem(notebook.activeCellIndex, 'start'); }"""
ALL_RUN = f"""() => {{ const cells = ({RESULTS})();
  return cells.every(([, count]) => count !== null) || cells.some(([, , errors]) => errors.length); }}"""
# English in JupyterLab and Chinese in Notebook 7: two kernels compute at the same time, which is quicker than in turn.
APPS = {"en": "lab", "zh": "notebook"}


def opened(open_page, server, chapter):
    """The chapter in both languages, all its cells running."""
    pages = {}
    for language, app in APPS.items():
        (server.folder / language).mkdir(exist_ok=True)
        shutil.copy(NOTEBOOKS / language / f"{chapter}.ipynb", server.folder / language)
        pages[language] = open_page(app, height=1400).open(f"{language}/{chapter}.ipynb")
        pages[language].page.set_default_timeout(240_000)
        pages[language].run_all(wait=False)
    return pages


@pytest.mark.slow
def test_chapter_05_runs_and_trains_live(open_page, server):
    pages = opened(open_page, server, "05-practice")
    for language, page in pages.items():
        _trains_live(page, language)
    for page in pages.values():
        server.kernel_of(page.path).close()


def _trains_live(page, language):
    page.page.wait_for_function(ALL_RUN, polling=500)
    # Every cell was run, none ended in an error.
    cells = page.page.evaluate(RESULTS)
    assert len(cells) > 20
    assert not [source for source, count, errors, _ in cells if count is None or errors]

    lab = LabHandles(page.page)
    page.page.evaluate(SCROLL, "TrainingLab(")
    lab.wait()
    assert page.page.locator(".lw-lab-head").get_attribute("lang") == {"en": "en", "zh": "zh-CN"}[language]
    lab.press("train")
    lab.wait_points(30)
    picture(page, f"chapter-05-{language}-{page.app}")
    lab.press("stop")
    lab.wait_state("stopped")


@pytest.mark.slow
def test_chapter_05_transformer_runs_in_both_languages_and_themes(open_page, server):
    """English light, Chinese dark."""
    pages = opened(open_page, server, "05-transformer")
    try:
        pages["zh"].theme(dark=True)
        for language, page in pages.items():
            _looks_at_the_transformer_chapter(page, language)
    finally:
        pages["zh"].theme(dark=False)
    for page in pages.values():
        server.kernel_of(page.path).close()


def _looks_at_the_transformer_chapter(page, language):
    tab = page.page
    tab.wait_for_function(ALL_RUN, polling=500)
    cells = tab.evaluate(RESULTS)
    assert len(cells) > 20
    assert not [source for source, _, errors, _ in cells if errors]
    # What the course itself says in an output is in the reader's language.
    said = [text for source, _, _, text in cells if "lw.course." in source and "open_chapter" not in source]
    assert len(said) > 4
    if language == "zh":
        said = [re.sub(r"llm-widgets models add \w+", "", text) for text in said]  # a command is typed as it stands
        assert not [text for text in said if "GPTSpec" not in text and english_left([text])]
    for part in ("attention_map(weights", "attention_map(seen"):
        tab.evaluate(SCROLL, part)
        canvas = tab.locator(".jp-Notebook-cell.jp-mod-active .lw-am-map:not([hidden]) canvas")
        canvas.wait_for()
        assert canvas.evaluate(COLOURS) > 8, part
        _is_in(page, language, f"map-{part[-4:]}")
    tab.evaluate(SCROLL, "LanguageLab(")
    tab.locator(".lw-run-controls button[data-action='train']").click()
    LabHandles(tab).wait_points(10)
    live = tab.locator(".jp-Notebook-cell.jp-mod-active .lw-am-map:not([hidden]) canvas")
    live.wait_for()
    tab.wait_for_timeout(300)
    assert live.evaluate(COLOURS) > 8
    _is_in(page, language, "lab")
    tab.locator(".lw-run-controls button[data-action='stop']").click()


def _is_in(page, language, name):
    """What stands in the widgets that are drawn now is in one language, can be read, and is not too small."""
    picture(page, f"chapter-05-transformer-{language}-{name}")
    texts = page.page.evaluate(ALL_TEXT)
    if language == "zh":
        names = LATIN | NAMES | {"top", "smollm", "Apache"}
        left = [text for text in english_left(texts) if set(re.findall(r"[A-Za-z]{2,}", text)) - names]
        assert not left, left
    found = page.page.evaluate(CONTRAST)
    assert not [f for f in found if f[0] < 4.5]
    assert not [f for f in found if f[1] < 12]
