"""The chapters as a learner opens them: a kernel of their own, all cells from top to bottom, then Train."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks._lab import LabHandles
from benchmarks._page import picture

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


@pytest.mark.slow
@pytest.mark.parametrize(("language", "app"), [("en", "lab"), ("zh", "notebook")])
def test_chapter_05_runs_and_trains_live(open_page, server, language, app):
    (server.folder / language).mkdir(exist_ok=True)
    shutil.copy(NOTEBOOKS / language / "05-practice.ipynb", server.folder / language)
    path = f"{language}/05-practice.ipynb"
    page = open_page(app, height=1400).open(path)
    page.page.set_default_timeout(240_000)
    page.run_all()
    # Every cell was run, none ended in an error.
    cells = page.page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells
          .filter((cell) => cell.cell_type === 'code')
          .map((cell) => [cell.source, cell.execution_count, cell.outputs.filter((o) => o.output_type === 'error')])"""
    )
    assert len(cells) > 20
    assert not [source for source, count, errors in cells if count is None or errors]

    lab = LabHandles(page.page)
    page.page.evaluate(
        """() => { const notebook = window.jupyterapp.shell.currentWidget.content;
          const at = notebook.widgets.findIndex((cell) => cell.model.sharedModel.source.includes('TrainingLab('));
          notebook.activeCellIndex = at;
          return notebook.scrollToItem(at, 'start'); }"""
    )
    lab.wait()
    assert page.page.locator(".lw-lab-head").get_attribute("lang") == {"en": "en", "zh": "zh-CN"}[language]
    lab.press("train")
    lab.wait_points(30)
    picture(page, f"chapter-05-{language}-{app}")
    lab.press("stop")
    lab.wait_state("stopped")
    server.kernel_of(path).close()
