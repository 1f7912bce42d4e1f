"""Which way of learning from running text goes with which family of models."""

from __future__ import annotations

from typing import Any

from llm_widgets.i18n import t
from llm_widgets.models import BERTSpec, T5Spec, TransformerSpec
from llm_widgets.training._masked import Masked
from llm_widgets.training._next_token import NextToken
from llm_widgets.training._spans import LEAST, Spans
from llm_widgets.training._text_task import TextTask

TASKS: dict[str, type[TextTask]] = {"next_token": NextToken, "masked_tokens": Masked, "spans": Spans}


def objective_of(spec: TransformerSpec) -> str:
    """What a model of this family is asked: "next_token", "masked_tokens" (BERT) or "spans" (T5)."""
    if isinstance(spec, BERTSpec):
        return "masked_tokens"
    return "spans" if isinstance(spec, T5Spec) else "next_token"


def check_asked(spec: TransformerSpec) -> None:
    """Refuses a spec that cannot be asked.

    Raises:
        ValueError: a BERT has another head than that for hidden words, or the windows of a T5 are too short.
    """
    if isinstance(spec, BERTSpec) and spec.head != "masked":
        raise ValueError(
            t("From running text a BERT learns hidden words: it needs head='masked'. Received: head={head!r}",
              head=spec.head)
        )  # fmt: skip
    if isinstance(spec, T5Spec) and spec.max_length < LEAST:
        raise ValueError(
            t(
                "A T5 learns from gaps: it must read {least} tokens or more, so that something is left around them. "
                "Received: max_length={length}",
                least=LEAST,
                length=spec.max_length,
            )
        )


def make_task(spec: TransformerSpec, *values: Any) -> TextTask:
    """The task of a spec; `values` as for `TextTask`."""
    return TASKS[objective_of(spec)](*values)
