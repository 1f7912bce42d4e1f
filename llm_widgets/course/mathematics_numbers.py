"""The numbers of the exercises on mathematics: drawn for each learner, small enough for paper, and never degenerate."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

# What is drawn for one exercise, by the names that the chapter uses: numbers and lists of numbers.
Drawn: TypeAlias = dict[str, Any]


def output(rng: np.random.Generator) -> Drawn:
    """A ReLU neuron; its weighted sum is not close to 0 and may be negative."""
    while True:
        x, w = (
            rng.choice([1, 2, 3, 4, 5], 3, replace=False),
            rng.choice([-0.5, -0.4, -0.3, -0.2, 0.2, 0.3, 0.4, 0.5, 0.6], 3),
        )
        b = float(rng.integers(-9, 10)) / 10
        if abs(w @ x + b) > 0.25 and b and abs(w @ x) > 0.25:
            return {"x": x.tolist(), "w": w.tolist(), "b": b}


def gradient(rng: np.random.Generator) -> Drawn:
    """A ReLU neuron that fires, and a target that it misses."""
    while True:
        x, w = rng.choice([1, 2, 3, 4, 5], 3, replace=False), rng.choice([0.1, 0.2, 0.3, 0.4, -0.1], 3, replace=False)
        b, target = float(rng.integers(1, 9)) / 10, float(rng.integers(1, 5))
        z = w @ x + b
        if z > 0.2 and abs(z - target) > 0.25:
            return {"x": x.tolist(), "w": w.tolist(), "b": b, "t": target}


def rate(rng: np.random.Generator) -> Drawn:
    """Two small whole inputs, not both 1."""
    while True:
        x = rng.integers(1, 5, 2)
        if x.sum() > 2:
            return {"x": x.tolist()}


def dead(rng: np.random.Generator) -> Drawn:
    """Weights of both signs."""
    while True:
        w = (rng.integers(-9, 10, 4) / 10).tolist()
        if 0 not in w and sum(one > 0 for one in w) == 2:
            return {"w": w}


def logits(rng: np.random.Generator) -> Drawn:
    """Three different logits and the right class, which is not the likeliest."""
    z = rng.choice([-2, -1, 0, 1, 2, 3], 3, replace=False)
    order = z.argsort()
    return {"z": z.tolist(), "right": int(order[int(rng.integers(0, 2))])}


def twice(rng: np.random.Generator) -> Drawn:
    """Two small whole numbers, different ones."""
    a, b = rng.choice([3, 4, 5, 6, 7], 2, replace=False)
    return {"a": int(a), "b": int(b)}


def attention(rng: np.random.Generator) -> Drawn:
    """A query and three keys of width 4 whose dot products differ, but not by much."""
    while True:
        q, k = rng.integers(-1, 3, 4), rng.integers(-1, 3, (3, 4))
        scores = k @ q
        if len(set(scores.tolist())) == 3 and scores.max() - scores.min() <= 5:
            return {"query": q.tolist(), "keys": k.tolist()}
