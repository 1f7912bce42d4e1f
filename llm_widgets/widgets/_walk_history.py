"""A training that can be walked in both directions: each update is the same again whenever one comes back to it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np

from llm_widgets.foundations import SGD, Adam, LanguageBackward, LanguageForward, OptimizerState, TinyLanguageModel
from llm_widgets.widgets._walk_text import Ids, WalkText, windows

BATCH_SIZE = 8
CONTEXT = 8
MAX_UPDATES = 2_000
# Every so many updates the weights are kept; those between are made again from there.
EVERY = 50
RECENT = 64

OPTIMIZERS = {"adam": Adam, "sgd": SGD}
LEARNING_RATES = {"adam": 0.01, "sgd": 0.5}


@dataclass(frozen=True, eq=False)
class Round:
    """One time around: the model as it is, a batch, forward, loss, back, and the model as it becomes.

    Attributes:
        updates: how many there were before.
        starts: where the windows begin in the text, [B].
        x, y: what is read and what comes next, [B, T].
        before, after: the optimizer's state; `parameters` are the weights.
    """

    updates: int
    model: TinyLanguageModel
    starts: Ids
    x: Ids
    y: Ids
    forward: LanguageForward
    backward: LanguageBackward
    before: OptimizerState
    after: OptimizerState


class History:
    """The training of a tiny language model on a text. Not safe for threads: whoever shares it holds a lock.

    Args:
        text: what it learns from.
        optimizer: "adam" or "sgd".
        learning_rate: above 0.
        seed: of the weights and of the choice of windows.
    """

    def __init__(self, text: WalkText, optimizer: str, learning_rate: float, seed: int) -> None:
        self.text, self.seed = text, seed
        self.ids = text.encode(text.text)
        self.context = min(CONTEXT, len(self.ids) - 1)
        self.first = TinyLanguageModel.initial(len(text.vocabulary), self.context, seed=seed)
        self.optimizer: Any = OPTIMIZERS[optimizer](learning_rate)
        start: OptimizerState = self.optimizer.start(self.first.parameters)
        self._kept = {0: start}
        self._recent: OrderedDict[int, OptimizerState] = OrderedDict()
        self._round: Round | None = None
        self.known = 0  # how many updates have been made
        self.losses: list[float] = []  # of each batch, before its update

    def state(self, updates: int) -> OptimizerState:
        """After so many updates; makes those that are missing."""
        if updates in self._recent:
            self._recent.move_to_end(updates)
            return self._recent[updates]
        at = max(n for n in self._kept if n <= updates)
        near = [n for n in self._recent if at < n <= updates]
        at = max(near, default=at)
        state = self._recent.get(at) or self._kept[at]
        while at < updates:
            state, at = self._once(state, at)[-1], at + 1
            self._keep(at, state)
        return state

    def model(self, updates: int) -> TinyLanguageModel:
        """The model after so many updates."""
        return self.first.with_parameters(self.state(updates).parameters)

    def batch(self, updates: int) -> tuple[Ids, Ids, Ids]:
        """The windows of one round: their starts [B], x and y [B, T]. Drawn from the seed and the round alone."""
        rng = np.random.default_rng([self.seed, updates])
        starts = rng.integers(0, len(self.ids) - self.context, BATCH_SIZE)
        x, y = windows(self.ids, starts, self.context)
        return starts, x, y

    def round(self, updates: int) -> Round:
        """One time around, after so many updates."""
        if self._round is None or self._round.updates != updates:
            before = self.state(updates)
            starts, x, y = self.batch(updates)
            forward, backward, after = self._once(before, updates)
            model = self.first.with_parameters(before.parameters)
            self._round = Round(updates, model, starts, x, y, forward, backward, before, after)
        return self._round

    def advance(self) -> None:
        """One update more."""
        self.state(self.known + 1)

    def _once(self, state: OptimizerState, updates: int) -> tuple[LanguageForward, LanguageBackward, OptimizerState]:
        _, x, y = self.batch(updates)
        model = self.first.with_parameters(state.parameters)
        forward = model.forward(x)
        backward = model.backward(forward, y)
        if updates == len(self.losses):
            self.losses.append(backward.loss.value)
        return forward, backward, self.optimizer.step(state, backward.gradient)

    def _keep(self, updates: int, state: OptimizerState) -> None:
        self.known = max(self.known, updates)
        if updates % EVERY == 0:
            self._kept.setdefault(updates, state)
        self._recent[updates] = state
        while len(self._recent) > RECENT:
            self._recent.popitem(last=False)
