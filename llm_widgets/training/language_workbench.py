"""What sliders change where a language model learns: a workbench whose runs read running text."""

from __future__ import annotations

from typing import ClassVar

from llm_widgets.corpora import TextCorpus, load
from llm_widgets.i18n import get_language, t
from llm_widgets.models import BERTSpec, GPTSpec, Spec, TransformerSpec
from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.tokenizers.text_tokenizer import TEXT_UNITS
from llm_widgets.tokenizers.units import checked as checked_unit
from llm_widgets.training._cut import check_reads, cut
from llm_widgets.training._filling import GAPS
from llm_widgets.training._spec_text import FAMILIES, text_spec
from llm_widgets.training.checks import checked_count, checked_rate
from llm_widgets.training.language_replay import LanguageReplay
from llm_widgets.training.language_run import LanguageRun
from llm_widgets.training.schedule import checked_schedule
from llm_widgets.training.workbench import Workbench

TEXTS = {"en": "alice", "zh": "tang"}
PROMPTS = {"en": "The ", "zh": "春"}  # to write on from; a model that fills gaps has `_filling.GAPS`
MOST_CHARACTERS = 3_000  # ids of a first model: what is rarer reads as unknown


class LanguageWorkbench(Workbench):
    """A `Workbench` whose runs are `LanguageRun`s.

    Args:
        corpus: a text, or the name of one; None takes the course's own in the language.
        spec: what to begin with, or its text; "gpt", "llama", "bert" or "t5" alone take a small one of that family;
            None takes a small GPT that learns within a minute on two cores. Twenty epochs are what it learns *Alice*
            best in: after 30 it foretells the validation part worse.
        language: "en" or "zh"; None takes the learner's.
        seed, learning_rate, batch_size, epochs, unit, schedule: as for `LanguageRun`.
        settle: as for `Workbench`.

    Raises:
        ValueError: a value is out of range, or the corpus has labels instead of running text.
        ModelTooLargeError: the spec does not fit into this machine's memory.

    Example:
        >>> workbench = LanguageWorkbench("alice")
        >>> workbench.spec.num_layers, workbench.spec.max_length
        (2, 64)
    """

    units: ClassVar[tuple[str, ...]] = TEXT_UNITS

    def __init__(
        self,
        corpus: TextCorpus | str | None = None,
        spec: TransformerSpec | str | None = None,
        *,
        language: str | None = None,
        seed: int = 0,
        learning_rate: float = 6e-3,
        batch_size: int = 32,
        epochs: int = 20,
        unit: str | None = None,
        schedule: str = "cosine",
        settle: float = 0.25,
    ) -> None:
        if not isinstance(corpus, TextCorpus):
            corpus = _text(corpus or TEXTS[language or get_language()])
        unit = checked_unit(unit or "characters", TEXT_UNITS)
        if isinstance(spec, str):
            spec = first_spec(corpus, unit, FAMILIES[spec]) if spec in FAMILIES else text_spec(spec)
        self._begin(
            corpus,
            spec or first_spec(corpus, unit),
            settle,
            seed=checked_count("seed", seed, least=0),
            learning_rate=checked_rate(learning_rate),
            batch_size=checked_count("batch_size", batch_size),
            epochs=checked_count("epochs", epochs),
            unit=unit,
            schedule=checked_schedule(schedule),
        )

    def propose(self, spec: Spec) -> None:
        """As `Workbench.propose`; a spec that cannot read this text is refused, too.

        Raises:
            ValueError: the vocabulary is too small for the tokens, or the text too short for `max_length`.
        """
        if isinstance(spec, TransformerSpec) and not self.replaying:
            try:
                check_reads(spec, self._corpus, self.unit, self._settings.get("tokenizer"))
            except ValueError:
                self._notify("failed-spec")
                raise
        super().propose(spec)

    @property
    def unit(self) -> str:
        """What a token is: "characters", "bytes" or "bpe"; another one brings a vocabulary that fits it."""
        return str(self._settings["unit"] or self._run.unit)

    @unit.setter
    def unit(self, value: str) -> None:
        unit = checked_unit(value, self.units)
        if unit == self.unit:
            return
        self._refuse_replay()
        size = first_spec(self._corpus, unit).vocabulary_size
        with self._lock:
            self._settings.pop("tokenizer", None)
            self._spec = self._spec.replace(vocabulary_size=size)
        self._set("unit", unit)

    def _make(self) -> LanguageRun:
        assert isinstance(self._spec, TransformerSpec)
        return LanguageRun(self._spec, self._corpus, probes=self._probes, **self._settings)


def first_spec(corpus: TextCorpus, unit: str, family: type[TransformerSpec] = GPTSpec) -> TransformerSpec:
    """A model of 2 layers whose vocabulary fits the text; narrower windows where a character says more.

    A BERT has rotary positions. With learned ones a small one has a loss of 2.9 nats after 370 steps on *Alice*: that
    of knowing how common tokens are. With rotary ones it has 1.6.
    """
    if unit == "characters":
        known = cut(corpus, unit, None).tokenizer.vocabulary_size
        size = min(known, MOST_CHARACTERS)
    else:
        size = TextTokenizer.FIRST_ID + (256 if unit == "bytes" else 768)
    length = 32 if corpus.language == "zh" and unit == "characters" else 64
    spec = family(vocabulary_size=size, d_model=64, num_layers=2, num_heads=4, max_length=length)
    return spec.replace(position="rotary") if family is BERTSpec else spec


def first_probe(run: LanguageRun | LanguageReplay) -> str:
    """What a run is asked where the learner said nothing: its own first probe, or one of the kit in its language."""
    offered = PROMPTS if run.objective == "next_token" else GAPS
    return run.probes[0] if run.probes else offered.get(run.corpus.language, offered["en"])


def _text(name: str) -> TextCorpus:
    corpus = load(name, language=None)
    if isinstance(corpus, TextCorpus):
        return corpus
    raise ValueError(
        t(
            "This corpus has labels and no running text; a language model learns from {names}, or from a text of "
            "yours: corpora.text(…). Received: {name!r}",
            names=", ".join(TEXTS.values()),
            name=name,
        )
    )
