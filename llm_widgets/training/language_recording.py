"""A language run in one file, in the form of `recording`: curves, samples, attention, and no text but the samples."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from llm_widgets.training.recording import Recording, about_run, batch_columns, write

if TYPE_CHECKING:
    from llm_widgets.training.language_run import LanguageRun

FAMILY = "language"


def save(run: LanguageRun, path: str | Path) -> Path:
    """Writes `run` as it is now to `path`. The test part's result is kept only where the run has ended."""
    path = Path(path)
    write(_gather(run), path)
    return path


def _gather(run: LanguageRun) -> Recording:
    log = run.log
    state, epochs, kept, samples = run.state, log.epochs, log.attention, log.samples  # before the batches
    arrays = batch_columns(log)
    n = len(arrays["batches/step"])
    kept, samples = tuple(s for s in kept if s.step <= n), tuple(s for s in samples if s.step <= n)
    arrays["attention/step"] = np.array([snapshot.step for snapshot in kept], np.int32)
    arrays["attention/weights"] = (
        np.stack([snapshot.weights for snapshot in kept]) if kept else np.empty((0, 0, 0, 0, 0), np.uint8)
    )
    length = arrays["attention/weights"].shape[-1]
    written = Counter(sample.prompt for sample in samples)
    manifest = about_run(run, state, epochs) | {
        "family": FAMILY,
        "spec": run.spec.to_text(),
        "parts": {name: run.part_sizes(name) for name in ("train", "validation", "test")},
        # The one that most was made of comes first: it is what a widget shows.
        "probes": list(dict.fromkeys([*(prompt for prompt, _ in written.most_common()), *run.probes])),
        "test": _tested(run) if state.ended and n else None,
    }
    manifest["settings"]["schedule"] = run.schedule
    texts = {
        "tokenizer": run.tokenizer.to_json(),
        "samples": [asdict(sample) for sample in samples],
        "watch": {"text": run.watch, "tokens": list(run.tokenizer.encode(run.watch).tokens[:length])},
    }
    return Recording(manifest, arrays, texts)


def _tested(run: LanguageRun) -> dict[str, float] | None:
    try:
        return run.evaluate("test")
    except ValueError:
        return None  # a test part that is shorter than a window
