"""What watching costs: steps a second with the whole laboratory in a real page, over plain `model.fit`.

The same spec, the same padded ids, the same optimizer (it clips gradients), the same kernel; the two take turns several
times. Both are timed by the clock on the wall from their 11th batch to their last, within one epoch, so that neither
building nor validation counts; what the try-it box computes between two batches does. Goal: at least 0.97.

Usage: python -m benchmarks.live_overhead
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks._lab import LabHandles
from benchmarks._page import NotebookPage, chromium
from benchmarks._server import serve
from benchmarks._timing import report

GOAL = 0.97
TURNS, BATCHES, SKIPPED = 6, 200, 10

LAB = 'import llm_widgets as lw\nlab = lw.TrainingLab("reviews", language="en")\nlab'

PLAIN = f"""
import time
import keras
from llm_widgets.training._task import CLIP_NORM

run = lab.workbench.run
plain_x = run.tokenizer.encode_batch(run.corpus.train.texts, run.spec.sequence_length)[: {BATCHES} * run.batch_size]
plain_y = run.corpus.train.labels[: len(plain_x)]

class Clock(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.times = []
    def on_train_batch_end(self, batch, logs=None):
        self.times.append(time.perf_counter())

def plain_fit():
    model, clock = run.spec.build(seed=0), Clock()
    adam = keras.optimizers.Adam(1e-3, global_clipnorm=CLIP_NORM)
    model.compile(adam, "binary_crossentropy", metrics=["accuracy"])
    model.fit(plain_x, plain_y, batch_size=run.batch_size, epochs=1, verbose=0, callbacks=[clock])
    return rate(clock.times)

def rate(times):
    times = times[{SKIPPED}:{BATCHES}]
    return (len(times) - 1) / (times[-1] - times[0])

def watch_clock():
    # The run's own seconds leave out what is computed between batches: here they must count.
    global times
    times, log = [], lab.workbench.run.log
    add = log.add_batch
    def clocked(**values):
        times.append(time.perf_counter())
        add(**values)
    log.add_batch = clocked
"""


def main() -> None:
    plain, live = [], []
    with tempfile.TemporaryDirectory() as home, serve(Path(home)) as server, chromium() as browser:
        kernel = server.kernel()
        page = NotebookPage(browser.new_context(viewport={"width": 1280, "height": 1800}), server)
        page.open(server.write("overhead.ipynb", [LAB]), kernel)
        page.run_all()
        lab = LabHandles(page.page).wait()
        kernel.run(PLAIN, timeout=120)
        kernel.value("plain_fit()", timeout=300)
        for _ in range(TURNS):
            plain.append(kernel.value("plain_fit()", timeout=300))
            kernel.run("watch_clock()")
            lab.press("train")
            lab.wait_points(BATCHES, timeout=300)
            lab.press("stop")
            lab.wait_state("stopped")
            live.append(kernel.value("rate(times)"))
            lab.press("reset")
            lab.wait_state("idle")
            print(f"plain {plain[-1]:.1f} steps/s, with the lab {live[-1]:.1f}", flush=True)
        kernel.close()
    ratios = [a / b for a, b in zip(live, plain, strict=True)]
    value = round(statistics.median(ratios), 3)
    report(
        "live_overhead",
        value,
        "steps/s with the lab over plain model.fit",
        f">= {GOAL}",
        value >= GOAL,
        plain_fit_steps_per_s=round(statistics.median(plain), 1),
        lab_steps_per_s=round(statistics.median(live), 1),
        ratios=[round(ratio, 3) for ratio in ratios],
    )


if __name__ == "__main__":
    main()
