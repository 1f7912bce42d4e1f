"""Learning from labels: is this review positive?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from llm_widgets.training._batches import make_batches
from llm_widgets.training._predict import probabilities, score
from llm_widgets.training._task import CLIP_NORM, Judgement
from llm_widgets.training.events import EventLog

if TYPE_CHECKING:
    from llm_widgets.training._text import Text


@dataclass(frozen=True)
class Classification:
    """Texts and their labels, and how long."""

    text: Text
    labels: dict[str, NDArray[np.int8]]
    batch_size: int
    epochs: int
    seed: int
    look_interval: ClassVar[float] = 0.2
    look_limit: ClassVar[int] = 3

    def batches(self) -> Any:
        """ids [B, T], labels float32 [B, 1]."""
        return make_batches(self.text.split("train"), self.labels["train"], self.batch_size, self.seed)

    def compile(self, model: Any, learning_rate: float) -> None:
        """Binary cross-entropy."""
        import keras

        model.compile(
            optimizer=keras.optimizers.Adam(learning_rate=learning_rate, global_clipnorm=CLIP_NORM),
            loss=keras.losses.BinaryCrossentropy(),
            metrics=[keras.metrics.BinaryAccuracy(name="accuracy")],
        )

    def judge(self, model: Any, go_on: Callable[[], bool]) -> Judgement | None:
        """The probability of each validation text."""
        said = probabilities(model, self.text.split("validation"), go_on)
        return None if said is None else Judgement(*score(self.labels["validation"], said), said)

    def look(self, model: Any, texts: Sequence[str], step: int) -> list[float]:
        """The probability of positive."""
        said = probabilities(model, self.text.encode(list(texts)))
        assert said is not None
        return [float(p) for p in said]

    def keep(self, model: Any, step: int, last: bool) -> None:
        """A classifier has no attention."""

    def note(self, log: EventLog, texts: Sequence[str], said: Sequence[float], step: int) -> Mapping[str, float]:
        """One point more on each text's curve."""
        log.add_probes(step, texts, said)
        return dict(zip(texts, said, strict=True))
