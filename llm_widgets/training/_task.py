"""What a run learns, as its loop sees it: batches, a loss, a judgement after each epoch, and looks in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from llm_widgets.training._snapshots import AttentionSnapshot
from llm_widgets.training.events import EventLog

# Longer gradients are shortened to this. Without it the document's Chinese model forgets in mid-run what it learned:
# validation accuracy after one epoch 0.69, 0.80 and 0.78 with seeds 0 to 2; with it, 0.81 with seed 0.
CLIP_NORM = 1.0


class Judgement(NamedTuple):
    """The model on the validation split; `probabilities` float32 [N], where it judges texts one by one."""

    loss: float
    accuracy: float
    probabilities: NDArray[np.float32]


class Task(Protocol):
    """One way of learning: from labels, or from what comes next."""

    look_interval: ClassVar[float]  # seconds between two looks at the learner's texts, at least
    look_limit: ClassVar[int]  # more texts than this are looked at once an epoch only

    @property
    def epochs(self) -> int:
        """Passes over the training set, at most."""
        ...

    def batches(self) -> Any:
        """The training set: a `keras.utils.PyDataset` with `set_epoch`, and `rows(index)`, the size of a batch."""
        ...

    def compile(self, model: Any, learning_rate: float) -> None:
        """Gives the model its optimizer, its loss, and a metric called "accuracy"."""
        ...

    def judge(self, model: Any, go_on: Callable[[], bool]) -> Judgement | None:
        """The validation split; None where `go_on`, asked now and then, says no."""
        ...

    def look(self, model: Any, texts: Sequence[str], step: int) -> Sequence[Any]:
        """What the model says about each text after `step` batches."""
        ...

    def keep(self, model: Any, step: int, last: bool) -> AttentionSnapshot | None:
        """What is kept for a recording after `step` batches, the last ones or not; None most of the time."""
        ...

    def note(self, log: EventLog, texts: Sequence[str], said: Sequence[Any], step: int) -> Mapping[str, float]:
        """Puts that into the log; returns what belongs into the snapshot at an epoch's end."""
        ...
