"""One training step of a GPT under `model.fit` on torch: our block over plain PyTorch with the same arithmetic.

Two sizes, d_model 64 with 2 layers and 128 with 4, each with 4 heads, 64 tokens, batches of 32 and a vocabulary of 100.
Plain PyTorch starts from the same weights, reads the same batches and has the same loss and optimizer; how far the mean
losses of the first epoch lie apart is reported. All workers are warm and take turns within each round, so that what
else happens on the machine meets all of them; the ratio of a round is formed before the median is taken. `plain` has
`torch.optim.Adam` as it comes, `plain_fused` its faster kind, `keras` is built of Keras's own layers and has Keras's
own loss and optimizer.

Goal: at most 1.1 x of plain PyTorch, at both sizes; the value is the larger ratio.

Usage: python -m benchmarks.gpt_step
"""

from __future__ import annotations

import contextlib
import os
import statistics
from typing import Any

from benchmarks._timing import Worker, report

GOAL = 1.1
ROUNDS = 9
SIZES = {"64x2": 16, "128x4": 6}  # and how many steps are timed together

WORKER = """
import sys, json, time
from llm_widgets.models import GPTSpec
peer = sys.argv[1]
models, data, first = {}, {}, {}
def ready(size, steps):
    import numpy as np
    width, layers = map(int, size.split("x"))
    spec = GPTSpec(vocabulary_size=100, d_model=width, num_layers=layers, num_heads=4, max_length=64)
    ours = spec.build(0)
    import keras
    from benchmarks._plain_gpt import PlainGPT, naive_keras
    from llm_widgets.models.layers.adam import Adam
    from llm_widgets.models.layers.loss import TokenCrossentropy
    rng = np.random.default_rng(0)
    ids = rng.integers(0, 100, (32 * steps, 65)).astype("int32")
    data[size] = ids[:, :-1].copy(), ids[:, 1:].copy()
    if peer == "ours":
        ours.compile(Adam(1e-3), TokenCrossentropy())
        models[size] = ours, None
    elif peer == "keras":
        model = naive_keras(spec)
        model.compile(keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        models[size] = model, None
    else:
        import torch
        model = PlainGPT(ours)
        fused = True if peer == "plain_fused" else None
        models[size] = model, torch.optim.Adam(model.parameters(), 1e-3, eps=1e-7, fused=fused)
def epoch(size):
    model, optimizer = models[size]
    x, y = data[size]
    if optimizer is None:
        return model.fit(x, y, batch_size=32, epochs=1, shuffle=False, verbose=0).history["loss"][0]
    import torch, torch.nn.functional as F
    losses = []
    for start in range(0, len(x), 32):
        ids, right = (torch.from_numpy(part[start : start + 32]).long() for part in (x, y))
        loss = F.cross_entropy(model(ids).view(-1, 100), right.view(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)
sizes = json.loads(sys.argv[2])
for size, steps in sizes.items():
    ready(size, steps)
    first[size] = float(epoch(size))
    epoch(size)
print("ready", flush=True)
for line in sys.stdin:
    size = line.strip()
    start = time.perf_counter()
    epoch(size)
    print(json.dumps([(time.perf_counter() - start) / sizes[size] * 1000, first[size]]), flush=True)
"""


def measure(team: dict[str, Worker], size: str) -> tuple[dict[str, list[float]], float]:
    """Milliseconds a step of each worker, round by round; and the difference of ours and plain's first losses."""
    found: dict[str, list[float]] = {name: [] for name in team}
    losses: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, worker in team.items():
            milliseconds, losses[name] = worker.ask(size)
            found[name].append(milliseconds)
    return found, abs(losses["ours"] - losses["plain"])


def main() -> None:
    """Measures, and prints the report."""
    import json

    peers: dict[str, Any] = {}
    ratios: list[float] = []
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    with contextlib.ExitStack() as stack:
        team = {
            name: stack.enter_context(Worker(WORKER, name, json.dumps(SIZES), environment=environment))
            for name in ("ours", "plain", "plain_fused", "keras")
        }
        for size in SIZES:
            found, apart = measure(team, size)
            peers[f"{size}_losses_apart"] = round(apart, 7)
            for name, values in found.items():
                peers[f"{size}_{name}_ms"] = round(statistics.median(values), 1)
                if name != "plain":
                    ratio = statistics.median(a / b for a, b in zip(values, found["plain"], strict=True))
                    peers[f"{size}_{name}_over_plain"] = round(ratio, 3)
            ratios.append(peers[f"{size}_ours_over_plain"])
            print(size, {name: peers[f"{size}_{name}_ms"] for name in team}, flush=True)
    report(
        "gpt_step",
        max(ratios),
        "x of plain PyTorch's training step, the larger of two sizes",
        f"<= {GOAL}",
        max(ratios) <= GOAL,
        **peers,
    )


if __name__ == "__main__":
    main()
