"""The four steps of inference as a flowchart, and around again for each token."""

from __future__ import annotations

import contextlib
from typing import Any, ClassVar

import numpy as np
import traitlets

from llm_widgets import i18n
from llm_widgets.foundations import LanguageForward, TinyLanguageModel, next_token_probabilities, sample
from llm_widgets.i18n import t
from llm_widgets.widgets._computed import plain
from llm_widgets.widgets._walk_history import CONTEXT, History
from llm_widgets.widgets._walk_steps import INFERENCE, code_of
from llm_widgets.widgets._walk_tensors import forward_numbers, forward_tensors, tensor, top
from llm_widgets.widgets._walk_text import WalkText
from llm_widgets.widgets._words import whole_text
from llm_widgets.widgets.training_walk import TrainingWalk
from llm_widgets.widgets.walk import WalkWidget, book_of, first_history

PRETRAIN = 600  # updates of the model that a walk makes for itself
MAX_PROMPT = 200
MAX_LENGTH = 200


class InferenceWalk(WalkWidget):
    """Input, embedding, network, output; the token that was chosen joins the input, and it goes around again.

    Args:
        model: a `TrainingWalk`, whose model is used as it is at the place that it shows; None for one that this walk
            trains for itself, 600 updates, when it is first looked at (or with `train`).
        prompt: what the model continues; empty: the first characters of the text that it learned from.
        language: "en" or "zh", the book of the model for None; None for the language that is spoken.
        seed: of the weights for None, and of the draws.

    Raises:
        TypeError: the model is something else.

    Example:
        >>> walk = InferenceWalk(TrainingWalk("to be or not to be"), prompt="to", seed=1)
        >>> walk.made = 3
        >>> len(walk.written)
        3
    """

    SETTINGS: ClassVar[tuple[str, ...]] = (
        "step", "made", "position", "prompt", "temperature", "top_k", "draws", "length",
    )  # fmt: skip
    STEPS = INFERENCE

    # How many tokens have been chosen at the place that is shown.
    made = traitlets.Int(0, min=0).tag(sync=True)
    prompt = traitlets.Unicode("").tag(sync=True)
    # 0 takes the likeliest token always.
    temperature = traitlets.Float(0.8, min=0.0, max=10.0).tag(sync=True)
    # Only so many of the likeliest tokens are drawn from; None: all.
    top_k = traitlets.Int(None, allow_none=True, min=1).tag(sync=True)
    # The seed of the draws.
    draws = traitlets.Int(0, min=0).tag(sync=True)
    # It stops after so many tokens.
    length = traitlets.Int(24, min=1, max=MAX_LENGTH).tag(sync=True)

    def __init__(
        self, model: TrainingWalk | None = None, prompt: str = "", language: str | None = None, *, seed: int = 0,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        if model is not None and not isinstance(model, TrainingWalk):
            raise TypeError(t("Give a TrainingWalk, or None for a model of its own. Received: {model!r}", model=model))
        self._walk = model
        self._own: History | None = None
        if model is None:
            self._own = first_history(book_of(language, i18n.get_language()), seed)
        self._chosen: list[int] = []
        self._chosen_by: tuple[Any, ...] = ()
        self._seen: tuple[int, int] = (0, 0)
        lock = None if model is None else model._lock
        super().__init__(lock=lock, prompt=prompt, draws=seed, position=CONTEXT - 1, _kind="inference", **kwargs)
        if model is not None:
            model.observe(self._follow, "_found")

    @traitlets.validate("prompt")
    def _bounded(self, proposal: Any) -> str:
        return whole_text(proposal["value"], MAX_PROMPT)

    @traitlets.validate("made")
    def _within(self, proposal: Any) -> int:
        return min(int(proposal["value"]), self.length)

    @traitlets.observe("length")
    def _shorter(self, change: Any) -> None:
        self.made = min(self.made, self.length)

    @property
    def history(self) -> History:
        """The training of the model."""
        if self._walk is not None:
            return self._walk.history
        assert self._own is not None
        return self._own

    @property
    def source(self) -> WalkText:
        """The text that the model learned from, with its vocabulary."""
        return self.history.text

    @property
    def updates(self) -> int:
        """After how many updates the model is used."""
        return self._walk.updates if self._walk is not None else self.history.known

    @property
    def model(self) -> TinyLanguageModel:
        """The model that is asked."""
        return self._walk.model if self._walk is not None else self.history.model(self.updates)

    @property
    def written(self) -> str:
        """The tokens that have been chosen so far."""
        with self._lock:
            return "".join(self.source.tokens(self._tokens(self.made)))

    def train(self) -> None:
        """Trains the walk's own model to its end; returns when that is done. Another's model is left as it is."""
        if self._own is not None:
            self._wanted = PRETRAIN
            self._answer()

    def _answer(self) -> None:
        if self._own is not None:
            self._train_to(self._own, PRETRAIN, self._refresh)

    def _on_hello(self, content: Any) -> None:
        if self._own is not None and self._own.known < PRETRAIN:
            self._wanted = PRETRAIN
            self._worker.ask()

    def _follow(self, change: Any) -> None:
        """Another model, or the same after other updates."""
        if self._seen != self._which():
            self._refresh()

    def _which(self) -> tuple[int, int]:
        return id(self.history), self.updates

    def _prompt_ids(self) -> list[int]:
        ids: list[int] = self.source.encode(self.prompt).tolist()
        if ids:
            return ids
        opening: list[int] = self.history.ids[: self.history.context].tolist()
        return opening

    def _window(self, made: int) -> list[int]:
        """What the model reads for the next token: the last ids, as many as it can."""
        return [*self._prompt_ids(), *self._tokens(made)][-self.history.context :]

    def _choice(self) -> dict[str, Any]:
        return {"temperature": self.temperature, "top_k": self.top_k}

    def _tokens(self, made: int) -> list[int]:
        """The first tokens that are chosen; the same settings and model, the same tokens."""
        key = (*self._which(), self.prompt, self.temperature, self.top_k, self.draws)
        if key != self._chosen_by:
            self._chosen, self._chosen_by = [], key
        model = self.model if len(self._chosen) < made else None
        while model is not None and len(self._chosen) < made:
            n = len(self._chosen)
            read = [*self._prompt_ids(), *self._chosen][-self.history.context :]
            self._chosen.append(self._next(model.forward([read]), n))
        return self._chosen[:made]

    def _next(self, forward: LanguageForward, n: int) -> int:
        """The token that is chosen after n others."""
        return int(sample(forward.logits[0, -1], np.random.default_rng([self.draws, n]), **self._choice()))

    def _compute(self) -> dict[str, Any]:
        self._seen = self._which()
        self._tell(self.history)
        read = self._window(self.made)
        forward = self.model.forward([read])
        last = len(read) - 1
        p = last if self.name in ("logits", "probabilities", "choice") else min(self.position, last)
        chosen = self._next(forward, self.made)
        found: dict[str, Any] = {
            "name": self.name,
            "updates": self.updates,
            "vocabulary": self.source.vocabulary,
            "x": read,
            "y": [],
            "position": p,
            "made": self.made,
            "prompt": self._prompt_ids(),
            "stands_in": not self.prompt,
            "chosen": self._tokens(self.made),
            "own": self._walk is None,
            "pretrain": PRETRAIN,
            "code": code_of(self.name),
            **self._step(forward, p, chosen),
        }
        shown: dict[str, Any] = plain(found)
        return shown

    def _step(self, forward: LanguageForward, p: int, chosen: int) -> dict[str, Any]:
        if self.name == "input":
            read = forward.ids
            return {
                "tensors": [tensor("x", read, "BT", kind="ids", rows="")],
                "numbers": {
                    "all": len(self._prompt_ids()) + self.made, "read": read.shape[1],
                    "unknown": int((read == 0).sum()), "T": self.history.context,
                },
            }  # fmt: skip
        if self.name == "choice":
            logits = forward.logits[0, -1]
            shares: dict[str, Any] = {"kind": "share", "rows": "", "columns": "vocabulary"}
            after = next_token_probabilities(logits, **self._choice())
            return {
                "tensors": [
                    tensor("drawn_from", after[None], "BV", **shares),
                    tensor("probabilities", forward.probabilities[0, -1][None], "BV", **shares),
                ],
                "numbers": {
                    "token": chosen, "before": forward.probabilities[0, -1][chosen], "probability": after[chosen],
                    "greedy": int(logits.argmax()), "top": top(after), "temperature": self.temperature,
                    "top_k": self.top_k, "stops": self.made + 1 >= self.length, "length": self.length,
                },
            }  # fmt: skip
        return {
            "tensors": forward_tensors(self.name, forward, 0),
            "numbers": forward_numbers(self.name, forward, 0, p, chosen),
        }

    def close(self) -> None:
        """Takes the widget off the page."""
        if (model := getattr(self, "_walk", None)) is not None:
            with contextlib.suppress(ValueError):
                model.unobserve(self._follow, "_found")
        super().close()
