"""What the next-token explorer may be given: a model that says the next token, and settings within their ranges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llm_widgets.i18n import t
from llm_widgets.models import Askable, BERTSpec, T5Spec
from llm_widgets.training import LanguageRun, Workbench
from llm_widgets.widgets._base import as_workbench

MAX_BEAMS = 8
STRATEGIES = ("greedy", "sample", "beam")
PROMPTS = {"en": "The ", "zh": "春"}

RANGES: dict[str, Callable[[Any], bool]] = {
    "strategy": lambda value: value in STRATEGIES,
    "temperature": lambda value: 0 <= value <= 2,
    "top_k": lambda value: value is None or value >= 1,
    "top_p": lambda value: 0 < value <= 1,
    "seed": lambda value: 0 <= value < 2**31,
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
    if isinstance(source, (Workbench, LanguageRun)):
        bench = as_workbench(source)
        if isinstance(bench.run, LanguageRun):
            return bench, None
    else:
        spec = getattr(source, "spec", None)
        fits = all(hasattr(source, name) for name in ("tokenizer", "call"))
        if fits and hasattr(spec, "max_length") and not isinstance(spec, (BERTSpec, T5Spec)):
            return None, source
    raise ValueError(
        t(
            "Only a language model says the next token: give a LanguageModel, a LanguageRun or a LanguageWorkbench. "
            "Received: {source}",
            source=repr(getattr(source, "run", source))[:200],
        )
    )


def first_prompt(bench: Workbench | None, model: Any) -> str:
    """What a text begins with where the learner said nothing: the run's first probe, else one of the kit's own."""
    if bench is None:
        return PROMPTS.get(getattr(model, "language", ""), PROMPTS["en"])
    run = bench.run
    return str(run.probes[0]) if run.probes else PROMPTS.get(run.corpus.language, PROMPTS["en"])
