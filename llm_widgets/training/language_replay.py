"""A recorded language run, played again: curves, samples and attention, with no backend at all."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from llm_widgets.corpora import Card, TextCorpus
from llm_widgets.corpora.splits import SPLITS
from llm_widgets.i18n import t
from llm_widgets.models import TransformerSpec
from llm_widgets.training._objective import check_asked, objective_of
from llm_widgets.training._reading_text import Attention, bits_per_character
from llm_widgets.training._snapshots import AttentionSnapshot, unpacked
from llm_widgets.training._spec_text import text_spec
from llm_widgets.training._tape import Judged, Tape, Tell, within
from llm_widgets.training.events import Sample, Snapshot
from llm_widgets.training.recording import Recording
from llm_widgets.training.replay import Replay
from llm_widgets.training.schedule import checked_schedule


class LanguageReplay(Replay):
    """Reads and is controlled like a `LanguageRun`; shows what was written and watched, and writes nothing new.

    `Replay.load` makes one where the file holds a language run.

    Example:
        >>> replay = Replay.load("alice.llm-run", speed=10)  # doctest: +SKIP
        >>> LanguageLab(replay)  # doctest: +SKIP
    """

    spec: Any
    corpus: Any

    def __init__(self, recording: Recording, *, speed: float = 1.0) -> None:
        super().__init__(recording, speed=speed)
        check_asked(self.spec)
        self.objective = objective_of(self.spec)
        self.schedule = checked_schedule(recording.manifest["settings"]["schedule"])
        watch = recording.texts["watch"]
        self.watch = str(watch["text"])
        self._tokens = tuple(map(str, watch["tokens"]))
        if recording.arrays["attention/weights"].shape[-1] != len(self._tokens):
            raise ValueError("tokens")
        # Characters in each part: a recording has no text of its own.
        self.sizes = {name: int(recording.manifest["parts"][name][2]) for name in SPLITS}
        for name in SPLITS:
            self._bits(name, 1.0)
        if recording.manifest["test"] is not None:
            self._test = {str(name): float(value) for name, value in recording.manifest["test"].items()}

    _test: dict[str, float] | None = None

    @staticmethod
    def _tape_of(recording: Recording) -> Tape:
        return _LanguageTape(recording)

    @staticmethod
    def _spec_of(recording: Recording) -> TransformerSpec:
        return text_spec(recording.manifest["spec"])

    @staticmethod
    def _corpus_of(recording: Recording) -> TextCorpus:
        about = recording.manifest["corpus"]
        card = Card(title=about["title"], licence=about["licence"], source=about["source"], citation=about["citation"])
        return TextCorpus(str(about["name"]), str(about["language"]), "", "", "", card)

    @cached_property
    def tokenizer(self) -> Any:
        """How the run read."""
        from llm_widgets.tokenizers import TextTokenizer

        return TextTokenizer.from_json(self._recording.texts["tokenizer"])

    def bits_per_character(self) -> float | None:
        """See `LanguageRun.bits_per_character`; after the last epoch played."""
        epochs = self.log.epochs
        return self._bits("validation", epochs[-1].val_loss) if epochs and self.objective == "next_token" else None

    def evaluate(self, split: str = "test") -> dict[str, Any]:
        """Validation as of the last epoch played; test at the end, where it was recorded.

        Raises:
            ValueError: the recording has not come so far, or does not have this.
        """
        epochs = self.log.epochs
        if split == "validation" and epochs:
            found = {"loss": epochs[-1].val_loss, "accuracy": epochs[-1].val_accuracy}
            bits = self.bits_per_character()
            return found | ({} if bits is None else {"bits_per_character": bits})
        if split == "test" and self._state.ended and self._test is not None:
            return dict(self._test)
        return self._refuse_split(split)

    def attention(self, text: str | None = None) -> Attention:
        """Who looked at whom in the text that was watched, by the newest snapshot that was played.

        Raises:
            ValueError: it is another text, or nothing has been played yet.
        """
        kept = self.log.attention
        if text not in (None, self.watch) or not kept:
            raise ValueError(
                t(
                    "A recording shows attention only on the text that was watched, once it has come to it: {watch!r}. "
                    "Received: {text!r}",
                    watch=self.watch,
                    text=(text or "")[:60],
                )
            )
        return Attention(unpacked(kept[-1]), self._tokens, kept[-1].step)

    def predict(self, texts: Any) -> NoReturn:
        """A language model gives no probability of positive: raises ValueError."""
        self._refuse(repr(texts)[:80])

    def write(self, prompt: str, *values: Any, **settings: Any) -> NoReturn:
        """A recording has no model: raises ValueError."""
        self._refuse(repr(prompt)[:80])

    fill = write

    def _bits(self, split: str, loss: float) -> float:
        return bits_per_character(loss, *map(float, self._recording.manifest["parts"][split]))


class _LanguageTape(Tape):
    """Samples and attention beside the batches."""

    def _told(self, recording: Recording, n: int, epochs: int) -> tuple[dict[int, list[Tell]], Judged]:
        arrays = recording.arrays
        steps, weights = arrays["attention/step"], arrays["attention/weights"]
        if weights.dtype != np.uint8 or weights.ndim != 5 or steps.shape != weights.shape[:1]:
            raise ValueError("attention")
        if weights.shape[-1] != weights.shape[-2]:
            raise ValueError("attention")
        found: dict[int, list[Tell]] = {}
        for step, one in zip(steps.tolist(), weights, strict=True):
            found.setdefault(within(step, 1, n), []).append(_attention(AttentionSnapshot(step, one)))
        for entry in recording.texts["samples"]:
            fills = tuple(map(str, entry["fills"]))
            sample = Sample(within(entry["step"], 0, n), str(entry["prompt"]), str(entry["text"]), fills)
            found.setdefault(sample.step, []).append(_sample(sample))
        nothing: NDArray[np.float32] = np.empty(0, np.float32)
        return found, lambda place, record: Snapshot(record.step, record.epoch, nothing, {})


def _attention(snapshot: AttentionSnapshot) -> Tell:
    return lambda log: log.add_attention(snapshot)


def _sample(sample: Sample) -> Tell:
    return lambda log: log.add_sample(sample)
