"""A corpus of 96 short texts that a tiny model can learn, and a tiny model."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from llm_widgets.corpora import Card, Corpus, Split
from llm_widgets.models import LSTMClassifierSpec
from llm_widgets.training import Run

GOOD = ("good", "great", "warm", "funny")
BAD = ("bad", "dull", "cold", "slow")
NOUNS = ("film", "story", "plot", "actor", "scene", "joke", "song", "end", "cast", "idea", "hero", "script")


def make_corpus(language: str = "en") -> Corpus:
    pairs = [
        (f"a {adjective} {noun}", int(adjective in GOOD)) for noun, adjective in itertools.product(NOUNS, [*GOOD, *BAD])
    ]
    order = np.random.default_rng(0).permutation(len(pairs))
    shuffled = [pairs[i] for i in order]

    def split(start: int, stop: int) -> Split:
        part = shuffled[start:stop]
        return Split(tuple(text for text, _ in part), np.array([label for _, label in part], np.int8))

    return Corpus(
        "tiny", language, split(0, 60), split(60, 80), split(80, 96), ("negative", "positive"), Card({"en": "tiny"})
    )


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return make_corpus()


@pytest.fixture(scope="session")
def spec() -> LSTMClassifierSpec:
    return LSTMClassifierSpec(vocabulary_size=40, embedding_dim=8, lstm_units=(8,), sequence_length=6)


@pytest.fixture
def make_run(corpus: Corpus, spec: LSTMClassifierSpec) -> Iterator[Callable[..., Run]]:
    """Makes runs of 8 batches an epoch (the last of 4 texts), and ends them after the test."""
    made: list[Run] = []

    def make(**options: object) -> Run:
        settings = {"batch_size": 8, "epochs": 2, "learning_rate": 1e-2} | options
        run = Run(settings.pop("spec", spec), settings.pop("corpus", corpus), **settings)
        made.append(run)
        return run

    yield make
    for run in made:
        run.stop()
    for run in made:
        run.wait(30)


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Waits until something is so; fails when it never is."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "It did not happen in time"
        time.sleep(0.005)


@pytest.fixture(name="until")
def until_fixture() -> Callable[..., None]:
    return until
