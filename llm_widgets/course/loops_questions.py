"""Questions of the chapter on algorithms about what is repeated: updates, epochs, tokens."""

from __future__ import annotations

import functools

import numpy as np

from llm_widgets.course.questions import Choice, Number, Question, Values, shown
from llm_widgets.foundations import Adam, DenseNetwork, cross_entropy_from_logits, next_token_probabilities
from llm_widgets.i18n import N_


def _limit(values: Values) -> Values:
    """The largest learning rate at which the steep direction does not grow, found by trying."""
    low, high = 0.0, 4.0
    for _ in range(40):
        rate, y = (low + high) / 2, 1.0
        for _ in range(60):
            y = y - rate * values["steep"] * y
        low, high = (rate, high) if abs(y) <= 1 else (low, rate)
    return {"answer": low, "once": 1 / values["steep"]}


RAVINE_RATE = Question(
    "ravine-rate",
    N_(
        "A ravine is {steep} times as steep across as along. Up to which learning rate does plain gradient descent not "
        "fly apart in it?"
    ),
    Number(tolerance=0.03, near=0.3, low=0.0, high=100.0),
    draw=lambda rng: {"steep": int(rng.choice([4, 5, 8, 10, 20, 25, 40, 100]))},
    compute=_limit,
    why=N_(
        "Across, an update multiplies the distance by 1 − {steep} η. Beyond η = 2/{steep} = {answer} that is below −1, "
        "and each jump from wall to wall is longer than the last. The direction along the ravine has no say."
    ),
    slips=lambda found: [
        (found["once"], N_("That one reaches the bottom across in one step. Up to twice it does no harm.")),
        (2.0, N_("That is the limit along the ravine. Across it is steeper.")),
        (1.0, N_("Along the ravine that reaches the bottom in one step. Across it is steeper.")),
    ],
    formula=r"L = \frac{1}{2} (x^2 + k y^2)",
    working=lambda found: rf"\frac{{2}}{{{found['steep']}}} = {shown(found['answer'])}",
    first={"steep": 50},
)  # fmt: skip


@functools.cache
def _learned_by_heart() -> tuple[str, float, int, float, float]:
    """A small network that reads two characters and says the third, on a few hundred places of a book."""
    from llm_widgets import corpora

    text = corpora.load("alice").train.lower()[2000:]
    signs = {sign: i for i, sign in enumerate(sorted(set(text)))}
    codes = np.eye(len(signs))[[signs[sign] for sign in text[:1600]]]
    x, y = np.concatenate([codes[:-2], codes[1:-1]], 1), codes[2:].argmax(1)
    network = DenseNetwork.initial([x.shape[1], 32, len(signs)], seed=0)
    optimizer, learned, losses = Adam(0.02), slice(0, 500), []
    state = optimizer.start(network.parameters)
    for _ in range(150):
        network = network.with_parameters(state.parameters)
        both = [cross_entropy_from_logits(network.forward(x[part]).output, y[part]).value
                for part in (learned, slice(600, None))]  # fmt: skip
        losses.append(both)
        back = network.backward(network.forward(x[learned]), y[learned], "cross_entropy_from_logits")
        state = optimizer.step(state, back.gradient)
    training, validation = np.array(losses).T
    best = int(validation.argmin())
    turns = validation[-1] > 1.1 * validation[best] and best > 0
    falls = training[-1] < training[0] / 2
    answer = "turns" if falls and turns else "both" if falls else "neither"
    return answer, validation[best], best, training[-1], validation[-1]


def _overfitting(_: Values) -> Values:
    answer, lowest, best, training, validation = _learned_by_heart()
    return {"answer": answer, "lowest": lowest, "best": best, "training": training, "validation": validation}


