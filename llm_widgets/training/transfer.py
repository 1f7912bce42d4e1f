"""The same small network from nothing and from a pre-trained start, on a few labels, side by side."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets._runtime import configure_backend
from llm_widgets.corpora import Corpus
from llm_widgets.models.bag_of_words import BagSpec
from llm_widgets.training._control import Session
from llm_widgets.training._few_labels import checked_labels, draw_labelled, labelled_corpus, with_few
from llm_widgets.training._loop import DivergedError
from llm_widgets.training._predict import score
from llm_widgets.training._pretraining import Guesses, Start, checked_start, scaled
from llm_widgets.training._text import Text
from llm_widgets.training._threaded import Threaded
from llm_widgets.training._transfer_models import COPIES, PRETRAINING_RATE, Models
from llm_widgets.training.checks import checked_count, checked_rate
from llm_widgets.training.events import EpochRecord, EventLog, Snapshot
from llm_widgets.training.reading import next_id

if TYPE_CHECKING:
    from llm_widgets.training.baselines import Baseline

WORD_UNITS = {"en": "words", "zh": "segments"}  # it is words that get vectors, in Chinese too
PRETRAINING_BATCH = 64
NOTHING: NDArray[np.float32] = np.empty(0, np.float32)


@dataclass(frozen=True)
class TransferResult:
    """Accuracy on the test split, of what has learned from the same labels."""

    labels: int
    seed: int
    scratch: float
    pretrained: float
    baselines: tuple[Baseline, ...]

    @property
    def gain(self) -> float:
        """What pre-training brought."""
        return self.pretrained - self.scratch


class TransferRun(Threaded):
    """Pre-trains word vectors on texts without labels, then trains two copies of one network on a few labels.

    Both copies see the same batches, turn by turn, and differ in nothing but the vectors they begin with. No text of
    the validation or test split is read before it is judged, and pre-training sees no label. Controls are those of any
    run: `start`, `pause`, `resume`, `step`, `stop`, `reset`, `wait`, `call`.

    `pretraining`, `log` and `scratch` are event logs: of pre-training (loss; accuracy is NaN), of the pre-trained copy,
    and of the one from nothing. `log` tells the states, too.

    Args:
        corpus: labelled texts, or the name of a corpus. language: of a corpus that is named.
        labels: how many texts are given with their labels, half of them positive; 10 to 2,000.
        start: what an earlier run found (`learned_start`); pre-training is then left out.
        spec: sizes of the network. seed: of first weights, drawn labels and order.
        epochs: passes over the labelled texts; None takes about 200 batches.
        pretraining_epochs: passes over all texts; None takes about 1,600 batches.
        learning_rate: of Adam in fine-tuning; may be set while it trains. freeze: the vectors stay as they are.

    Raises:
        ValueError: a value is out of range, or there are too few texts with labels.

    Example:
        >>> run = TransferRun("reviews", language="zh", labels=100)  # doctest: +SKIP
        >>> run.start(); run.wait(); run.result  # doctest: +SKIP

    Reference:
        Howard, J. and Ruder, S. (2018). Universal Language Model Fine-tuning for Text Classification. ACL.
    """

    def __init__(
        self,
        corpus: str | Corpus = "reviews",
        *,
        language: str | None = None,
        labels: int = 100,
        start: Start | None = None,
        spec: BagSpec | None = None,
        seed: int = 0,
        learning_rate: float = 3e-3,
        freeze: bool = False,
        batch_size: int = 16,
        epochs: int | None = None,
        pretraining_epochs: int | None = None,
    ) -> None:
        super().__init__()
        self.id = next_id()
        self.corpus = labelled_corpus(corpus, language)
        self.spec = spec or BagSpec()
        self.seed = checked_count("seed", seed, least=0)
        self.labels = checked_labels(labels, self.corpus)
        self.batch_size = checked_count("batch_size", batch_size)
        self.steps_per_epoch = math.ceil(self.labels / self.batch_size)
        self.epochs = checked_count("epochs", epochs or max(4, min(40, round(200 / self.steps_per_epoch))))
        self.pretraining_epochs = checked_count(
            "pretraining_epochs",
            pretraining_epochs or max(1, min(50, round(1_600 * PRETRAINING_BATCH / len(self.corpus.train)))),
        )
        self._first_rate = self._rate = checked_rate(learning_rate)
        self.freeze = bool(freeze)
        self._given = checked_start(start, self.corpus, self.spec)
        self._text = Text(
            self.corpus,
            unit=WORD_UNITS.get(self.corpus.language),
            vocabulary_size=self.spec.vocabulary_size,
            length=self.spec.sequence_length,
            tokenizer=None,
        )
        self.rows = draw_labelled(self.corpus.train.labels, self.labels, self.seed)
        self._forget()

    def _forget(self) -> None:
        self.learned_start: Start | None = self._given
        self.pretraining = self._given.log if self._given is not None else EventLog()
        self.scratch = EventLog()
        self.result: TransferResult | None = None
        self.baselines: tuple[Baseline, ...] = ()
        self.phase = "idle"

    @property
    def learning_rate(self) -> float:
        """Adam's learning rate in fine-tuning; setting it acts from the next batch on."""
        return self._rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._rate = checked_rate(value)
        self.log.touch()

    @property
    def pretraining_steps(self) -> int:
        """Batches that pre-training takes; 0 where it is left out."""
        if self._given is not None:
            return 0
        return self.pretraining_epochs * math.ceil(len(self.corpus.train) / PRETRAINING_BATCH)

    def logs(self) -> dict[str, EventLog]:
        """The two copies' event logs."""
        return {"scratch": self.scratch, "pretrained": self.log}

    def rate_at(self, step: int) -> float:
        """What the optimizer has for the batch after `step` batches."""
        return self._rate

    def predict(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The probability of positive for each text, float32 [N], from both copies as they are now."""
        texts = [texts] if isinstance(texts, str) else list(texts)
        if not texts:
            return dict.fromkeys(COPIES, NOTHING)
        ids = self._text.encode(texts)
        return self.call(lambda models: {copy: models.said(copy, ids) for copy in COPIES})

    def reset(self) -> None:
        """Back to idle: fresh weights, empty logs, the first learning rate. What pre-training found is kept."""
        with self._lock:
            self._given = self.learned_start or self._given
            super().reset()

    # Inside

    def _restart_settings(self) -> None:
        self._rate = self._first_rate
        self._forget()

    def _build(self) -> Any:
        return Models(self.spec, self.seed)

    def _learn(self, session: Session, model: Any) -> bool:
        configure_backend()
        session.training = True
        found = self.learned_start
        if found is None:
            self._enter("pretraining")
            found = self._pretrain(session, model)
            if found is None:
                return False
        self.learned_start = found
        self._enter("baselines")
        from llm_widgets.training.baselines import MAJORITY, baselines, majority

        # Half of the drawn labels are positive: which class is commoner only the whole training split knows.
        few = baselines(with_few(self.corpus, self.rows), wait=True)
        self.baselines = tuple(b for b in few if b.name != MAJORITY) + majority(self.corpus)
        self._enter("tuning")
        if not self._tune(session, model, found):
            return False
        self._enter("test")
        self._judge_test(model)
        self._enter("done")
        return True

    def _enter(self, phase: str) -> None:
        self.phase = phase
        self.log.touch()

    def _goes_on(self, session: Session, model: Any) -> bool:
        return session.hold(model, lambda paused: self._tell_paused(session, paused))

    def _pretrain(self, session: Session, models: Any) -> Start | None:
        guesses = Guesses(self._text.split("train"), self.spec.vocabulary_size, PRETRAINING_BATCH, 0)
        log, step, seconds = self.pretraining, 0, 0.0
        for number in range(self.pretraining_epochs):
            for batch in guesses.epoch(number):
                if not self._goes_on(session, models):
                    return None
                began = time.perf_counter()
                loss = models.train_words(batch)
                seconds += time.perf_counter() - began
                step += 1
                if not math.isfinite(loss):
                    raise DivergedError(step)
                with self._lock:
                    log.add_batch(
                        step=step, epoch=number + 1, loss=loss, accuracy=math.nan, learning_rate=PRETRAINING_RATE,
                        seconds=seconds,
                    )  # fmt: skip
                    self.log.touch()
        vectors = scaled(models.vectors(), guesses.share)
        return Start(vectors, self.corpus.fingerprint, log, seconds)

    def _tune(self, session: Session, models: Any, start: Start) -> bool:
        models.compile(start, self.freeze, self._rate)
        ids, labels = self._text.split("train")[self.rows], self.corpus.train.labels[self.rows]
        logs, step = self.logs(), 0
        self._judge(models, 0, 0, dict.fromkeys(COPIES, (math.nan, math.nan)), session)
        for epoch in range(1, self.epochs + 1):
            sums = {copy: np.zeros(3) for copy in COPIES}
            for batch in self._batches(epoch):
                if not self._goes_on(session, models):
                    return False
                began = time.perf_counter()
                step += 1
                told = {copy: models.train(copy, ids[batch], labels[batch], self._rate) for copy in COPIES}
                session.seconds += time.perf_counter() - began
                session.batches = step
                if not all(math.isfinite(loss) for loss, _ in told.values()):
                    raise DivergedError(step)
                for copy in COPIES:
                    loss, accuracy = told[copy]
                    sums[copy] += len(batch), len(batch) * loss, len(batch) * accuracy
                    with self._writing(session):
                        logs[copy].add_batch(
                            step=step, epoch=epoch, loss=loss, accuracy=accuracy, learning_rate=self._rate,
                            seconds=session.seconds,
                        )  # fmt: skip
            means = {copy: (float(s[1] / s[0]), float(s[2] / s[0])) for copy, s in sums.items()}
            self._judge(models, epoch, step, means, session)
        return True

    def _batches(self, epoch: int) -> Iterator[NDArray[np.int64]]:
        order = np.random.default_rng([self.seed, epoch, 1]).permutation(self.labels)
        for start in range(0, self.labels, self.batch_size):
            yield order[start : start + self.batch_size]

    def _judge(
        self, models: Any, epoch: int, step: int, means: dict[str, tuple[float, float]], session: Session
    ) -> None:
        ids, labels = self._text.split("validation"), self.corpus.validation.labels
        for copy, log in self.logs().items():
            said = models.said(copy, ids)
            val_loss, val_accuracy = score(labels, said)
            loss, accuracy = means[copy]
            record = EpochRecord(epoch, step, loss, accuracy, val_loss, val_accuracy, session.seconds)
            with self._writing(session):
                log.add_epoch(record, Snapshot(step, epoch, said, {}))

    def _judge_test(self, models: Any) -> None:
        ids, labels = self._text.split("test"), self.corpus.test.labels
        right = {copy: score(labels, models.said(copy, ids))[1] for copy in COPIES}
        tested = tuple(b for b in self.baselines if b.split == "test")
        self.result = TransferResult(self.labels, self.seed, right["scratch"], right["pretrained"], tested)
