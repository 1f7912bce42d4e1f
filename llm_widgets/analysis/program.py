"""A program of rules beside classifiers that learned, judged on the same texts.

Reference:
    Wilson, E. B. (1927). Probable Inference, the Law of Succession, and Statistical Inference. JASA 22 (158).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from llm_widgets._runtime import give_back_memory
from llm_widgets.analysis._program_runner import Outcome, run_program
from llm_widgets.analysis.classification import Evaluation
from llm_widgets.corpora import Corpus
from llm_widgets.i18n import N_, t
from llm_widgets.training.baselines import MAJORITY, REGRESSION, regression_probabilities

PROGRAM, RUN = N_("your program"), N_("the network")
GUESSING = N_("your program; else the commoner class")
KINDS = ("answer", "none", "wrong", "error", "timeout", "unreached")
_Z = 1.959963984540054  # 95 % of a normal distribution lie within


class Row(NamedTuple):
    """One method on the test texts. A text without an answer counts as wrong.

    Args:
        name: an English message; translate it with `i18n.t`.
        accuracy: of all texts, with `low` and `high`, the ends of its interval (Wilson, 95 %).
        answered: texts with an answer. confusion: of those, (true negative, false positive, false negative, true
            positive).
    """

    name: str
    accuracy: float
    low: float
    high: float
    answered: int
    confusion: tuple[int, int, int, int]


class RuleRow(NamedTuple):
    """What one rule answered: its line and code (or the name that the program gave), how often, how often rightly."""

    rule: str
    cases: int
    right: int


@dataclass(frozen=True)
class Trouble:
    """A text on which the program failed: `kind` as of `Outcome`, and the words that tell it.

    `line` is that of the function in which an error was, 0 where it is not known.
    """

    kind: str
    text: str
    words: str
    line: int = 0


class ProgramJudgement:
    """What a program of rules and learned classifiers say about the same texts.

    Args:
        outcomes: of the program, one a text.
        corpus: whose test split was judged.
        learned: probabilities of positive by name, float [N] each; the last one is the program's opponent.
    """

    def __init__(self, outcomes: Sequence[Outcome], corpus: Corpus, learned: dict[str, NDArray[Any]]) -> None:
        self.outcomes = tuple(outcomes)
        self.corpus = corpus
        self.labels = corpus.test.labels
        self.reading, self.said = _as_labels(self.outcomes)
        self.learned = {name: np.asarray(p, np.float64) > 0.5 for name, p in learned.items()}
        self.opponent = next(reversed(self.learned))

    @property
    def table(self) -> tuple[Row, ...]:
        """The program first, then it again with a guess where it had no answer, then the others."""
        rows = [_row(PROGRAM, self.said, self.labels)]
        if (self.said < 0).any():
            guessed = np.where(self.said < 0, self.learned[MAJORITY], self.said).astype(np.int8)
            rows.append(_row(GUESSING, guessed, self.labels))
        return (*rows, *(_row(name, said.astype(np.int8), self.labels) for name, said in self.learned.items()))

    @property
    def counts(self) -> dict[str, int]:
        """How many texts had each kind of outcome."""
        return {kind: sum(o.kind == kind for o in self.outcomes) for kind in KINDS}

    @property
    def rules(self) -> tuple[RuleRow, ...]:
        """Cases by rule, the commonest first; texts without an answer are not among them."""
        found: dict[str, list[int]] = {}
        for outcome, said, label in zip(self.outcomes, self.said, self.labels, strict=True):
            if said >= 0 and outcome.rule is not None:
                case = found.setdefault(outcome.rule, [0, 0])
                case[0] += 1
                case[1] += int(said == label)
        return tuple(sorted((RuleRow(rule, *case) for rule, case in found.items()), key=lambda row: -row.cases))

    def compared(self) -> dict[str, int]:
        """On how many texts both are right, only the program, only the opponent, and neither."""
        rules, learned = self.said == self.labels, self.learned[self.opponent] == self.labels
        pairs = {"both": rules & learned, "only_program": rules & ~learned, "only_learned": ~rules & learned}
        return {name: int(which.sum()) for name, which in pairs.items()} | {"neither": int((~rules & ~learned).sum())}

    def texts(self, who: str, n: int = 20) -> tuple[str, ...]:
        """Texts on which only one is right.

        Args:
            who: "program" or "learned".

        Raises:
            ValueError: it is neither.
        """
        return tuple(self.corpus.test.texts[i] for i in self.places(who)[:n])

    def places(self, who: str) -> list[int]:
        """Where those texts stand in the test split; as for `texts`."""
        rules, learned = self.said == self.labels, self.learned[self.opponent] == self.labels
        if who not in ("program", "learned"):
            raise ValueError(t("Choose one of {names}. Received: who={name}", names="program, learned", name=repr(who)))
        return [int(i) for i in np.flatnonzero(rules & ~learned if who == "program" else ~rules & learned)]

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """The first text of each kind of trouble, and of each error."""
        seen: dict[tuple[str, str], Trouble] = {}
        for outcome, text in zip(self.outcomes, self.corpus.test.texts, strict=True):
            if outcome.kind in ("wrong", "error", "timeout"):
                key = (outcome.kind, outcome.words.partition(":")[0] if outcome.kind == "error" else "")
                seen.setdefault(key, Trouble(outcome.kind, text, outcome.words, outcome.line))
        return tuple(seen.values())[:5]

    @property
    def sentence(self) -> str:
        """The result in words."""
        mine, other = self.table[0], self.table[-1]
        values = {
            "mine": f"{mine.accuracy:.1%}", "low": f"{mine.low:.1%}", "high": f"{mine.high:.1%}", "name": t(other.name),
            "theirs": f"{other.accuracy:.1%}", "n": f"{len(self.labels):,}", "answered": f"{mine.answered:,}",
        }  # fmt: skip
        first = t(
            "Your program is right on {mine} of {n} test texts (95 % interval {low} to {high}); it had an answer for "
            "{answered}. {name} is right on {theirs}.",
            **values,
        )
        return " ".join([first, *(describe(trouble) for trouble in self.troubles), *self._unreached()])

    def _unreached(self) -> list[str]:
        missing = self.counts["unreached"]
        if not missing:
            return []
        return [t("It took too long: {n} texts were not tried, and count as wrong.", n=f"{missing:,}")]

    def __repr__(self) -> str:
        lines = [
            f"{row.accuracy:6.1%}  ({row.low:.1%} – {row.high:.1%})  {t(row.name)}"
            for row in self.table
        ]  # fmt: skip
        return "\n".join([*lines, "", self.sentence])


def judge_program(
    program: Callable[[str], Any],
    corpus: Corpus,
    *,
    run: Any = None,
    seconds_a_text: float = 1.0,
    seconds: float = 30.0,
) -> ProgramJudgement:
    """Judges a function from text to "positive" or "negative" on the test split, beside what has learned.

    The function may also return a truth value, a number (above 0 positive, below 0 negative, 0 undecided; where all
    numbers lie from 0 to 1 they are probabilities, above one half positive), None for "no answer", or a pair of one of
    these and the name of the rule. It runs here, in a thread, and is stopped where it takes too long.

    Args:
        program: the function. run: a `Run` to stand beside it, too.
        seconds_a_text: after so long a text is given up. seconds: after so long in all the rest is not tried.

    Raises:
        TypeError: this is no function. ValueError: there are no test texts, or the run learned from another corpus.
    """
    if not callable(program):
        raise TypeError(
            t(
                "A program is a function that takes a text and returns “positive” or “negative”. Received: {value}",
                value=repr(program)[:80],
            )
        )
    texts = corpus.test.texts
    if not texts:
        raise ValueError(t("This corpus has no test texts. Received: {corpus}", corpus=repr(corpus)))
    give_back_memory()  # counting pairs of words takes tens of MB: whatever lies about goes first
    learned: dict[str, NDArray[Any]] = {}
    commoner = float(2 * int(corpus.train.labels.sum()) >= len(corpus.train))
    learned[MAJORITY] = np.full(len(texts), commoner)
    if found := regression_probabilities(corpus):
        learned[REGRESSION] = found["test"]
    if run is not None:
        if run.corpus.fingerprint != corpus.fingerprint:
            raise ValueError(t("This run learned from another corpus. Received: {run}", run=repr(run)[:120]))
        learned[RUN] = run.evaluate("test")["probabilities"]
    outcomes = run_program(program, texts, seconds_a_text=seconds_a_text, seconds=seconds)
    return ProgramJudgement(outcomes, corpus, learned)


def describe(trouble: Trouble) -> str:
    """A trouble in words, with the text that caused it."""
    words = trouble.words
    if trouble.line:
        words = t("{error}, in line {line}", error=words, line=trouble.line)
    values = {"text": trouble.text[:120], "words": words}
    if trouble.kind == "error":
        return t("Your program failed with {words} on: “{text}”", **values)
    if trouble.kind == "wrong":
        return t("Your program returned {words}, which is neither positive nor negative, on: “{text}”", **values)
    return t("Your program came to no end (a loop that never ends?) on: “{text}”", **values)


def wilson(right: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share that was counted."""
    if not n:
        return 0.0, 1.0
    p, z2 = right / n, _Z * _Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def _row(name: str, said: NDArray[np.int8], labels: NDArray[np.int8]) -> Row:
    right, n = int((said == labels).sum()), len(labels)
    answered = said >= 0
    counts = Evaluation(labels[answered], said[answered].astype(np.float64)).confusion().reshape(-1)
    tn, fp, fn, tp = (int(count) for count in counts)
    return Row(name, right / n, *wilson(right, n), int(answered.sum()), (tn, fp, fn, tp))


def _as_labels(outcomes: Sequence[Outcome]) -> tuple[str, NDArray[np.int8]]:
    """How numbers are read ("scores" or "probabilities"), and 1, 0 or -1 (no answer) for each text."""
    figures = [o.value for o in outcomes if o.kind == "answer" and not isinstance(o.value, bool)]
    shares = bool(figures) and all(0 <= value <= 1 for value in figures if value is not None)
    said = np.full(len(outcomes), -1, np.int8)
    for place, outcome in enumerate(outcomes):
        value = outcome.value
        if outcome.kind != "answer" or value is None:
            continue
        if isinstance(value, bool):
            said[place] = int(value)
        elif shares:
            said[place] = int(value > 0.5)
        elif value != 0:
            said[place] = int(value > 0)
    return "probabilities" if shares else "scores", said
