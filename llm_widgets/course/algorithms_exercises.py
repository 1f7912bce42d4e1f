"""The exercises of the chapter on algorithms whose numbers are drawn for each learner.

A judge gets the numbers that were drawn and the answer, and says what is wrong, or nothing. Those that judge a
function that the learner writes are in `algorithms_functions`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from llm_widgets.course import algorithms_loops as loops
from llm_widgets.course import algorithms_numbers as numbers
from llm_widgets.course.algorithms_answers import NEAR, first
from llm_widgets.course.algorithms_numbers import Drawn
from llm_widgets.course.answers import not_a_number, number, whole
from llm_widgets.i18n import N_, t

if TYPE_CHECKING:
    import numpy as np


def _merged(word: str, merges: Sequence[Sequence[str]]) -> list[str]:
    """The word in pieces, each merge applied wherever its pair stands."""
    pieces = list(word)
    for left, right in merges:
        at = 0
        while at + 1 < len(pieces):
            if pieces[at : at + 2] == [left, right]:
                pieces[at : at + 2] = [left + right]
            at += 1
    return pieces


def _longest(word: str, merges: Sequence[Sequence[str]]) -> list[str]:
    """The slip: the longest known piece from the left, whatever the order of the merges."""
    known, pieces = {left + right for left, right in merges}, []
    while word:
        size = next((n for n in range(len(word), 1, -1) if word[:n] in known), 1)
        pieces.append(word[:size])
        word = word[size:]
    return pieces


def _merges(drawn: Drawn, answer: Any) -> str | None:
    word, merges = drawn["word"], drawn["merges"]
    if not isinstance(answer, list | tuple) or not all(isinstance(piece, str) for piece in answer):
        return t("The answer is a list of pieces. Received: {answer}", answer=repr(answer))
    given, right = list(answer), _merged(word, merges)
    if given == right:
        return None
    if "".join(given) != word:
        return t("The pieces, put together, must be the word again: {word}.", word=word)
    if given == list(word):
        return t("Those are the single letters, before the first merge.")
    if len(given) > len(right) and any(given == _merged(word, merges[:n]) for n in range(1, len(merges))):
        return t("Go on: not all merges have been applied.")
    if given == _longest(word, merges):
        return t("Those are the longest pieces from the left. BPE goes by the order of the merges instead.")
    known = {*word, *(left + right for left, right in merges)}
    if strange := [piece for piece in given if piece not in known]:
        return t("No merge makes “{piece}”.", piece=strange[0])
    return t("Apply the merges one after another, each wherever its pair stands; a pair that is gone is gone.")


def _spread(drawn: Drawn, answer: Any) -> str | None:
    given = number(answer)
    if given is None:
        return not_a_number(answer)
    n, x, z = drawn["n"], drawn["std_x"], drawn["std_z"]
    right = z / (math.sqrt(n) * x)
    if math.isclose(given, right, rel_tol=NEAR):
        return None
    slips = [
        (right**2, t("That is the variance of the weights. Take its root.")),
        (z / (n * x), t("Standard deviations grow with the root of the number of inputs, not with the number.")),
        (1 / math.sqrt(n), t("That keeps the spread as it is. Here the sum is to have another one than the inputs.")),
        (z / math.sqrt(n), t("The inputs have a standard deviation of their own, {x}.", x=x)),
        (x / (math.sqrt(n) * z), t("The other way round: what the sum is to have stands above the line.")),
        (z / x, t("The number of inputs is missing: {n} of them add up.", n=n)),
        (z * math.sqrt(n) / x, t("Many inputs make the sum wide, so the weights must be small: divide by the root.")),
        (1 / (math.sqrt(n) * x), t("The sum is to have the standard deviation {z}, not 1.", z=z)),
    ]
    return first(given, slips, t("Write it in variances: {z}² = {n} · Var(w) · {x}².", z=z, n=n, x=x))


def _parameters(drawn: Drawn, answer: Any) -> str | None:
    given = whole(number(answer))
    if given is None:
        return t("The answer is a whole number. Received: {answer}", answer=repr(answer))
    B, T, C, H, V = (drawn[name] for name in "BTCHV")
    table, first, second = V * C, T * C * H, H * V
    right = table + first + H + second + V
    if given == right:
        return None
    slips = [
        (right - H - V, t("Those are the table and the two matrices. Both biases are missing.")),
        (right - V, t("The last bias is missing: one for each token of the vocabulary.")),
        (right - H, t("The first bias is missing: one for each hidden unit.")),
        (right - table, t("The table of embeddings is missing. Its rows are learned, too.")),
        (right - first + C * H, t("The first matrix reads all {T} tokens side by side: T·C rows.", T=T)),
        (right - table + T * V * C, t("There is one table, and every position looks into it.")),
        (B * right, t("All windows of a batch go through the same parameters.")),
        (right - table + T * C, t("The table has a row for each token of the vocabulary, not for each position.")),
    ]
    # Whole numbers: they must be equal, not close.
    found = (words for slip, words in slips if given == slip)
    return next(
        found,
        t(
            "Count again: a table of {V} × {C}, matrices of {TC} × {H} and {H} × {V}, biases of {H} and {V}.",
            V=V,
            C=C,
            TC=T * C,
            H=H,
        ),
    )


def _perplexity(drawn: Drawn, answer: Any) -> str | None:
    given, p = number(answer), drawn["p"]
    if given is None:
        return not_a_number(answer)
    bits = sum(-math.log2(one) for one in p) / len(p)
    if math.isclose(given, 2**bits, rel_tol=NEAR):
        return None
    slips = [
        (bits, t("That is the loss in bits. Perplexity is 2 to its power.")),
        (bits * math.log(2), t("That is the loss in nats. Perplexity is e to its power.")),
        (len(p) * bits, t("That is the sum of the bits. Take the mean, then 2 to its power.")),
        (math.exp(bits), t("Bits go with 2, nats with e: you have mixed them.")),
        (2 ** (bits * math.log(2)), t("Bits go with 2, nats with e: you have mixed them.")),
        (len(p) / sum(p), t("You took the mean of the probabilities. It is taken of their logarithms.")),
        (sum(1 / one for one in p) / len(p), t("You took the mean of 1 / p. The mean is taken of the logarithms.")),
        (2**-bits, t("The minus is missing: perplexity is above 1.")),
        (math.prod(p), t("That is the probability of the whole text. Perplexity is of one token, by the mean.")),
        (1 / math.prod(p), t("That is for the whole text. Perplexity is of one token: first the mean of the bits.")),
    ]  # fmt: skip
    each = ", ".join(f"{-math.log2(one):.0f}" for one in p)
    return first(given, slips, t("In bits the four tokens cost {each}. Take the mean, then 2 to its power.", each=each))


# What is drawn, who judges, and what is said of a right answer.
DRAWN: dict[str, tuple[Callable[[np.random.Generator], Drawn], Callable[[Drawn, Any], str | None], str]] = {
    "merges": (numbers.merges, _merges, N_("Yes. The order in which merges were learned decides.")),
    "weight-spread": (numbers.spread, _spread, N_("Yes. Many inputs need small weights, by the root of their number.")),
    "parameter-count": (
        numbers.sizes,
        _parameters,
        N_("Yes. One table, two matrices, two biases, whatever the batch."),
    ),
    "perplexity": (
        numbers.surprises,
        _perplexity,
        N_("Yes. So many equally likely tokens would leave one as uncertain."),
    ),
    "momentum-steps": (
        numbers.momentum,
        loops.momentum,
        N_("Yes. The first gradient pushes twice, once less strongly."),
    ),
    "early-stopping": (
        numbers.validation,
        loops.stopping,
        N_("Yes. It could not know that waiting longer would have paid: that is the price of stopping early."),
    ),
    "temperature": (numbers.temperature, loops.temperature, N_("Yes. Each to the power 1 / τ, and shared out again.")),
    "cache-count": (numbers.lengths, loops.cache, N_("Yes. The longer the text, the more the cache saves.")),
}
