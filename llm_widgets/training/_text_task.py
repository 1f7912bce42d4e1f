"""What all ways of learning from running text share: windows, a loss of tokens, a judgement on held-out windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from llm_widgets.training._predict import synchronize
from llm_widgets.training._snapshots import AttentionSnapshot, is_due
from llm_widgets.training._task import CLIP_NORM, Judgement
from llm_widgets.training.events import EventLog, Sample
from llm_widgets.training.windows import Windows

Ids = NDArray[np.int32]
# Tokens that are judged after an epoch, at most: enough for two digits of the loss, and seconds at the largest.
JUDGED = 16_384
_ROWS = 16  # windows that are judged at a time


@dataclass(frozen=True)
class TextTask:
    """A text as ids, and how long it is learned; a subclass says what is asked.

    Args:
        train, validation: ids [N], longer than `length`.
        length: tokens that are read at once, T.
        sample: what the model makes of a probe after some steps.
        vocabulary_size: ids that the tokenizer has.
        snapshot: the attention after some steps.
    """

    train: Ids
    validation: Ids
    length: int
    batch_size: int
    epochs: int
    seed: int
    sample: Callable[[Any, str, int], Sample]
    vocabulary_size: int = 0
    snapshot: Callable[[Any, int], AttentionSnapshot | None] = lambda model, step: None
    look_interval: ClassVar[float] = 2.0
    look_limit: ClassVar[int] = 3
    draws: ClassVar[int] = 1  # how often a held-out window is asked, each time other tokens of it

    def ask(self, rows: Ids, rng: np.random.Generator) -> tuple[Any, Ids]:
        """What a model reads, and the right answers, `IGNORED` where none is asked for.

        Args:
            rows: windows and the token after each, [B, T + 1].
        """
        raise NotImplementedError

    def accuracy(self) -> Any:
        """The metric of a batch."""
        raise NotImplementedError

    def counted(self, held_out: Ids) -> Sequence[tuple[str, float]]:
        """How often counting gives the right answer: name and share, the simplest first."""
        raise NotImplementedError

    def windows(self) -> Windows:
        """The training text, cut anew in each epoch."""
        return Windows(self.train, length=self.length, batch_size=self.batch_size, seed=self.seed)

    def batches(self) -> Any:
        """What is read and what is right."""
        import keras

        windows, ask = self.windows(), self.ask

        class Batches(keras.utils.PyDataset):  # type: ignore[misc]
            epoch = 0

            def __init__(self) -> None:
                super().__init__(workers=1)

            def __len__(self) -> int:
                return len(windows)

            def __getitem__(self, index: int) -> tuple[Any, Ids]:
                return ask(windows.batch(self.epoch, index), windows.generator(self.epoch, index))

            def rows(self, index: int) -> int:
                return min(windows.batch_size, windows.count - index * windows.batch_size)

            def set_epoch(self, epoch: int) -> None:
                self.epoch = epoch

        return Batches()

    def compile(self, model: Any, learning_rate: float) -> None:
        """Cross-entropy of the tokens that are asked for."""
        from llm_widgets.models.layers.adam import Adam
        from llm_widgets.models.layers.loss import TokenCrossentropy

        model.compile(
            optimizer=Adam(learning_rate=learning_rate, global_clipnorm=CLIP_NORM),
            loss=TokenCrossentropy(),
            metrics=[self.accuracy()],
        )

    def judge(self, model: Any, go_on: Callable[[], bool]) -> Judgement | None:
        """Loss and accuracy on windows spread evenly over the validation text."""
        judged = self.measure(model, self.validation, go_on, JUDGED)
        return None if judged is None else Judgement(*judged, np.empty(0, np.float32))

    def measure(
        self, model: Any, ids: Ids, go_on: Callable[[], bool] = lambda: True, most: int | None = None
    ) -> tuple[float, float] | None:
        """Mean loss in nats an answer, and the share of answers that were the most likely ones; NaN of none.

        The same ids are asked the same, whenever it is. None where `go_on`, asked between two batches, says no.

        Args:
            ids: [N], longer than `length`. most: tokens that are read at most; None: all windows.
        """
        import keras

        from llm_widgets.models.layers.loss import IGNORED, TokenCrossentropy

        synchronize(model)
        loss, right, count = 0.0, 0.0, 0
        crossentropy = TokenCrossentropy()
        for x, y in self.held_out(ids, most):
            if count and not go_on():
                return None
            asked = int((y != IGNORED).sum())
            if not asked:
                continue
            logits = model.predict_on_batch(x)  # [B, T, V]
            loss += asked * float(crossentropy(y, logits))
            right += float((np.asarray(keras.ops.convert_to_numpy(logits)).argmax(-1) == y).sum())
            count += asked
        return (loss / count, right / count) if count else (float("nan"), float("nan"))

    def held_out(self, ids: Ids, most: int | None = None) -> Iterator[tuple[Any, Ids]]:
        """What is read and what is right of a held-out part, always the same."""
        windows = Windows(ids, length=self.length, batch_size=_ROWS).in_order()
        draws = self.draws
        if most is not None:
            draws = max(1, min(draws, most // windows.size))
            if most < windows.size:
                places = np.linspace(0, len(windows) - 1, max(1, most // self.length)).astype(int)
                windows = windows[np.unique(places)]
        for draw in range(draws):
            for start in range(0, len(windows), _ROWS):
                yield self.ask(windows[start : start + _ROWS], np.random.default_rng([draw, start]))

    def look(self, model: Any, texts: Sequence[str], step: int) -> list[Sample]:
        """What it makes of each probe."""
        return [self.sample(model, text, step) for text in texts]

    def keep(self, model: Any, step: int, last: bool) -> AttentionSnapshot | None:
        """The attention on the text that is watched, when it is time."""
        return self.snapshot(model, step) if is_due(step, last) else None

    def note(self, log: EventLog, texts: Sequence[str], said: Sequence[Sample], step: int) -> Mapping[str, float]:
        """One sample more for each probe."""
        for sample in said:
            log.add_sample(sample)
        return {}
