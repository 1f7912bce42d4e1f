"""The text in the writer's box as its model sees it."""

from __future__ import annotations

from typing import Any

from llm_widgets.models.writing import window_start
from llm_widgets.training import LanguageReplay, LanguageRun
from llm_widgets.training._filling import BLANK


def prompt_tokens(run: LanguageRun | LanguageReplay, prompt: str) -> dict[str, Any]:
    """The prompt as the model sees it."""
    if run.objective != "next_token":
        return _gapped(run, prompt)
    encoding = run.tokenizer.encode(prompt)
    length = run.spec.max_length
    return {
        "tokens": list(encoding.tokens),
        "known": list(encoding.known),
        "read": len(encoding) - window_start(len(encoding), len(encoding), length),
    }


def _gapped(run: LanguageRun | LanguageReplay, text: str) -> dict[str, Any]:
    """The same of a text with gaps, all of which is read."""
    tokens: list[str] = []
    known: list[bool] = []
    pieces = text.split(BLANK)
    for number, piece in enumerate(pieces):
        encoding = run.tokenizer.encode(piece)
        tokens += [*([BLANK] if number else []), *encoding.tokens]
        known += [*([True] if number else []), *encoding.known]
    return {"tokens": tokens, "known": known, "read": len(tokens), "fills": True, "gaps": len(pieces) - 1}
