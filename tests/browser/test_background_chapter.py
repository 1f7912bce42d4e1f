"""Chapter 01 as a learner opens it."""

from __future__ import annotations

import re
import shutil

import pytest

from tests.browser._whole_chapter import NAMES, WAYS, assert_whole
from tests.browser.test_chapter import NOTEBOOKS
from tests.browser.test_history import NAMES as HISTORY

WIDGETS = ("predict(", "GuessTheNextWord(", "course.history(", "errata(")


AT_THE_TOP = """(id) => { const at = document.getElementById(id) ?? document.querySelector(`[data-jupyter-id="${id}"]`);
  const top = at?.getBoundingClientRect().top;
  return at?.checkVisibility() && top > 0 && top < innerHeight / 2; }"""
PANEL = "const panel = [...window.jupyterapp.shell.widgets('main')].find((one) => one.context?.path === path);"
BACK_TO = f"(path) => {{ {PANEL} window.jupyterapp.shell.activateById(panel.id); }}"
RESTART = f"(path) => {{ {PANEL} return panel.sessionContext.session.kernel.restart(); }}"
ALL_LOST = """() => { const all = [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .lw')];
  const says = (one) => one.querySelector('.lw-lost')?.textContent.includes('Run All Cells');
  return all.length > 5 && all.every(says); }"""


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_chapter_01_is_whole(open_page, server, way):
    guesses, others = 7, 3

    def links_and_loses_its_kernel(page, path):
        """A term is found in a glossary that is not open yet; without Python the widgets say what to do."""
        shutil.copy(NOTEBOOKS / "en" / "glossary.ipynb", server.folder / "en")
        tab = page.page
        link = tab.locator("a", has_text="perplexity").first
        link.scroll_into_view_if_needed()
        link.click()
        tab.wait_for_function(AT_THE_TOP, arg="perplexity")
        tab.evaluate(BACK_TO, path)
        tab.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .lw").first.wait_for()
        server.kernel_of("en/glossary.ipynb").close()
        tab.evaluate(RESTART, path)
        tab.wait_for_function(ALL_LOST)

    assert_whole(
        open_page,
        server,
        "01-background",
        way,
        cells=35,
        widgets=WIDGETS,
        drawn=guesses + others,
        formulas=12,
        then=links_and_loses_its_kernel if way[1] == "lab" else None,
        names=NAMES | {"log", "ND"} | set(re.findall("[A-Za-z]{2,}", " ".join(HISTORY))),
    )
