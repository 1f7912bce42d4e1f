"""Questions of the chapter on algorithms, with numbers that are drawn and answers that are computed.

Those about what is repeated (updates, epochs, tokens) are in `loops_questions`.
"""

from __future__ import annotations

import math

import numpy as np

from llm_widgets.course import loops_questions
from llm_widgets.course.algorithms_exercises import DRAWN
from llm_widgets.course.questions import Choice, DrawnExercise, Number, Question, Values, shown
from llm_widgets.foundations import DenseNetwork, cross_entropy_from_logits
from llm_widgets.i18n import N_, get_language


def _copies(values: Values) -> Values:
    """Shuffles texts of which some stand twice, and looks."""
    texts = 20_000
    pile = np.concatenate([np.arange(texts), np.arange(0, texts, values["every"])])
    np.random.default_rng(0).shuffle(pile)
    cut = round(len(pile) * values["share"] / 100)
    counted = np.isin(pile[:cut], pile[cut:]).mean()
    # Of n + n/k texts 2n/k have a twin, which lies on the other side with the probability 1 − share.
    paired = 2 / (values["every"] + 1)
    answer = 100 * paired * (1 - values["share"] / 100)
    return {"answer": answer, "paired": 100 * paired, "other": 100 - values["share"], "counted": 100 * counted}


COPIES = Question(
    "copies",
    N_(
        "In a collection one text in {every} has a copy. Texts and copies are shuffled, and {share} of 100 are set "
        "aside for validation. How many of 100 validation texts stand in the training set, too?"
    ),
    Number(N_("of 100"), tolerance=0.05, near=0.3, low=0.0, high=100.0),
    draw=lambda rng: {"every": int(rng.choice([2, 3, 4, 5, 7, 9])), "share": int(rng.choice([10, 20, 25, 40]))},
    compute=_copies,
    why=N_(
        "{paired} of 100 texts in the pile are one of a pair, and of {other} in 100 of these the other one lies in the "
        "training set. That makes {answer} of 100; tried out with 20,000 texts it is {counted}."
    ),
    slips=lambda found: [
        (100 / found["every"], N_("So many have a copy. But the copies are in the pile, too, so more are paired.")),
        (found["paired"], N_("So many are one of a pair. But some pairs lie in the validation set with both texts.")),
        (found["share"], N_("So many are set aside. How many of these have their twin on the other side?")),
        (0.0, N_("That would be so if copies had been removed before dividing.")),
    ],
    first={"every": 3, "share": 20},
)  # fmt: skip


def _marks(_: Values) -> Values:
    from llm_widgets import corpora

    reviews = corpora.load("reviews", language=get_language()).train
    asks = np.array(["?" in text or "？" in text for text in reviews.texts])
    labels = np.asarray(reviews.labels)
    asking, other = 100 * labels[asks].mean(), 100 * labels[~asks].mean()
    answer = "same" if abs(asking - other) < 5 else "more" if asking > other else "fewer"
    return {"answer": answer, "asking": asking, "other": other}


QUESTION_MARKS = Question(
    "question-marks",
    N_("Some reviews have a question mark in them. Are more or fewer of these positive than of the others?"),
    Choice({"more": N_("more"), "same": N_("about as many"), "fewer": N_("fewer")}),
    draw=lambda rng: {},
    compute=_marks,
    why=N_("Of 100 reviews with a question mark {asking} are positive, of 100 others {other}."),
    slips=lambda found: [("same", N_("So would think whoever removes punctuation. It was counted."))],
)


def _units(values: Values) -> Values:
    """Trains a network whose numbers are all the same at first, and counts its different hidden units."""
    rng = np.random.default_rng(0)
    network = DenseNetwork.initial([2, values["hidden"], 1], activation="tanh")
    network = network.with_parameters(np.full(network.parameters.size, values["value"]))
    x = rng.normal(size=(16, 2))
    for _ in range(values["updates"]):
        network = network.update(network.backward(network.forward(x), x[:, :1] * x[:, 1:]), 0.1)
    return {"answer": len(np.unique(network.layers[0].W.round(9), axis=1).T)}


EQUAL_WEIGHTS = Question(
    "equal-weights",
    N_(
        "A network has {hidden} hidden units. All its weights and biases begin at {value}, and gradient descent makes "
        "{updates} updates. How many different hidden units has it then?"
    ),
    Number(N_("different units"), tolerance=0.0, near=0.0, low=0.0),
    draw=lambda rng: {
        "hidden": int(rng.integers(3, 10)), "value": float(rng.choice([0.1, 0.3, 0.5])),
        "updates": int(rng.choice([50, 100, 200])),
    },
    compute=_units,
    why=N_(
        "All {hidden} units are alike at first, get the same inputs, and so the same gradients and updates. They stay "
        "alike for ever: {answer} different unit. Random numbers are there to make them differ."
    ),
    slips=lambda found: [
        (found["hidden"], N_("They would have to become different. But what could make them so?")),
        (0.0, N_("The units are there, and they learn: all of them the same.")),
        (2.0, N_("There are two inputs, but every unit reads both, with equal weights.")),
    ],
    first={"hidden": 4, "value": 0.5, "updates": 200},
)  # fmt: skip


def _chance(values: Values) -> Values:
    # Before any training all logits are about the same: about 0 each.
    loss = cross_entropy_from_logits(np.zeros((1, values["V"])), [0]).value
    return {"answer": loss, "bits": loss / math.log(2)}


CHANCE_LOSS = Question(
    "chance-loss",
    N_(
        "A language model has a vocabulary of {V} tokens and random weights: nobody has trained it yet. "
        "About how large is its cross-entropy, in nats a token?"
    ),
    Number(N_("nats a token"), tolerance=0.02, low=0.0),
    draw=lambda rng: {"V": int(rng.choice([26, 65, 96, 256, 512, 1000, 2000, 5000, 10_000, 32_000, 50_257]))},
    compute=_chance,
    why=N_(
        "Without training no token is likelier than another: each has a probability of about 1/{V}, and the loss is "
        "−ln(1/{V}) = ln {V} = {answer} nats. A first loss far above that says that something is wrong."
    ),
    slips=lambda found: [
        (found["bits"], N_("Those are bits, with the logarithm to base 2. A nat is 1.443 bits.")),
        (math.log10(found["V"]), N_("That is the logarithm to base 10. Cross-entropy takes the natural one.")),
        (found["V"], N_("That is the perplexity: the loss is its logarithm.")),
        (1 / found["V"], N_("That is the probability of each token; the loss is its negative logarithm.")),
        (1 - 1 / found["V"], N_("That is the share of wrong guesses. Cross-entropy is no share: it has no upper end.")),
        (0.0, N_("A loss of 0 would be a model that is sure of each next token, and right.")),
    ],
    formula=r"L = -\ln p",
    working=lambda found: rf"L = -\ln \frac{{1}}{{{found['V']}}} = \ln {found['V']} = {shown(found['answer'])}",
)

QUESTIONS: tuple[Question, ...] = (COPIES, QUESTION_MARKS, EQUAL_WEIGHTS, CHANCE_LOSS, *loops_questions.QUESTIONS)
EXERCISES: tuple[DrawnExercise, ...] = tuple(DrawnExercise(name, *parts) for name, parts in DRAWN.items())
