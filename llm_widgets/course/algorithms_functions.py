"""The exercises of the chapter on algorithms in which the learner writes a function: it is tried out and judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llm_widgets.course.answers import NotYet, softmax
from llm_widgets.i18n import N_, t

_TRAIN = ["A cat sat.", "  a dog ran"]
_VALIDATION = ["A bird sang. ", "a cat sat.", "A DOG ran", "A cat sang."]
_FAIR = [_VALIDATION[0], _VALIDATION[3]]


def _not_a_function(answer: Any) -> str:
    return t("The answer is a function. Received: {answer}", answer=repr(answer))


def _fair(answer: Any) -> str | None:
    if not callable(answer):
        return _not_a_function(answer)
    given = answer(list(_TRAIN), list(_VALIDATION))
    if given is None or given is ...:
        raise NotYet
    if not isinstance(given, list | tuple):
        return t("Return a list, so that the texts keep their order. Received: {answer}", answer=repr(given))
    found = list(given)
    if found == _FAIR:
        return _once(answer)
    slips: list[tuple[list[str], str]] = [
        ([], t("Nothing is left. Only what stands in training has to go.")),
        (_VALIDATION, t("Nothing was taken away: compare the texts in one form, small letters, without outer spaces.")),
        (
            [_VALIDATION[0], _VALIDATION[1], _VALIDATION[3]],
            t("“a cat sat.” stands in training as “A cat sat.”: letters' size makes no other text."),
        ),
        (
            [_VALIDATION[0], _VALIDATION[2], _VALIDATION[3]],
            t("“A DOG ran” stands in training as “  a dog ran”: spaces around a text make no other text."),
        ),
        (_VALIDATION[1:3], t("Those are the texts that stand in training. The others are asked for.")),
        (
            [text.strip().lower() for text in _FAIR],
            t("The right texts, but changed. Compare one form, return the other."),
        ),
        ([text.lower() for text in _FAIR], t("The right texts, but changed. Compare one form, return the other.")),
        ([text.strip() for text in _FAIR], t("The right texts, but changed. Compare one form, return the other.")),
    ]
    if sorted(found) == sorted(_FAIR):
        return t("The right texts, in another order. A set forgets the order; a list keeps it.")
    return next(
        (words for slip, words in slips if found == slip),
        t("For {train} and {validation} the answer is {right}.", train=_TRAIN, validation=_VALIDATION, right=_FAIR),
    )


def _once(answer: Callable[..., Any]) -> str | None:
    """Right once; is it right for other texts, too?"""
    if list(answer([], ["a", "B"])) == ["a", "B"] and list(answer(["b"], ["B", "c"])) == ["c"]:
        return None
    return t("It works for one example. Does it look at the lists that it is given, also at empty ones?")


def _logit_gradient(answer: Any) -> str | None:
    import numpy as np  # here, and not above: the command line opens this module too, and computes nothing

    if not callable(answer):
        return _not_a_function(answer)
    z, y = np.array([[1.0, 2.0, 0.5, -1.0], [0.0, -2.0, 3.0, 1.0], [2.0, 0.0, 0.0, 1.5]]), np.array([2, 0, 2])
    with np.errstate(all="ignore"):  # an overflow is judged by what comes out, not by a warning
        given = answer(z.copy(), y.copy())
        if given is None or given is ...:
            raise NotYet
        large = answer(np.where(z == z.max(), 1000.0, z), y.copy())
    gradient = np.asarray(given, np.float64)
    if gradient.shape != z.shape:
        return t("The gradient has the shape of z, {right}. Yours has {shape}.", right=z.shape, shape=gradient.shape)
    B, V = z.shape
    truth, p = np.eye(V)[y], softmax(z)
    over_batch = softmax(z, axis=0)
    slips = [
        (p - truth, t("That is the gradient of the sum. The loss is the mean over the batch: divide by B.")),
        ((truth - p) / B, t("The sign is turned: probability minus truth.")),
        (truth - p, t("The sign is turned, and the mean over the batch is missing.")),
        ((p - truth) / (B * V), t("The mean runs over the {B} rows, not over all {n} numbers.", B=B, n=B * V)),
        (p, t("Those are the probabilities. Take 1 away at the right token of each row, and divide by B.")),
        (p / B, t("Take 1 away at the right token of each row.")),
        ((z - truth) / B, t("Those are logits minus truth. The softmax is missing.")),
        ((over_batch - truth) / B, t("Your softmax runs over the batch. Each row has its own: over the last axis.")),
        (over_batch - truth, t("Your softmax runs over the batch, and the mean is missing.")),
        ((softmax(z.ravel()[None]).reshape(z.shape) - truth) / B, t("Each row sums to 1 by itself: use axis=1.")),
    ]  # fmt: skip
    if np.allclose(gradient, (p - truth) / B, atol=1e-6):
        if np.isfinite(np.asarray(large, np.float64)).all():
            return None
        return t("Right, until a logit is 1000: then e to its power is too large. Subtract each row's largest first.")
    found = (words for slip, words in slips if np.allclose(gradient, slip, atol=1e-6))
    return next(found, t("Softmax of each row, 1 taken away at its right token, and all divided by B."))


FUNCTIONS: dict[str, tuple[Callable[[Any], str | None], str]] = {
    "fair-validation": (_fair, N_("Yes. What the model has seen is out, and the rest is as it was.")),
    "logit-gradient": (
        _logit_gradient,
        N_("Yes. Everything further back begins with this one line."),
    ),
}
