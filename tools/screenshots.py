"""Makes the README's pictures anew, from the real labs in a real JupyterLab while they train.

Usage: python -m tools.screenshots
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks._lab import LabHandles
from benchmarks._page import NotebookPage, chromium
from benchmarks._server import Server, serve

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
CELL = """import llm_widgets as lw
lw.set_language("{language}")
lab = lw.TrainingLab("reviews", language="{language}", preset="document_en")
lab"""
GHOST = 120  # batches of the first run, which becomes the ghost
LANGUAGE_CELL = """import llm_widgets as lw
lw.set_language("{language}")
lab = lw.LanguageLab(language="{language}")
lab"""
LEARNED = {"en": 900, "zh": 500}  # batches after which something can be read in what the model writes


def picture(server: Server, browser: Browser, language: str, *, dark: bool) -> Path:
    """One picture: a run with an earlier one behind it, its first epoch judged, the second under way."""
    context = browser.new_context(viewport={"width": 1360, "height": 2400}, device_scale_factor=1)
    name = f"training-lab-{language}{'-dark' if dark else ''}"
    kernel = server.kernel()
    tab = NotebookPage(context, server).open(server.write(f"{name}.ipynb", [CELL.format(language=language)]), kernel)
    try:
        tab.command("application:toggle-left-area")
        tab.theme(dark=dark)
        tab.run_all()
        lab = LabHandles(tab.page).wait()
        lab.press("train")
        lab.wait_points(GHOST)
        run = lab.run()
        lab.slider("lstm_units").press("ArrowLeft")
        lab.wait_run(run)
        # One epoch and a half: what the validation said is on the page, and the curves still move.
        steps = int(kernel.value("lab.run.steps_per_epoch"))
        lab.wait_points(steps * 3 // 2, timeout=180)
        # The pointer and the focus would leave marks.
        tab.page.mouse.move(5, 5)
        tab.page.evaluate("() => document.activeElement?.blur()")
        path = PICTURES / f"{name}.png"
        tab.page.locator(".lw-lab").first.screenshot(path=str(path))
        if faults := tab.faults():
            raise RuntimeError(f"The page had faults: {faults}")
        return path
    finally:
        tab.close()
        kernel.close()
        context.close()


def language_picture(server: Server, browser: Browser, language: str) -> Path:
    """One picture of a language model that has learned for a while, and still learns."""
    context = browser.new_context(viewport={"width": 1360, "height": 2600}, device_scale_factor=1)
    name = f"language-lab-{language}"
    kernel = server.kernel()
    cell = LANGUAGE_CELL.format(language=language)
    tab = NotebookPage(context, server).open(server.write(f"{name}.ipynb", [cell]), kernel)
    try:
        tab.command("application:toggle-left-area")
        tab.run_all()
        tab.page.locator('.lw-run-controls button[data-action="train"]').click()
        tab.page.wait_for_function(
            "(least) => Number(document.querySelector('.lw-training-curves').dataset.points) >= least",
            arg=LEARNED[language],
            timeout=300_000,
        )
        tab.page.mouse.move(5, 5)
        tab.page.evaluate("() => document.activeElement?.blur()")
        path = PICTURES / f"{name}.png"
        tab.page.locator(".lw-lab").first.screenshot(path=str(path))
        if faults := tab.faults():
            raise RuntimeError(f"The page had faults: {faults}")
        return path
    finally:
        tab.close()
        kernel.close()
        context.close()


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, serve(Path(home)) as server, chromium() as browser:
        for language in ("en", "zh"):
            for dark in (False, True):
                print(picture(server, browser, language, dark=dark).name, flush=True)
            print(language_picture(server, browser, language).name, flush=True)


if __name__ == "__main__":
    main()
