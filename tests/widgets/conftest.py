"""What tests of widgets need: a small corpus of real reviews, a model that trains in a second, and what was sent."""

from __future__ import annotations

import dataclasses
import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from llm_widgets import corpora
from llm_widgets.corpora import Card, Corpus, Split
from llm_widgets.models import LSTMClassifierSpec
from llm_widgets.training import Workbench

SMALL = LSTMClassifierSpec(vocabulary_size=500, embedding_dim=4, lstm_units=(4,), sequence_length=12)


@pytest.fixture(scope="session")
def small_corpus() -> Corpus:
    """The first reviews of each split: real text, few of them."""
    whole = corpora.load("reviews", language="en")
    sizes = {"train": 96, "validation": 32, "test": 32}
    splits = {name: Split(whole.splits[name].texts[:n], whole.splits[name].labels[:n]) for name, n in sizes.items()}
    return dataclasses.replace(whole, **splits)


@pytest.fixture
def workbench(small_corpus: Corpus) -> Iterator[Workbench]:
    """A workbench whose run is stopped at the end of the test."""
    bench = Workbench(small_corpus, SMALL, epochs=2, settle=0.05)
    yield bench
    bench.stop()
    bench.run.wait(30)


class Heard(list[dict[str, Any]]):
    """The custom messages that a widget sent, newest last."""

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Those of one type."""
        return [message for message in self if message["type"] == kind]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Heard]:
    """Notes what a widget sends, buffers under "buffers"."""

    def listen(widget: Any) -> Heard:
        messages = Heard()
        monkeypatch.setattr(
            widget, "send", lambda content, buffers=None: messages.append({**content, "buffers": buffers})
        )
        return messages

    return listen


def tell(widget: Any, **message: Any) -> None:
    """A message from the page."""
    widget._handle_custom_msg(message, [])


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Waits until the condition holds; fails after a time that only a broken program needs."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "this never came true"
        time.sleep(0.01)


@pytest.fixture(name="until")
def until_fixture() -> Callable[..., None]:
    return until


# What curves and evaluations need: texts that a tiny model learns in a second, and every byte that goes to the page.

GOOD = ("good", "great", "warm", "funny")
BAD = ("bad", "dull", "cold", "slow")
NOUNS = ("film", "story", "plot", "actor", "scene", "joke", "song", "end", "cast", "idea", "hero", "script")


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """96 texts such as "a dull story"."""
    pairs = [
        (f"a {adjective} {noun}", int(adjective in GOOD)) for noun, adjective in itertools.product(NOUNS, [*GOOD, *BAD])
    ]
    shuffled = [pairs[i] for i in np.random.default_rng(0).permutation(len(pairs))]

    def split(start: int, stop: int) -> Split:
        part = shuffled[start:stop]
        return Split(tuple(text for text, _ in part), np.array([label for _, label in part], np.int8))

    card = Card({"en": "tiny"})
    return Corpus("tiny", "en", split(0, 60), split(60, 80), split(80, 96), ("negative", "positive"), card)


@pytest.fixture
def make_workbench(corpus: Corpus) -> Iterator[Callable[..., Workbench]]:
    """Makes workbenches of 8 batches an epoch, and ends their runs after the test."""
    tiny = LSTMClassifierSpec(vocabulary_size=40, embedding_dim=8, lstm_units=(8,), sequence_length=6)
    made: list[Workbench] = []

    def make(**options: Any) -> Workbench:
        settings = {"batch_size": 8, "epochs": 2, "learning_rate": 1e-2, "settle": 0.01} | options
        made.append(Workbench(settings.pop("corpus", corpus), settings.pop("spec", tiny), **settings))
        return made[-1]

    yield make
    for one in made:
        one.stop()
        one.run.wait(30)


@pytest.fixture
def bench(make_workbench: Callable[..., Workbench]) -> Workbench:
    return make_workbench()


class Page:
    """Hears what a widget sends, and passes it on."""

    def __init__(self, widget: Any) -> None:
        self.messages: list[tuple[dict[str, Any], list[bytes]]] = []
        self._pass_on = widget.send
        widget.send = self.hear

    def hear(self, content: dict[str, Any], buffers: Any = None) -> None:
        self.messages.append((content, [bytes(b) for b in buffers or ()]))
        self._pass_on(content, buffers)

    def of(self, kind: str) -> list[tuple[dict[str, Any], list[bytes]]]:
        return [(content, buffers) for content, buffers in self.messages if content["type"] == kind]

    def newest(self, kind: str) -> dict[str, Any]:
        """The newest message of one type; {} before the first, which another thread may be about to send."""
        return next((content for content, _ in reversed(self.messages) if content["type"] == kind), {})


@pytest.fixture
def hear() -> Callable[[Any], Page]:
    return Page
