"""The next-token explorer without a page: a text that grows token by token, each chosen before one's eyes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from llm_widgets.analysis.next_token import NextToken, next_token
from llm_widgets.models import Askable
from llm_widgets.models.beam import Beam, BeamSearch, Candidate
from llm_widgets.models.writing import beginning, silent_ids, window_start, writable
from llm_widgets.widgets._asking import Asking
from llm_widgets.widgets._paths import Node, Paths

MAX_WRITTEN = 500  # tokens after the prompt


class Settings(NamedTuple):
    """How the next token is chosen."""

    strategy: str
    temperature: float
    top_k: int | None
    top_p: float
    beam_width: int
    length_penalty: float
    beam_length: int
    seed: int


class Exploring:
    """One text, the branches that were left, and what the model says of the token to come.

    Args:
        source: gives the model that is asked now.
        live: its weights change, so that nothing read before may be used again.
        prompt: what the text begins with.
    """

    def __init__(self, source: Callable[[], Askable], live: bool, prompt: str) -> None:
        self._asking = Asking(source, live)
        self.version = 0  # counts changes of text and tree
        self.looks = 0  # counts what the model was asked
        self.read_from = 0  # the first token of the text that the model reads
        self.logits: NDArray[np.float32] | None = None  # of the next token, [V]; None: not asked since the text changed
        self.search: BeamSearch | None = None
        self.viewed: tuple[int, int] | None = None  # the candidate that the learner looks at; None: the best
        self._seen: tuple[Any, NextToken] | None = None
        self.restart(prompt)

    def restart(self, prompt: str) -> None:
        """A new tree from the prompt alone, with the tokenizer of now."""
        self.tokenizer = self._asking.source().tokenizer
        self.names = self.tokenizer.vocabulary
        encoding = self.tokenizer.encode(prompt)
        self.paths = Paths(encoding.ids, encoding.tokens)
        self.known = encoding.known
        self._beginning = beginning(self.tokenizer)
        self._silent = silent_ids(self.tokenizer)
        self._asking.forget()
        self.search = None
        self._moved()

    # What is there

    @property
    def shown(self) -> list[Node | Candidate]:
        """The tokens of the text as it is shown: those that were taken, then those of the beam that is looked at."""
        return [*self.paths.here.path(), *self._beam_tokens()]

    @property
    def text(self) -> str:
        """The text as it is shown."""
        return self.tokenizer.decode(token.token for token in self.shown)

    @property
    def place(self) -> tuple[int, int] | None:
        """Which candidate of the search is looked at: step and place. None: there is no search, or not yet."""
        if self.search is None or not self.search.steps:
            return None
        return self.viewed or self.place_of(self.search.best)

    @property
    def log_probability(self) -> float | None:
        """Of what was written after the prompt, in nats; None where a part of it was not asked."""
        written = [token.log_probability for token in self.paths.here.path() if not token.given]
        place = self.place
        if place is not None and self.search is not None:
            written.append(self.search.steps[place[0]][place[1]].log_probability)
        return None if None in written else math.fsum(value for value in written if value is not None)

    @property
    def written(self) -> int:
        """How many tokens follow the prompt."""
        return sum(not getattr(token, "given", False) for token in self.shown)

    @property
    def ended(self) -> bool:
        """The text cannot go on: it has ended by its own sign, or is as long as it may be."""
        shown = self.shown
        last = shown[-1] if shown else None
        over = last is not None and last.token == self.tokenizer.END_ID and self.tokenizer.END_ID not in self._silent
        return over or self.written >= MAX_WRITTEN

    def searched(self, settings: Settings) -> bool:
        """The search has found its winner."""
        return self.search is not None and (self.search.done or len(self.search.steps) >= settings.beam_length)

    def draw(self, seed: int) -> float:
        """The number from 0 to 1 that chooses the next token: seed and place in the text decide, and nothing else."""
        return float(np.random.default_rng([seed, len(self.shown)]).random())

    def seen(self, settings: Settings) -> NextToken:
        """What may come next. Asks the model where it was not asked since the text changed."""
        if self.logits is None:
            self.look()
        shaping: dict[str, Any] = {}
        if settings.strategy == "greedy":
            shaping = {"temperature": 0.0}
        elif settings.strategy == "sample":
            shaping = {"temperature": settings.temperature, "top_k": settings.top_k, "top_p": settings.top_p}
        key = (id(self.logits), *shaping.values(), settings.strategy)
        if self._seen is None or self._seen[0] != key:
            self._seen = (key, next_token(self.logits, self.tokenizer, **shaping))  # type: ignore[arg-type]
        return self._seen[1]

    def chosen(self, settings: Settings) -> int:
        """The place, in `seen`, of the token that a step takes now."""
        seen = self.seen(settings)
        return seen.drawn(self.draw(settings.seed)) if settings.strategy == "sample" else 0

    # What can be done

    def step(self, settings: Settings) -> bool:
        """One token more, or one step of the search; False where the text cannot go on."""
        if settings.strategy != "beam":
            self.settle()
            if self.ended:
                return False
            self._take(self.seen(settings), self.chosen(settings))
            return True
        if self.searched(settings):
            self.settle()
        self.seen(settings)  # says clearly what is wrong with a model that has gone astray
        if self.search is None and self.ended:
            return False
        if self.search is None:
            self.search = self._new_search(settings)
        self.search.step()
        self.viewed = None
        self._moved()
        return True

    def back(self) -> None:
        """One token, or one step of the search, less."""
        if self.search is not None:
            self.search.back()
            self.viewed = None
            if not self.search.steps:
                self.search = None
        else:
            self.paths.back()
        self._moved()

    def take(self, token: int, settings: Settings) -> None:
        """This token is the next one.

        Raises:
            ValueError: it cannot come next.
        """
        seen = self.seen(settings)
        place = seen.place_of(token)
        self.settle()
        if not self.ended:
            self._take(seen, place)

    def jump(self, number: int) -> None:
        """To a node of the tree; a search ends."""
        node = self.paths.find(number)
        if node is not None:
            self.search = None
            self.paths.here = node
            self._moved()

    def view(self, step: int, place: int) -> None:
        """Looks at a candidate of the search."""
        if self.search is not None and step < len(self.search.steps) and place < len(self.search.steps[step]):
            self.viewed = (step, place)
            self._moved()

    def settle(self) -> None:
        """The beam that is looked at becomes the text, and the search ends."""
        before = 0.0
        for candidate in self._beam_tokens():
            self.paths.take(candidate.token, self.names[candidate.token], candidate.log_probability - before)
            before = candidate.log_probability
        if self.search is not None:
            self.search = None
            self._moved()

    def drop_search(self) -> None:
        """The search is forgotten: its width or its penalty has changed."""
        if self.search is not None:
            self.search = None
            self._moved()

    def forget(self) -> None:
        """The model has changed: it is asked again."""
        self._asking.forget()
        self.logits = None

    # The model

    def look(self) -> float:
        """Asks the model what comes next; returns the seconds that this took it."""
        ids = self._ids()
        start = self._start(len(ids))
        logits, seconds = self._asking.along(np.array(ids[start:], np.int32))
        if len(logits) == len(ids) - start and np.isfinite(logits).all():
            self._value(logits, start)
        self.logits, self._seen = logits[-1], None
        self.looks += 1
        self.read_from = max(0, start - self._before)
        return seconds

    def _value(self, logits: NDArray[np.float32], start: int) -> None:
        """What each written token is worth to the model as it is now; logits [T, V] from place `start` on."""
        scores = writable(logits, self.tokenizer)
        scores -= scores.max(-1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(-1, keepdims=True))
        for at, node in enumerate(self.paths.here.path(), self._before - 1 - start):
            if at >= 0 and not node.given:
                node.log_probability = float(scores[at, node.token])

    def _new_search(self, settings: Settings) -> BeamSearch:
        def next_logits(texts: NDArray[np.int32]) -> NDArray[np.float32]:
            read = np.ascontiguousarray(texts[:, self._start(texts.shape[1]) :])
            return self._asking.after(read)[:, : len(self.names)]  # ids beyond stand for nothing

        end = None if self.tokenizer.END_ID in self._silent else self.tokenizer.END_ID
        return BeamSearch(
            next_logits,
            self._ids(),
            settings.beam_width,
            length_penalty=settings.length_penalty,
            stop_id=end,
            never=self._silent,
        )

    # Inside

    def _take(self, seen: NextToken, place: int) -> None:
        token = int(seen.ids[place])
        with np.errstate(divide="ignore"):
            self.paths.take(token, self.names[token], float(np.log(seen.raw[place])))
        self._moved()

    def _moved(self) -> None:
        self.version += 1
        self.logits = self._seen = None
        if self.search is None:
            self.viewed = None

    def _beam_tokens(self) -> list[Candidate]:
        place = self.place
        return [] if place is None or self.search is None else self.search.trace(*place)

    def place_of(self, beam: Beam) -> tuple[int, int]:
        """Where a beam stands among the candidates of the search."""
        assert self.search is not None
        step = len(beam.tokens) - 1
        for place, candidate in enumerate(self.search.steps[step]):
            if candidate.kept and tuple(c.token for c in self.search.trace(step, place)) == beam.tokens:
                return step, place
        raise AssertionError(beam)

    @property
    def _before(self) -> int:
        """How many tokens stand before the text that the learner does not see."""
        path = self.paths.here.path()
        return 0 if path and path[0].given else len(self._beginning)

    def _ids(self) -> list[int]:
        own = [token.token for token in self.shown]
        return own if not self._before else [*self._beginning, *own]

    def _start(self, length: int) -> int:
        given = sum(node.given for node in self.paths.here.path()) or len(self._beginning)
        return window_start(given, length, self._asking.limit)
