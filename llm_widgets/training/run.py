"""One training of one model: its thread, its controls and its log. It knows no widget and needs no notebook."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from llm_widgets._runtime import configure_backend
from llm_widgets.corpora import Corpus
from llm_widgets.i18n import t
from llm_widgets.training._classification import Classification
from llm_widgets.training._predict import probabilities, score
from llm_widgets.training._text import Text
from llm_widgets.training._trainable import Trainable
from llm_widgets.training.checks import checked_split

if TYPE_CHECKING:
    from llm_widgets.models import LSTMClassifierSpec
    from llm_widgets.tokenizers import Tokenizer
    from llm_widgets.training.baselines import Baseline

T = TypeVar("T")


class Run(Trainable):
    """Trains a spec's model on a corpus in a thread of its own; same seed, same curve (one backend, one machine).

    Controls act between two batches, may come in any order, twice, and from any thread. One run trains at a time in a
    process: `start` stops the one before. The optimizer is Adam, its gradients shortened to a norm of 1 at most.

    Args:
        spec: what to build. corpus: what to learn from; validation after each epoch, the test split only by `evaluate`.
        seed: of the first weights and of the order of the texts.
        learning_rate: of Adam; may be set while it trains. batch_size: texts a step. epochs: passes at most.
        unit: "words", "characters" or "segments"; None takes what suits the corpus's language.
        tokenizer: one of your own; None counts the pieces of the corpus.
        probes: texts whose probability is kept at each epoch's end, and five times a second if there are three at most.

    Raises:
        ValueError: a value is out of range, or the corpus has nothing to learn from.

    Example:
        $ python -c "
        from llm_widgets import PRESETS, Run, corpora
        run = Run(PRESETS['document_en'], corpora.load('reviews'), seed=1, epochs=1)
        run.start()
        print(run.wait(), run.status().val_accuracy)
        print(run.predict(['a warm, funny, engaging film', 'a dull mess']))
        run.to_csv('curves.csv')
        "
    """

    def __init__(
        self,
        spec: LSTMClassifierSpec,
        corpus: Corpus,
        *,
        seed: int = 0,
        learning_rate: float = 1e-3,
        batch_size: int = 32,
        epochs: int = 10,
        unit: str | None = None,
        tokenizer: Tokenizer | None = None,
        probes: Sequence[str] = (),
    ) -> None:
        if not len(corpus.train):
            raise ValueError(t("This corpus has no training texts. Received: {corpus}", corpus=repr(corpus)))
        super().__init__(
            spec,
            corpus,
            seed=seed,
            learning_rate=learning_rate,
            batch_size=batch_size,
            epochs=epochs,
            probes=probes,
        )
        self.steps_per_epoch = math.ceil(len(corpus.train) / self.batch_size)
        self._text = Text(
            corpus, unit=unit, vocabulary_size=spec.vocabulary_size, length=spec.sequence_length, tokenizer=tokenizer
        )

    # What can be read

    @property
    def unit(self) -> str:
        """What a token is."""
        return self._text.unit

    @property
    def tokenizer(self) -> Tokenizer:
        """How this run reads; the first use counts the corpus's pieces."""
        return self._text.tokenizer

    @property
    def own_tokenizer(self) -> Tokenizer | None:
        """The one that was given, with the spec's vocabulary size; None where the corpus's own pieces are counted."""
        return self._text.own

    def ids(self, split: str) -> NDArray[np.int32]:
        """A split's texts as ids, as the model reads them, int32 [N, T]; 0 is padding."""
        return self._text.split(checked_split(split))

    def baselines(self, wait: bool = False) -> tuple[Baseline, ...]:
        """What must be beaten: majority and TF-IDF with logistic regression, on validation and on test.

        Args:
            wait: compute now where needed; otherwise () until a thread has done so, and the log then wakes its readers.
        """
        from llm_widgets.training.baselines import baselines

        return baselines(self.corpus, wait=wait, when_ready=self.log.touch)

    def warm(self) -> None:
        """Does now what the first start would wait for: imports the backend, counts the pieces, encodes the texts."""
        configure_backend()
        for name in ("train", "validation"):
            self._text.split(name)
        self.baselines()

    # The model

    def predict(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The probability of positive for each text, float32 [N], from the model as it is now."""
        texts = [texts] if isinstance(texts, str) else list(texts)
        if not texts:
            return np.empty(0, np.float32)
        return self._said(self._text.encode(texts))

    def evaluate(self, split: str = "test") -> dict[str, Any]:
        """The model as it is now on a split: loss, accuracy, probabilities float32 [N], labels int8 [N]."""
        labels = getattr(self.corpus, checked_split(split)).labels
        said = self._said(self._text.split(split))
        loss, accuracy = score(labels, said)
        return {"loss": loss, "accuracy": accuracy, "probabilities": said, "labels": labels}

    def save(self, path: str | Path) -> Path:
        """Writes a recording that `Replay.load` plays without any backend. It holds the validation and test texts."""
        from llm_widgets.training.recording import save

        return save(self, path)

    def _said(self, ids: NDArray[np.int32]) -> NDArray[np.float32]:
        said = self.call(lambda model: probabilities(model, ids))
        assert said is not None
        return said

    def _task(self) -> Classification:
        labels = {name: split.labels for name, split in self.corpus.splits.items()}
        return Classification(self._text, labels, self.batch_size, self.epochs, self.seed)
