"""The concepts: 1 MB of text tokenized live, a moving map of 2,000 points, a diagram that is resized, and the chapters.

- A megabyte pasted into `TokenizerComparison`, in English and in Chinese, until the page shows all ways to cut it;
  beside it what the library takes for BPE alone (`_tokenizing`).
- `EmbeddingMap` with 2,000 points while a classifier trains: redraws a second that the page really makes, and the share
  of the training's steps that are lost, by turns with the same training without it (`_embedding_map`).
- `ArchitectureExplorer`: from the key that moves a slider to the diagram redrawn (`_architecture`).
- Chapters 01 and 02 in both languages, headless: seconds, and the kernel's peak memory.

Goals: 1 s; 20 redraws a second and at most 3 % lost; 50 ms; each chapter 60 s and 700 MB. The value is the worst figure
by its bound: 1.0 or less holds.

Usage: python -m benchmarks.concepts [tokenizing|map|diagram|chapters …]  (all where none is named)
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from benchmarks import _architecture, _embedding_map, _tokenizing
from benchmarks._chapter import CHAPTERS, chapter
from benchmarks._timing import report

GOAL_REDRAWS, GOAL_LOST, GOAL_SECONDS, GOAL_MB = 20.0, 0.03, 60.0, 700.0


def tokenizing() -> tuple[dict[str, Any], list[float]]:
    """A megabyte of text, and its share of the bound."""
    found = _tokenizing.measure()
    return found, [found["page_s"] / _tokenizing.GOAL_SECONDS]


def moving_map() -> tuple[dict[str, Any], list[float]]:
    """The map, and its two shares of their bounds."""
    found = _embedding_map.measure()
    return found, [GOAL_REDRAWS / found["redraws_per_s"], found["lost"] / GOAL_LOST]


def diagram() -> tuple[dict[str, Any], list[float]]:
    """The diagram, and its share of the bound."""
    found = _architecture.measure()
    return found, [found["p50_ms"] / _architecture.GOAL_MS]


def chapters() -> tuple[dict[str, Any], list[float]]:
    """Each chapter in each language, and their shares; one that fails has an infinite share."""
    found = {
        f"{language}/{name}": chapter(CHAPTERS / language / f"{name}.ipynb", GOAL_SECONDS, GOAL_MB, backend=True)
        for name in ("01-background", "02-concepts")
        for language in ("en", "zh")
    }
    shares = [
        share
        for one in found.values()
        for share in (one.get("seconds", float("inf")) / GOAL_SECONDS, one.get("kernel_mb", float("inf")) / GOAL_MB)
    ]
    return found, shares


PARTS: dict[str, Callable[[], tuple[dict[str, Any], list[float]]]] = {
    "tokenizing": tokenizing,
    "map": moving_map,
    "diagram": diagram,
    "chapters": chapters,
}


def main(names: list[str]) -> None:
    """Measures, and prints the report."""
    results, shares = {}, []
    for name in names:
        results[name], of_bound = PARTS[name]()
        shares += of_bound
        print(name, results[name], flush=True)
    worst = max(shares)
    report(
        "concepts",
        round(worst, 2),
        "of its bound, the worst figure",
        f"<= 1: 1 MB in {_tokenizing.GOAL_SECONDS:g} s; {GOAL_REDRAWS:g} redraws/s, {GOAL_LOST:.0%} lost; "
        f"{_architecture.GOAL_MS:g} ms; a chapter {GOAL_SECONDS:g} s and {GOAL_MB:g} MB",
        worst <= 1,
        **results,
    )


if __name__ == "__main__":
    main(sys.argv[1:] or list(PARTS))
