"""The seven steps of training as a flowchart over a real tiny language model and a real text."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets

from llm_widgets import i18n
from llm_widgets.foundations import TinyLanguageModel
from llm_widgets.i18n import t
from llm_widgets.widgets._computed import plain
from llm_widgets.widgets._walk_history import EVERY, LEARNING_RATES, MAX_UPDATES, OPTIMIZERS, History
from llm_widgets.widgets._walk_panels import panel
from llm_widgets.widgets._walk_steps import TRAINING, code_of
from llm_widgets.widgets._walk_text import (
    BOOKS,
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
            **panel(self, now, b, p),
        }
        shown: dict[str, Any] = plain(found)
        return shown

    def _code(self) -> str:
        if self.name == "collection" and self.text is not None:
            return "own collection"
        if self.name == "update":
            return f"update {self.optimizer}"
        return f"backpropagation {self.tensor}" if self.name == "backpropagation" else self.name