OVERFITTING = Question(
    "overfitting",
    N_(
        "A network learns from very little text, over and over. The loss on that text falls and falls. What does the "
        "loss on a text do from which it learns nothing?"
    ),
    Choice({
        "both": N_("it falls, too, only more slowly"),
        "turns": N_("it falls, turns, and rises"),
        "neither": N_("it stays where it was at the start"),
    }),
    draw=lambda rng: {},
    compute=_overfitting,
    why=N_(
        "Tried out just now, with a small network and 500 places of a book: after {best} updates the other loss is "
        "{lowest}, its lowest; in the end it is {validation}, while the loss on the 500 places is {training}. What is "
        "learned first holds for other text, too; what is learned later is learned by heart."
    ),
)  # fmt: skip


def _two_tokens(rng: np.random.Generator) -> Values:
    p = float(rng.choice([0.6, 0.75, 0.8, 0.9]))
    return {"p": p, "rest": round(1 - p, 2), "temperature": float(rng.choice([0.5, 2.0, 4.0]))}


def _tempered(values: Values) -> Values:
    p, tau = values["p"], values["temperature"]
    answer = next_token_probabilities(np.log([p, 1 - p]), temperature=tau)[0]
    return {"answer": float(answer), "odds": p / (1 - p), "tempered": (p / (1 - p)) ** (1 / tau), "power": 1 / tau}


TEMPERATURE = Question(
    "two-tokens",
    N_("Only two tokens can come next, with the probabilities {p} and {rest}. The temperature is set from 1 to "
       "{temperature}. Which probability has the first one now?"),
    Number(tolerance=0.02, near=0.1, low=0.0, high=100.0),
    draw=_two_tokens,
    compute=_tempered,
    why=N_(
        "At temperature 1 the first is {odds} times as likely as the other. Dividing logits by {temperature} takes "
        "this ratio to the power {power}: it becomes {tempered}, and the probability {answer}."
    ),
    slips=lambda found: [
        (found["p"], N_("The temperature leaves only equal probabilities as they are.")),
        (found["p"] / found["temperature"], N_("Not the probability is divided, but the logit, its logarithm.")),
        (0.5, N_("That would take an infinite temperature.")),
        (1.0, N_("That would take a temperature of 0.")),
        (found["odds"] ** found["temperature"] / (1 + found["odds"] ** found["temperature"]),
         N_("The other way round: a temperature above 1 makes tokens more alike, one below 1 less.")),
    ],
    formula=r"p = \frac{e^{z / \tau}}{\sum e^{z / \tau}}",
    first={"p": 0.8, "rest": 0.2, "temperature": 2.0},
)  # fmt: skip


def _positions(values: Values) -> Values:
    n, m = values["prompt"], values["new"]
    without = sum(n + written for written in range(m))
    cached = n + sum(1 for _ in range(m - 1))
    return {"answer": without / cached, "without": without, "cached": cached}


CACHED_POSITIONS = Question(
    "cached-positions",
    N_("A model gets {prompt} tokens and writes {new} new ones. Without a key-value cache each of these takes a pass "
       "over all the text so far; with one, each token is computed once. How many times as many positions are computed "
       "without it?"),
    Number(N_("times as many"), tolerance=0.05, near=0.4, low=1.0),
    draw=lambda rng: {"prompt": int(rng.choice([10, 20, 50, 100, 500])), "new": int(rng.choice([20, 50, 200, 1000]))},
    compute=_positions,
    why=N_("Without a cache {without} positions are computed, with one {cached}: {answer} times as many. And the ratio "
           "grows with the text."),
    slips=lambda found: [
        (found["new"], N_("So many passes are made, but they are of different length, and the cached ones not free.")),
        (2.0, N_("Each pass reads all that stands there, and there is one pass for each new token.")),
        (1.0, N_("One pass is not enough: each new token needs one.")),
    ],
    first={"prompt": 100, "new": 100},
)  # fmt: skip

QUESTIONS: tuple[Question, ...] = (RAVINE_RATE, OVERFITTING, TEMPERATURE, CACHED_POSITIONS)
