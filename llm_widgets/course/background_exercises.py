"""The exercises of the chapter on background: numbers drawn for each learner, and a function that counts.

A judge gets the numbers that were drawn and the answer, and says what is wrong, or nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from llm_widgets.course.algorithms_answers import NEAR, first
from llm_widgets.course.answers import NotYet, not_a_number, number
from llm_widgets.i18n import N_, t

if TYPE_CHECKING:
    import numpy as np

Drawn = dict[str, Any]


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=NEAR)


def probabilities(rng: np.random.Generator) -> Drawn:
    """Four powers of one half, not all the same."""
    while True:
        bits = rng.integers(1, 5, 4)
        if len(set(bits.tolist())) > 2:
            return {"p": (0.5**bits).tolist()}


def _text_probability(drawn: Drawn, answer: Any) -> str | None:
    given, p = number(answer), drawn["p"]
    if given is None:
        return not_a_number(answer)
    if _near(given, math.prod(p)):
        return None
    bits = sum(-math.log2(one) for one in p)
    slips = [
        (sum(p), t("Probabilities of things that all must happen are multiplied, not added.")),
        (sum(p) / len(p), t("That is their mean. All four must happen, one after the other: multiply.")),
        (bits, t("Those are the bits of the text. Asked is for its probability.")),
        (bits / len(p), t("Those are the bits a token. Asked is for the probability of the text.")),
        (math.prod(p) ** (1 / len(p)), t("That is the probability of a typical token. The text is all four.")),
        (min(p), t("That is the least likely token alone. The text is all four.")),
        (1 - math.prod(p), t("That is the probability of every other text.")),
        (1 / math.prod(p), t("The other way round: a probability is at most 1.")),
    ]
    return first(given, slips, t("By the chain rule, the four probabilities are multiplied."))


def letters(rng: np.random.Generator) -> Drawn:
    """A short text of three letters, and a pair in it whose estimates all differ."""
    while True:
        text = "".join(rng.choice(list("abc"), 14))
        before, after = (str(one) for one in rng.choice(list("abc"), 2, replace=False))
        drawn = {"text": text, "before": before, "after": after}
        right, *others = (value for value, _ in _estimates(drawn))
        if 0 < right < 1 and all(abs(right - other) > 0.02 for other in others):
            return drawn


def _estimates(drawn: Drawn) -> list[tuple[float, str]]:
    text, x, y = drawn["text"], drawn["before"], drawn["after"]
    pairs = Counter(pairwise(text))
    pair, after_x, before_y = pairs[x, y], sum(pairs[x, one] for one in "abc"), sum(pairs[one, y] for one in "abc")
    return [
        (pair / after_x if after_x else 0.0, ""),
        (text.count(y) / len(text), t("That is how common “{y}” is in all. Look only at what follows “{x}”.",
                                      x=x, y=y)),
        (pair / (len(text) - 1), t("That is the share of the pair among all pairs. Divide by the pairs that begin with "
                                   "“{x}”.", x=x)),
        (pair / before_y if before_y else 0.0, t("That is how often “{x}” stands before “{y}”. Asked is what follows "
                                                 "“{x}”.", x=x, y=y)),
        (after_x / (len(text) - 1), t("That is how common “{x}” is. Asked is what follows it.", x=x)),
    ]  # fmt: skip


def _bigram(drawn: Drawn, answer: Any) -> str | None:
    given = number(answer)
    if given is None:
        return not_a_number(answer)
    (right, _), *slips = _estimates(drawn)
    if _near(given, right):
        return None
    last = drawn["text"].endswith(drawn["before"])
    text, x, y = drawn["text"], drawn["before"], drawn["after"]
    if last and _near(given, text.count(x + y) / text.count(x)):
        return t("Nearly: the last “{x}” of the text is followed by nothing, so it does not count.", x=x)
    return first(given, slips, t("Count the pairs that begin with “{x}”, and among them those that go on with “{y}”.",
                                 x=x, y=y))  # fmt: skip


def tables(rng: np.random.Generator) -> Drawn:
    """A vocabulary, the length of a run, and a text."""
    return {
        "V": int(rng.choice([1000, 2000, 5000, 10_000])),
        "n": int(rng.choice([2, 3, 4])),
        "N": int(rng.choice([100_000, 1_000_000, 10_000_000])),
    }


def _table_size(drawn: Drawn, answer: Any) -> str | None:
    given = number(answer)
    if given is None:
        return not_a_number(answer)
    V, n, N = (drawn[name] for name in "VnN")
    if _near(given, V**n / N):
        return None
    slips = [
        (V**n, t("That is the number of possible runs. Divide by the tokens of the text.")),
        (N / V**n, t("The other way round: how many possible runs come on each token.")),
        (V * n / N, t("Each of the {n} places has {V} possibilities of its own: multiply, and do not add.", n=n, V=V)),
        (V ** (n - 1) / N, t("A run of {n} tokens has {n} places to fill.", n=n)),
        (V ** (n + 1) / N, t("A run of {n} tokens has {n} places to fill, not one more.", n=n)),
    ]
    return first(given, slips, t("{V} possibilities for each of {n} places; then divide by {N}.", V=V, n=n, N=N))


def counts(rng: np.random.Generator) -> Drawn:
    """How often a token was counted after a context, the context itself, and a vocabulary."""
    total = int(rng.choice([10, 20, 40, 50]))
    return {"count": int(rng.integers(0, 6)), "total": total, "V": int(rng.choice([30, 60, 100, 200]))}


def _add_one(drawn: Drawn, answer: Any) -> str | None:
    given = number(answer)
    if given is None:
        return not_a_number(answer)
    count, total, V = drawn["count"], drawn["total"], drawn["V"]
    if _near(given, (count + 1) / (total + V)):
        return None
    if abs(given - count / total) < 1e-9:
        return t("That is without smoothing. Every token of the vocabulary is counted once more than it was seen.")
    slips = [
        ((count + 1) / total, t("The tokens that were added count below the line, too: then all shares sum to 1.")),
        ((count + 1) / (total + 1), t("Not one token was added, but one for each of the {V} of the vocabulary.", V=V)),
        (count / (total + V), t("This token is counted once more, too.")),
        (1 / V, t("That would be so if nothing had been counted at all.")),
    ]
    return first(given, slips, t("One more for this token above the line, one more for each of {V} below it.", V=V))


def operations(rng: np.random.Generator) -> Drawn:
    """Parameters and tokens of a model."""
    return {
        "parameters": float(rng.choice([1e8, 5e8, 1e9, 7e9, 7e10])),
        "tokens": float(rng.choice([2e9, 2e10, 3e11, 2e12])),
    }


def _operations(drawn: Drawn, answer: Any) -> str | None:
    given = number(answer)
    if given is None:
        return not_a_number(answer)
    N, D = drawn["parameters"], drawn["tokens"]
    if _near(given, 6 * N * D):
        return None
    slips = [
        (N * D, t("The factor is missing: two operations a parameter forward, and twice as many back.")),
        (2 * N * D, t("That is the way forward alone. The way back takes twice as much again.")),
        (4 * N * D, t("That is the way back alone.")),
        (3 * N * D, t("A multiplication and an addition are two operations.")),
        (6 * N, t("That is for one token. It read many.")),
        (6 * D, t("Every token passes through every parameter.")),
        (6 * (N + D), t("Every token passes through every parameter: multiply.")),
    ]
    return first(given, slips, t("6 N D: six operations for each parameter and each token."))


# What is drawn, who judges, and what is said of a right answer.
DRAWN: dict[str, tuple[Callable[[np.random.Generator], Drawn], Callable[[Drawn, Any], str | None], str]] = {
    "text-probability": (
        probabilities, _text_probability, N_("Yes. Each token takes its share of what the ones before have left."),
    ),
    "bigram-estimate": (letters, _bigram, N_("Yes. Two counts, one divided by the other: that is a language model.")),
    "table-size": (tables, _table_size, N_("Yes. So much of the table must stay empty, whatever the text says.")),
    "add-one": (counts, _add_one, N_("Yes. Nothing is impossible any more, and all shares still sum to 1.")),
    "training-operations": (
        operations, _operations, N_("Yes. With this rule the axis of operations in the figure is computed."),
    ),
}  # fmt: skip


def _following(answer: Any) -> str | None:
    """Judges a function from tokens to, for each of them, a count of what followed it."""
    if not callable(answer):
        return t("The answer is a function of a list of tokens. Received: {answer}", answer=repr(answer))
    tokens = ["the", "cat", "saw", "the", "dog", "and", "the", "cat", "ran", "."]
    given = answer(list(tokens))
    if given is None or given is ...:
        raise NotYet
    if not hasattr(given, "items"):
        return t("Return a dict: for each token what followed it, and how often. Received: {given}", given=repr(given))
    counted = {key: dict(value) if hasattr(value, "items") else value for key, value in given.items()}
    if any(not isinstance(value, dict) for value in counted.values()):
        return t("What stands at each token are counts: a Counter, or a dict of numbers.")
    right: dict[str, dict[str, int]] = {}
    for one, other in pairwise(tokens):
        right.setdefault(one, {}).setdefault(other, 0)
        right[one][other] += 1
    if {key: value for key, value in counted.items() if value} == right:
        single = answer(["a"])
        return None if not any(dict(single).values()) else t("A text of one token has no pair in it.")
    backward: dict[str, dict[str, int]] = {}
    for one, other in pairwise(tokens):
        backward.setdefault(other, {}).setdefault(one, 0)
        backward[other][one] += 1
    if counted == backward:
        return t("That counts what stood before. Asked is what followed.")
    if any(n % 1 for value in counted.values() for n in value.values()):
        return t("Those are shares. Return the counts themselves.")
    if counted.get("the", {}).get("cat") == 1:
        return t("“cat” follows “the” twice here. Count every time, and do not only note that it happened.")
    if counted.get("."):
        return t("Nothing follows the last token.")
    return t("After “the” came “cat” twice and “dog” once; look what your function says of it.")


FUNCTIONS: dict[str, tuple[Callable[[Any], str | None], str]] = {
    "count-following": (_following, N_("Yes. That is all the training that a bigram model needs.")),
}
