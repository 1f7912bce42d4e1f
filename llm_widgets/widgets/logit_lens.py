"""What a model would say if it ended after each of its layers, token by token."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets

from llm_widgets.analysis import logit_lens
from llm_widgets.i18n import N_
from llm_widgets.widgets._looking import LookingWidget, Timed, plain

MAX_TOKENS = 64  # of a text
TOP = 5  # tokens that are kept for each cell


class LogitLens(LookingWidget):
    """A grid of layers and tokens: each cell has the token that the layer finds likeliest to come next.

    Args:
        source: a `LanguageModel`, a `LanguageRun` or a `LanguageWorkbench`, of a GPT or the Llama kind.
        text: what is read; empty: a sentence that a run does not learn from.

    Raises:
        ValueError: the source has no model that says the next token.

    Example:
        >>> view = LogitLens(run, "Alice was beginning")  # doctest: +SKIP

    Reference:
        nostalgebraist (2020), interpreting GPT: the logit lens, LessWrong.
    """

    _front: ClassVar[str] = "logit_lens"
    _title: ClassVar[str] = N_("Logit lens")

    # The chosen cell, counted from 0; layer 0 is before the first layer, None the last one.
    layer = traitlets.Int(None, allow_none=True).tag(sync=True)
    place = traitlets.Int(None, allow_none=True).tag(sync=True)

    def _look(self, source: Timed, key: tuple[Any, ...]) -> dict[str, Any] | None:
        lens = logit_lens(source, self.text, top=TOP, most=MAX_TOKENS)
        numbers = {int(i) for i in lens.top_ids.reshape(-1)} | {int(i) for i in lens.answer}
        return {
            "tokens": list(lens.tokens),
            "count": lens.count,
            "names": {str(i): self._name(source, i) for i in sorted(numbers)},
            "ids": lens.top_ids.tolist(),
            "top": plain(lens.top, 4),
            "answer": lens.answer.tolist(),
            "of_answer": plain(lens.answer_probability, 4),
            "settled": lens.settled.tolist(),
        }
