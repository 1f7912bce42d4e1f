"""Beam search: of all ways to write on, the few best ones are followed side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t
from llm_widgets.models.checks import whole_number

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from llm_widgets.models.layers.cache import Cache

NextLogits = Callable[[NDArray[np.int32]], NDArray[Any]]  # texts [B, T] to the logits of their next token [B, V]


class Beam(NamedTuple):
    """One way to write on.

    Args:
        tokens: what was written.
        log_probability: of these tokens after the prompt, in nats.
        score: by which beams are compared: the log-probability, divided by a power of the length.
        ended: its last token is the one after which nothing follows.
    """

    tokens: tuple[int, ...]
    log_probability: float
    score: float
    ended: bool = False


class Candidate(NamedTuple):
    """A beam and one token more, as it was weighed in a step.

    Args:
        parent: place of the beam among those that the step before kept.
        token: what was put behind it.
        log_probability, score, ended: as in `Beam`, with this token.
        kept: whether it is followed further.
    """

    parent: int
    token: int
    log_probability: float
    score: float
    ended: bool
    kept: bool


class BeamSearch:
    """A search that goes on step by step, and remembers what it dropped.

    Args:
        next_logits: from texts [B, T] to the logits [B, V] of what comes next.
        prompt: the ids that the text begins with.
        width: how many beams are followed.
        length_penalty: the power of the length that log-probabilities are divided by. 0: none, so that short texts are
            favoured; 1: the mean of a token; above it long texts are favoured.
        stop_id: the token after which nothing follows; None: there is none.
        never: ids that are not written.

    Raises:
        ValueError: the width is no whole number above 0, or the prompt is empty.

    Example:
        >>> table = np.log([[0.1, 0.6, 0.3], [0.4, 0.3, 0.3], [0.1, 0.1, 0.8]])  # what follows 0, 1 and 2
        >>> search = BeamSearch(lambda texts: table[texts[:, -1]], [0], width=2)
        >>> [(c.token, c.kept) for c in search.step()]
        [(1, True), (2, True), (0, False)]
        >>> best = (search.step(), search.best)[1]
        >>> best.tokens, round(float(np.exp(best.log_probability)), 2)
        ((1, 0), 0.24)

    Reference:
        Sutskever, Vinyals and Le (2014), Sequence to Sequence Learning with Neural Networks; Wu et al. (2016), Google's
        Neural Machine Translation System (normalization by length). In each step twice as many candidates as beams are
        weighed, as in Hugging Face's `generate`, so that beams that end leave enough others.
    """

    def __init__(
        self,
        next_logits: NextLogits,
        prompt: Iterable[int],
        width: int,
        *,
        length_penalty: float = 1.0,
        stop_id: int | None = None,
        never: Iterable[int] = (),
    ) -> None:
        self.next_logits = next_logits
        self.prompt = tuple(int(token) for token in prompt)
        self.width = whole_number("width", width, 1, 1_000)
        self.length_penalty = float(length_penalty)
        self.stop_id = stop_id
        self._never = list(never)
        if not self.prompt:
            raise ValueError(t("A search begins after one token at least. Received: prompt=()"))
        self.steps: list[tuple[Candidate, ...]] = []
        # After each step: beams that are followed, and beams that have ended.
        self._states: list[tuple[list[Beam], list[Beam]]] = [([Beam((), 0.0, 0.0)], [])]

    @property
    def running(self) -> tuple[Beam, ...]:
        """The beams that are followed, the likeliest first."""
        return tuple(self._states[-1][0])

    @property
    def ended(self) -> tuple[Beam, ...]:
        """The beams that have ended, the best `width` of them."""
        return tuple(self._states[-1][1])

    @property
    def best(self) -> Beam:
        """The beam with the highest score now, whether it has ended or not."""
        return self.ranked[0]

    @property
    def ranked(self) -> tuple[Beam, ...]:
        """The `width` best beams of all, the best first."""
        running, ended = self._states[-1]
        return tuple(sorted([*ended, *running], key=lambda beam: -beam.score)[: self.width])

    @property
    def done(self) -> bool:
        """Nothing can be followed, or no beam that is followed is better than the worst of `width` that have ended."""
        running, ended = self._states[-1]
        full = len(ended) == self.width
        return not running or (full and self._score(running[0]) <= ended[-1].score)

    def step(self) -> tuple[Candidate, ...]:
        """Puts one token behind each beam and keeps the best ones; returns all that were weighed, the best first."""
        running, ended = self._states[-1]
        if self.done:
            return ()
        texts = np.array([[*self.prompt, *beam.tokens] for beam in running], np.int32)
        log_p = _log_softmax(np.asarray(self.next_logits(texts), np.float64), self._never)  # [B, V]
        sums = log_p + np.array([beam.log_probability for beam in running])[:, None]
        vocabulary = sums.shape[1]
        found = [(*divmod(int(i), vocabulary), float(sums.flat[i])) for i in _highest(sums.ravel(), 2 * self.width)]
        still: list[Beam] = []
        over, weighed = list(ended), []
        length = len(running[0].tokens) + 1
        for place, (parent, token, log_probability) in enumerate(found):
            score = log_probability / length**self.length_penalty
            ends = token == self.stop_id
            beam = Beam((*running[parent].tokens, token), log_probability, score, ends)
            kept = place < self.width if ends else len(still) < self.width
            if kept:
                (over if ends else still).append(beam)
            weighed.append(Candidate(parent, token, log_probability, score, ends, kept))
        over.sort(key=lambda beam: -beam.score)
        self.steps.append(tuple(weighed))
        self._states.append((still, over[: self.width]))
        return self.steps[-1]

    def trace(self, step: int, place: int) -> list[Candidate]:
        """The candidates that lead to one, itself the last: that at `place` of `steps[step]`."""
        found = [self.steps[step][place]]
        for weighed in reversed(self.steps[:step]):
            followed = [candidate for candidate in weighed if candidate.kept and not candidate.ended]
            found.append(followed[found[-1].parent])
        return found[::-1]

    def back(self) -> None:
        """Takes the newest step back; there may be none."""
        if self.steps:
            self.steps.pop()
            self._states.pop()

    def _score(self, beam: Beam) -> float:
        return float(beam.log_probability / max(1, len(beam.tokens)) ** self.length_penalty)


def beam_search(
    model: Any,
    ids: ArrayLike,
    new_tokens: int,
    *,
    width: int = 4,
    length_penalty: float = 1.0,
    stop_id: int | None = None,
    never: Iterable[int] = (),
) -> tuple[Beam, ...]:
    """The best ways to write on from one text, the best first; each token is read once.

    Args:
        model: built from a `GPTSpec` or `LlamaSpec`.
        ids: the text so far, [T].
        new_tokens: how many tokens are written at most.
        width, length_penalty, stop_id, never: as for `BeamSearch`.

    Raises:
        ValueError: a value is impossible, or the text would become longer than the model reads.

    Example:
        >>> from llm_widgets.models import GPTSpec
        >>> model = GPTSpec(vocabulary_size=10, d_model=8, num_heads=2, max_length=6).build(seed=0)
        >>> [len(beam.tokens) for beam in beam_search(model, [1, 2], new_tokens=3, width=2)]
        [3, 3]
    """
    prompt = np.asarray(ids, np.int32).ravel()
    new_tokens = whole_number("new_tokens", new_tokens, 1, max(1, model.spec.max_length + 1 - len(prompt)))
    read = Read(model, len(prompt) + new_tokens - 1)
    search = BeamSearch(read.next_logits, prompt, width, length_penalty=length_penalty, stop_id=stop_id, never=never)
    for _ in range(new_tokens):
        search.step()
    return search.ranked


class Read:
    """What a model says after texts that grow by one token a time, in any order: what was read is not read again.

    Args:
        model: built from a `GPTSpec` or `LlamaSpec`; its weights must not change.
        size: how long texts become; longer ones are read from their beginning once more.
    """

    def __init__(self, model: Any, size: int) -> None:
        self._model, self._size = model, size
        self._texts: NDArray[np.int32] = np.zeros((0, 0), np.int32)
        self._cache: Cache | None = None

    def next_logits(self, texts: NDArray[np.int32]) -> NDArray[np.float32]:
        """Texts [B, T] to logits [B, V]."""
        if not self._model.spec.causal:  # a new token changes what those before it mean
            logits: NDArray[np.float32] = self._model.after(texts, texts)
            return logits
        places = self._places(texts)
        if places is None:  # other texts than before
            self._size = max(self._size, texts.shape[1])
            self._cache = self._model.start(texts, self._size)
            new = texts
        else:
            assert self._cache is not None
            self._cache.select(places)
            new = texts[:, -1:]
        said: NDArray[np.float32] = self._model.step(new, self._cache)
        self._texts = texts
        return said

    def _places(self, texts: NDArray[np.int32]) -> list[int] | None:
        """Where the text that each text goes on from stands among those read before; None where one was not."""
        if self._cache is None or texts.shape[1] > self._size:
            return None
        known = {text.tobytes(): place for place, text in enumerate(self._texts)}
        places = [known.get(text[:-1].tobytes()) for text in texts]
        return None if None in places else [place for place in places if place is not None]


def _highest(values: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Places of the highest values, the highest first, of equal ones the first; none that are minus infinity."""
    count = min(count, int(np.isfinite(values).sum()))
    if count == 0:
        return np.zeros(0, np.int64)
    limit = np.partition(values, -count)[-count]
    near = np.flatnonzero(values >= limit)
    order: NDArray[np.int64] = near[np.argsort(-values[near], kind="stable")][:count]
    return order


def _log_softmax(logits: NDArray[np.float64], never: list[int]) -> NDArray[np.float64]:
    if not np.isfinite(logits).all():
        raise ValueError(t("Every score must be a finite number. Received: logits={logits}", logits=repr(logits)[:80]))
    logits = logits - logits.max(-1, keepdims=True)
    logits[:, never] = -np.inf
    with np.errstate(divide="ignore", invalid="ignore"):  # where nothing may be written
        log_p: NDArray[np.float64] = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return log_p
