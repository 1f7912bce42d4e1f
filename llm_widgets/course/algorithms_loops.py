"""The exercises of the chapter on algorithms that are about what is repeated: updates, epochs, tokens.

As in `algorithms_exercises`, a judge gets the numbers that were drawn and the answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llm_widgets.course.algorithms_answers import not_a_pair, pair
from llm_widgets.course.algorithms_numbers import Drawn
from llm_widgets.course.answers import not_a_number, number
from llm_widgets.i18n import t

if TYPE_CHECKING:
    import numpy as np


def momentum(drawn: Drawn, answer: Any) -> str | None:
    given = number(answer)
    if given is None:
        return not_a_number(answer)
    theta, (g1, g2), eta, mu = drawn["theta"], drawn["g"], drawn["learning_rate"], drawn["momentum"]

    def after(moved: float) -> float:
        return float(theta - eta * moved)

    right = after(g1 + mu * g1 + g2)
    if math.isclose(given, right, abs_tol=1e-3):
        return None
    slips = [
        (after(g1 + g2), t("That is plain descent. The second velocity still has {mu} of the first one in it.", mu=mu)),
        (after(mu * g1 + g2), t("You made one step only, with the second velocity. The first update counts, too.")),
        (after(g1), t("That is after the first update. One more.")),
        (theta + eta * (g1 + mu * g1 + g2), t("The sign is turned: parameters go against the gradient.")),
        (after((1 - mu) * (g1 + mu * g1 + g2)), t("Here the gradient enters in full, and not by the share 1 - μ.")),
        (after(g1 + mu * (g1 + g2)), t("Only the old velocity is multiplied by μ; the new gradient enters in full.")),
        (after(2 * (mu * g1 + g2)), t("The first update has the first velocity, which is the first gradient.")),
        (g1 * mu + g2, t("That is the second velocity. What becomes of the parameter?")),
    ]
    found = (words for slip, words in slips if math.isclose(given, slip, abs_tol=1e-3))
    return next(
        found,
        t(
            "First v = {g1}, so the parameter becomes {theta}. Then v = {mu} · {g1} + {g2}, and once more.",
            g1=g1,
            g2=g2,
            mu=mu,
            theta=round(after(g1), 6),
        ),
    )


def stopping(drawn: Drawn, answer: Any) -> str | None:
    given, losses, patience = pair(answer), drawn["losses"], drawn["patience"]
    if given is None:
        return not_a_pair(answer)
    stop, best = _stopped(losses, patience)
    if given == (stop, best):
        return None
    first_rise = next(i for i in range(1, len(losses)) if losses[i] > losses[i - 1]) + 1
    slips = {
        (best, stop): t("The right numbers, the other way round: first where it stops, then what is kept."),
        (stop - 1, best - 1): t("You count from 0. The first epoch is 1."),
        (stop, stop): t("It stops there. But the parameters of the last epoch are not the best."),
        (best, best): t(
            "When epoch {best} is over nobody knows yet that it was the best. Patience says when.", best=best
        ),
        (len(losses), losses.index(min(losses)) + 1): t("That is the best of all epochs. The run never got so far."),
        (first_rise, first_rise - 1): t("It rose there, but only once: the patience is {patience}.", patience=patience),
    }
    if given in slips:
        return slips[given]
    if given[1] == best:
        return t("The kept epoch is right. It stops when {patience} epochs after it were no better.", patience=patience)
    if given[0] == stop:
        return t("It stops there. Of the epochs so far, which had the lowest loss?")
    return t("Walk along: remember the lowest loss so far, and count how many epochs ago it was.")


def _stopped(losses: Sequence[float], patience: int) -> tuple[int, int]:
    """The epoch after which a run stops, and the best one until then, both counted from 1."""
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        elif epoch - best == patience:
            return epoch + 1, best + 1
    return len(losses), best + 1


def temperature(drawn: Drawn, answer: Any) -> str | None:
    import numpy as np

    p, tau = np.array(drawn["p"]), drawn["temperature"]
    try:
        given = np.asarray(answer, np.float64).ravel()
    except (TypeError, ValueError):
        given = np.zeros(0)
    if given.shape != p.shape:
        return t("The answer is a list of {n} numbers. Received: {answer}", n=p.size, answer=repr(answer))

    def shares(values: np.ndarray) -> np.ndarray:
        return np.asarray(values / values.sum())

    right = shares(p ** (1 / tau))
    if np.allclose(given, right, atol=3e-3):
        return None
    e = np.exp(p / tau)
    slips = [
        (p, t("Those are the probabilities at temperature 1.")),
        (
            p / tau,
            t("You divided the probabilities. The temperature divides the logits, which are logarithms of them."),
        ),
        (shares(p**tau), t("The power is 1 / τ, not τ: a low temperature makes likely tokens likelier.")),
        (p ** (1 / tau), t("The powers are right. They must sum to 1 again: divide by their sum.")),
        (shares(e), t("You took probabilities for logits. A logit is the logarithm of a probability.")),
    ]
    found = (words for slip, words in slips if np.allclose(given, slip, atol=3e-3))
    words = t("Raise each probability to the power {power:g}, and divide by the sum.", power=1 / tau)
    if not math.isclose(given.sum(), 1, abs_tol=0.02):
        words = t("Probabilities sum to 1. Yours do not.")
    return next(found, words)


def cache(drawn: Drawn, answer: Any) -> str | None:
    given, n, m = pair(answer), drawn["prompt"], drawn["new"]
    if given is None:
        return not_a_pair(answer)
    without, cached = m * n + m * (m - 1) // 2, n + m - 1
    if given == (without, cached):
        return None
    if given == (cached, without):
        return t("The right numbers, the other way round: first without the cache.")
    if given[0] == without:
        if given[1] == n + m:
            return t("The first number is right. The last token is only written: nothing reads it any more.")
        if given[1] == m:
            return t("The first number is right. With a cache the first pass still has to read the whole prompt.")
        return t("The first number is right. With a cache each token is read once, except for the last.")
    slips = {
        m * n + m * (m + 1) // 2: t(
            "When the first new token is chosen, only the prompt is read: it begins at {n}.", n=n
        ),
        m * n: t("The text grows: the second pass reads one token more than the first."),
        n + m: t("That is the length of the text in the end. Each pass reads all that stands there by then."),
        m * (n + m): t("The text is not so long from the beginning. It grows by one token at each pass."),
    }
    return slips.get(
        given[0],
        t("Without a cache: {n} in the first pass, {next} in the second, and so on, {m} passes.", n=n, next=n + 1, m=m),
    )
