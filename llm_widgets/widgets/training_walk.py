"""The seven steps of training as a flowchart over a real tiny language model and a real text."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
import traitlets

from llm_widgets import i18n
from llm_widgets.foundations import AdamState, TinyLanguageModel, finite_differences
from llm_widgets.foundations.language_model import STANDARD_DEVIATION
from llm_widgets.i18n import t
from llm_widgets.widgets._computed import plain
from llm_widgets.widgets._walk_history import EVERY, LEARNING_RATES, MAX_UPDATES, OPTIMIZERS, History, Round
from llm_widgets.widgets._walk_steps import TRAINING, code_of
from llm_widgets.widgets._walk_tensors import forward_numbers, forward_tensors, tensor, weight
from llm_widgets.widgets._walk_text import (
    BOOKS,
    EXCERPT,
    MAX_CHARACTERS,
    WalkText,
    checked_text,
    own_text,
    shipped_text,
)
from llm_widgets.widgets.walk import WalkWidget, book_of

MAX_ASKED = 500  # updates at one press


class TrainingWalk(WalkWidget):
    """Collection, preprocessing, initialisation, forward, loss, backpropagation, update, and around again.

    Each step shows its true tensors, its formula with numbers and the lines of code that do it. An update that one
    comes back to shows the same numbers again.

    Args:
        text: what the model learns from, two characters at least, of which the first 20,000 are used; None for the
            book of the language: Alice, or Tang quatrains.
        language: "en" or "zh"; None for the one that is spoken.
        seed: of the weights and of the choice of what is read: the same one, the same numbers.

    Raises:
        ValueError: the text is too short; there is no book of this language; the seed is below 0.

    Example:
        >>> walk = TrainingWalk("to be or not to be", seed=1)
        >>> walk.step = 13  # the loss
        >>> walk.train(20)
        >>> walk.updates, bool(walk.loss < 2.0)
        (20, True)
    """

    SETTINGS: ClassVar[tuple[str, ...]] = (
        "step", "updates", "example", "position", "tensor", "cell", "optimizer", "learning_rate", "book", "text",
    )  # fmt: skip
    STEPS = TRAINING

    # How many updates there have been at the place that is shown.
    updates = traitlets.Int(0, min=0).tag(sync=True)
    # Which row of the batch is shown, counted from 0.
    example = traitlets.Int(0, min=0).tag(sync=True)
    # Which tensor of weights, and which of its numbers, [row, column], is followed back and updated.
    tensor = traitlets.Unicode("W_q").tag(sync=True)
    cell = traitlets.List(traitlets.Int(), [0, 0], minlen=2, maxlen=2).tag(sync=True)
    # "adam" or "sgd"; another one, or another rate, begins the training again.
    optimizer = traitlets.Enum(tuple(OPTIMIZERS), "adam").tag(sync=True)
    learning_rate = traitlets.Float(LEARNING_RATES["adam"]).tag(sync=True)
    # The shipped text, "alice" or "tang", where `text` is None.
    book = traitlets.Enum(BOOKS, "alice").tag(sync=True)
    text = traitlets.Unicode(None, allow_none=True).tag(sync=True)

    def __init__(self, text: str | None = None, language: str | None = None, *, seed: int = 0, **kwargs: Any) -> None:
        if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
            raise ValueError(t("A seed is a whole number, 0 or more. Received: seed={seed!r}", seed=seed))
        self.seed, self._whole = seed, 0
        self._begun: tuple[Any, ...] = ()
        self._history: History | None = None
        super().__init__(text=text, book=book_of(language, i18n.get_language()), _kind="training", **kwargs)

    @traitlets.validate("text")
    def _enough(self, proposal: Any) -> str | None:
        value = proposal["value"]
        if value is not None:
            used = checked_text(value)
            self._whole = len(value) if len(value) > MAX_CHARACTERS else len(used)
            return used
        return None

    @traitlets.validate("updates")
    def _made(self, proposal: Any) -> int:
        value = int(proposal["value"])
        if value == 0:  # before a training has begun, too
            return 0
        known = self.history.known
        if value <= min(known + EVERY, MAX_UPDATES):
            return value
        raise ValueError(
            t(
                "{known} updates have been made; train on first (at most {most} in all). Received: updates={value}",
                known=known,
                most=MAX_UPDATES,
                value=value,
            )
        )

    @traitlets.validate("tensor")
    def _a_tensor(self, proposal: Any) -> str:
        names = tuple(self.history.first.shapes)
        if proposal["value"] in names:
            return str(proposal["value"])
        raise ValueError(
            t(
                "Choose one of {names}. Received: tensor={name!r}",
                names=", ".join(names),
                name=proposal["value"],
            )
        )

    @traitlets.validate("learning_rate")
    def _above_0(self, proposal: Any) -> float:
        if 0 < proposal["value"] <= 1e6:
            return float(proposal["value"])
        raise ValueError(
            t("A learning rate is above 0 and at most 1e6. Received: learning_rate={rate}", rate=proposal["value"])
        )

    @traitlets.observe("optimizer")
    def _its_rate(self, change: Any) -> None:
        if self.learning_rate == LEARNING_RATES.get(change["old"]):  # another one was chosen on purpose
            self.learning_rate = LEARNING_RATES[change["new"]]

    @traitlets.observe("optimizer", "learning_rate", "book", "text")
    def _begin_again(self, change: Any) -> None:
        with self._lock:
            self._wanted = self.updates = 0

    @property
    def history(self) -> History:
        """The training with all that has been made of it."""
        key = (self.book, self.text, self.optimizer, self.learning_rate, self.seed)
        with self._lock:
            if self._history is None or key != self._begun:
                source = shipped_text(self.book) if self.text is None else own_text(self.text, self._whole)
                self._history = History(source, self.optimizer, self.learning_rate, self.seed)
                self._begun = key
            return self._history

    @property
    def source(self) -> WalkText:
        """The text that the model learns from, with its vocabulary."""
        return self.history.text

    @property
    def model(self) -> TinyLanguageModel:
        """The model as it is at the place that is shown."""
        with self._lock:
            return self.history.model(self.updates)

    @property
    def loss(self) -> float:
        """The loss of the batch that is shown."""
        with self._lock:
            return self.history.round(self.updates).backward.loss.value

    def train(self, updates: int = 100) -> None:
        """Makes so many updates more, and goes there. Returns when they are made: about 2 ms each.

        Raises:
            ValueError: the number is below 1, or there would be more than 2,000 in all.
        """
        if isinstance(updates, bool) or not isinstance(updates, int) or updates < 1:
            raise ValueError(t("Ask for one update or more. Received: updates={value!r}", value=updates))
        history = self.history
        if history.known + updates > MAX_UPDATES:
            raise ValueError(
                t(
                    "{known} updates have been made; train on first (at most {most} in all). Received: updates={value}",
                    known=history.known,
                    most=MAX_UPDATES,
                    value=history.known + updates,
                )
            )
        self._wanted = history.known + updates
        self._train_to(history, self._wanted, lambda: self._report(history))

    def _answer(self) -> None:
        history = self.history
        self._train_to(history, self._wanted, lambda: self._report(history))

    def _report(self, history: History) -> None:
        """The page goes along with the training."""
        with self._lock, self.hold_sync():
            if history is self._history:
                self.updates = history.known

    def _on_train(self, content: Any) -> None:
        asked = int(content.get("updates", 1))
        with self._lock:
            known = self.history.known
            self._wanted = min(known + max(1, min(asked, MAX_ASKED)), MAX_UPDATES)
        self._worker.ask()

    def _on_stop(self, content: Any) -> None:
        self._wanted = 0

    def _compute(self) -> dict[str, Any]:
        history = self.history
        now = history.round(self.updates)
        self._tell(history)
        b = min(self.example, len(now.x) - 1)
        p = min(self.position, history.context - 1)
        name = self.name
        found: dict[str, Any] = {
            "name": name,
            "updates": self.updates,
            "vocabulary": history.text.vocabulary,
            "x": now.x[b],
            "y": now.y[b],
            "example": b,
            "position": p,
            "batch": len(now.x),
            "weight": self.tensor,
            "shapes": history.first.shapes,
            "loss": now.backward.loss.value,
            "code": code_of(self._code()),
            **getattr(self, f"_show_{name}", lambda now, b, p: self._show_forward(now, b, p))(now, b, p),
        }
        shown: dict[str, Any] = plain(found)
        return shown

    def _code(self) -> str:
        if self.name == "collection" and self.text is not None:
            return "own collection"
        if self.name == "update":
            return f"update {self.optimizer}"
        return f"backpropagation {self.tensor}" if self.name == "backpropagation" else self.name

    def _show_collection(self, now: Round, b: int, p: int) -> dict[str, Any]:
        source = self.source
        return {
            "tensors": [],
            "numbers": {
                "title": source.title,
                "used": len(source.text),
                "start": source.start,
                "whole": source.whole,
                "distinct": len(set(source.text)),
                "excerpt": source.text[:EXCERPT],
                **source.facts,
            },
        }

    def _show_preprocessing(self, now: Round, b: int, p: int) -> dict[str, Any]:
        ids = self.history.ids
        return {
            "tensors": [
                tensor("x", now.x, "BT", rows="", kind="ids"),
                tensor("y", now.y, "BT", rows="", kind="ids"),
            ],
            "numbers": {
                "tokens": len(ids), "V": len(self.source.vocabulary), "unknown": int((ids == 0).sum()),
                "start": now.starts[b], "T": self.history.context, "B": len(now.x),
            },
        }  # fmt: skip

    def _show_initialisation(self, now: Round, b: int, p: int) -> dict[str, Any]:
        first = self.history.first
        chosen = first.weights[self.tensor]
        return {
            "tensors": [weight(first, self.tensor, chosen)],
            "numbers": {
                "parameters": first.parameter_count, "deviation": STANDARD_DEVIATION, "count": chosen.size,
                "mean": chosen.mean(), "spread": chosen.std(), "seed": self.seed,
            },
        }  # fmt: skip

    def _show_forward(self, now: Round, b: int, p: int) -> dict[str, Any]:
        target = int(now.y[b, p])
        return {
            "tensors": forward_tensors(self.name, now.forward, b),
            "numbers": forward_numbers(self.name, now.forward, b, p, target),
        }

    def _show_loss(self, now: Round, b: int, p: int) -> dict[str, Any]:
        terms = now.backward.loss.terms
        target = int(now.y[b, p])
        of_targets = np.take_along_axis(now.forward.probabilities, now.y[..., None], -1)[..., 0]  # [B, T]
        return {
            "tensors": [
                tensor("terms", terms, "BT", rows="", kind="signed"),
                tensor("p(y)", of_targets, "BT", rows="", kind="share"),
            ],
            "numbers": {
                "token": target, "probability": of_targets[b, p], "term": terms[b, p],
                "mean": now.backward.loss.value, "count": terms.size, "chance": math.log(len(self.source.vocabulary)),
                "V": len(self.source.vocabulary),
            },
        }  # fmt: skip

    def _chosen(self, model: TinyLanguageModel) -> tuple[tuple[int, ...], int]:
        """The number that is followed: its index in its tensor, and its place among all parameters."""
        shape = model.shapes[self.tensor]
        index = tuple(max(0, min(i, n - 1)) for i, n in zip(self.cell[-len(shape) :], shape, strict=True))
        return index, model.place(self.tensor, *index)

    def _show_backpropagation(self, now: Round, b: int, p: int) -> dict[str, Any]:
        model, back = now.model, now.backward
        index, place = self._chosen(model)

        def loss_with(value: Any) -> float:
            moved = model.parameters.copy()
            moved[place] = float(np.asarray(value).reshape(()))
            return model.with_parameters(moved).loss(now.x, now.y).value

        difference, step, _ = finite_differences(loss_with, [model.parameters[place]])
        h, w, of = float(step[0]), float(model.parameters[place]), "gradient"
        return {
            "tensors": [
                weight(model, self.tensor, back.weights[self.tensor], of="gradient"),
                tensor("∂L/∂logits", back.logits[b], "BTV", shape=back.logits.shape, columns="vocabulary", of=of),
                tensor("∂L/∂embedded", back.embedded[b], "BTC", shape=back.embedded.shape, of=of),
            ],
            "numbers": {
                "index": index, "gradient": back.gradient[place], "difference": difference[0], "h": h,
                "above": loss_with(w + h), "below": loss_with(w - h),
                "norm": np.linalg.norm(back.weights[self.tensor]), "whole": np.linalg.norm(back.gradient),
            },
        }  # fmt: skip

    def _show_update(self, now: Round, b: int, p: int) -> dict[str, Any]:
        model, state = now.model, now.after
        index, place = self._chosen(model)
        moved = model.parts(state.parameters)[self.tensor] - model.weights[self.tensor]
        numbers = {
            "index": index, "before": now.before.parameters[place], "gradient": now.backward.gradient[place],
            "after": state.parameters[place], "rate": self.learning_rate, "optimizer": self.optimizer,
            "t": state.steps,
        }  # fmt: skip
        if isinstance(state, AdamState):
            numbers |= {"m_hat": state.m_hat[place], "root": math.sqrt(state.v_hat[place])}
        return {
            "tensors": [
                weight(model, self.tensor, model.parts(state.parameters)[self.tensor]),
                {**weight(model, self.tensor, moved), "name": f"Δ {self.tensor}"},
                weight(model, self.tensor, now.backward.weights[self.tensor], of="gradient"),
            ],
            "numbers": {**numbers, "loss_after": model.with_parameters(state.parameters).loss(now.x, now.y).value},
        }
