"""The learning itself: Keras's own `fit`, with a callback that writes the log and lets others in between batches."""

from __future__ import annotations

import math
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from llm_widgets.training._batches import make_batches
from llm_widgets.training._control import Session
from llm_widgets.training._predict import probabilities, score, synchronize
from llm_widgets.training._weights import Weights, finite
from llm_widgets.training.events import EpochRecord, EventLog, Snapshot

if TYPE_CHECKING:
    from llm_widgets.training._text import Text

# Longer gradients are shortened to this. Without it the document's Chinese model forgets in mid-run what it learned:
# validation accuracy after one epoch 0.69, 0.80 and 0.78 with seeds 0 to 2; with it, 0.81 with seed 0.
CLIP_NORM = 1.0
PROBE_INTERVAL = 0.2  # seconds
PROBE_LIMIT = 3  # more texts than this are looked at once an epoch only


class DivergedError(ArithmeticError):
    """The loss is not a number any more."""

    def __init__(self, step: int) -> None:
        super().__init__(step)
        self.step = step


class Owner(Protocol):
    """What the loop needs of its run."""

    probes: tuple[str, ...]

    @property
    def learning_rate(self) -> float: ...
    def _writing(self, session: Session) -> AbstractContextManager[EventLog]: ...
    def _tell_paused(self, session: Session, paused: bool) -> None: ...


@dataclass(frozen=True)
class Plan:
    """What is learned, and how long."""

    text: Text
    labels: dict[str, NDArray[np.int8]]
    batch_size: int
    epochs: int
    seed: int


def train(run: Owner, session: Session, model: Any, plan: Plan) -> bool:
    """Trains until the last epoch's end (True) or until the session stops (False).

    Raises:
        DivergedError: the loss is not a number; the model then has the last weights that gave one.
    """
    import keras

    batches = make_batches(plan.text.split("train"), plan.labels["train"], plan.batch_size, plan.seed)
    watch = _make_watch(run, session, plan, batches)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=run.learning_rate, global_clipnorm=CLIP_NORM),
        loss=keras.losses.BinaryCrossentropy(),
        metrics=[keras.metrics.BinaryAccuracy(name="accuracy")],
    )
    session.training = True
    if not session.hold(model, lambda paused: run._tell_paused(session, paused)):
        return False
    try:
        model.fit(batches, epochs=plan.epochs, shuffle=False, verbose=0, callbacks=[watch])
    except BaseException as error:
        # torch refuses to compute a loss of probabilities that are not numbers: that is the same mishap.
        ruined = not isinstance(error, DivergedError) and not finite(model)
        watch.restore(model)
        if ruined:
            raise DivergedError(session.batches + 1) from error
        raise
    synchronize(model)
    return not session.stopping


def _make_watch(run: Owner, session: Session, plan: Plan, batches: Any) -> Any:
    import keras

    labels = plan.labels["validation"]
    validation = plan.text.split("validation")
    steps = len(batches)

    class Watch(keras.callbacks.Callback):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self._sums = np.zeros(3)  # rows seen, loss and accuracy summed over them, in this epoch
            self._mark = time.perf_counter()
            self._probed = -math.inf
            self._rate = math.nan  # what the optimizer has
            self._weights = Weights()

        def restore(self, model: Any) -> None:
            self._weights.restore(model)

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            batches.set_epoch(epoch)
            self._sums[:] = 0

        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            synchronize(self.model)
            # Keras tells running means over the epoch: from zero, each is the batch's own value.
            self.model.reset_metrics()
            if run.learning_rate != self._rate:
                self._rate = run.learning_rate
                self.model.optimizer.learning_rate = self._rate
            self._weights.before_batch(self.model)

        def on_train_batch_end(self, batch: int, logs: dict[str, Any]) -> None:
            loss, accuracy = float(logs["loss"]), float(logs["accuracy"])
            if not math.isfinite(loss):
                raise DivergedError(session.batches + 1)
            self._weights.were_good()
            session.batches += 1
            rows = plan.batch_size if batch + 1 < steps else len(plan.labels["train"]) - batch * plan.batch_size
            self._sums += rows, rows * loss, rows * accuracy
            with run._writing(session) as log:
                self._count_time()
                log.add_batch(
                    step=session.batches,
                    epoch=self._epoch_of(session.batches),
                    loss=loss,
                    accuracy=accuracy,
                    learning_rate=self._rate,
                    seconds=session.seconds,
                )
            if batch + 1 < steps:  # after the last batch the validation comes first
                self._between()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if session.stopping:
                return
            said = probabilities(self.model, validation, self._serve)
            if said is None:
                return
            probes = self._probe(force=True)
            rows, loss, accuracy = self._sums
            val_loss, val_accuracy = score(labels, said)
            with run._writing(session) as log:
                self._count_time()
                log.add_epoch(
                    EpochRecord(
                        epoch=epoch + 1,
                        step=session.batches,
                        loss=float(loss / rows),
                        accuracy=float(accuracy / rows),
                        val_loss=val_loss,
                        val_accuracy=val_accuracy,
                        seconds=session.seconds,
                    ),
                    Snapshot(session.batches, epoch + 1, said, probes),
                )
            if epoch + 1 < plan.epochs:
                self._between()

        def _epoch_of(self, step: int) -> int:
            return (step - 1) // steps + 1

        def _count_time(self) -> None:
            now = time.perf_counter()
            session.seconds += now - self._mark
            self._mark = now

        def _serve(self) -> bool:
            session.serve(self.model)
            return not session.stopping

        def _between(self) -> None:
            self._probe()
            synchronize(self.model)
            if not session.hold(self.model, lambda paused: run._tell_paused(session, paused)):
                self.model.stop_training = True
            self._mark = time.perf_counter()

        def _probe(self, force: bool = False) -> dict[str, float]:
            texts = run.probes
            due = len(texts) <= PROBE_LIMIT and time.perf_counter() - self._probed >= PROBE_INTERVAL
            if not texts or not (due or force):
                return {}
            said = probabilities(self.model, plan.text.encode(list(texts)))
            assert said is not None
            with run._writing(session) as log:
                log.add_probes(session.batches, texts, said.tolist())
            self._probed = time.perf_counter()
            return dict(zip(texts, said.tolist(), strict=True))

    return Watch()
