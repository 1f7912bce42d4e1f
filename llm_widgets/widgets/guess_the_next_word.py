"""The learner guesses the next word of a text, against a unigram, a trigram and a small GPT."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import numpy as np
import traitlets

from llm_widgets import _seeds
from llm_widgets.analysis.next_word_players import next_word_text
from llm_widgets.corpora import TextCorpus
from llm_widgets.i18n import get_language, t
from llm_widgets.widgets._computed import plain
from llm_widgets.widgets._guess_gpt import GuessingGPT
from llm_widgets.widgets._guess_rounds import (
    Round,
    Said,
    choices_at,
    new_round,
    plain_round,
    plain_said,
    running_means,
)
from llm_widgets.widgets._guess_settings import GuessSettings
from llm_widgets.widgets._guess_text import read_guess, running_text, shown
from llm_widgets.widgets._keywords import check_keywords
from llm_widgets.widgets._words import for_a_learner
from llm_widgets.widgets._worker import Worker

SKIP = 10
_FIRST = 40  # words of the held-out part before the first one that is asked, where it has as many


class GuessTheNextWord(GuessSettings):
    """A text with its next word hidden: the learner says a word and how sure, and sees what the models would have said.

    The word is from the held-out part, which no model has learned from. Nothing about it reaches the page before the
    guess. All are paid in bits: −log₂ of the probability that they gave the right word; the learner's rest, 100 % less
    `sure`, is shared by all other words alike, so honest percentages cost least in the long run. Capitals do not count.

    Args:
        corpus: a running text (`lw.corpora.text("…")` makes one of one's own), "alice" or "tang"; None takes the text
            of `model`, or the one that comes with the kit in the learner's language.
        model: reads characters: a `LanguageModel`, a `LanguageRun` or a `LanguageWorkbench`. None takes the shipped one
            for "alice" and "tang"; a text of one's own is played without.
        seed: from which the places are drawn: the same seed, the same words. None takes `LLM_WIDGETS_SEED`, so that a
            whole class plays the same, or 0.
        settings: pick (True: choose from six words), sure (per cent, 1 to 99), place (which held-out word).

    Raises:
        ValueError: the text is too short, or the model is none that reads characters.

    Example:
        >>> game = GuessTheNextWord("alice", seed=7)
        >>> game.guess("the", sure=60)
        >>> sorted(game.rounds[0]["bits"])
        ['trigram', 'unigram', 'you']
        >>> game.next()

    Reference:
        Shannon (1951), Prediction and Entropy of Printed English; Cover and King (1978), A Convergent Gambling Estimate
        of the Entropy of English.
    """

    _front = "guess_the_next_word"

    def __init__(
        self,
        corpus: TextCorpus | str | None = None,
        *,
        model: Any = None,
        seed: int | None = None,
        **settings: Any,
    ) -> None:
        check_keywords(GuessTheNextWord, settings, ("pick", "sure", "place"))
        self._game = next_word_text(running_text(corpus, model))
        self._gpt = GuessingGPT(self._game, model)
        self._lock = threading.RLock()
        self._rounds: list[Round] = []
        self._open: Round | None = None  # the round that has been revealed
        self._ahead: tuple[int, tuple[str, ...], Said] | None = None  # what the GPT says of the word that is asked
        self._failure, self._again, self._built = "", 0, False
        self._worker = Worker(self, "guess-the-next-word", 0.01)
        seed = (_seeds.from_environment() or 0) if seed is None else seed
        settings.setdefault("place", self._start(seed, 0))
        super().__init__(seed=seed, **settings)
        self._built = True

    # --- what can be done, from a cell as on the page

    @property
    def rounds(self) -> list[dict[str, Any]]:
        """The rounds so far: word, guess, sure, right, pick, and bits by player."""
        with self._lock:
            return [plain_round(self._game, one) for one in self._rounds]

    @property
    def mean_bits(self) -> dict[str, float]:
        """What a word has cost each player on average, in the rounds that are played as this one is."""
        means = running_means(self._counted())
        return {name: values[-1] for name, values in means.items() if values and values[-1] is not None}

    def guess(self, word: str, sure: int | None = None) -> None:
        """Says a word; then all is revealed.

        Args:
            sure: per cent, 1 to 99; None takes the trait's.

        Raises:
            ValueError: this is not one word, or none of those to pick from, or the word has been revealed already.
        """
        with self._lock:
            if self._open is not None:
                raise ValueError(t("This word is revealed already: go to the next one. Received: {word}", word=word))
            event = read_guess(self._game, word, self._choices())
            with self._at_once():
                if sure is not None:
                    self.sure = sure
                self._reveal(event)
        self._worker.ask()

    def next(self) -> None:
        """Goes to the next word of the text.

        Raises:
            ValueError: this word was not guessed yet.
        """
        if self._open is None:
            raise ValueError(t("Guess this word first, or skip ten words. Received: no guess"))
        self._go(1)

    def skip(self, words: int = SKIP) -> None:
        """Goes on so many words without a guess."""
        self._go(words)

    def start_again(self) -> None:
        """Forgets the rounds and begins at another place."""
        with self._lock, self._at_once():
            self._again += 1
            self._rounds, self._failure = [], ""
            self._open, self.place = None, self._start(self.seed, self._again)
        self._worker.ask()

    def change(self, **settings: Any) -> None:
        """Changes several settings at once; all of them, or none where one is refused."""
        with self._lock:
            super().change(**settings)

    # --- the page's messages

    def _on_hello(self, content: Any) -> None:
        self._worker.ask()

    def _on_guess(self, content: Any) -> None:
        self._politely(lambda: self.guess(str(content["word"]), int(content["sure"])))

    def _on_go(self, content: Any) -> None:
        self._politely({"next": self.next, "skip": self.skip, "again": self.start_again}[str(content["where"])])

    def _politely(self, act: Any) -> None:
        """What a learner did that cannot be is told on the page, and no fault of the program."""
        try:
            act()
        except ValueError as error:
            self.send({"type": "failed", "text": for_a_learner(error)})

    # --- a round

    def _start(self, seed: int, again: int) -> int:
        first, count = min(_FIRST, len(self._game.words) // 2), len(self._game.words)
        return int(np.random.default_rng([seed, again]).integers(first, max(first + 1, count - count // 10)))

    def _go(self, words: int) -> None:
        with self._lock, self._at_once():
            self._open = None
            self.place = (self.place + words) % len(self._game.words)
        self._worker.ask()

    def _choices(self) -> tuple[str, ...]:
        return choices_at(self._game, self.place, (self.seed,)) if self.pick else ()

    def _counted(self) -> list[Round]:
        """The rounds that can be compared with one another: picked from six, or freely typed."""
        return [one for one in self._rounds if bool(one.choices) == self.pick]

    def _reveal(self, guess: str) -> None:
        place, choices = self.place, self._choices()
        one = new_round(self._game, place, guess, self.sure, choices)
        if self._ahead is not None and self._ahead[:2] == (place, choices):
            one.said["gpt"] = self._ahead[2]
        self._rounds.append(one)
        self._open = one

    # --- the GPT, on the worker's thread

    def _answer(self) -> None:
        """Lets the GPT answer all rounds that it has not, and think ahead about the word that is asked."""
        if not self._gpt.there or self._failure:
            return
        try:
            if not self._gpt.loaded:
                self._gpt.load()
                self._refresh()
            while (wanted := self._unanswered()) is not None:
                place, choices = wanted
                said = self._gpt.said(place, choices)
                with self._lock:
                    for one in self._rounds:
                        if (one.place, one.choices) == wanted:
                            one.said.setdefault("gpt", said)
                    if not self._gpt.moves:
                        self._ahead = (place, choices, said)
                self._refresh()
        except Exception as error:
            self._failure = for_a_learner(error)
            self._refresh()

    def _unanswered(self) -> tuple[int, tuple[str, ...]] | None:
        with self._lock:
            if self._gpt.untrained:
                return None
            for one in self._rounds:
                if "gpt" not in one.said:
                    return one.place, one.choices
            asked = (self.place, self._choices())
            known = self._ahead is not None and self._ahead[:2] == asked
            return None if known or self._open is not None or self._gpt.moves else asked

    # --- what the page draws

    def _refresh(self) -> None:
        with self._lock:
            super()._refresh()

    def _compute(self) -> dict[str, Any]:
        game, one = self._game, self._open
        corpus, language = game.corpus, get_language()
        counted = self._counted()
        found = {
            "title": corpus.card.title.get(language, corpus.card.title.get("en", corpus.name)),
            "speaks": corpus.language,
            "single": game.counts.wording.single,
            "before": shown(game.before(self.place), game.counts.wording.single),
            "count": len(game.words),
            "known": len(game.counts.words),
            "choices": list(one.choices if one else self._choices()),
            "gpt": {
                "state": "failed" if self._failure else self._gpt.state,
                "why": self._failure,
                "reads": self._gpt.reads,
                "unseen": self._gpt.unseen,
            },
            "revealed": None,
            "rounds": [plain_round(game, past) for past in counted],
            "means": {name: means for name, means in running_means(counted).items() if any(means)},
        }
        if one is not None:
            found["revealed"] = {
                **plain_round(game, one),
                "written": game.written(one.place),
                "new": game.counts.number(game.words[one.place].event) is None,
                "others": one.others,
                "spelling": one.spelling,
                "said": plain_said(one.said),
            }
        return plain(found)  # type: ignore[no-any-return]

    def _switch_language(self, language: str) -> None:
        with self.hold_sync():
            super()._switch_language(language)
            self._refresh()

    @traitlets.observe("place")
    def _other_word(self, change: Any) -> None:
        self._open = None

    @traitlets.observe("place", "pick")
    def _ask_ahead(self, change: Any) -> None:
        if self._built:
            self._worker.ask()

    @traitlets.observe("seed")
    def _other_places(self, change: Any) -> None:
        if self._built:
            self._again, self._rounds, self._open = 0, [], None
            self.place = self._start(self.seed, 0)

    def close(self) -> None:
        """Takes the widget off the page."""
        with contextlib.suppress(AttributeError):  # where it was refused, there is nothing to end
            self._worker.end()
        super().close()
