"""Learning what comes next: windows of a running text, each token the answer to those before it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from llm_widgets.training._predict import synchronize
from llm_widgets.training._task import CLIP_NORM, Judgement
from llm_widgets.training.events import EventLog, Sample
from llm_widgets.training.windows import Windows

# Tokens that are judged after an epoch, at most: enough for two digits of the loss, and seconds at the largest.
JUDGED = 16_384
_ROWS = 16  # windows that are judged at a time


@dataclass(frozen=True)
class NextToken:
    """A text as ids, and how long it is learned.

    Args:
        train, validation: ids [N], longer than `length`.
        length: tokens that are read at once, T.
        write: what the model writes on from a prompt after some steps.
    """

    train: NDArray[np.int32]
    validation: NDArray[np.int32]
    length: int
    batch_size: int
    epochs: int
    seed: int
    write: Callable[[Any, str, int], str]
    look_interval: ClassVar[float] = 2.0
    look_limit: ClassVar[int] = 3

    def windows(self) -> Windows:
        """The training text, cut anew in each epoch."""
        return Windows(self.train, length=self.length, batch_size=self.batch_size, seed=self.seed)

    def batches(self) -> Any:
        """ids [B, T], and those moved by one."""
        import keras

        windows = self.windows()

        class Batches(keras.utils.PyDataset):  # type: ignore[misc]
            epoch = 0

            def __init__(self) -> None:
                super().__init__(workers=1)

            def __len__(self) -> int:
                return len(windows)

            def __getitem__(self, index: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
                rows = windows.batch(self.epoch, index)  # [B, T + 1]
                return rows[:, :-1], rows[:, 1:]

            def rows(self, index: int) -> int:
                return min(windows.batch_size, windows.count - index * windows.batch_size)

            def set_epoch(self, epoch: int) -> None:
                self.epoch = epoch

        return Batches()

    def compile(self, model: Any, learning_rate: float) -> None:
        """Cross-entropy of the next token."""
        import keras

        from llm_widgets.models.layers.adam import Adam
        from llm_widgets.models.layers.loss import TokenCrossentropy

        model.compile(
            optimizer=Adam(learning_rate=learning_rate, global_clipnorm=CLIP_NORM),
            loss=TokenCrossentropy(),
            metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
        )

    def judge(self, model: Any, go_on: Callable[[], bool]) -> Judgement | None:
        """Loss and accuracy on windows spread evenly over the validation text."""
        judged = judge(model, self.validation, self.length, go_on, JUDGED)
        return None if judged is None else Judgement(*judged, np.empty(0, np.float32))

    def look(self, model: Any, texts: Sequence[str], step: int) -> list[str]:
        """What it writes on."""
        return [self.write(model, text, step) for text in texts]

    def note(self, log: EventLog, texts: Sequence[str], said: Sequence[str], step: int) -> Mapping[str, float]:
        """One sample more for each prompt."""
        for prompt, text in zip(texts, said, strict=True):
            log.add_sample(Sample(step, prompt, text))
        return {}


def judge(
    model: Any, ids: NDArray[np.int32], length: int, go_on: Callable[[], bool], most: int | None = None
) -> tuple[float, float] | None:
    """Mean loss in nats a token, and the share of next tokens that were the most likely ones.

    Args:
        ids: [N], longer than `length`. most: tokens that are judged at most; None: all windows.
        go_on: asked between two batches.
    """
    import keras

    from llm_widgets.models.layers.loss import TokenCrossentropy

    synchronize(model)
    loss, right, count = 0.0, 0.0, 0
    crossentropy = TokenCrossentropy()
    for rows in _chunks(Windows(ids, length=length, batch_size=_ROWS).in_order(), most):
        if count and not go_on():
            return None
        x, y = rows[:, :-1], rows[:, 1:]
        logits = model.predict_on_batch(x)  # [B, T, V]
        loss += x.size * float(crossentropy(y, logits))
        right += float((np.asarray(keras.ops.convert_to_numpy(logits)).argmax(-1) == y).sum())
        count += x.size
    return loss / count, right / count


def _chunks(windows: NDArray[np.int32], most: int | None) -> Iterator[NDArray[np.int32]]:
    N, T = windows.shape
    if most is not None and most < N * T:
        windows = windows[np.unique(np.linspace(0, N - 1, max(1, most // T)).astype(int))]
    for start in range(0, len(windows), _ROWS):
        yield windows[start : start + _ROWS]


def bits(nats: float) -> float:
    """The same loss in bits."""
    return nats / math.log(2)
