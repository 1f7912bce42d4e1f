"""What a chapter says about a trained language model: in bits a character, beside counting."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llm_widgets.course.results import _width
from llm_widgets.i18n import t

if TYPE_CHECKING:
    from llm_widgets.training import LanguageRun

# A stand-in for "Run all" on two slow cores: it has learned what follows what, in seconds, and not much more.
_CHARACTERS = 100_000  # of the training text
_VOCABULARY = 600
_STAND_IN: dict[str, Any] = {"d_model": 48, "num_layers": 2, "num_heads": 4, "max_length": 32, "mask": "causal"}
_SETTINGS: dict[str, Any] = {"batch_size": 16, "learning_rate": 4e-3}
_CLOSE = 0.01  # of the baseline's bits: too little to speak of a winner


@dataclass(frozen=True)
class TextVerdict:
    """A language model beside n-grams that were counted on the same text and read the same tokens.

    Attributes:
        rows: (name, bits a character, perplexity) with the network first, then the n-grams, shorter ones first.
        sees_later: nothing hides later tokens from the network, so it has read each answer.
    """

    rows: tuple[tuple[str, float, float], ...]
    sees_later: bool = False

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        network, baselines = self.rows[0][1], self.rows[1:]
        best = min(baselines, key=lambda row: row[1])
        values = {"network": f"{network:.2f}", "best": best[0], "bits": f"{best[1]:.2f}"}
        if self.sees_later:
            return t(
                "Its {network} bits a character say nothing: without a causal mask the network has read each answer "
                "before it gives it.",
                **values,
            )
        if abs(network - best[1]) <= _CLOSE * best[1]:
            return t(
                "No clear winner: the network needs {network} bits a character, the best count {bits} ({best}).",
                **values,
            )
        if network < best[1]:
            return t("The network wins: {network} bits a character against {bits} ({best}).", **values)
        beaten = [name for name, bits, _ in baselines if network < bits]
        if beaten:
            return t(
                "The network does not win: {network} bits a character against {bits} ({best}). "
                "It is better than {beaten}; it needs more training, or counting is enough here.",
                beaten=t(", ").join(beaten),
                **values,
            )
        return t(
            "The network does not win: {network} bits a character against {bits} ({best}), "
            "and every count is better. It has hardly learned yet.",
            **values,
        )

    def __repr__(self) -> str:
        width = max(_width(name) for name, *_ in self.rows)
        head = f"{' ' * width}  {t('bits a character')}  {t('perplexity')}"
        first, second = (_width(t(words)) for words in ("bits a character", "perplexity"))
        table = [
            f"{name}{' ' * (width - _width(name))}  {bits:{first}.2f}  {perplexity:{second}.1f}"
            for name, bits, perplexity in self.rows
        ]
        return "\n".join([head, *table, "", self.sentence])


def text_verdict(run: LanguageRun, split: str = "validation") -> TextVerdict:
    """Compares a run's model with the n-grams of its own training text, on `split` ("validation" or "test")."""
    from llm_widgets.training.text_baselines import text_baselines

    found = run.evaluate(split)
    network = (t("this network"), found["bits_per_character"], found["perplexity"])
    counted = text_baselines(run.corpus, run.tokenizer, wait=True)
    baselines = ((t(b.name), b.bits_per_character, b.perplexity) for b in counted if b.split == split)
    return TextVerdict((network, *baselines), sees_later=not run.spec.causal)


def trained_writer(lab: Any, *, epochs: int = 3, timeout: float = 300.0) -> LanguageRun:
    """The lab's run if it has learned anything yet; else a small stand-in on a part of its text, trained here and now.

    Raises:
        RuntimeError: the stand-in could not be trained; the message says why.
    """
    from llm_widgets.tokenizers import TextTokenizer
    from llm_widgets.training import LanguageRun, RunState

    current: LanguageRun = lab.workbench.run
    if current.state is RunState.RUNNING and not current.log.batch_count:
        current.log.wait(current.log.version, 10.0)  # Train was pressed this moment.
    if current.log.batch_count:
        return current
    print(t("The lab above has not been trained yet: a small network stands in for it."))
    part = dataclasses.replace(current.corpus, train=current.corpus.train[:_CHARACTERS])
    tokenizer = TextTokenizer.train(part.train, vocabulary_size=_VOCABULARY)
    spec = current.spec.replace(vocabulary_size=tokenizer.vocabulary_size, **_STAND_IN)
    run = LanguageRun(spec, part, seed=current.seed, epochs=epochs, tokenizer=tokenizer, **_SETTINGS)
    run.start()
    if run.wait(timeout) is RunState.FAILED:
        raise RuntimeError(run.error)
    run.stop(wait=True)
    return run
