"""The numbers of the exercises on algorithms: drawn for each learner, small enough for paper, and never degenerate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

# What is drawn for one exercise, by the names that the chapter uses: numbers, words, and lists of them.
Drawn = dict[str, Any]

_MERGES = (
    # Among the words are some that the longest pieces from the left would cut otherwise: fin|est, not fi|ne|st.
    ([["l", "o"], ["lo", "w"], ["e", "r"]], ("lower", "slower", "flow", "lowest")),
    ([["e", "s"], ["es", "t"], ["n", "e"], ["ne", "w"]], ("newest", "finest", "news", "nest")),
    ([["i", "n"], ["in", "g"], ["s", "t"], ["st", "r"]], ("string", "sting", "strings", "tin")),
    ([["o", "n"], ["t", "i"], ["ti", "on"], ["a", "tion"]], ("station", "nation", "action", "onion")),
)


def merges(rng: np.random.Generator) -> Drawn:
    """A few merges in their order, and a word that they do not join to one piece."""
    pairs, words = _MERGES[int(rng.integers(len(_MERGES)))]
    return {"merges": [list(pair) for pair in pairs], "word": words[int(rng.integers(len(words)))]}


def spread(rng: np.random.Generator) -> Drawn:
    """Inputs, their standard deviation, and another one that the sum is to have."""
    wanted, given = rng.choice([1.0, 2.0, 3.0, 4.0], 2, replace=False)
    return {"n": int(rng.choice([16, 25, 64, 100, 400])), "std_x": float(given), "std_z": float(wanted)}


def sizes(rng: np.random.Generator) -> Drawn:
    """The sizes of the chapter's model, all different."""
    return {
        "B": int(rng.choice([32, 64])),
        "T": int(rng.choice([3, 4, 5])),
        "C": int(rng.choice([8, 10])),
        "H": int(rng.choice([20, 30, 40])),
        "V": int(rng.choice([50, 100, 200])),
    }


def surprises(rng: np.random.Generator) -> Drawn:
    """Four powers of two, not all the same, whose mean number of bits is whole."""
    while True:
        bits = rng.integers(1, 7, 4)
        if bits.sum() % 4 == 0 and len(set(bits.tolist())) > 2:
            return {"p": (0.5**bits).tolist()}


def momentum(rng: np.random.Generator) -> Drawn:
    """A parameter, two gradients that do not cancel, a learning rate and a momentum."""
    while True:
        g, mu = rng.choice([-4.0, -3.0, -2.0, 2.0, 3.0, 4.0, 5.0], 2, replace=False), float(rng.choice([0.5, 0.8]))
        if abs(mu * g[0] + g[1]) > 0.2 and abs(g[0] + mu * g[0] + g[1]) > 0.2 and g.sum():
            rate, theta = float(rng.choice([0.1, 0.2, 0.5])), float(rng.integers(1, 6))
            return {"theta": theta, "g": g.tolist(), "learning_rate": rate, "momentum": mu}


def validation(rng: np.random.Generator) -> Drawn:
    """Losses that fall with one bump, rise for as long as the patience, and would have fallen below the best later."""
    patience, before = int(rng.integers(2, 4)), int(rng.integers(1, 4))
    falling = 3.0 - rng.integers(1, 4, before).cumsum() / 10
    bump, best = falling[-1] + 0.1, falling[-1] - int(rng.integers(1, 4)) / 10
    worse = best + rng.integers(1, 6, patience) / 10
    later = best - rng.integers(1, 4, 2).cumsum() / 10
    losses = [*falling, bump, best, *worse, *later]
    return {"losses": [round(float(one), 1) for one in losses], "patience": patience}


def temperature(rng: np.random.Generator) -> Drawn:
    """Three probabilities whose roots, or squares, are easy to write down."""
    ratios = [[1, 4, 9], [1, 1, 4], [1, 4, 16], [4, 9, 1], [9, 1, 1]][int(rng.integers(5))]
    mixed = rng.permutation(ratios)
    return {"p": [round(float(one), 4) for one in mixed / mixed.sum()], "temperature": float(rng.choice([0.5, 2.0]))}


def lengths(rng: np.random.Generator) -> Drawn:
    """A prompt and as many new tokens, or more or fewer; at least three of each."""
    return {"prompt": int(rng.integers(4, 12)), "new": int(rng.integers(3, 8))}
