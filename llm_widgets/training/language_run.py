"""One training of one language model on running text. It knows no widget and needs no notebook."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets._runtime import configure_backend
from llm_widgets.corpora import TextCorpus
from llm_widgets.i18n import t
from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.tokenizers.text_tokenizer import TEXT_UNITS
from llm_widgets.tokenizers.units import checked as checked_unit
from llm_widgets.training._cut import check_reads
from llm_widgets.training._filling import BLANK, MOST_BLANKS, TOP, Filled, Gap, fill_spans, fill_tokens, pieces_of
from llm_widgets.training._objective import make_task, objective_of
from llm_widgets.training._predict import synchronize
from llm_widgets.training._reading_text import Attention, bits_per_character
from llm_widgets.training._snapshots import MOST_TOKENS, AttentionSnapshot, first_text, packed
from llm_widgets.training._text_task import TextTask
from llm_widgets.training._trainable import Trainable
from llm_widgets.training._writing import write
from llm_widgets.training.checks import checked_count, checked_split
from llm_widgets.training.events import EpochRecord, Sample

if TYPE_CHECKING:
    from llm_widgets.models import TransformerSpec
    from llm_widgets.training.baselines import Baseline

SAMPLE_TOKENS = 120  # that a sample is long, while it trains
SAMPLE_TEMPERATURE = 0.8


class LanguageRun(Trainable):
    """Trains a Transformer on a text, in a thread of its own; controlled and followed like `Run`.

    What is learned depends on the family. A GPT or a model of the Llama kind learns the next token, and writes on; its
    `bits_per_character` compares models that cut the text otherwise. A BERT learns hidden tokens, and a T5 spans that
    were taken out: both fill gaps. The loss is in nats for each token that is asked for.

    Args:
        spec: a `GPTSpec`, `LlamaSpec`, `BERTSpec` (with the head "masked") or `T5Spec`. Its vocabulary must hold the
            tokenizer's; a larger one is only unused.
        corpus: what to learn from; validation after each epoch, the test part only by `evaluate`.
        seed: of the first weights, of the order of the windows and of the samples.
        learning_rate: of Adam; may be set while it trains. batch_size: windows a step. epochs: passes at most.
        unit: "characters", "bytes" or "bpe"; None: characters.
        tokenizer: one of your own; None learns one from the training part, as large as the spec's vocabulary at most.
        probes: prompts from which the model writes on while it learns, every two seconds at most; a model that fills
            gaps fills those that are written "_", or one at the end.
        watch: a text whose attention is kept now and then, so that a recording can show it; None: a sentence of the
            validation part.
        schedule: "constant", or "cosine": the learning rate rises for 100 steps and then falls to a tenth at the end.

    Raises:
        ValueError: a value is out of range, the tokenizer has more ids than the spec, or a part of the text is too
            short for the spec's `max_length`.

    Example:
        $ python -c "
        from llm_widgets import GPTSpec, LanguageRun, corpora
        spec = GPTSpec(vocabulary_size=128, d_model=64, num_layers=2, num_heads=4, max_length=64)
        run = LanguageRun(spec, corpora.load('alice'), epochs=10, probes=['Alice '])
        run.start()
        print(run.wait(), run.bits_per_character())
        print(run.write('Alice ', 200, seed=1))
        "
    """

    corpus: TextCorpus

    def __init__(
        self,
        spec: TransformerSpec,
        corpus: TextCorpus,
        *,
        seed: int = 0,
        learning_rate: float = 1e-3,
        batch_size: int = 32,
        epochs: int = 10,
        unit: str | None = None,
        tokenizer: TextTokenizer | None = None,
        probes: Sequence[str] = (),
        watch: str | None = None,
        schedule: str = "constant",
    ) -> None:
        super().__init__(
            spec,
            corpus,
            seed=seed,
            learning_rate=learning_rate,
            batch_size=batch_size,
            epochs=epochs,
            probes=probes,
            schedule=schedule,
        )
        self.own_tokenizer = tokenizer
        self.unit = tokenizer.unit if tokenizer is not None else checked_unit(unit or "characters", TEXT_UNITS)
        self._cut = check_reads(spec, corpus, self.unit, tokenizer)
        self.objective = objective_of(spec)
        self.watch = first_text(corpus.validation) if watch is None else watch
        self.steps_per_epoch = len(self.task().windows())

    # What can be read

    @property
    def tokenizer(self) -> TextTokenizer:
        """How the text is cut: learned from the training part alone."""
        return self._cut.tokenizer

    def ids(self, split: str) -> NDArray[np.int32]:
        """A part of the text as ids, int32 [N]."""
        return self._cut.ids(checked_split(split))

    def baselines(self, wait: bool = False) -> tuple[Baseline, ...]:
        """What must be beaten: how often counting guesses the next token; () until a thread has counted."""
        from llm_widgets.training.counting import counted

        return counted(self, wait=wait)

    def bits_per_character(self) -> float | None:
        """Of the validation text, after the newest epoch; None before the first has ended.

        A model that is asked for some tokens only gives none: its loss is not that of a whole text.
        """
        epochs = self.log.epochs
        return self.bits_at(epochs[-1]) if epochs and self.objective == "next_token" else None

    def bits_at(self, epoch: EpochRecord) -> float:
        """The bits a character of a model that writes on, after one epoch."""
        return self._bits("validation", epoch.val_loss)

    def warm(self) -> None:
        """Does now what the first start would wait for: imports the backend, cuts the text, counts the baselines."""
        configure_backend()
        self.ids("train")
        self.baselines()

    # The model

    def write(
        self,
        prompt: str,
        tokens: int = SAMPLE_TOKENS,
        *,
        temperature: float = SAMPLE_TEMPERATURE,
        top_k: int | None = None,
        top_p: float = 1.0,
        seed: int = 0,
    ) -> str:
        """What the model, as it is now, writes on from `prompt`; the same seed and the same model, the same text.

        From an empty prompt it begins a new line.

        Raises:
            ValueError: it is a BERT or T5, which fill gaps and do not write on.
        """
        if self.objective != "next_token":
            raise ValueError(
                t("This model fills gaps and does not write on: use fill. Received: {spec}", spec=repr(self.spec))
            )
        rng = np.random.default_rng(seed)
        return self.call(
            lambda model: write(
                model, self.tokenizer, prompt, tokens, rng, temperature=temperature, top_k=top_k, top_p=top_p
            )
        )

    def fill(self, text: str, *, blank: str = BLANK, top: int = TOP) -> Filled:
        """What a BERT or a T5, as it is now, puts where `text` has a blank.

        A BERT puts one token into each, and the gap that it is surest of comes first; a T5 writes a few tokens.

        Args:
            text: nothing else in it is special: "[MASK]" is read as plain signs.
            blank: what stands for a gap. Where the text has "_" of its own, choose another.
            top: how many candidates a BERT names for each gap.

        Raises:
            ValueError: it is a model that writes on, or there is no blank in the text, or too many.
        """
        if self.objective == "next_token":
            raise ValueError(
                t("This model writes on and does not fill gaps: use write. Received: {spec}", spec=repr(self.spec))
            )
        pieces, top = pieces_of(text, blank), checked_count("top", top)
        gaps, step = self.call(lambda model: (self._gaps(model, pieces, top), self.log.batch_count))
        return Filled(_joined(pieces, gaps), tuple(gaps), step)

    def evaluate(self, split: str = "test") -> dict[str, float]:
        """The model as it is now on a whole part: loss (nats a token that is asked for), accuracy, perplexity, and
        bits_per_character where every token is asked for.
        """
        ids = self.ids(split)
        judged = self.call(lambda model: self.task().measure(model, ids))
        assert judged is not None
        loss, accuracy = judged
        found = {"loss": loss, "accuracy": accuracy, "perplexity": math.exp(min(loss, 700.0))}
        return found | ({"bits_per_character": self._bits(split, loss)} if self.objective == "next_token" else {})

    def attention(self, text: str) -> Attention:
        """Who looks at whom in a text, as the model is now. A text that is longer than the model reads is cut.

        Of a T5 it is the half that reads; for the half that writes, ask the model itself:
        `run.call(lambda model: model.attention(ids, decoder_ids))`.

        Raises:
            ValueError: there is nothing in the text.
        """
        encoding = self.tokenizer.encode(text)
        length = self.spec.max_length
        ids = np.array([encoding.ids[:length]], np.int32)
        if not ids.size:
            raise ValueError(t("There is nothing in this text. Received: {text!r}", text=text[:60]))
        weights, step = self.call(lambda model: (self._weights(model, ids), self.log.batch_count))
        return Attention(weights, encoding.tokens[:length], step)

    def save(self, path: str | Path) -> Path:
        """Writes a recording that `Replay.load` plays without any backend: curves, samples, attention of `watch`."""
        from llm_widgets.training.language_recording import save

        return save(self, path)

    def task(self) -> TextTask:
        """What it learns: batches, held-out batches, a measure."""
        return make_task(
            self.spec,
            self.ids("train"),
            self.ids("validation"),
            self.spec.max_length,
            self.batch_size,
            self.epochs,
            self.seed,
            self._sample,
            self.tokenizer.vocabulary_size,
            self._snapshot,
        )

    def part_sizes(self, split: str) -> tuple[int, float, int]:
        """Of a part: its tokens, what its unknown characters cost beyond their ids in bits, and its characters."""
        ids = self.ids(split)
        unknown = int((ids == TextTokenizer.UNKNOWN_ID).sum()) * self.tokenizer.unknown_bits
        return len(ids), unknown, len(self.corpus.splits[split])

    def _bits(self, split: str, loss: float) -> float:
        return bits_per_character(loss, *self.part_sizes(split))

    _task = task

    def _snapshot(self, model: Any, step: int) -> AttentionSnapshot | None:
        kept = self.log.attention
        ids = self.tokenizer.ids(self.watch)[: min(MOST_TOKENS, self.spec.max_length)]
        if not len(ids) or (kept and kept[-1].step >= step):
            return None
        synchronize(model)
        return packed(step, self._weights(model, ids[None]))

    def _weights(self, model: Any, ids: NDArray[np.int32]) -> list[NDArray[np.float32]]:
        if self.objective == "spans":
            found: list[NDArray[np.float32]] = model.attention(ids, np.zeros((1, 1), np.int32))["encoder"]
            return found
        return model.attention(ids)  # type: ignore[no-any-return]

    def _gaps(self, model: Any, pieces: list[str], top: int) -> list[Gap]:
        if self.objective == "spans":
            return fill_spans(model, self.tokenizer, pieces)
        return fill_tokens(model, self.tokenizer, pieces, top)

    def _sample(self, model: Any, probe: str, step: int) -> Sample:
        if self.objective == "next_token":
            rng = np.random.default_rng([self.seed, step, 2])
            text = write(model, self.tokenizer, probe, SAMPLE_TOKENS, rng, temperature=SAMPLE_TEMPERATURE)
            return Sample(step, probe, text)
        pieces = (probe if BLANK in probe else probe + BLANK).split(BLANK, MOST_BLANKS)
        gaps = self._gaps(model, pieces, 1)
        return Sample(step, probe, _joined(pieces, gaps), tuple(gap.text for gap in gaps))


def _joined(pieces: Sequence[str], gaps: Sequence[Gap]) -> str:
    return pieces[0] + "".join(gap.text + piece for gap, piece in zip(gaps, pieces[1:], strict=True))
