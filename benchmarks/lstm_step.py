"""One training step of the documents' LSTM(128): our layer over Keras's own on torch, TensorFlow and JAX.

Batches of 32 reviews of the shipped corpus, padded to 100 tokens, and 32 rows of 100 tokens without padding; on a
machine left alone, and beside a Chromium that draws without pause. All workers are warm and take turns within each
round, so that what else happens on the machine meets all of them; the ratio of a round is formed before the median is
taken. Both torch workers have the same thread settings (ours): the ratio is the layer's alone.

Goals: at least 3 x over Keras's layer on torch, at least 1 x over TensorFlow, in each of the four situations; the
value is the smallest ratio over Keras's layer on torch.

Usage: python -m benchmarks.lstm_step
"""

from __future__ import annotations

import contextlib
import os
import statistics
from collections.abc import Iterator
from importlib.util import find_spec

from benchmarks._page import chromium
from benchmarks._timing import Worker, report

GOAL_KERAS, GOAL_TENSORFLOW = 3.0, 1.0
ROUNDS, STEPS = 7, 8

WORKER = f"""
import sys, json, statistics, time
import llm_widgets as lw
import keras, numpy as np
spec = lw.PRESETS["document_en"]
model = spec.build(0)
if sys.argv[1] == "keras":
    layers = [keras.Input((spec.sequence_length,), dtype="int32"), model.get_layer("embedding"),
              keras.layers.LSTM(spec.lstm_units[0]), model.get_layer("probability")]
    model = keras.Sequential(layers)
model.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy", metrics=["accuracy"])
corpus = lw.corpora.load("reviews")
rng = np.random.default_rng(0)
rows = rng.permutation(len(corpus.train))[:640]
texts = [corpus.train.texts[i] for i in rows]
padded = lw.Tokenizer.train(corpus.train.texts).encode_batch(texts, spec.sequence_length)
ids = {{"reviews": padded, "full": rng.integers(1, spec.vocabulary_size, padded.shape).astype("int32")}}
labels = rng.integers(0, 2, (len(padded), 1)).astype("float32")
def steps(kind, count):
    seconds = []
    for i in range(count):
        part = slice(i % 20 * 32, i % 20 * 32 + 32)
        start = time.perf_counter()
        float(model.train_on_batch(ids[kind][part], labels[part])[0])
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds) * 1000
for kind in ids: steps(kind, 20)
print("ready", flush=True)
for line in sys.stdin:
    print(json.dumps(steps(line.strip(), {STEPS})), flush=True)
"""

# A page that is never done drawing: what a browser with a live chart does, and more.
PAGE = """<canvas id="c" width="1200" height="800"></canvas><script>
const g = document.getElementById("c").getContext("2d");
let frame = 0;
function draw() {
  frame += 1;
  g.clearRect(0, 0, 1200, 800);
  for (let line = 0; line < 40; line += 1) {
    g.beginPath();
    for (let x = 0; x < 1200; x += 4) g.lineTo(x, 400 + 300 * Math.sin((x + frame * (line + 1)) / 97));
    g.stroke();
  }
  window.frames_drawn = frame;
  requestAnimationFrame(draw);
}
draw();
</script>"""


@contextlib.contextmanager
def drawing() -> Iterator[None]:
    """A browser that draws while this lasts."""
    with chromium() as browser:
        page = browser.new_page()
        page.set_content(PAGE)
        page.wait_for_timeout(1000)
        before = page.evaluate("window.frames_drawn")
        yield
        if page.evaluate("window.frames_drawn") <= before:
            raise RuntimeError("The browser drew nothing while it should have.")


def workers(stack: contextlib.ExitStack) -> dict[str, Worker]:
    """One worker for each peer whose backend is installed."""
    peers = {"ours": ("torch", "ours"), "keras_torch": ("torch", "keras")}
    peers |= {name: (name, "keras") for name in ("tensorflow", "jax") if find_spec(name)}
    return {
        name: stack.enter_context(Worker(WORKER, layer, environment={**os.environ, "KERAS_BACKEND": backend}))
        for name, (backend, layer) in peers.items()
    }


def measure(team: dict[str, Worker], kind: str) -> dict[str, list[float]]:
    """Milliseconds a step of each worker, round by round."""
    found: dict[str, list[float]] = {name: [] for name in team}
    for _ in range(ROUNDS):
        for name, worker in team.items():
            found[name].append(worker.ask(kind))
    return found


def main() -> None:
    """Measures, and prints the report."""
    peers: dict[str, object] = {}
    keras_ratios: list[float] = []
    tensorflow_ratios: list[float] = []
    with contextlib.ExitStack() as stack:
        team = workers(stack)
        for situation in ("idle", "browser"):
            with drawing() if situation == "browser" else contextlib.nullcontext():
                for kind in ("reviews", "full"):
                    found = measure(team, kind)
                    key = f"{situation}_{kind}"
                    for name, values in found.items():
                        peers[f"{key}_{name}_ms"] = round(statistics.median(values), 1)
                        if name != "ours":
                            pairs = zip(values, found["ours"], strict=True)
                            ratio = statistics.median(theirs / ours for theirs, ours in pairs)
                            peers[f"{key}_over_{name}"] = round(ratio, 2)
                            {"keras_torch": keras_ratios, "tensorflow": tensorflow_ratios}.get(name, []).append(ratio)
                    print(key, {name: peers[f"{key}_{name}_ms"] for name in team}, flush=True)
    # A peer that is not installed was not beaten.
    fast = bool(tensorflow_ratios) and min(tensorflow_ratios) >= GOAL_TENSORFLOW
    report(
        "lstm_step",
        round(min(keras_ratios), 2),
        "x of Keras's own layer on torch, the least of four situations",
        f">= {GOAL_KERAS}, and >= {GOAL_TENSORFLOW} x over TensorFlow",
        fast and min(keras_ratios) >= GOAL_KERAS,
        over_tensorflow=round(min(tensorflow_ratios), 2) if tensorflow_ratios else None,
        **peers,
    )


if __name__ == "__main__":
    main()
