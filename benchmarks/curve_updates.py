"""What one update of live curves costs: `TrainingCurves` beside livelossplot and plotly's FigureWidget.

The same 500 batches of 20 ms each, in one kernel with one real page, drawn at most ten times a second: milliseconds of
Python an update, and bytes an update on the page's socket. Goal: at most 1 ms and 2 kB.

Usage: python -m benchmarks.curve_updates  (livelossplot comes with `pip install -e .[benchmarks]`)
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks._page import NotebookPage, chromium
from benchmarks._server import Kernel, serve
from benchmarks._timing import report

GOAL_MS, GOAL_BYTES = 1.0, 2000
BATCHES = 500

POINTS = f"""
import time
import numpy as np

N, STEP, EVERY = {BATCHES}, 0.02, 0.1
rng = np.random.default_rng(0)
loss = 0.2 + 0.5 * np.exp(-np.arange(N) / 150) + 0.05 * rng.random(N)
accuracy = 1 - loss / 1.5
costs = []

def epoch_ends(i):
    return (i + 1) % 50 == 0
"""

OURS = """
import llm_widgets as lw
from llm_widgets.training.events import EpochRecord, Snapshot

run = lw.Run(lw.PRESETS["document_en"], lw.corpora.load("reviews", language="en"))
curves = lw.TrainingCurves(run)
plain, send, sent = curves._refresh, curves.send, []

def timed():
    before, count = time.perf_counter(), len(sent)
    plain()
    if len(sent) > count:
        costs.append(time.perf_counter() - before)

curves._refresh = timed
curves.send = lambda *a, **k: (sent.append(1), send(*a, **k))
curves
"""
OURS_LOOP = """
began = time.perf_counter()
for i in range(N):
    time.sleep(STEP)
    run.log.add_batch(step=i + 1, epoch=1 + i // 50, loss=loss[i], accuracy=accuracy[i], learning_rate=1e-3,
                      seconds=time.perf_counter() - began)
    if epoch_ends(i):
        e = (i + 1) // 50
        run.log.add_epoch(EpochRecord(e, i + 1, loss[i], accuracy[i], loss[i] + 0.1, accuracy[i] - 0.05, 1.0),
                          Snapshot(i + 1, e, np.zeros(8, np.float32), {}))
took = time.perf_counter() - began
time.sleep(0.5)
"""

PLOTLY = """
import plotly.graph_objects as go

names = ("loss", "accuracy", "val_loss", "val_accuracy")
figure = go.FigureWidget([go.Scatter(name=name, x=[], y=[]) for name in names])
figure
"""
PLOTLY_LOOP = """
columns, last, costs, began = {name: ([], []) for name in names}, 0, [], time.perf_counter()
for i in range(N):
    time.sleep(STEP)
    new = {"loss": loss[i], "accuracy": accuracy[i]}
    if epoch_ends(i):
        new |= {"val_loss": loss[i] + 0.1, "val_accuracy": accuracy[i] - 0.05}
    for name, value in new.items():
        columns[name][0].append(i + 1)
        columns[name][1].append(value)
    if time.perf_counter() - last >= EVERY or i == N - 1:
        start = time.perf_counter()
        with figure.batch_update():
            for trace in figure.data:
                trace.x, trace.y = columns[trace.name]
        last = time.perf_counter()
        costs.append(last - start)
took = time.perf_counter() - began
"""

LIVELOSSPLOT = """
from livelossplot import PlotLosses
from livelossplot.outputs import MatplotlibPlot

losses = PlotLosses(outputs=[MatplotlibPlot()])
last, costs, began = 0, [], time.perf_counter()
for i in range(N):
    time.sleep(STEP)
    new = {"loss": loss[i], "accuracy": accuracy[i]}
    if epoch_ends(i):
        new |= {"val_loss": loss[i] + 0.1, "val_accuracy": accuracy[i] - 0.05}
    losses.update(new)
    if time.perf_counter() - last >= EVERY or i == N - 1:
        start = time.perf_counter()
        losses.send()
        last = time.perf_counter()
        costs.append(last - start)
took = time.perf_counter() - began
"""


def measure(page: NotebookPage, kernel: Kernel, cell: int) -> dict[str, Any]:
    """Runs one cell of the notebook and says what its updates cost."""
    before = page.received()
    page.page.evaluate("(i) => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = i }", cell)
    page.command("notebook:run-cell")
    # The reply has come; what is still on its way belongs to the last update.
    page.page.wait_for_timeout(1000)
    received = page.received() - before
    costs = kernel.value("costs")
    middle = sorted(costs)[len(costs) // 2]
    return {
        "ms": round(1000 * middle, 2),
        "bytes": round(received / len(costs)),
        "updates": len(costs),
        "loop_s": round(kernel.value("took"), 1),
    }


def main() -> None:
    cells = [POINTS, OURS, OURS_LOOP, PLOTLY, PLOTLY_LOOP, LIVELOSSPLOT]
    with tempfile.TemporaryDirectory() as home, serve(Path(home)) as server, chromium() as browser:
        kernel = server.kernel()
        page = NotebookPage(browser.new_context(), server)
        page.page.set_default_timeout(300_000)
        page.open(server.write("curves.ipynb", cells), kernel)
        found = {}
        for i, name in [(0, ""), (1, ""), (2, "ours"), (3, ""), (4, "FigureWidget"), (5, "livelossplot")]:
            result = measure(page, kernel, i) if name else page.page.evaluate(RUN_CELL, i)
            if name:
                found[name] = result
                print(name, result)
            if name == "ours":
                drawn = page.page.locator(".lw-training-curves").get_attribute("data-points")
                assert drawn == str(BATCHES), f"The page drew {drawn} of {BATCHES} points"
        kernel.close()
    ours = found.pop("ours")
    holds = ours["ms"] <= GOAL_MS and ours["bytes"] <= GOAL_BYTES
    goal = f"<= {GOAL_MS:g} ms and <= {GOAL_BYTES} bytes"
    report(
        "curve_updates",
        ours["ms"],
        "ms of Python an update",
        goal,
        holds,
        bytes=ours["bytes"],
        loop_s=ours["loop_s"],
        **found,
    )


RUN_CELL = """async (i) => {
  window.jupyterapp.shell.currentWidget.content.activeCellIndex = i;
  await window.jupyterapp.commands.execute("notebook:run-cell");
}"""

if __name__ == "__main__":
    main()
