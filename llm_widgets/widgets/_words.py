"""How a learner's own words are read, and how an error is told to somebody who moves sliders and writes no code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from llm_widgets.i18n import t
from llm_widgets.models import Field

# Errors end with what was received, which helps in a traceback; on the page the learner sees what was done.
_RECEIVED = re.compile(r"\s*(Received: |收到[：:]).*\Z", re.DOTALL)


def whole_text(value: Any, most: int) -> str:
    """A learner's text with one kind of line end, at most so long, and without halves of characters."""
    text = str(value)[:most].replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def for_a_learner(error: BaseException) -> str:
    """The error's words without their last part, "Received: …"."""
    text = str(error)
    return _RECEIVED.sub("", text) or text or type(error).__name__


def with_labels(text: str, fields: Iterable[Field]) -> str:
    """`d_model=72` in an error's words as “Width” (d_model) = 72: the learner knows a size by its label."""
    labels = {field.name: field.label for field in fields}

    def labelled(match: re.Match[str]) -> str:
        name, value = match.groups()
        return t("“{label}” ({name}) = {value}", label=t(labels[name]), name=name, value=value)

    names = "|".join(map(re.escape, labels))
    return re.sub(rf"(?<![\w?&])({names})=([A-Za-z0-9_]+)", labelled, text)
