"""The documents' worked example: what is printed beside what comes out, and what following it does to the loss."""

from __future__ import annotations

import functools
import math
from typing import Any, ClassVar

import traitlets

from llm_widgets.foundations import worked_example as example
from llm_widgets.widgets._computed import ComputedWidget, plain
from llm_widgets.widgets._example_lines import LINES, as_printed, differences, judged, lines
from llm_widgets.widgets._keywords import check_keywords

MAX_STEPS = 200


class WorkedExample(ComputedWidget):
    """The calculation of the documents' section 4, line by line: printed, computed, and why they differ.

    Below it the document's updates and those of the chain rule are applied again and again, with both losses.

    Args:
        steps: how many updates, 0 to 200.
        learning_rate: of all updates but the printed one.
        mode: "explain", or "find": the lines stand there without verdicts, the learner marks those that are wrong,
            and sees what was found, missed, or marked without need.
        settings: row (which line is explained), rule (which of the document's ways is followed), step (where the
            player stands), marked and checked (of "find").

    Raises:
        traitlets.TraitError: a setting cannot be that.

    Example:
        >>> widget = WorkedExample(steps=3)
        >>> first, second, *_ = widget.followed("as_printed").losses
        >>> round(float(second / first), 2)
        353.44
        >>> WorkedExample(mode="find").marked
        []
    """

    _front: ClassVar[str] = "worked_example"
    SETTINGS: ClassVar[tuple[str, ...]] = (
        "mode", "row", "rule", "steps", "learning_rate", "step", "marked", "checked",
    )  # fmt: skip

    # "explain", or "find" the bug.
    mode = traitlets.Enum(("explain", "find"), "explain").tag(sync=True)
    # The line whose derivation is shown.
    row = traitlets.Enum(LINES, "weighted_sum").tag(sync=True)
    # Which of the document's ways of updating is compared with the chain rule.
    rule = traitlets.Enum(("as_printed", "as_computed", "as_formula"), "as_printed").tag(sync=True)
    steps = traitlets.Int(10, min=0, max=MAX_STEPS).tag(sync=True)
    learning_rate = traitlets.Float(example.LEARNING_RATE, min=1e-6, max=100.0).tag(sync=True)
    # After how many updates the numbers are shown.
    step = traitlets.Int(1, min=0, max=MAX_STEPS).tag(sync=True)
    # Of mode "find": the lines that the learner believes are wrong, and whether they have been checked.
    marked = traitlets.List(traitlets.Enum(LINES)).tag(sync=True)
    checked = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        *,
        steps: int = 10,
        learning_rate: float = example.LEARNING_RATE,
        mode: str = "explain",
        **settings: Any,
    ) -> None:
        check_keywords(WorkedExample, settings, (*self.SETTINGS, "projector"))
        super().__init__(steps=steps, learning_rate=learning_rate, mode=mode, **settings)

    @traitlets.validate("learning_rate")
    def _a_number(self, proposal: Any) -> float:
        rate = float(proposal["value"])
        if math.isnan(rate):  # which is neither below nor above any limit
            raise ValueError(f"The learning rate must be a number from 1e-6 to 100. Received: learning_rate={rate}")
        return rate

    def followed(self, rule: str) -> example.Followed:
        """What a rule does to the example's neuron over this widget's steps: see `worked_example.follow`."""
        return _follow(rule, self.steps, self.learning_rate)

    def _compute(self) -> dict[str, Any]:
        finding = self.mode == "find"
        if finding and not self.checked:  # the page knows no verdict before the learner has asked for it
            return {"mode": self.mode, "open": False, "lines": as_printed(), "numbers": _numbers(), "followed": None}
        return {
            "mode": self.mode,
            "open": True,
            "lines": judged(self.marked) if finding else list(lines()),
            "numbers": _numbers(),
            "differences": differences(),
            "followed": {
                "rule": self.rule,
                "document": _series(self.followed(self.rule)),
                "chain": _series(self.followed("chain_rule")),
            },
        }


@functools.lru_cache(maxsize=16)
def _follow(rule: str, steps: int, learning_rate: float) -> example.Followed:
    return example.follow(rule, steps, learning_rate=learning_rate)  # type: ignore[arg-type]


def _numbers() -> dict[str, Any]:
    return {
        "x": list(example.INPUT),
        "w": list(example.WEIGHT),
        "b": example.BIAS,
        "target": example.TARGET,
        "rate": example.LEARNING_RATE,
    }


def _series(followed: example.Followed) -> dict[str, Any]:
    """The numbers of all steps; `first` is the factor of the loss by the first update alone."""
    first = followed.losses[1] / followed.losses[0] if len(followed.losses) > 1 else None
    names = ("weights", "biases", "outputs", "losses", "diverged")
    series: dict[str, Any] = plain({name: getattr(followed, name) for name in names} | {"first": first})
    return series
