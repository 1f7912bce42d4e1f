"""What a moving embedding map costs: redraws a second of 2,000 points in a real page, and the training that they lose.

The reviews' classifier learns, by turns with the map in the page following it and with none that follows (the same page
lies open, and stands still). A redraw counts when the pixels that the page writes are other ones than before. Steps are
timed by the clock on the wall, looks between two batches included. Measure on a quiet machine: where other programs
keep all processors busy, the browser and the training share what is left, and the loss is not the map's.

Usage: python -m benchmarks._embedding_map
"""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks._page import NotebookPage, chromium
from benchmarks._server import serve

POINTS = 2_000
TURNS, BATCHES, SKIPPED = 12, 80, 20

CELL = """
import llm_widgets as lw
def new_run():
    run = lw.Run(lw.PRESETS["document_en"], lw.corpora.load("reviews", language="en"), epochs=100)
    run.warm()
    return run
watched, alone = new_run(), new_run()
view = lw.EmbeddingMap(watched)
view
"""
TIMED = f"""
import time
def timed(run):
    "Batches a second of a training from its beginning, and the whole process's seconds of computing a batch."
    times, add = [], run.log.add_batch
    run.reset()
    def clocked(**values):
        times.append((time.perf_counter(), time.process_time()))
        add(**values)
    run.log.add_batch = clocked
    try:
        run.start()
        while len(times) < {BATCHES} and run.state.active:
            time.sleep(0.05)
        run.stop(wait=True)
    finally:
        del run.log.add_batch
    wall, cpu = zip(*times[{SKIPPED}:{BATCHES}])
    return (len(wall) - 1) / (wall[-1] - wall[0]), (cpu[-1] - cpu[0]) / (len(cpu) - 1)
"""
# Counts the pictures that differ from the one before, where the page writes its pixels: every 97th is looked at.
WATCH = """() => {
  const put = CanvasRenderingContext2D.prototype.putImageData;
  let before = 0;
  window.redrawn = [];
  CanvasRenderingContext2D.prototype.putImageData = function (image, ...rest) {
    const data = new Uint32Array(image.data.buffer);
    let sum = 0;
    for (let i = 0; i < data.length; i += 97) sum = (Math.imul(sum, 31) + data[i]) | 0;
    if (sum !== before) { before = sum; window.redrawn.push(performance.now()); }
    return put.call(this, image, ...rest);
  };
}"""


def rate(times: list[float]) -> float:
    """Redraws a second between the first and the last; times in ms."""
    return round(1000 * (len(times) - 1) / (times[-1] - times[0]), 1) if len(times) > 1 else 0.0


def measure(turns: int = TURNS) -> dict[str, Any]:
    """Measures in a page of its own, some minutes.

    Args:
        turns: pairs of trainings, one with the map and one without.

    Returns:
        points, redraws_per_s (the median of the turns), lost (share of the training's speed, 0.01 is one per cent),
        lost_computing (the same for the kernel's processor time, which a busy machine does not change), ratios (each
        turn's), steps_per_s (without the map) and frames_per_s (pictures that Python sent).
    """
    rates, ratios, speeds, frames, costs = [], [], [], [], []
    with tempfile.TemporaryDirectory() as home, serve(Path(home)) as server, chromium() as browser:
        kernel = server.kernel()
        page = NotebookPage(browser.new_context(viewport={"width": 1280, "height": 1000}), server, "notebook")
        page.open(server.write("embedding_map.ipynb", [CELL]), kernel)
        page.run_all()
        page.page.wait_for_function(
            "(n) => document.querySelector('.lw-embedding-map')?.dataset.points === String(n)",
            arg=POINTS,
            timeout=180_000,
        )
        kernel.run(TIMED)
        page.page.evaluate(WATCH)
        kernel.value("(timed(alone), timed(watched))", timeout=300)  # builds and warms
        for turn in range(turns):
            found: dict[str, tuple[float, float]] = {}
            for name in ("alone", "watched") if turn % 2 else ("watched", "alone"):  # neither is always the first
                kernel.until("view._rested", timeout=60)  # it moves in its own turn alone
                page.page.wait_for_timeout(500)
                page.page.evaluate("() => { window.redrawn = [] }")
                found[name] = kernel.value(f"timed({name})", timeout=300)
                if name == "watched":
                    drawn = page.page.evaluate("() => window.redrawn")
                    rates.append(rate([one for one in drawn if one > drawn[0] + 500]))  # the first ones while it begins
                    seconds = kernel.value("watched.log.batches().seconds[-1]")
                    frames.append(kernel.value("len(view.steps)") / seconds)
            (fast, cheap), (slow, dear) = found["alone"], found["watched"]
            ratios.append(slow / fast)
            costs.append(cheap / dear)
            speeds.append(fast)
            print(f"alone {fast:.1f} steps/s, with the map {slow:.1f}, {rates[-1]} redraws/s", flush=True)
        faults = page.faults()
        kernel.close()
    if faults:
        raise RuntimeError(f"The page had faults. Received: {faults}")
    return {
        "points": POINTS,
        "redraws_per_s": statistics.median(rates),
        "lost": round(1 - statistics.median(ratios), 3),
        "lost_computing": round(1 - statistics.median(costs), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "steps_per_s": round(statistics.median(speeds), 1),
        "frames_per_s": round(statistics.median(frames), 1),
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
