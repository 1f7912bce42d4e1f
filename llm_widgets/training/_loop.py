"""The learning itself: Keras's own `fit`, with a callback that writes the log and lets others in between batches."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np

from llm_widgets.training._control import Session
from llm_widgets.training._predict import synchronize
from llm_widgets.training._task import Task
from llm_widgets.training._weights import Weights, finite
from llm_widgets.training.events import EpochRecord, EventLog, Snapshot

# A look that takes long is taken less often: a tenth of the time at most.
LOOK_SHARE = 0.1


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
    def rate_at(self, step: int) -> float: ...
    def _writing(self, session: Session) -> AbstractContextManager[EventLog]: ...
    def _tell_paused(self, session: Session, paused: bool) -> None: ...


def train(run: Owner, session: Session, model: Any, task: Task) -> bool:
    """Trains until the last epoch's end (True) or until the session stops (False).

    Raises:
        DivergedError: the loss is not a number; the model then has the last weights that gave one.
    """
    batches = task.batches()
    watch = _make_watch(run, session, task, batches)
    task.compile(model, run.learning_rate)
    session.training = True
    if not session.hold(model, lambda paused: run._tell_paused(session, paused)):
        return False
    try:
        model.fit(batches, epochs=task.epochs, shuffle=False, verbose=0, callbacks=[watch])
    except BaseException as error:
        # torch refuses to compute a loss of probabilities that are not numbers: that is the same mishap.
        ruined = not isinstance(error, DivergedError) and not finite(model)
        watch.restore(model)
        if ruined:
            raise DivergedError(session.batches + 1) from error
        raise
    synchronize(model)
    return not session.stopping


def _make_watch(run: Owner, session: Session, task: Task, batches: Any) -> Any:
    import keras

    steps = len(batches)

    class Watch(keras.callbacks.Callback):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self._sums = np.zeros(3)  # rows seen, loss and accuracy summed over them, in this epoch
            self._mark = time.perf_counter()
            self._due = -math.inf  # when the learner's texts are looked at next
            self._set = self._rate = math.nan  # what the learner set, and what the schedule leaves of it
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
            self._set = run.learning_rate
            rate = run.rate_at(session.batches)
            if rate != self._rate:
                self._rate = rate
                self.model.optimizer.learning_rate = rate
            self._weights.before_batch(self.model)

        def on_train_batch_end(self, batch: int, logs: dict[str, Any]) -> None:
            loss, accuracy = float(logs["loss"]), float(logs["accuracy"])
            if not math.isfinite(loss):
                raise DivergedError(session.batches + 1)
            self._weights.were_good()
            session.batches += 1
            rows = batches.rows(batch)
            self._sums += rows, rows * loss, rows * accuracy
            with run._writing(session) as log:
                self._count_time()
                log.add_batch(
                    step=session.batches,
                    epoch=self._epoch_of(session.batches),
                    loss=loss,
                    accuracy=accuracy,
                    learning_rate=self._set,
                    seconds=session.seconds,
                )
            self._keep(last=False)
            if batch + 1 < steps:  # after the last batch the validation comes first
                self._between()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if session.stopping:
                return
            judgement = task.judge(self.model, self._serve)
            if judgement is None:
                return
            probes = self._look(force=True)
            rows, loss, accuracy = self._sums
            with run._writing(session) as log:
                self._count_time()
                log.add_epoch(
                    EpochRecord(
                        epoch=epoch + 1,
                        step=session.batches,
                        loss=float(loss / rows),
                        accuracy=float(accuracy / rows),
                        val_loss=judgement.loss,
                        val_accuracy=judgement.accuracy,
                        seconds=session.seconds,
                    ),
                    Snapshot(session.batches, epoch + 1, judgement.probabilities, probes),
                )
            if epoch + 1 < task.epochs:
                self._between()
            else:
                self._keep(last=True)

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
            self._look()
            synchronize(self.model)
            if not session.hold(self.model, lambda paused: run._tell_paused(session, paused)):
                self.model.stop_training = True
            self._mark = time.perf_counter()

        def _keep(self, last: bool) -> None:
            kept = task.keep(self.model, session.batches, last)
            if kept is not None:
                with run._writing(session) as log:
                    log.add_attention(kept)

        def _look(self, force: bool = False) -> Mapping[str, float]:
            texts, began = run.probes, time.perf_counter()
            due = len(texts) <= task.look_limit and began >= self._due
            if not texts or not (due or force):
                return {}
            said = task.look(self.model, texts, session.batches)
            with run._writing(session) as log:
                noted = task.note(log, texts, said, session.batches)
            now = time.perf_counter()
            self._due = now + max(task.look_interval, (now - began) / LOOK_SHARE)
            return noted

    return Watch()
