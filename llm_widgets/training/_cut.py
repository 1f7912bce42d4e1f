"""A running text as ids: cut once for each tokenizer, and refused where a model could not read it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from llm_widgets.corpora import TextCorpus
from llm_widgets.i18n import t
from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.training._objective import check_asked

if TYPE_CHECKING:
    from llm_widgets.models import TransformerSpec

_KEEP = 4


class Cut:
    """A text and how it is cut: each part as ids, made when it is first asked for."""

    def __init__(self, corpus: TextCorpus, tokenizer: TextTokenizer) -> None:
        self.corpus, self.tokenizer = corpus, tokenizer
        self._ids: dict[str, NDArray[np.int32]] = {}
        self._lock = threading.Lock()

    def ids(self, split: str) -> NDArray[np.int32]:
        """A part of the text as ids, int32 [N]."""
        with self._lock:
            if split not in self._ids:
                self._ids[split] = self.tokenizer.ids(self.corpus.splits[split])
            return self._ids[split]


_cuts: OrderedDict[tuple[str, str, int | None], Cut] = OrderedDict()
_cutting = threading.Lock()


def cut(corpus: TextCorpus, unit: str, size: int | None) -> Cut:
    """A text cut by a tokenizer of `size` ids at most; the newest `_KEEP` are kept, for sliders come back."""
    key = (corpus.fingerprint, unit, size)
    with _cutting:
        if key not in _cuts:
            _cuts[key] = Cut(corpus, TextTokenizer.train(corpus.train, unit=unit, vocabulary_size=size))
        _cuts.move_to_end(key)
        while len(_cuts) > _KEEP:
            _cuts.popitem(last=False)
        return _cuts[key]


def check_reads(spec: TransformerSpec, corpus: TextCorpus, unit: str, tokenizer: TextTokenizer | None) -> Cut:
    """How a model of `spec` reads a text.

    Raises:
        ValueError: the vocabulary does not hold the tokenizer's ids, a part of the text is too short, or a model of
            this kind cannot learn from running text.
    """
    check_asked(spec)
    if tokenizer is not None:
        found = Cut(corpus, tokenizer)
    else:
        found = cut(corpus, unit, None if unit == "bytes" else spec.vocabulary_size)
    known = found.tokenizer.vocabulary_size
    if known > spec.vocabulary_size:
        raise ValueError(
            t(
                "The tokenizer has {known} ids, the model only {vocabulary}. Choose a larger vocabulary for the "
                "model, or a smaller one for the tokenizer. Received: vocabulary_size={vocabulary}",
                known=known,
                vocabulary=spec.vocabulary_size,
            )
        )
    shortest = min(len(found.ids(name)) for name in ("train", "validation"))
    if shortest <= spec.max_length:
        raise ValueError(
            t(
                "A part of this text has only {count} tokens; the model reads {length} at once and needs one more. "
                "Choose a shorter max_length, or a longer text. Received: max_length={length}",
                count=shortest,
                length=spec.max_length,
            )
        )
    return found
