"""Which tokens a guess rests on: attention, gradient and deletion side by side, and whether they agree."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import traitlets

from llm_widgets.analysis import saliency
from llm_widgets.analysis.saliency import WAYS
from llm_widgets.i18n import N_, t
from llm_widgets.widgets._looking import LookingWidget, Timed, plain

MAX_TOKENS = 64  # before the guess


class Saliency(LookingWidget):
    """The tokens before a guess, each with how much it is looked at, and what the guess loses without it.

    Args:
        source: a `LanguageModel`, a `LanguageRun` or a `LanguageWorkbench`, of a GPT or the Llama kind.
        text: what is read; empty: a sentence that a run does not learn from.

    Raises:
        ValueError: the source has no model that says the next token.

    Example:
        >>> view = Saliency(run, "Alice was beginning")  # doctest: +SKIP
        >>> view.position = 4  # doctest: +SKIP

    Reference:
        Jain and Wallace (2019), Attention is not Explanation.
    """

    _front: ClassVar[str] = "saliency"
    _title: ClassVar[str] = N_("What a guess rests on")
    CHOICES: ClassVar[tuple[str, ...]] = ("position", "deletion")

    # Which token of the text is guessed, counted from 0; None: the one after the text.
    position = traitlets.Int(None, allow_none=True).tag(sync=True)
    # "replace" a token by a space, or "remove" it.
    deletion = traitlets.Unicode("replace").tag(sync=True)
    # Whose attention is shown: one layer's, counted from 0, or None for the mean of all.
    layer = traitlets.Int(None, allow_none=True).tag(sync=True)

    @traitlets.validate("deletion")
    def _known(self, proposal: Any) -> str:
        if proposal["value"] in WAYS:
            return str(proposal["value"])
        raise ValueError(
            t(
                "A token is taken away by {ways}. Received: deletion={how}",
                ways=" / ".join(WAYS),
                how=repr(proposal["value"]),
            )
        )

    @traitlets.observe("text")
    def _begin_again(self, change: Any) -> None:
        self.position = None  # of another text

    def _look(self, source: Timed, key: tuple[Any, ...]) -> dict[str, Any] | None:
        encoding = source.tokenizer.encode(self.text)
        position = self.position if self.position is not None and 0 < self.position < len(encoding) else None
        found = saliency(source, self.text, position=position, deletion=self.deletion, most=MAX_TOKENS)
        layers = [None, *range(len(found.attention))]
        return {
            "text": list(encoding.tokens),
            "position": len(encoding) if position is None else position,
            "tokens": list(found.tokens),
            "target": self._name(source, found.target),
            "probability": plain(math.exp(found.log_probability)),
            "attention": plain(found.attention),
            "gradient": plain(found.gradient, 8),  # tiny where a model is sure
            "length": plain(found.gradient_norm),
            "deletion": plain(found.deletion),
            "neutral": None if found.neutral is None else self._name(source, found.neutral),
            # By layer, the mean of all first: with deletion, with the gradient, and of these with each other.
            "agreement": [[r if r is None else round(r, 3) for r in found.agreement(i).values()] for i in layers],
        }
