"""What can be guessed (a number, one of several, an order), and how far a guess is from the answer, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, ClassVar, TypeAlias

from llm_widgets.i18n import t


@dataclass(frozen=True)
class Judgement:
    """A guess beside its answer.

    Attributes:
        verdict: "right", "near" or "off".
        guess, answer: both in words.
        off: how far they are apart, as a sentence.
        why: sentences that explain: what the guess overlooks, where that is known, and where the answer comes from.
        working: the computing as a formula in TeX, "" for none.
    """

    verdict: str
    guess: str
    answer: str
    off: str
    why: tuple[str, ...]
    working: str


@dataclass(frozen=True)
class Number:
    """A number is guessed.

    Attributes:
        unit: what it counts, marked with `N_`; "" for a bare number.
        tolerance: up to which share of the answer a guess is right.
        near: up to which share it is near.
        low, high: between which a guess is taken at all.
    """

    unit: str = ""
    tolerance: float = 0.01
    near: float = 0.15
    low: float = -1e12
    high: float = 1e12
    name: ClassVar[str] = "number"
    labels: ClassVar[Mapping[str, str]] = {}

    def read(self, guess: Any) -> float:
        """The guess as a float; refuses what is none."""
        try:
            value = float(guess)
        except (TypeError, ValueError, OverflowError):
            value = math.nan
        if isinstance(guess, (bool, str)) or not self.low <= value <= self.high:
            raise ValueError(
                t("The answer is a number from {low} to {high}. Received: {guess}",
                  low=shown(self.low), high=shown(self.high), guess=short(guess))
            )  # fmt: skip
        return value

    def compare(self, guess: float, answer: float) -> tuple[str, str]:
        """The verdict, and how far the guess is off."""
        apart = abs(guess - answer)
        if apart <= self.tolerance * abs(answer) + 1e-12:
            return "right", t("Your guess is right.")
        verdict = "near" if apart <= self.near * abs(answer) else "off"
        if guess * answer < 0:
            return verdict, t("Your guess has the other sign.")
        factor = max(abs(guess), abs(answer)) / max(min(abs(guess), abs(answer)), 1e-300)
        larger = abs(guess) > abs(answer)
        if 1.5 <= factor < 1e15:
            if larger:
                return verdict, t("Your guess is {factor} times as large as the answer.", factor=shown(factor))
            return verdict, t("The answer is {factor} times as large as your guess.", factor=shown(factor))
        if guess > answer:
            return verdict, t("Your guess is too high by {difference}.", difference=shown(apart))
        return verdict, t("Your guess is too low by {difference}.", difference=shown(apart))

    def hint(self, guess: float, answer: float) -> str:
        """What a wrong answer of an exercise is told."""
        if guess > answer:
            return t("Not yet: your answer is too high.")
        return t("Not yet: your answer is too low.")


@dataclass(frozen=True)
class Choice:
    """One of several answers is chosen.

    Attributes:
        options: what can be chosen, by key; labels marked with `N_`.
    """

    options: Mapping[str, str]
    name: ClassVar[str] = "choice"

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels by key."""
        return self.options

    def read(self, guess: Any) -> str:
        """The guess as a key; refuses what is none."""
        if not (isinstance(guess, str) and guess in self.options):
            known = ", ".join(repr(key) for key in self.options)
            raise ValueError(t("The answer is one of {known}. Received: {guess}", known=known, guess=short(guess)))
        return guess

    def compare(self, guess: str, answer: str) -> tuple[str, str]:
        """The verdict, in words too."""
        if guess == answer:
            return "right", t("Your guess is right.")
        return "off", t("Another answer is right.")

    def hint(self, guess: str, answer: str) -> str:
        """What a wrong answer of an exercise is told."""
        return t("Not yet: another answer is right.")


@dataclass(frozen=True)
class Order:
    """Things are put in an order, the first one first.

    Attributes:
        items: what is put in order, by key; labels marked with `N_`.
    """

    items: Mapping[str, str]
    name: ClassVar[str] = "order"

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels by key."""
        return self.items

    def read(self, guess: Any) -> list[str]:
        """The guess as a list of keys; refuses what is not all of them, each once."""
        keys = list(guess) if isinstance(guess, Sequence) and not isinstance(guess, str) else []
        if not all(isinstance(key, str) for key in keys) or sorted(keys) != sorted(self.items):
            known = ", ".join(repr(key) for key in self.items)
            raise ValueError(
                t("The answer is a list of {known}, each once. Received: {guess}", known=known, guess=short(guess))
            )
        return keys

    def compare(self, guess: Sequence[str], answer: Sequence[str]) -> tuple[str, str]:
        """The verdict: near where few pairs are the wrong way round."""
        pairs = list(combinations(answer, 2))
        wrong = sum(guess.index(a) > guess.index(b) for a, b in pairs)
        if not wrong:
            return "right", t("Your order is right.")
        verdict = "near" if wrong <= len(pairs) / 5 else "off"
        return verdict, t("{wrong} of {n} pairs stand the wrong way round.", wrong=wrong, n=len(pairs))

    def hint(self, guess: Sequence[str], answer: Sequence[str]) -> str:
        """What a wrong answer of an exercise is told."""
        return t("Not yet: {off}", off=self.compare(guess, answer)[1])


Kind: TypeAlias = Number | Choice | Order


def shown(value: Any, digits: int = 4) -> str:
    """A value as one reads it: `digits` significant ones, a real minus sign, lists in brackets."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return str(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(shown(part, digits) for part in value)}]"
    if isinstance(value, int):
        text = f"{value:,}" if abs(value) < 10**15 else _powers(value, digits)
    elif value and not 1e-4 <= abs(value) < 1e6:
        text = _powers(value, digits)
    else:
        text = f"{float(f'{value:.{digits}g}'):,.10f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def _powers(value: float, digits: int) -> str:
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(power)}"


def as_words(answer: Any, labels: Mapping[str, str]) -> str:
    """A guess or an answer in words."""
    if isinstance(answer, str):
        return labels[answer]
    if isinstance(answer, (list, tuple)):
        return " → ".join(labels[key] for key in answer)
    # A guess is a float; one that counts something is told digit by digit, as the answer is.
    return shown(int(answer) if isinstance(answer, float) and answer.is_integer() else answer)


def short(value: Any) -> str:
    """What was received, short enough for an error."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}…"
