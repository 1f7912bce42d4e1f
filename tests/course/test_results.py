from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from llm_widgets import course, i18n
from llm_widgets.course import results
from llm_widgets.training import RunState


class FakeRun:
    """As much of a run as a verdict reads: n test reviews, so many of them right."""

    def __init__(self, accuracy: float, n: int, baselines: dict[str, float]) -> None:
        self._result = {"accuracy": accuracy, "labels": np.zeros(n, dtype=np.int8)}
        self._baselines = baselines
        self.asked: list[str] = []

    def evaluate(self, split: str) -> dict[str, Any]:
        self.asked.append(split)
        return self._result

    def baselines(self, wait: bool = False) -> tuple[Any, ...]:
        here = [SimpleNamespace(name=n, accuracy=a, split="test") for n, a in self._baselines.items()]
        return (*here, SimpleNamespace(name="elsewhere", accuracy=1.0, split="validation"))


def verdict(accuracy: float, n: int = 1600, **baselines: float) -> course.Verdict:
    return course.verdict(FakeRun(accuracy, n, baselines or {"majority": 0.5, "words": 0.78}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("accuracy", "wins", "words"),
    [
        (0.70, False, "does not win"),
        (0.78, False, "does not win"),
        (0.79, None, "No clear winner"),
        (0.85, True, "wins"),
    ],
)
def test_the_verdict_follows_the_numbers(accuracy: float, wins: bool | None, words: str) -> None:
    found = verdict(accuracy)
    assert found.wins is wins
    assert words in found.sentence
    assert found.sentence in repr(found)
    assert f"{accuracy:.1%}" in found.sentence
    assert "78.0%" in found.sentence


def test_the_margin_is_twice_the_standard_error_of_a_difference() -> None:
    # An outside check: two equally good models, drawn many times.
    rng = np.random.default_rng(0)
    right = rng.binomial(1600, 0.78, size=(20_000, 2)) / 1600
    spread = 2 * np.std(right[:, 0] - right[:, 1])
    assert verdict(0.8).margin == pytest.approx(spread, rel=0.03)
    assert verdict(0.8, n=400).margin == pytest.approx(2 * verdict(0.8, n=1600).margin)


def test_only_baselines_of_the_same_split_count() -> None:
    assert [name for name, _ in verdict(0.9).rows] == ["this network", "majority", "words"]


def test_the_table_is_aligned_in_chinese_too() -> None:
    i18n.set_language("zh")
    table = repr(verdict(0.9, majority=0.5, 多数类别=0.7)).split("\n\n")[0].splitlines()
    assert len({results._width(line) for line in table}) == 1
    assert "胜出" in verdict(0.9).sentence


def test_a_perfect_baseline_leaves_no_margin() -> None:
    found = verdict(1.0, words=1.0)
    assert found.wins is False
    assert found.margin == 0.0
    assert not math.isnan(found.margin)


def lab_of(run: Any) -> Any:
    return SimpleNamespace(run=run, workbench=SimpleNamespace(unit=None))


@pytest.mark.parametrize("state", list(RunState))
def test_what_the_learner_has_trained_comes_first(state: RunState) -> None:
    run = SimpleNamespace(state=state, log=SimpleNamespace(batch_count=3))
    assert course.trained(lab_of(run)) is run


def test_a_run_that_was_started_this_moment_is_waited_for() -> None:
    class Log:
        batch_count = 0
        version = 1

        def wait(self, version: int, timeout: float) -> int:
            self.batch_count = 1
            return version + 1

    run = SimpleNamespace(state=RunState.RUNNING, log=Log())
    assert course.trained(lab_of(run)) is run


def test_a_stand_in_is_trained_where_nothing_was(capsys: pytest.CaptureFixture[str]) -> None:
    from llm_widgets import Run, Workbench
    from llm_widgets.corpora import Corpus, Split, load

    whole = load("reviews", language="en")

    def few(split: Split) -> Split:
        return Split(split.texts[:64], split.labels[:64])

    corpus = Corpus("few", "en", *(few(s) for s in whole.splits.values()), whole.label_names, whole.card)
    bench = Workbench(corpus)
    try:
        run = course.trained(SimpleNamespace(run=bench.run, workbench=bench), epochs=1, timeout=120)
        assert isinstance(run, Run)
        assert run is not bench.run
        assert run.state is RunState.FINISHED
        assert run.log.batch_count == run.steps_per_epoch
        assert run.spec.count_parameters() < bench.spec.count_parameters()
        assert "has not been trained yet" in capsys.readouterr().out
        assert 0 <= course.verdict(run).rows[0][1] <= 1
    finally:
        bench.run.stop(wait=True)
