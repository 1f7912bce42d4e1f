"""What every run that trains is started with, whatever it learns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llm_widgets.training._threaded import Threaded
from llm_widgets.training.checks import checked_count, checked_probes, checked_rate
from llm_widgets.training.reading import next_id
from llm_widgets.training.schedule import checked_schedule, share

if TYPE_CHECKING:
    import keras

    from llm_widgets.models import Spec


class Trainable(Threaded):
    """The base of `Run` and `LanguageRun`: spec, corpus, seed, and the settings that may change while it trains."""

    def __init__(
        self,
        spec: Spec,
        corpus: Any,
        *,
        seed: int,
        learning_rate: float,
        batch_size: int,
        epochs: int,
        probes: Sequence[str],
        schedule: str = "constant",
    ) -> None:
        super().__init__()
        self.id = next_id()
        self.spec = spec
        self.corpus = corpus
        self.seed = checked_count("seed", seed, least=0)
        self.batch_size = checked_count("batch_size", batch_size)
        self.epochs = checked_count("epochs", epochs)
        self._first_rate = self._rate = checked_rate(learning_rate)
        self._probes = checked_probes(probes)
        self.schedule = checked_schedule(schedule)

    @property
    def learning_rate(self) -> float:
        """Adam's learning rate, before the schedule takes its share; setting it acts from the next batch on."""
        return self._rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._rate = checked_rate(value)
        self.log.touch()

    def rate_at(self, step: int) -> float:
        """What the optimizer has for the batch after `step` batches."""
        return self._rate * share(self.schedule, step, self.epochs * self.steps_per_epoch)

    @property
    def probes(self) -> tuple[str, ...]:
        """The texts that are looked at while the model learns; may be set at any time."""
        return self._probes

    @probes.setter
    def probes(self, texts: Sequence[str]) -> None:
        self._probes = checked_probes(texts)

    def _build(self) -> keras.Model:
        return self.spec.build(self.seed)

    def _restart_settings(self) -> None:
        self._rate = self._first_rate
