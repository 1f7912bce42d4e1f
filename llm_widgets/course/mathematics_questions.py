"""Questions of the chapter on mathematics, with numbers that are drawn and answers that are computed."""

from __future__ import annotations

import numpy as np

from llm_widgets.course import depth_questions, neuron_questions
from llm_widgets.course.mathematics_exercises import DRAWN
from llm_widgets.course.questions import DrawnExercise, Number, Question, Values, shown
from llm_widgets.foundations import Neuron, worked_example
from llm_widgets.i18n import N_


def _losses(values: Values) -> Values:
    """The loss before and after the update that the Chinese document prints, and after the right one."""
    x, target, example = values["x"], values["target"], worked_example
    before = example.neuron()
    printed = Neuron(example.PRINTED_WEIGHT, example.PRINTED_BIAS, example.ACTIVATION)
    right = before.step(x, target, learning_rate=example.LEARNING_RATE, loss=example.LOSS).after
    first, after, best = (one.backward(one.forward(x), target, example.LOSS).loss for one in (before, printed, right))
    return {
        "answer": after / first, "before": first, "after": after, "right": best, "right_factor": best / first,
        "y": before.forward(x).y, "y_after": printed.forward(x).y,
        "weights": list(example.PRINTED_WEIGHT), "bias": example.PRINTED_BIAS,
    }  # fmt: skip


def _example(rng: np.random.Generator) -> Values:
    """Another input for the same neuron, with a target a little above or below its output."""
    # No longer inputs: a rate of 0.1 overshoots where x·x + 1 is above 20, and the right update would fail, too.
    x = np.array(
        ((1, 2, 3), (1, 1, 2), (2, 1, 2), (1, 3, 2), (2, 2, 1), (3, 1, 1), (1, 1, 3), (2, 2, 2))[rng.integers(8)]
    )
    y = worked_example.neuron().forward(x).y
    return {"x": x.astype(float), "target": round(float(y + rng.choice([-0.3, -0.2, -0.1, 0.1, 0.2, 0.3])), 1)}


LOSS_AFTER_UPDATE = Question(
    "loss-after-update",
    N_(
        "A neuron with the weights [0.1, 0.2, 0.3], the bias 0.5 and ReLU gets the input {x}; its target is {target}. "
        "The Chinese document prints the update: the weights become [0, −0.2, 0], the bias 0.52. "
        "By what factor does the loss change? Below 1 it falls, above 1 it grows."
    ),
    Number(N_("times the loss of before"), tolerance=0.01, low=0.0),
    draw=_example,
    compute=_losses,
    why=N_(
        "The output goes from {y} to {y_after}, away from the target {target}, so the loss goes from {before} to "
        "{after}. The update by the chain rule makes it {right}: {right_factor} times as large."
    ),
    slips=lambda found: [
        (found["right_factor"], N_("That is what the right update does. The printed one is another.")),
        (1 / found["answer"], N_("That is the loss of before by the one of after: the other way round.")),
        (found["after"], N_("That is the new loss itself. Divide it by the loss of before.")),
        (1.0, N_("A factor of 1 would mean that the update changed nothing.")),
    ],
    formula=r"L = \frac{1}{2} (y - t)^2 \qquad y = \max(0, w \cdot x + b)",
    working=lambda found: (
        r"\frac{L_1}{L_0} = "
        rf"\frac{{\frac{{1}}{{2}} ({shown(found['y_after'])} - {shown(found['target'])})^2}}"
        rf"{{\frac{{1}}{{2}} ({shown(found['y'])} - {shown(found['target'])})^2}} = "
        rf"\frac{{{shown(found['after'])}}}{{{shown(found['before'])}}} = {shown(found['answer'])}"
    ),
    first={"x": list(worked_example.INPUT), "target": worked_example.TARGET},
)  # fmt: skip

QUESTIONS: tuple[Question, ...] = (*neuron_questions.QUESTIONS, LOSS_AFTER_UPDATE, *depth_questions.QUESTIONS)
EXERCISES: tuple[DrawnExercise, ...] = tuple(
    DrawnExercise(name, draw, judge, praise) for name, (draw, judge, praise) in DRAWN.items()
)
