"""The foundations: from a key in the neuron workbench to the page redrawn, and what chapters 03 and 04 cost.

- An edit: in a real page without a network the arrow keys change a weight; each time from the key event until the
  frame that shows the chain rule computed from it has been drawn (both by the page's clock). Beside
  it, in the same page and by turns, a plain `ipywidgets.FloatText` whose kernel answers into a label: what the way to
  the kernel and back costs with nothing to compute and nothing to draw.
- Each of the chapters 03-algorithms and 04-mathematics in both languages, run headless as a learner's machine would:
  seconds from the start of the kernel to its last cell (the value of a chapter's `seconds`), the kernel's peak memory,
  and the deep-learning backends in it. A chapter that is missing, or a cell that fails, fails the benchmark.

Goals: an edit p50 at most 50 ms; each chapter at most 20 s, 250 MB and no backend. The value is the worst figure by its
bound: 1.0 or less holds.

Usage: python -m benchmarks.foundations [NOTEBOOK.ipynb …]  (other notebooks in place of the chapters)
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks._chapter import CHAPTERS as FOLDER
from benchmarks._chapter import chapter
from benchmarks._page import NotebookPage, chromium
from benchmarks._server import serve
from benchmarks._timing import report

GOAL_MS, GOAL_SECONDS, GOAL_MB = 50.0, 20.0, 250.0
EDITS, SKIPPED, TURNS = 40, 5, 3
CHAPTERS = [
    FOLDER / language / f"{name}.ipynb" for name in ("03-algorithms", "04-mathematics") for language in ("en", "zh")
]
CELLS = (
    "import llm_widgets as lw\nlw.set_language('en')\nbench = lw.NeuronWorkbench()\nbench",
    """
import ipywidgets
plain, answer = ipywidgets.FloatText(value=0.5, step=0.1), ipywidgets.Label("0.5")
plain.observe(lambda change: setattr(answer, "value", repr(round(change["new"], 6))), names="value")
ipywidgets.VBox([plain, answer])
""",
)
# One edit: from the key event, heard before anybody else, until the frame that shows other words has been drawn. The
# workbench draws within an animation frame: what is posted then is heard when that frame is done. The label changes
# outside of one, and is drawn in the next.
EDIT = """([field, shown, framed]) => {
  const target = document.querySelector(shown), before = target.textContent;
  let began = 0;
  window.addEventListener("keydown", (e) => { began = e.timeStamp; }, { capture: true, once: true });
  document.querySelector(field).focus();
  window.edit = new Promise((done, failed) => {
    const frameDone = () => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now() - began);
      port2.postMessage(0);
    };
    const watch = new MutationObserver(() => {
      if (!began || target.textContent === before) return;
      watch.disconnect();
      if (framed) frameDone(); else requestAnimationFrame(frameDone);
    });
    watch.observe(target, { childList: true, characterData: true, subtree: true });
    setTimeout(() => failed(new Error("The page was not redrawn within 10 s")), 10000);
  });
  window.edit.catch(() => null);
}"""


def edits(page: NotebookPage, field: str, shown: str, framed: bool, count: int) -> list[float]:
    """Milliseconds of each edit: an arrow key in `field` until `shown` has other words."""
    found = []
    for i in range(count):
        page.page.evaluate(EDIT, [field, shown, framed])
        page.page.keyboard.press("ArrowUp" if i % 2 else "ArrowDown")
        found.append(float(page.page.evaluate("() => window.edit")))
        page.page.wait_for_timeout(17 + 7 * (i % 5))  # keys come at any moment of a frame
    return found


def p50_and_p95(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {"p50_ms": round(statistics.median(ordered), 1), "p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))], 1)}


def editing() -> dict[str, Any]:
    """Edits of the workbench and of a plain field, by turns."""
    ours: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory() as home, serve(Path(home)) as server, chromium() as browser:
        kernel = server.kernel()
        page = NotebookPage(browser.new_context(viewport={"width": 1280, "height": 1800}), server)
        page.open(server.write("edit.ipynb", CELLS), kernel)
        page.run_all()
        page.page.locator(".lw-neuron-workbench[data-state=shown]").wait_for()
        page.page.locator(".widget-text input, .jupyter-widgets input[type=number]").last.wait_for()
        workbench = (".lw-neuron-workbench [data-number=w2]", ".lw-neuron-workbench .lw-neuron-chain", True)
        plain = (".jupyter-widgets input[type=number]", ".jupyter-widgets.widget-label", False)
        for fields in (workbench, plain):
            edits(page, *fields, SKIPPED)
        for _ in range(TURNS):
            ours += edits(page, *workbench, EDITS)
            theirs += edits(page, *plain, EDITS)
        faults = page.faults()
        kernel.close()
    if faults:
        raise RuntimeError(f"The page had faults: {faults}")
    ratio = statistics.median(ours) / statistics.median(theirs)
    return {**p50_and_p95(ours), "edits": len(ours), "plain_field": p50_and_p95(theirs), "ratio": round(ratio, 2)}


def main(paths: list[Path]) -> None:
    """Measures, and prints the report."""
    edit = editing()
    print("edit", edit, flush=True)
    chapters = {}
    for path in paths:
        name = f"{path.parent.name}/{path.stem}"
        chapters[name] = chapter(path, GOAL_SECONDS, GOAL_MB, backend=False)
        print(name, chapters[name], flush=True)
    shares = [edit["p50_ms"] / GOAL_MS]
    for found in chapters.values():
        shares += [found.get("seconds", 0) / GOAL_SECONDS, found.get("kernel_mb", 0) / GOAL_MB]
    holds = edit["p50_ms"] <= GOAL_MS and all(found["holds"] for found in chapters.values())
    report(
        "foundations",
        round(max(shares), 2),
        "of its bound, the worst figure",
        f"<= 1: an edit p50 {GOAL_MS:g} ms, a chapter {GOAL_SECONDS:g} s and {GOAL_MB:g} MB; no backend, none missing",
        holds,
        edit=edit,
        chapters=chapters,
    )


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or CHAPTERS)
