"""The learner guesses the next word of a text, against a unigram, a trigram and a small GPT."""

from __future__ import annotations

import re
import threading
from typing import Any, ClassVar

import numpy as np
import traitlets

from llm_widgets import _seeds, corpora
from llm_widgets.analysis.next_word_players import next_word_text
from llm_widgets.corpora import TextCorpus
from llm_widgets.i18n import get_language, t
from llm_widgets.widgets._base import run_or_model
from llm_widgets.widgets._computed import ComputedWidget, plain
from llm_widgets.widgets._guess_gpt import GuessingGPT
from llm_widgets.widgets._guess_rounds import (
    NGRAMS,
    Round,
    Said,
    choices_at,
    learner_said,
    ngram_said,
    others_of,
    plain_said,
    running_means,
)
from llm_widgets.widgets._keywords import check_keywords
from llm_widgets.widgets._words import for_a_learner
from llm_widgets.widgets._worker import Worker

SKIP = 10
LONGEST = 60  # characters of a guess
_SHOWN = {False: 420, True: 110}  # characters before the hidden word that the page shows; of Chinese fewer say as much
_LINE = 50  # a line so long was broken for the paper's sake
_FIRST = 40  # words of the held-out part before the first one that is asked, where it has as many


class GuessTheNextWord(ComputedWidget):
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
    SETTINGS: ClassVar[tuple[str, ...]] = ("place", "sure", "pick", "seed")

    # Which of the held-out words is asked.
    place = traitlets.Int(0).tag(sync=True)
    # How sure the learner is of the guess, in per cent.
    sure = traitlets.Int(50).tag(sync=True)
    # Choose from six words instead of typing one.
    pick = traitlets.Bool(False).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        corpus: TextCorpus | str | None = None,
        *,
        model: Any = None,
        seed: int | None = None,
        **settings: Any,
    ) -> None:
        check_keywords(GuessTheNextWord, settings, ("pick", "sure", "place"))
        self._game = next_word_text(_running(corpus, model))
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
            return [
                {
                    "word": self._game.words[one.place].event,
                    "guess": one.guess,
                    "sure": one.sure,
                    "right": one.right,
                    "pick": bool(one.choices),
                    "bits": {name: said.bits for name, said in one.said.items()},
                }
                for one in self._rounds
            ]

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
            event = self._read(word)
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
            self._leave(self._start(self.seed, self._again))
        self._worker.ask()

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
            self._leave((self.place + words) % len(self._game.words))
        self._worker.ask()

    def _leave(self, place: int) -> None:
        self._open = None
        self.place = place

    def _choices(self) -> tuple[str, ...]:
        return choices_at(self._game, self.place, (self.seed,)) if self.pick else ()

    def _counted(self) -> list[Round]:
        """The rounds that can be compared with one another: picked from six, or freely typed."""
        return [one for one in self._rounds if bool(one.choices) == self.pick]

    def _read(self, typed: str) -> str:
        """What was typed, as words are counted."""
        wording = self._game.counts.wording
        event = wording.read(typed[: LONGEST + 20])
        if event is None or len(event) > LONGEST:
            words = (
                t("Type one Chinese character: any guess will do. Received: {typed}", typed=repr(typed[:40]))
                if wording.single
                else t("Type one word, without spaces and marks: any will do. Received: {typed}", typed=repr(typed[:40]))
            )
            raise ValueError(words)
        if self._game.counts.number(event) is None:
            # The text may write its apostrophes in the other way, and capitals inside a word are a slip of the finger.
            ways = (event.lower(), event.replace("'", "’"), event.replace("’", "'"), event.lower().replace("'", "’"))
            event = next((way for way in ways if self._game.counts.number(way) is not None), event.lower())
        if self.pick and event not in self._choices():
            raise ValueError(t("Choose one of the words. Received: {typed}", typed=repr(typed[:40])))
        return event

    def _reveal(self, guess: str) -> None:
        game, place, choices = self._game, self.place, self._choices()
        word = game.words[place].event
        new = game.counts.number(word) is None and not choices
        spelling = -game.counts.spelling.new_log2_probability(word) if new else 0.0
        others = others_of(game, guess, choices)
        one = Round(place, guess, self.sure, choices, others, guess == word, spelling)
        one.said["you"] = learner_said(game, one)
        one.said |= {name: ngram_said(game, name, place, choices) for name in NGRAMS}
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

    def _gpt_state(self) -> str:
        if self._failure:
            return "failed"
        if not self._gpt.there:
            return "none"
        if self._gpt.untrained:
            return "untrained"
        return "ready" if self._gpt.loaded else "loading"

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
                "state": self._gpt_state(),
                "why": self._failure,
                "reads": self._gpt.reads,
                "unseen": self._gpt.unseen,
            },
            "revealed": None,
            "rounds": [
                {
                    "word": game.words[past.place].event,
                    "guess": past.guess,
                    "sure": past.sure,
                    "right": past.right,
                    "bits": {name: said.bits for name, said in past.said.items()},
                }
                for past in counted
            ],
            "means": {name: values for name, values in running_means(counted).items() if any(v is not None for v in values)},
        }
        if one is not None:
            found["revealed"] = {
                "word": game.words[one.place].event,
                "written": game.written(one.place),
                "new": game.counts.number(game.words[one.place].event) is None,
                "guess": one.guess,
                "sure": one.sure,
                "right": one.right,
                "others": one.others,
                "spelling": one.spelling,
                "said": plain_said(one.said),
            }
        return plain(found)  # type: ignore[no-any-return]

    def _switch_language(self, language: str) -> None:
        with self.hold_sync():
            super()._switch_language(language)
            self._refresh()

    @traitlets.validate("place")
    def _check_place(self, proposal: Any) -> int:
        if not 0 <= proposal["value"] < len(self._game.words):
            raise ValueError(
                t(
                    "place must be from 0 to {last}. Received: place={value}",
                    last=len(self._game.words) - 1,
                    value=proposal["value"],
                )
            )
        return int(proposal["value"])

    @traitlets.validate("sure")
    def _check_sure(self, proposal: Any) -> int:
        if not 1 <= proposal["value"] <= 99:
            raise ValueError(
                t("Nobody is quite sure: sure must be from 1 to 99. Received: sure={value}", value=proposal["value"])
            )
        return int(proposal["value"])

    @traitlets.validate("seed")
    def _check_seed(self, proposal: Any) -> int:
        if not 0 <= proposal["value"] < _seeds.LARGEST:
            raise ValueError(
                t("seed must be from 0 to {last}. Received: seed={value}",
                  last=_seeds.LARGEST - 1, value=proposal["value"])
            )  # fmt: skip
        return int(proposal["value"])

    @traitlets.observe("place", "pick")
    def _other_word(self, change: Any) -> None:
        if self._built:
            self._open = None
            self._worker.ask()

    @traitlets.observe("seed")
    def _other_places(self, change: Any) -> None:
        if self._built:
            self._again, self._rounds, self._open = 0, [], None
            self.place = self._start(self.seed, 0)

    def close(self) -> None:
        """Takes the widget off the page."""
        self._worker.end()
        super().close()


def shown(before: str, single: bool) -> str:
    """The last lines before the hidden word, from the beginning of a line or a word, without the paper's line breaks."""
    text = before[-_SHOWN[single] :]
    if len(before) > len(text):
        start = re.search(r"\n" if single else r"\s", text)
        text = text[start.end() :] if start and start.end() < len(text) // 2 else text
    return text if single else re.sub(rf"(?m)^(.{{{_LINE},}})\n(?=\S)", r"\1 ", text)


def _running(corpus: TextCorpus | str | None, model: Any) -> TextCorpus:
    if corpus is None:
        bench, _ = run_or_model(model)
        own = None if bench is None else bench.run.corpus  # type: ignore[union-attr]
        corpus = own if isinstance(own, TextCorpus) else "tang" if get_language() == "zh" else "alice"
    if isinstance(corpus, str) and corpus in ("alice", "tang"):
        corpus = corpora.load(corpus)
    if not isinstance(corpus, TextCorpus):
        raise ValueError(
            t(
                'Give "alice", "tang", or a text of your own by lw.corpora.text("…"). Received: {corpus}',
                corpus=repr(corpus)[:60],
            )
        )
    return corpus
