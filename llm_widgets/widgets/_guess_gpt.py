"""The small GPT of "guess the next word": the shipped one, or one of this notebook, asked in a thread."""

from __future__ import annotations

import atexit
import threading
from typing import Any

from llm_widgets.analysis.next_word import WordReader
from llm_widgets.analysis.next_word_players import NextWordText, shipped_reader_of
from llm_widgets.i18n import t
from llm_widgets.training import LanguageRun
from llm_widgets.widgets._base import run_or_model
from llm_widgets.widgets._guess_rounds import TOP, Said, among

# Held while a backend computes or is imported: a process that ends in the middle of that ends with a crash.
_busy = threading.Lock()
atexit.register(lambda: _busy.acquire(timeout=30))


class GuessingGPT:
    """A model that reads characters, as a player.

    Args:
        game: the text.
        model: a `LanguageModel`, a `LanguageRun` or a `LanguageWorkbench`; None takes the shipped one that has learned
            on the training part of this text, if there is one.

    Raises:
        ValueError: this is no such model, or it does not read characters.
    """

    def __init__(self, game: NextWordText, model: Any = None) -> None:
        self._game = game
        self._bench, self._model = run_or_model(model)
        if model is not None and self._bench is None and self._model is None:
            raise ValueError(
                t(
                    "This needs a language model: give a LanguageModel, a LanguageRun or a LanguageWorkbench. "
                    "Received: {value}",
                    value=repr(model)[:80],
                )
            )
        self._shipped = "" if model is not None else shipped_reader_of(game.corpus)
        self._reader: WordReader | None = None
        run = self.run
        # Whether it is known that the model has not read the held-out words.
        self.unseen = bool(self._shipped) or (run is not None and run.corpus.fingerprint == game.corpus.fingerprint)
        if run is not None or self._model is not None:
            self._read()

    @property
    def run(self) -> LanguageRun | None:
        """The run that plays; None for a finished model."""
        return None if self._bench is None else self._bench.run

    @property
    def there(self) -> bool:
        """Whether there is a model at all."""
        return bool(self._shipped) or self._model is not None or self._bench is not None

    @property
    def loaded(self) -> bool:
        """Whether it can answer without being loaded first."""
        return self._reader is not None

    @property
    def untrained(self) -> bool:
        """A run that has learned nothing yet: nothing is built before the learner presses Train."""
        run = self.run
        return run is not None and not run.log.batch_count and not run.state.active

    @property
    def state(self) -> str:
        """Whether it can play: "untrained", "loading" or "ready"; "none" where there is no model."""
        if not self.there:
            return "none"
        return "untrained" if self.untrained else "ready" if self.loaded else "loading"

    @property
    def moves(self) -> bool:
        """Its weights may change from one question to the next."""
        return self.run is not None

    @property
    def reads(self) -> int:
        """How many characters before the word it reads; 0 where that is not known yet."""
        return 0 if self._reader is None else self._reader.letters.context

    def load(self) -> None:
        """Reads the shipped model's weights, which takes a second or more."""
        if self._shipped and self._reader is None:
            with _busy:
                from llm_widgets.models.shipped import shipped

                self._model = shipped(self._shipped)
                self._read()

    def said(self, place: int, choices: tuple[str, ...]) -> Said:
        """What it says of a held-out word."""
        with _busy:
            return self._said(place, choices)

    def _said(self, place: int, choices: tuple[str, ...]) -> Said:
        reader, before, right = self._read(), self._game.before(place), self._game.words[place].event
        if choices:
            return among(choices, list(reader.log2_probabilities([before] * len(choices), choices)), right)
        words = reader.next_words(before, TOP)
        log = float(reader.log2_probabilities([before], [right])[0])
        top = [(word, float(p)) for word, p in zip(words.words, words.probabilities, strict=True)]
        unknown = reader.letters.tokenizer.UNKNOWN_ID in reader.letters.tokenizer.ids(right)
        return Said(top, 2.0**log, -log, words.explored, unknown)

    def _read(self) -> WordReader:
        source = self._model if self._bench is None else self.run
        assert source is not None
        if self._reader is None or self._reader.source is not source:
            self._reader = WordReader(source, self._game.corpus.language)
        return self._reader
