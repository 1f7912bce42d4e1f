"""Questions whose numbers are drawn and whose answers are computed: guessed in `predict`, answered in `check`.

A chapter adds its own in a file such as `mathematics_questions.py`: see `Question`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from llm_widgets.course import guesses
from llm_widgets.course.guesses import Choice, Judgement, Kind, Number, Order, shown
from llm_widgets.course.learner import generator
from llm_widgets.i18n import t

__all__ = ["Choice", "DrawnExercise", "Judgement", "Number", "Order", "Question", "Values", "shown"]

# What was drawn, by name; after the computing with what came out, "answer" among it.
Values: TypeAlias = dict[str, Any]
# A formula in the TeX that the page knows (`tex.js`), or a function that writes it with the numbers in it.
Formula: TypeAlias = str | Callable[[Values], str]


@dataclass(frozen=True, eq=False)
class Question:
    """A question with numbers that are drawn for each learner.

    Attributes:
        name: by which chapters ask it.
        text: what is asked, English and marked with `N_`; its `{placeholders}` are what was drawn.
        kind: `Number(unit)`, `Choice({key: label, …})` or `Order({key: label, …})`; labels marked with `N_`.
        draw: from a generator to what is drawn, as a plain dict; one that returns {} is always the same question.
        compute: from what was drawn to a dict with "answer" (a number; a key; a list of all keys) and whatever else
            the explanations name.
        why: the explanation that follows every guess, marked with `N_`; placeholders as of `compute` too.
        slips: wrong guesses that many make, each with what it overlooks: pairs of (guess, message marked with `N_`).
        formula: shown with the question.
        working: shown with the answer: how it is computed, with the numbers.
        first: what is asked about before anything is drawn, where it should be the same for all.

    Example: a number, and a choice
        >>> from llm_widgets.i18n import N_
        >>> area = Question(
        ...     "area",
        ...     N_("How large is a matrix of {n} rows and {m} columns?"),
        ...     Number(N_("numbers")),
        ...     draw=lambda rng: {"n": int(rng.integers(2, 9)), "m": int(rng.integers(2, 9))},
        ...     compute=lambda values: {"answer": values["n"] * values["m"]},
        ...     why=N_("Each of the {n} rows holds {m} numbers."),
        ...     slips=lambda values: [(values["n"] + values["m"], N_("That is the sum."))],
        ... )
        >>> values = area.values(of=7)
        >>> area.judge(values, values["n"] * values["m"]).verdict
        'right'
        >>> sign = Question(
        ...     "sign",
        ...     N_("The output {y} is above its target {t}. Where does the update push it?"),
        ...     Choice({"up": N_("up"), "down": N_("down")}),
        ...     draw=lambda rng: {"y": 1.5, "t": 1.0},
        ...     compute=lambda values: {"answer": "down" if values["y"] > values["t"] else "up"},
        ...     why=N_("Downhill, against the gradient."),
        ... )
        >>> sign.judge(sign.values(), "up").verdict
        'off'
    """

    name: str
    text: str
    kind: Kind
    draw: Callable[[np.random.Generator], Values]
    compute: Callable[[Values], Values]
    why: str
    slips: Callable[[Values], Iterable[tuple[Any, str]]] | None = None
    formula: Formula = ""
    working: Formula = ""
    first: Values | None = None

    def values(self, again: int = 0, of: int | None = None) -> Values:
        """What this learner (or the one with seed `of`) is asked about, drawn anew for each `again`."""
        if again == 0 and self.first is not None:
            return dict(self.first)
        return drawn_values(self.draw, self.name, again, of)

    @property
    def varies(self) -> bool:
        """There is something to draw."""
        return bool(self.values(1, of=0))

    def found(self, values: Values) -> Values:
        """What was drawn and what comes out, "answer" among it."""
        return {**values, **plain(self.compute(values))}

    def page(self, values: Values) -> dict[str, Any]:
        """The question in the learner's language, without its answer."""
        labels = {key: said(label, values) for key, label in self.kind.labels.items()}
        keys = list(labels)
        if isinstance(self.kind, Order):
            keys = self._shuffled(values)
        unit = said(self.kind.unit, values) if isinstance(self.kind, Number) else ""
        return {
            "text": said(self.text, values),
            "formula": written(self.formula, values),
            "kind": self.kind.name,
            "unit": unit,
            "options": [{"key": key, "label": labels[key]} for key in keys],
            "varies": self.varies,
        }

    def read(self, guess: Any) -> Any:
        """The guess as it is judged.

        Raises:
            ValueError: this cannot answer the question; says what can.
        """
        return self.kind.read(guess)

    def judge(self, values: Values, guess: Any) -> Judgement:
        """How near a guess is, in words, and why.

        Raises:
            ValueError: as of `read`.
        """
        guess, found = self.read(guess), self.found(values)
        verdict, off = self.kind.compare(guess, found["answer"])
        why = [said(message, found) for message in self._slip(found, guess)] if verdict != "right" else []
        labels = {key: said(label, values) for key, label in self.kind.labels.items()}
        return Judgement(
            verdict=verdict,
            guess=guesses.as_words(guess, labels),
            answer=guesses.as_words(found["answer"], labels),
            off=off,
            why=(*why, said(self.why, found)),
            working=written(self.working, found),
        )

    def objection(self, values: Values, answer: Any) -> str | None:
        """What is wrong with an exercise's answer, without giving the right one away; None where it is right."""
        try:
            answer, found = self.read(answer), self.found(values)
        except ValueError as error:
            return str(error)
        verdict, _ = self.kind.compare(answer, found["answer"])
        if verdict == "right":
            return None
        slips = [said(message, found) for message in self._slip(found, answer)]
        return slips[0] if slips else self.kind.hint(answer, found["answer"])

    def against(self, values: Values) -> tuple[Callable[[Any], str | None], str]:
        """As an exercise: what judges an answer to these numbers, and what a right one is told."""
        return lambda answer: self.objection(values, answer), said(self.why, self.found(values))

    def _slip(self, found: Values, guess: Any) -> list[str]:
        pairs = self.slips(found) if self.slips else ()
        return [message for wrong, message in pairs if self.kind.compare(guess, plain(wrong))[0] == "right"][:1]

    def _shuffled(self, values: Values) -> list[str]:
        """The items in an order that is not the answer, and always the same for the same numbers."""
        keys, answer = list(self.kind.labels), self.found(values)["answer"]
        order = list(generator(f"{self.name} {sorted(values.items())!r}", of=0).permutation(len(keys)))
        mixed = [keys[i] for i in order]
        return mixed[1:] + mixed[:1] if mixed == list(answer) else mixed


