"""The exercises of the chapter on Transformers; like those of `exercises`, each says what is wrong, or nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from llm_widgets.course.answers import NotYet, softmax, whole
from llm_widgets.i18n import N_, t

_WIDTH = 32


def _masked_row(answer: Any) -> str | None:
    import numpy as np  # here, and not above: the command line opens this module too, and computes nothing

    scores = np.array([0.0, 0.0, 5.0])  # of the second of three tokens
    try:
        row = np.asarray(answer, np.float64).ravel()
    except (TypeError, ValueError):
        row = np.zeros(0)
    if row.shape != (3,):
        return t("The answer is a list of three weights. Received: {answer}", answer=repr(answer))
    if np.allclose(row, [0.5, 0.5, 0.0], atol=1e-3):
        return None
    if np.allclose(row, softmax(scores), atol=0.01):
        return t("That is the softmax of all three scores. The third token comes later: the second must not see it.")
    if row[2] != 0:
        return t("The third token comes later, so its weight is exactly 0.")
    if not math.isclose(row.sum(), 1.0, abs_tol=1e-3):
        return t("Weights sum to 1. Whoever hides a token after the softmax must not forget to divide again.")
    return t("Equal scores get equal weights.")


def block_parameters(width: int) -> int:
    """Of one block of GPT: attention, a feed-forward step four times as wide, two normalizations; all with biases."""
    attention = 4 * (width * width + width)
    feed_forward = (width + 1) * 4 * width + (4 * width + 1) * width
    return attention + feed_forward + 2 * 2 * width


def _block_parameters(answer: Any) -> str | None:
    number, c = whole(answer), _WIDTH
    if number is None:
        return t("The answer is a whole number. Received: {answer}", answer=repr(answer))
    slips = {
        12 * c * c: t("Those are the matrices. Biases and normalizations are missing."),
        12 * c * c + 9 * c: t("The two normalizations are missing: a scale and a shift of the block's width each."),
        12 * c * c + 4 * c: t("The biases of the matrices are missing."),
        4 * (c * c + c): t("That is the attention. The feed-forward step and the normalizations are missing."),
        block_parameters(c) - c * c - c: t(
            "One matrix of the attention is missing: queries, keys, values, and the output that joins the heads."
        ),
        block_parameters(c) + 3 * 4 * (c * c + c): t(
            "Four heads are not four times as many weights: they share the width, a quarter of it each."
        ),
    }
    if number == block_parameters(c):
        return None
    return slips.get(
        number,
        t(
            "Count again: four matrices of {c} × {c}, two of {c} × {wide}, a bias for each output, "
            "and two normalizations of 2 × {c}.",
            c=c,
            wide=4 * c,
        ),
    )


def _bits(answer: Any) -> str | None:
    if not isinstance(answer, int | float):
        return t("The answer is a number. Received: {answer}", answer=repr(answer))
    slips = {
        2.0: t("Those are the bits of a token. A token stands for four characters here."),
        math.log(2) / 2: t("Those are nats a character. A bit is ln 2 nats."),
        4.0: t("That is the perplexity, of tokens. The question is for bits, of characters."),
        8.0: t("You multiplied by the characters of a token; its bits are shared among them."),
    }
    if math.isclose(answer, 0.5, abs_tol=0.005):
        return None
    close = (words for value, words in slips.items() if math.isclose(answer, value, rel_tol=0.01))
    return next(close, t("First from nats to bits, divided by ln 2; then from a token to a character, divided by 4."))


def _attention(answer: Any) -> str | None:
    import numpy as np

    if not callable(answer):
        return t("The answer is a function of q, k and v. Received: {answer}", answer=repr(answer))
    q, k, v = np.random.default_rng(0).normal(size=(3, 5, 4))
    given = answer(q.copy(), k.copy(), v.copy())
    if given is None or given is ...:
        raise NotYet
    mixed = np.asarray(given, np.float64)
    if mixed.shape != v.shape:
        return t("The mix has the shape of v, {right}. Yours has {shape}.", right=v.shape, shape=mixed.shape)
    later = np.triu(np.ones((5, 5), bool), 1)
    scores = q @ k.T
    scaled = scores / math.sqrt(4)
    hidden = np.where(later, -np.inf, scaled)
    slips = [
        (softmax(scaled), t("Your tokens see later ones. Hide these scores before the softmax.")),
        (softmax(scores), t("Your tokens see later ones, and the scores are not divided by the root of D.")),
        (
            softmax(np.where(later, -np.inf, scores)),
            t("The scores are not divided by the square root of D, the width of q and k."),
        ),
        (softmax(np.where(later, -np.inf, scores / 4)), t("Divide by the square root of D, not by D itself.")),
        (
            softmax(hidden, axis=0),
            t("Your softmax runs over the queries. Each query shares out 1 among the keys: over the last axis."),
        ),
        (softmax(scaled, axis=0), t("Your softmax runs over the queries, and later tokens are seen.")),
        (
            np.where(later, 0.0, softmax(scaled)),
            t("You hide later tokens after the softmax, so the rows do not sum to 1. Hide the scores before."),
        ),
        (
            softmax(np.where(later, 0.0, scaled)),
            t("A score of 0 is not hidden: e to the power of 0 is 1. It takes minus infinity."),
        ),
    ]
    if np.allclose(mixed, softmax(hidden) @ v, atol=1e-4):
        return None
    found = (words for weights, words in slips if np.allclose(mixed, weights @ v, atol=1e-4))
    return next(found, t("Compare with the chapter, line by line: scores, scale, mask, softmax, mix."))


def _top_p(answer: Any) -> str | None:
    import numpy as np

    p = np.array([0.5, 0.3, 0.15, 0.05])
    try:
        given = np.asarray(answer, np.float64).ravel()
    except (TypeError, ValueError):
        given = np.zeros(0)
    if given.shape != p.shape:
        return t("The answer is a list of four probabilities. Received: {answer}", answer=repr(answer))
    slips: list[tuple[Any, str]] = [
        (p, t("Those are the probabilities before anything was cut.")),
        ([0.5, 0.3, 0, 0], t("The right tokens stay. What they share must sum to 1 again: divide by what is left.")),
        ([1, 0, 0, 0], t("One token reaches 0.5 only. The one that crosses the limit stays, too.")),
        (
            [*p[:3], 0],
            t("Two tokens reach 0.7 already; the third is cut. Then what stays must sum to 1 again."),
        ),
        ([*(p[:3] / p[:3].sum()), 0], t("Two tokens reach 0.7 already, with 0.8 together: the third is cut.")),
    ]
    if np.allclose(given, [0.625, 0.375, 0, 0], atol=2e-3):
        return None
    found = (words for slip, words in slips if np.allclose(given, slip, atol=2e-3))
    return next(
        found, t("Add up the probabilities from the largest down until they reach 0.7; the others are never drawn.")
    )


EXERCISES: dict[str, tuple[Callable[[Any], str | None], str]] = {
    "masked-row": (
        _masked_row,
        N_("Yes. What comes later has no weight, and the rest is shared out among those that are seen."),
    ),
    "block-parameters": (
        _block_parameters,
        N_("Yes. A third of the matrices' weights is attention, two thirds are the feed-forward step."),
    ),
    "bits-per-character": (
        _bits,
        N_("Yes. Two bits a token, shared by four characters. Only so can models with other tokens be compared."),
    ),
    "causal-attention": (
        _attention,
        N_("Yes. These few lines are the heart of every model in this chapter."),
    ),
    "top-p": (
        _top_p,
        N_("Yes. Two tokens stay, and share out 1 in the same ratio as before."),
    ),
}
