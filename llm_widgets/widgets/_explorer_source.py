"""What the next-token explorer may be given: a model that says the next token, and settings within their ranges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llm_widgets.i18n import t
from llm_widgets.models import Askable, BERTSpec, T5Spec
from llm_widgets.training import Workbench
from llm_widgets.training.language_workbench import PROMPTS, first_probe
from llm_widgets.widgets import _choosing
from llm_widgets.widgets._base import run_or_model

MAX_BEAMS = 8
STRATEGIES = ("greedy", "sample", "beam")

RANGES: dict[str, Callable[[Any], bool]] = {
    **_choosing.RANGES,
    "strategy": lambda value: value in STRATEGIES,
    "beam_width": lambda value: 1 <= value <= MAX_BEAMS,
    "beam_length": lambda value: 1 <= value <= 100,
    "length_penalty": lambda value: -5 <= value <= 5,
    "speed": lambda value: 0.2 <= value <= 20,
}


def checked(name: str, value: Any) -> Any:
    """The value of a setting.

    Raises:
        ValueError: it is out of range.
    """
    if RANGES[name](value):
        return value
    raise ValueError(
        t(
            "The strategy is greedy, sample or beam; temperature is 0 to 2, top-k at least 1 or None, top-p above 0 "
            "and at most 1, a seed 0 to 2147483647, beams 1 to {beams}, their length 1 to 100, the length "
            "penalty -5 to 5, the speed 0.2 to 20. Received: {name}={value}",
            beams=MAX_BEAMS,
            name=name,
            value=repr(value),
        )
    )


def asked(source: Any) -> tuple[Workbench | None, Askable | None]:
    """The workbench to follow, or the model to ask.

    Raises:
        ValueError: it says no next token.
    """
    bench, model = run_or_model(source)
    if bench is not None:
        return bench, None
    if hasattr(getattr(model, "spec", None), "max_length") and not isinstance(model.spec, (BERTSpec, T5Spec)):
        return None, model
    raise ValueError(
        t(
            "Only a language model says the next token: give a LanguageModel, a LanguageRun or a LanguageWorkbench. "
            "Received: {source}",
            source=repr(getattr(source, "run", source))[:200],
        )
    )


def first_prompt(bench: Workbench | None, model: Any) -> str:
    """What a text begins with where the learner said nothing: the run's first probe, else one of the kit's own."""
    return PROMPTS.get(getattr(model, "language", ""), PROMPTS["en"]) if bench is None else first_probe(bench.run)
