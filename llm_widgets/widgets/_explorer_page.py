"""What the page of the next-token explorer is told: the text as tokens, the bars, and the tree of what was tried."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from llm_widgets.analysis.next_token import NextToken, entropy_bits
from llm_widgets.widgets._exploring import Exploring, Settings
from llm_widgets.widgets._paths import Node

ROWS = 16  # tokens that have a bar of their own
TOKENS = 300  # of a text that are shown one by one


class Entry(NamedTuple):
    """One token that may come next: its rank (1 is the likeliest), and what the model and the settings give it."""

    rank: int
    token: str
    id: int
    logit: float
    probability: float
    after: float


def entries(exploring: Exploring, seen: NextToken, places: Any) -> list[Entry]:
    """The tokens at these places of `seen`."""
    return [
        Entry(
            i + 1,
            exploring.names[seen.ids[i]],
            int(seen.ids[i]),
            float(seen.logits[i]),
            float(seen.raw[i]),
            float(seen.after[i]),
        )
        for i in places
    ]


def bars(exploring: Exploring, settings: Settings) -> dict[str, Any]:
    """The likeliest tokens, all others together, and how the next one is chosen."""
    seen = exploring.seen(settings)
    chosen = exploring.chosen(settings)
    places = list(range(min(ROWS, len(seen.ids))))
    if chosen >= ROWS:
        places[-1] = chosen  # what a step takes always has a bar
    rest = np.ones(len(seen.ids), bool)
    rest[places] = False
    sampled = settings.strategy == "sample"
    return {
        "rows": [list(entry) for entry in entries(exploring, seen, places)],
        "others": [int(rest.sum()), float(seen.raw[rest].sum()), float(seen.after[rest].sum())],
        "kept": seen.kept,
        "count": len(seen.ids),
        "chosen": int(seen.ids[chosen]),
        "before": float(seen.after[:chosen].sum()),  # where the chosen token begins on the line from 0 to 1
        "draw": exploring.draw(settings.seed) if sampled else None,
        "entropy": [entropy_bits(seen.raw), entropy_bits(seen.after)],
        "log_probability": exploring.log_probability,
        "written": exploring.written,
    }


def path(exploring: Exploring, settings: Settings) -> dict[str, Any]:
    """The text as tokens, and the tree."""
    shown = exploring.shown
    first = max(0, len(shown) - TOKENS)
    given = [token.given if isinstance(token, Node) else False for token in shown]
    known = exploring.known
    return {
        "version": exploring.version,
        "text": exploring.text,
        "tokens": [
            [
                token.number if isinstance(token, Node) else None,
                token.text if isinstance(token, Node) else exploring.names[token.token],
                given[i],
                not given[i] or i >= len(known) or known[i],
            ]
            for i, token in enumerate(shown[first:], first)
        ],
        "ids": [token.token for token, is_given in zip(shown, given, strict=True) if not is_given],
        "given": sum(given),
        "hidden": first,
        "unread": exploring.read_from,
        "here": exploring.paths.here.number,
        "ended": exploring.ended,
        "can_back": bool(shown) or exploring.search is not None,
        "tree": _beams(exploring, settings) if exploring.search is not None else _branches(exploring),
    }


def _branches(exploring: Exploring) -> dict[str, Any]:
    """The branches that were taken, from the last token on that they have in common with the prompt."""
    top, here = exploring.paths.top(), exploring.paths.here
    on_path = {node.number for node in here.path()} | {exploring.paths.root.number}
    places: dict[int, int] = {}
    nodes: list[list[Any]] = []
    for node in top.descendants():
        places[node.number] = len(nodes)
        parent = places[node.parent.number] if node is not top and node.parent is not None else -1
        nodes.append([node.number, parent, node.text, node.given, node.number in on_path, node.log_probability])
    return {"kind": "branches", "nodes": nodes, "here": places.get(here.number, 0)}


def _beams(exploring: Exploring, settings: Settings) -> dict[str, Any]:
    """The candidates of each step of a search."""
    search, place = exploring.search, exploring.place
    assert search is not None
    levels = []
    for step, weighed in enumerate(search.steps):
        followed = [i for i, c in enumerate(search.steps[step - 1]) if c.kept and not c.ended] if step else [0]
        levels.append(
            [
                [followed[c.parent], exploring.names[c.token], c.score, c.log_probability, c.kept, c.ended]
                for c in weighed
            ]
        )
    last = exploring.paths.here
    best = exploring.place_of(search.best) if search.steps else None
    return {
        "kind": "beams",
        "root": last.text,
        "levels": levels,
        "best": _trace(exploring, best),
        "viewed": _trace(exploring, place),
        "over": exploring.searched(settings),
    }


def _trace(exploring: Exploring, place: tuple[int, int] | None) -> list[int]:
    """The places, step by step, of the candidates that lead to one."""
    search = exploring.search
    if search is None or place is None:
        return []
    trail = search.trace(*place)
    return [search.steps[step].index(candidate) for step, candidate in enumerate(trail)]
