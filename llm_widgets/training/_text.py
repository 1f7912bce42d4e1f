"""Texts as ids, counted and encoded once a corpus and unit: a new vocabulary size or length is a slice of them."""

from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from llm_widgets.corpora import Corpus
from llm_widgets.tokenizers import Tokenizer, default_unit
from llm_widgets.tokenizers.encoding import MAX_VOCABULARY

_KEEP = 4  # corpora and units; one more drops the one used longest ago
_LENGTH = 256  # tokens that are kept of each text, at least

_lock = threading.Lock()
_kept: OrderedDict[tuple[str, str], _Encoded] = OrderedDict()


class _Encoded:
    """One corpus in one unit, with every piece that was seen."""

    def __init__(self, corpus: Corpus, unit: str) -> None:
        self._lock = threading.Lock()
        self._texts = {name: split.texts for name, split in corpus.splits.items()}
        self._ids: dict[str, NDArray[np.int32]] = {}
        self.tokenizer = Tokenizer.train(corpus.train.texts, unit=unit, vocabulary_size=MAX_VOCABULARY)

    def ids(self, split: str, length: int) -> NDArray[np.int32]:
        with self._lock:
            ids = self._ids.get(split)
            if ids is None or ids.shape[1] < length:
                ids = self.tokenizer.encode_batch(self._texts[split], max(length, _LENGTH))
                self._ids[split] = ids
            return ids[:, :length]  # [N, T]


class Text:
    """How one run reads: a corpus through a tokenizer of the spec's vocabulary, cut at the spec's length.

    Args:
        tokenizer: one of the learner's own; None takes the corpus's own pieces in `unit`.
    """

    def __init__(
        self, corpus: Corpus, *, unit: str | None, vocabulary_size: int, length: int, tokenizer: Tokenizer | None
    ) -> None:
        self.unit = tokenizer.unit if tokenizer is not None else unit or default_unit(corpus.language)
        self._corpus = corpus
        self._size = min(vocabulary_size, MAX_VOCABULARY)
        self._length = length
        self.own: Tokenizer | None = None
        if tokenizer is not None:
            # Ids that the embedding does not have would be read from beyond its end.
            self.own = tokenizer.with_vocabulary_size(min(tokenizer.vocabulary_size, self._size))

    @property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer with the spec's vocabulary size."""
        return self.own or _encoded(self._corpus, self.unit).tokenizer.with_vocabulary_size(self._size)

    def split(self, name: str) -> NDArray[np.int32]:
        """A split as ids, int32 [N, T]."""
        if self.own is not None:
            return self.own.encode_batch(getattr(self._corpus, name).texts, self._length)
        ids = _encoded(self._corpus, self.unit).ids(name, self._length)
        return np.where(ids < self._size, ids, np.int32(Tokenizer.UNKNOWN_ID))

    def encode(self, texts: list[str]) -> NDArray[np.int32]:
        """Texts as ids, int32 [N, T]."""
        return self.tokenizer.encode_batch(texts, self._length)


def _encoded(corpus: Corpus, unit: str) -> _Encoded:
    key = (corpus.fingerprint, unit)
    with _lock:  # held while counting: two runs that start together need it once
        if key not in _kept:
            _kept[key] = _Encoded(corpus, unit)
        _kept.move_to_end(key)
        while len(_kept) > _KEEP:
            _kept.popitem(last=False)
        return _kept[key]