@dataclass(frozen=True, eq=False)
class DrawnExercise:
    """An exercise with drawn numbers that judges its answers itself, such as a function that the learner writes.

    Attributes:
        name: by which `draw` and `check` know it.
        draw: as of `Question`.
        judge: from what was drawn and the answer to what is wrong, in the learner's language, or None.
        praise: what a right answer is told, marked with `N_`; its placeholders are what was drawn.
    """

    name: str
    draw: Callable[[np.random.Generator], Values]
    judge: Callable[[Values, Any], str | None]
    praise: str

    def values(self, again: int = 0, of: int | None = None) -> Values:
        """What this learner is asked about."""
        return drawn_values(self.draw, self.name, again, of)

    def against(self, values: Values) -> tuple[Callable[[Any], str | None], str]:
        """What judges an answer to these numbers, and what a right one is told."""
        return lambda answer: self.judge(values, answer), said(self.praise, values)


def said(message: str, values: Mapping[str, Any]) -> str:
    """A marked message in the learner's language, with its numbers as one reads them."""
    return t(message, **{name: shown(value) for name, value in values.items()}) if message else ""


def drawn_values(draw: Callable[[np.random.Generator], Values], name: str, again: int, of: int | None) -> Values:
    """What a learner's generator draws."""
    return {str(key): plain(value) for key, value in draw(generator(name, again, of)).items()}


def written(formula: Formula, values: Values) -> str:
    """A formula with its numbers."""
    return formula if isinstance(formula, str) else formula(values)


def plain(value: Any) -> Any:
    """NumPy's numbers and arrays as Python's own."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"Numbers of a question must be finite. Received: {value}")
    return value
