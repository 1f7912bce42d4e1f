"""Byte-pair encoding learned merge by merge on the learner's own text."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any, ClassVar

import traitlets

from llm_widgets.i18n import t
from llm_widgets.tokenizers import BPELearner, units
from llm_widgets.tokenizers.bpe_words import ALPHABETS
from llm_widgets.widgets._bpe_page import GUESSES, ROWS, SENNRICH, Shown, learned, own_word, sample
from llm_widgets.widgets._computed import ComputedWidget, plain
from llm_widgets.widgets._keywords import check_keywords
from llm_widgets.widgets._worker import Worker

MAX_TEXT = 200_000  # characters
MAX_WORD = 200
MAX_MERGES = 2_000
AT_ONCE = 0.15  # seconds of learning before the page is told of what there is


class BPETrainer(ComputedWidget):
    """The text in its pieces, the commonest pairs, the vocabulary, and a word of one's own, after any number of merges.

    What takes long is learned beside the page, which shows what is there so far.

    Args:
        text: what is learned from, up to 200,000 characters; None: the example of Sennrich et al. (2016).
        merges: how many merges are learned at most, 0 to 2,000.
        settings: step (how many of them are made on what is shown), alphabet ("bytes" or "characters"), word (the
            learner's own), guessing (the next pair is hidden until it was guessed), guess, chosen (see `choose`).

    Raises:
        ValueError, traitlets.TraitError: a setting cannot be that. TypeError: the text is none, or no such setting.

    Example:
        >>> trainer = BPETrainer("low lower lowest", merges=10)
        >>> trainer.merges
        (('l', 'o'), ('lo', 'w'), (' ', 'low'), (' low', 'e'))
        >>> trainer.step = 3
        >>> trainer.learner.encode("slow lowest", trainer.step).pieces
        [b's', b'low', b' low', b'e', b's', b't']

    Reference:
        Sennrich, R., Haddow, B. and Birch, A. (2016). Neural Machine Translation of Rare Words with Subword Units. ACL.
    """

    _front: ClassVar[str] = "bpe_trainer"
    SETTINGS: ClassVar[tuple[str, ...]] = ("text", "alphabet", "limit", "step", "word", "guessing", "guess", "chosen")

    text = traitlets.Unicode(SENNRICH).tag(sync=True)
    alphabet = traitlets.Enum(ALPHABETS, "bytes").tag(sync=True)
    # How many merges are learned at most.
    limit = traitlets.Int(40, min=0, max=MAX_MERGES).tag(sync=True)
    # How many merges are made on what is shown.
    step = traitlets.Int(0, min=0).tag(sync=True)
    # The learner's own word.
    word = traitlets.Unicode("lowest").tag(sync=True)
    # Whether the next pair is hidden until the learner has guessed it.
    guessing = traitlets.Bool(False).tag(sync=True)
    # The numbers of the two pieces that the learner believes are merged next; empty: not guessed yet.
    guess = traitlets.List(traitlets.Int()).tag(sync=True)
    # Pairs merged by choice instead of the commonest: the step, and both pieces' bytes in hexadecimal digits.
    chosen = traitlets.List(traitlets.Tuple(traitlets.Int(), traitlets.Unicode(), traitlets.Unicode())).tag(sync=True)
    # What was learned so far: the page walks over it without asking for it again.
    _learned = traitlets.Dict().tag(sync=True)

    def __init__(self, text: str | None = None, merges: int = 40, **settings: Any) -> None:
        check_keywords(BPETrainer, settings, (*self.SETTINGS, "projector"))
        self._lock = threading.RLock()
        self._worker = Worker(self, "bpe", pause=0.02)
        self._learner: BPELearner | None = None
        self._made_of: tuple[Any, ...] = ()  # text, alphabet and chosen pairs of the learner
        # Without the chosen pairs, to compare with.
        self._greedy: BPELearner | None = None
        self._told: tuple[BPELearner | None, int, int] = None, 0, 0  # what `_learned` was made of
        # The learner's guesses: for each step the pair, and whether none stood more often.
        self.guesses: dict[int, tuple[tuple[str, str], bool]] = {}
        given = SENNRICH if text is None else units.prepare(text)
        super().__init__(**{"text": given, "limit": merges, **settings})

    @property
    def learner(self) -> BPELearner:
        """The learner of this text, with all merges learned."""
        with self._lock:
            learner = self._current()
            learner.learn(self.limit)
            return learner

    @property
    def merges(self) -> tuple[tuple[str, str], ...]:
        """The pairs in the order in which they are merged, as a reader sees them."""
        return self.learner.merges[: self.limit]

    @traitlets.validate("text")
    def _readable(self, proposal: Any) -> str:
        return _held(proposal["value"], MAX_TEXT)

    @traitlets.validate("word")
    def _short(self, proposal: Any) -> str:
        return _held(proposal["value"], MAX_WORD)

    @traitlets.validate("step")
    def _reachable(self, proposal: Any) -> int:
        step = proposal["value"]
        if step > self.limit:
            raise ValueError(
                t("There are {n} merges: choose a step from 0 to {n}. Received: {step}", n=self.limit, step=step)
            )
        return int(step)

    @contextlib.contextmanager
    def _at_once(self) -> Iterator[None]:
        with self._lock, super()._at_once():
            yield

    def _refresh(self) -> None:
        with self._lock:  # the worker refreshes, too
            super()._refresh()

    def _current(self) -> BPELearner:
        """The learner of the present text, alphabet and chosen pairs."""
        return self._made(self.chosen)

    def _made(self, chosen: list[tuple[int, str, str]]) -> BPELearner:
        made_of = (self.text, self.alphabet, list(chosen))
        if self._learner is None or self._made_of != made_of:
            pairs = {step: (bytes.fromhex(left), bytes.fromhex(right)) for step, left, right in chosen}
            learner = BPELearner(self.text, alphabet=self.alphabet, chosen=pairs)
            if self._made_of[:2] != made_of[:2]:
                self.guesses, self._greedy = {}, None
            if chosen and self._greedy is None:
                self._greedy = BPELearner(self.text, alphabet=self.alphabet)
            self._learner, self._made_of, self._shown = learner, made_of, Shown(learner)
        return self._learner

    def _fit(self) -> None:
        before = self._made_of[:2]
        if before and before != (self.text, self.alphabet):
            self.guess, self.chosen = [], []
        learner = self._current()
        self.step = min(self.step, self.limit, learner.learn(self.step))
        self._learn()
        if not self._complete():
            self._worker.ask()
        if self._guessed:
            state = learner.state(self.step, 1)
            pair = (self.guess[1], self.guess[2])
            best = state.pairs and learner.times(pair, self.step) == state.pairs[0].times
            self.guesses.setdefault(self.step, (learner.named(pair), bool(best)))

    @property
    def _guessed(self) -> bool:
        """Whether there is a guess of what comes after this step."""
        return self.guessing and bool(self.guess) and self.guess[0] == self.step

    def _learners(self) -> list[BPELearner]:
        return [self._current(), *([self._greedy] if self._greedy and self.chosen else [])]

    def _learn(self) -> None:
        for learner in self._learners():
            learner.learn(self.limit, AT_ONCE)

    def _complete(self) -> bool:
        return all(learner.finished or len(learner.tokens) > self.limit for learner in self._learners())

    def _answer(self) -> None:
        """Learns on beside the page."""
        with self._lock:
            self._learn()
            self._refresh()

    def _compute(self) -> dict[str, Any]:
        learner, step = self._current(), self.step
        state = learner.state(step, max(ROWS, GUESSES))
        hidden = self.guessing and not self._guessed
        there = min(len(learner.tokens) - 1, self.limit)
        # While the next pair is hidden, the page knows nothing of what comes after this step.
        told = min(there, step + self._guessed) if self.guessing else there
        others = self._greedy.tokens[: self.limit + 1] if self._greedy and self.chosen and not self.guessing else []
        if self._told != (learner, told, len(others)):
            self._told = learner, told, len(others)
            self._learned = plain({**learned(learner, told), **self._shown.fixed(), "greedy": others})
        pairs = state.pairs[:ROWS]
        if state.next and state.next not in pairs:  # counted with what was merged before
            pairs = [state.next, *pairs[:-1]]
        found: dict[str, Any] = {
            "step": step,
            "alphabet": self.alphabet,
            "cuts": self._shown.cuts(step),
            "tokens": state.tokens,
            "vocabulary_size": state.vocabulary_size,
            "merged": [*learner.ids[step - 1], learner.merged_times[step - 1]] if step else None,
            "own": own_word(learner, self.word, step),
            "hidden": hidden,
            "pairs": sorted([a, b] for a, b, _ in pairs[:GUESSES]) if hidden else pairs,
            "tied": 0 if hidden else state.tied,
            "next": None if hidden else state.next,
            "end": state.next is None,
            "there": there,
            "complete": self._complete(),
            "guess": self.guess[1:] if self._guessed else None,
            "right": self._guessed and self.guesses[step][1],
            "guesses": len(self.guesses),
            "rights": sum(right for _, right in self.guesses.values()),
        }
        return {name: plain(value) for name, value in found.items()}

    @traitlets.validate("guess")
    def _one_of_the_pairs(self, proposal: Any) -> list[int]:
        guess = proposal["value"]
        if guess and (len(guess) != 3 or min(guess) < 0 or max(guess[1:]) >= len(self._current().pieces)):
            raise ValueError(t("A guess is a step and the numbers of two pieces. Received: {guess}", guess=list(guess)))
        return list(guess)

    @traitlets.validate("chosen")
    def _standing(self, proposal: Any) -> list[tuple[int, str, str]]:
        chosen = list(proposal["value"])
        if chosen:
            self._made(chosen)  # refuses what does not stand in the text
        return chosen

    def choose(self, left: str | bytes, right: str | bytes) -> None:
        """Merges a pair of one's own choice at the present step, and goes on one step; the commonest follow.

        Args:
            left: a piece, as text or (where it is no whole character) as bytes.
            right: the piece after it.

        Raises:
            ValueError: this pair does not stand in the text, or all merges are made.

        Example:
            >>> trainer = BPETrainer("low lower lowest")
            >>> trainer.choose("o", "w")
            >>> trainer.merges[:2], trainer.step
            ((('o', 'w'), ('l', 'ow')), 1)
        """
        pair = [(piece.encode() if isinstance(piece, str) else piece).hex() for piece in (left, right)]
        with self._lock:
            kept = [one for one in self.chosen if one[0] < self.step]
            self.change(chosen=[*kept, (self.step, *pair)], step=self.step + 1)

    def _on_choose(self, content: Any) -> None:
        pieces, (left, right) = self._current().pieces, content["pair"]
        self.choose(pieces[left], pieces[right])

    def _on_sample(self, content: Any) -> None:
        text, word = sample(content["name"])
        self.change(text=text, word=word, step=0, guess=[])


def _held(text: str, most: int) -> str:
    """The text as it can be sent to the page; refused where it is too long."""
    if len(text) > most:
        raise ValueError(
            t("Here a text has at most {most} characters. Received: {count}", most=f"{most:,}", count=f"{len(text):,}")
        )
    return units.prepare(text)
