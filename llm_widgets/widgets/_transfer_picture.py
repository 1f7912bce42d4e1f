"""What the page draws of a `TransferRun` and the draws before it: few points, and words made of numbers there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from llm_widgets.i18n import catalogue
from llm_widgets.training._transfer_models import COPIES
from llm_widgets.training.baselines import MAJORITY, REGRESSION
from llm_widgets.training.events import EventLog
from llm_widgets.training.transfer import TransferRun

POINTS = 160  # of a curve, at most


def picture(run: TransferRun, past: Sequence[TransferRun]) -> dict[str, Any]:
    """The present run, those before it with their settings, and the mean of those that can be compared."""
    like = [one for one in past if _settings(one) == _settings(run)]
    return {
        "state": str(run.state),
        "phase": run.phase,
        "error": run.error,
        "labels": run.labels,
        "draw": run.seed,
        "freeze": run.freeze,
        "texts": len(run.corpus.train),
        "sizes": [len(run.corpus.validation), len(run.corpus.test)],
        "epochs": run.epochs,
        "plan": run.epochs * run.steps_per_epoch,
        "pretraining": _losses(run.pretraining),
        "pretraining_plan": max(run.pretraining_steps, run.pretraining.batch_count),
        "pretraining_seconds": run.learned_start.seconds if run.learned_start is not None else None,
        "copies": {name: _copy(log) for name, log in run.logs().items()},
        "baselines": _baselines(run),
        "result": _result(run),
        "past": [
            {name: _validation(log)["accuracy"] for name, log in one.logs().items()} | {"draw": one.seed}
            for one in like
        ],
        "draws": [_result(one) for one in like if one.result is not None],
        "others": len(past) - len(like),
        "mean": _mean([one for one in (*like, run) if one.result is not None]),
    }


def _settings(run: TransferRun) -> tuple[Any, ...]:
    return run.labels, run.freeze, run.epochs, run.learning_rate


def _losses(log: EventLog) -> list[list[float]]:
    """[step, mean loss] over equally long stretches."""
    columns = log.batches()
    N = len(columns.step)
    if not N:
        return []
    starts = np.arange(0, N, max(1, math.ceil(N / POINTS)))
    lengths = np.diff(np.append(starts, N))
    means = np.add.reduceat(columns.loss.astype(np.float64), starts) / lengths
    return [[int(columns.step[s + n - 1]), round(float(m), 4)] for s, n, m in zip(starts, lengths, means, strict=True)]


def _copy(log: EventLog) -> dict[str, Any]:
    return {"training": _losses(log), **_validation(log)}


def _validation(log: EventLog) -> dict[str, list[list[float]]]:
    epochs = log.epochs
    return {
        "accuracy": [[e.step, round(e.val_accuracy, 4)] for e in epochs],
        "loss": [[e.step, round(e.val_loss, 4)] for e in epochs],
    }


def _baselines(run: TransferRun) -> list[dict[str, Any]]:
    chinese = catalogue("zh")
    # Before they are known their rows are there already: a table that grows would move what is below.
    known = [(b.name, b.split, b.accuracy) for b in run.baselines] or [
        (name, "test", math.nan) for name in (REGRESSION, MAJORITY)
    ]
    return [
        {"name": {"en": name, "zh": chinese.get(name, name)}, "split": split, "accuracy": accuracy}
        for name, split, accuracy in known
    ]


def _result(run: TransferRun) -> dict[str, Any] | None:
    result = run.result
    if result is None:
        return None
    return {
        "draw": result.seed,
        **{copy: getattr(result, copy) for copy in COPIES},
        "gain": result.gain,
        "baselines": [b.accuracy for b in result.baselines],
    }


def _mean(runs: Sequence[TransferRun]) -> dict[str, Any] | None:
    """Mean and sample standard deviation over draws; None below two draws."""
    results = [run.result for run in runs if run.result is not None]
    if len(results) < 2:
        return None
    found: dict[str, Any] = {"n": len(results)}
    for name in (*COPIES, "gain"):
        values = np.array([getattr(result, name) for result in results])
        found[name] = {"mean": values.mean(), "sd": values.std(ddof=1), "low": values.min(), "high": values.max()}
    counted = np.array([[b.accuracy for b in result.baselines] for result in results])
    found["baselines"] = [
        {"mean": m, "sd": s} for m, s in zip(counted.mean(axis=0), counted.std(axis=0, ddof=1), strict=True)
    ]
    return found
