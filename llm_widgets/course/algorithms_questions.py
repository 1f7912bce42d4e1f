"""Questions of the chapter on algorithms, with numbers that are drawn and answers that are computed."""

from __future__ import annotations

import math

import numpy as np

from llm_widgets.course.questions import DrawnExercise, Number, Question, Values, shown
from llm_widgets.foundations import cross_entropy_from_logits
from llm_widgets.i18n import N_


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

QUESTIONS: tuple[Question, ...] = (CHANCE_LOSS,)
EXERCISES: tuple[DrawnExercise, ...] = ()
