"""Guess first: a question that computes its answer only once the learner has guessed."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

import traitlets

from llm_widgets.widgets._computed import ComputedWidget, plain
from llm_widgets.widgets._keywords import check_keywords


class Asked(Protocol):
    """What is asked; `course.questions.Question` is one, and says what each of these is."""

    @property
    def name(self) -> str: ...
    def values(self, again: int = 0) -> dict[str, Any]: ...
    def page(self, values: dict[str, Any]) -> dict[str, Any]: ...
    def read(self, guess: Any) -> Any: ...
    def judge(self, values: dict[str, Any], guess: Any) -> Any: ...


class Prediction(ComputedWidget):
    """The learner guesses before the widget answers: no answer reaches the page, or is computed, before the guess.

    Args:
        question: see `Asked`; `lw.course.predict(name)` makes one of the course's questions.
        settings: guess (None until there is one; then a number, a key, or a list of keys) and again (which drawing of
            the question's numbers).

    Raises:
        ValueError: the guess cannot answer the question, or `again` is negative.

    Example:
        >>> from llm_widgets import course
        >>> asked = course.predict("loss-after-update")
        >>> asked.values["x"]
        [1.0, 2.0, 3.0]
        >>> asked.guess = 0.5
        >>> asked.judgement.answer
        '353.4'
        >>> asked.ask_again()
        >>> asked.guess is None
        True
    """

    _front = "prediction"
    SETTINGS: ClassVar[tuple[str, ...]] = ("guess", "again")

    # --- what was guessed, and which drawing of the numbers is asked about
    guess = traitlets.Any(None, allow_none=True).tag(sync=True)
    again = traitlets.Int(0).tag(sync=True)

    def __init__(self, question: Asked, **settings: Any) -> None:
        check_keywords(Prediction, settings, Prediction.SETTINGS)
        self.question = question
        super().__init__(**settings)

    @property
    def values(self) -> dict[str, Any]:
        """The numbers that the question is about."""
        return self.question.values(self.again)

    @property
    def judgement(self) -> Any:
        """The guess beside the computed answer (`course.guesses.Judgement`); None before there is a guess."""
        return None if self.guess is None else self.question.judge(self.values, self.guess)

    def ask_again(self) -> None:
        """Asks the same with numbers drawn anew."""
        self.change(again=self.again + 1, guess=None)

    def _compute(self) -> dict[str, Any]:
        judged = self.judgement
        return {
            **plain(self.question.page(self.values)),
            "judged": None if judged is None else plain(dict(vars(judged))),
        }

    def _switch_language(self, language: str) -> None:
        with self.hold_sync():
            super()._switch_language(language)
            self._refresh()

    @traitlets.validate("guess")
    def _check_guess(self, proposal: Any) -> Any:
        guess = proposal["value"]
        return guess if guess is None else self.question.read(guess)

    @traitlets.validate("again")
    def _check_again(self, proposal: Any) -> int:
        if proposal["value"] < 0:
            raise ValueError(f"again must be 0 or more. Received: again={proposal['value']}")
        return int(proposal["value"])

    @traitlets.observe("again")
    def _other_numbers(self, change: Any) -> None:
        self.guess = None  # it was a guess at the numbers of before
