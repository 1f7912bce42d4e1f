"""A GPT after so much training: bits a character of the lab's own run over a plain PyTorch loop's, and the n-grams'.

Both start from the same weights and read the same windows of *Alice's Adventures in Wonderland* (or of the Tang
quatrains) in the same order; both have Adam, the lab's learning rate and schedule, and gradients shortened alike. The
plain loop has nothing else: no thread, no log, no samples. They take turns of a few seconds, so that what else happens
on the machine meets both, and each is trained for 60 seconds of its own time, or to the end of the lab's 20 epochs
where that comes first (with `--steps N`, for N steps: what a quiet machine does in that time, on a busy one). Then each
foretells the whole validation part, and the plain model's weights are put into ours to be measured by the same
function. How many steps each came to is reported.

Goal: at most 1.02 x the bits of plain PyTorch. Whether the best n-gram is beaten is told as it is.

Usage: python -m benchmarks.quality [alice|tang] [--steps N]
"""

from __future__ import annotations

import argparse
import contextlib
import os
from typing import Any

from benchmarks._timing import Worker, report

GOAL = 1.02
SECONDS, TURN = 60.0, 5.0
STEPS_A_TURN = 100

WORKER = """
import sys, json, time, threading
peer, name = sys.argv[1:3]
from llm_widgets.training import LanguageWorkbench
bench = LanguageWorkbench(name)
run = bench.run
task = run.task()

def measured(model):
    return run._bits("validation", task.measure(model, run.ids("validation"))[0])

if peer == "ours":
    run.probes = ("Alice ",) if name == "alice" else ("\\u6625",)  # as a lab has one
    run.warm()
    def train(seconds, steps):
        log, began, first = run.log, run.status(), run.log.batch_count
        before = float(log.batches(first - 1).seconds[0]) if first else 0.0
        if run.state.ended:
            return 0.0, first
        run.start()
        while not run.state.ended:
            count = log.batch_count
            now = float(log.batches(count - 1).seconds[0]) if count else 0.0
            if (now - before >= seconds) if seconds else (count - first >= steps):
                break
            log.wait(log.version, 0.05)
        run.pause()
        if run.state.active:
            run.call(lambda model: None)
        count = log.batch_count
        return float(log.batches(count - 1).seconds[0]) - before, count
    def result():
        return run.call(measured)
else:
    import torch, torch.nn.functional as F
    from benchmarks._plain_gpt import PlainGPT
    ours = run.spec.build(run.seed)
    model = PlainGPT(ours)
    optimizer = torch.optim.Adam(model.parameters(), run.learning_rate, eps=1e-7)
    windows, count = run.task().windows(), 0
    V = run.spec.vocabulary_size
    def train(seconds, steps):
        global count
        began, first = time.perf_counter(), count
        while count < run.epochs * len(windows):
            rows = torch.from_numpy(windows.batch(*divmod(count, len(windows)))).long()
            for group in optimizer.param_groups:
                group["lr"] = run.rate_at(count)
            loss = F.cross_entropy(model(rows[:, :-1]).reshape(-1, V), rows[:, 1:].reshape(-1))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            loss.item()
            count += 1
            if (time.perf_counter() - began >= seconds) if seconds else (count - first >= steps):
                break
        return time.perf_counter() - began, count
    def result():
        def put(variable, tensor):
            variable.assign(tensor.detach().numpy().reshape(tuple(variable.shape)))
        with torch.no_grad():
            put(ours.embedding, model.embedding.weight)
            put(ours.stack.positions, model.positions.weight)
            for (scale, shift), norm in [(ours.stack.norm, model.norm)]:
                put(scale, norm.weight), put(shift, norm.bias)
            for mine, theirs in zip(model.blocks, ours.stack.blocks, strict=True):
                for pair, norm in ((theirs.attention_norm, mine.norm_1), (theirs.feed_forward_norm, mine.norm_2)):
                    put(pair[0], norm.weight), put(pair[1], norm.bias)
                for part in ("qkv", "out", "up", "down"):
                    put(getattr(theirs, f"{part}_kernel"), getattr(mine, part).weight.T)
                    put(getattr(theirs, f"{part}_bias"), getattr(mine, part).bias)
        return measured(ours)
print("ready", flush=True)
for line in sys.stdin:
    word, seconds, steps = json.loads(line)
    print(json.dumps(train(seconds, steps) if word == "train" else result()), flush=True)
"""


def measure(team: dict[str, Worker], steps: int) -> dict[str, dict[str, float]]:
    """Seconds, steps and bits a character of each, taking turns."""
    import json

    found = {name: {"seconds": 0.0, "steps": 0.0} for name in team}
    limit = "steps" if steps else "seconds"
    most = steps or SECONDS
    going = list(team)
    while going:
        for name in list(going):
            one = found[name]
            left = most - one[limit]
            request = ["train", 0, min(STEPS_A_TURN, left)] if steps else ["train", min(TURN, left), 0]
            seconds, count = team[name].ask(json.dumps(request))
            ended = count == one["steps"]  # the lab's last epoch was there already
            one["seconds"] += 0.0 if ended else seconds
            one["steps"] = count
            if ended or one[limit] >= most:
                going.remove(name)
        print({name: (round(one["seconds"], 1), one["steps"]) for name, one in found.items()}, flush=True)
    for name, worker in team.items():
        found[name]["bits"] = worker.ask(json.dumps(["result", 0, 0]))
    return found


def main() -> None:
    """Measures, and prints the report."""
    from llm_widgets.training import LanguageWorkbench
    from llm_widgets.training.text_baselines import text_baselines

    parser = argparse.ArgumentParser()
    parser.add_argument("name", nargs="?", default="alice", choices=("alice", "tang"))
    parser.add_argument("--steps", type=int, default=0)
    wanted = parser.parse_args()
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    with contextlib.ExitStack() as stack:
        team = {
            peer: stack.enter_context(Worker(WORKER, peer, wanted.name, environment=environment))
            for peer in ("ours", "plain")
        }
        found = measure(team, wanted.steps)
    run = LanguageWorkbench(wanted.name).run
    grams = {
        one.name: round(one.bits_per_character, 3)
        for one in text_baselines(run.corpus, run.tokenizer, wait=True)
        if one.split == "validation"
    }
    ratio = round(found["ours"]["bits"] / found["plain"]["bits"], 3)
    peers: dict[str, Any] = {
        f"{peer}_{key}": round(value, 3) for peer, one in found.items() for key, value in one.items()
    }
    report(
        "quality",
        ratio,
        f"x of plain PyTorch's bits a character on {wanted.name}'s validation part",
        f"<= {GOAL}",
        ratio <= GOAL,
        **peers,
        n_grams=grams,
        beats_best_n_gram=found["ours"]["bits"] < min(grams.values()),
    )


if __name__ == "__main__":
    main()
