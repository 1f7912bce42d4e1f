"""Learning what comes next: windows of a running text, each token the answer to those before it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from llm_widgets.training._text_task import Ids, TextTask
from llm_widgets.training.counting import COMMONEST, COUNTING, guesses


@dataclass(frozen=True)
class NextToken(TextTask):
    """Each token is to be told from those before it: for a GPT, or a model of the Llama kind."""

    def ask(self, rows: Ids, rng: np.random.Generator) -> tuple[Ids, Ids]:
        """ids [B, T], and those moved by one."""
        return rows[:, :-1], rows[:, 1:]

    def accuracy(self) -> Any:
        """Every answer counts."""
        import keras

        return keras.metrics.SparseCategoricalAccuracy(name="accuracy")

    def counted(self, held_out: Ids) -> Sequence[tuple[str, float]]:
        """The commonest token, and what followed the last three."""
        return tuple(zip((COMMONEST, COUNTING), guesses(self.train, held_out), strict=True))


def bits(nats: float) -> float:
    """The same loss in bits."""
    return nats / math.log(2)
