"""What each head is good for: the change in a text's loss with the head switched off."""

from __future__ import annotations

import time
from typing import Any, ClassVar

import numpy as np
import traitlets

from llm_widgets.analysis import head_ablation as analysis
from llm_widgets.i18n import N_, t
from llm_widgets.widgets._looking import LookingWidget, Timed, plain

MAX_TOKENS = 128  # of a text
WORK = 1e12  # multiplications that one grid may take: half a minute on two cores
SHOWN = 6  # next tokens, each before and after
PROGRESS = 0.3  # seconds between two parts of a large grid


class HeadAblation(LookingWidget):
    """A grid of layers and heads, each with the change in loss when it is off; click heads to switch them off together.

    Args:
        source: a `LanguageModel`, a `LanguageRun` or a `LanguageWorkbench`, of a GPT or the Llama kind.
        text: what is guessed; empty: a sentence that a run does not learn from.

    Raises:
        ValueError: the source has no model that says the next token.

    Example:
        >>> view = HeadAblation(run, "Alice was beginning")  # doctest: +SKIP
        >>> view.off = [(0, 2), (1, 0)]  # doctest: +SKIP
    """

    _front: ClassVar[str] = "head_ablation"
    _title: ClassVar[str] = N_("Heads switched off")
    LEAST: ClassVar[int] = 2
    CHOICES: ClassVar[tuple[str, ...]] = ("how", "off")

    # "zero": a head that is off adds nothing; "mean": it adds the same to every token.
    how = traitlets.Unicode("zero").tag(sync=True)
    # The heads that are off together, pairs of layer and head counted from 0.
    off: traitlets.List[Any] = traitlets.List().tag(sync=True)

    def __init__(self, source: Any, text: str = "", **kwargs: Any) -> None:
        self._grid: tuple[Any, Any, dict[str, Any]] = ((), None, {})  # what the grid is of, its step, and the grid
        super().__init__(source, text, **kwargs)

    @traitlets.validate("how")
    def _known(self, proposal: Any) -> str:
        if proposal["value"] in analysis.WAYS:
            return str(proposal["value"])
        raise ValueError(
            t(
                "A head is switched off by {ways}. Received: how={how}",
                ways=" / ".join(analysis.WAYS),
                how=repr(proposal["value"]),
            )
        )

    @traitlets.validate("off")
    def _heads(self, proposal: Any) -> list[list[int]]:
        return sorted([int(layer), int(head)] for layer, head in {(int(a), int(b)) for a, b in proposal["value"]})

    def _on_toggle(self, content: Any) -> None:
        """The page switches one head on or off."""
        head = [int(content["layer"]), int(content["head"])]
        self.off = [one for one in self.off if one != head] if head in self.off else [*self.off, head]

    def _look(self, source: Timed, key: tuple[Any, ...]) -> dict[str, Any] | None:
        spec, off, how = source.spec, self.off, self.how
        whole = spec.count_parameters() * spec.num_layers * spec.num_heads
        most = int(min(MAX_TOKENS, max(16, WORK / whole)))
        inside = [(a, b) for a, b in off if 0 <= a < spec.num_layers and 0 <= b < spec.num_heads]
        together = analysis.without_heads(source, self.text, inside, how=how, most=most)
        told: dict[str, Any] = {
            "count": len(source.tokenizer.encode(self.text)),
            "next": self._next(source, together),
            "together": plain([together.loss_before, together.loss]),
            "off": [list(one) for one in inside],
        }
        of = (key[:-1], source.step)  # without what is off, which changes no cell
        if self._grid[:2] == of:
            return told | self._grid[2]
        shown = time.monotonic()

        def part(change: Any, loss: float) -> bool:
            nonlocal shown
            if not self._still(key):
                return False
            if time.monotonic() - shown > PROGRESS and np.isnan(change).any():
                shown = time.monotonic()
                self._show(told | {"change": plain(change), "loss": plain(loss)}, "", source.step)
            return True

        found = analysis.ablate_heads(source, self.text, how=how, most=most, told=part)
        if not self._still(key):
            return None
        grid = {
            "change": plain(found.change),
            "loss": plain(found.loss),
            "read": len(found.tokens),
            "bits": plain(found.bits(1.0)),  # of one nat a token
        }
        self._grid = (of[0], source.step, grid)
        return told | grid

    def _next(self, source: Timed, found: analysis.WithoutHeads) -> list[list[Any]]:
        """The likeliest next tokens with all heads and without some: token, probability before and after."""
        before, after = np.exp(found.before), np.exp(found.log_probabilities)
        best = dict.fromkeys(int(i) for p in (before, after) for i in np.argsort(-p, kind="stable")[:SHOWN])
        order = sorted(best, key=lambda i: -max(before[i], after[i]))[:SHOWN]
        order.sort(key=lambda i: -before[i])
        return [[self._name(source, i), plain(before[i]), plain(after[i])] for i in order]
