"""One vector for a whole sentence: an encoder's, or none but the words' own.

Reference:
    Reimers and Gurevych (2019), Sentence-BERT, EMNLP, section 3: the mean over the tokens as the sentence's vector.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.analysis._cooccurrence import is_word, unit_of
from llm_widgets.analysis.embeddings import unit
from llm_widgets.i18n import t
from llm_widgets.tokenizers import Tokenizer

if TYPE_CHECKING:
    from llm_widgets.analysis.word_vectors import WordVectors
    from llm_widgets.models.language_model import Askable

MOST_TOKENS = 256  # of a sentence that are read, as sentence-transformers has it for MiniLM


def check_sentence_encoder(source: Any) -> None:
    """Refuses what is no encoder that gives a vector for each token.

    Raises:
        ValueError: this is no such model.
    """
    from llm_widgets.models import BERTSpec

    spec = getattr(source, "spec", None)
    if not isinstance(spec, BERTSpec) or spec.head != "none" or not hasattr(source, "call"):
        raise ValueError(
            t(
                'Sentences need an encoder such as MiniLM: a BERT whose head is "none". Received: {spec}',
                spec=repr(spec if spec is not None else source)[:80],
            )
        )


def sentence_vectors(source: Askable, sentences: Sequence[str]) -> NDArray[np.float32]:
    """The mean over each sentence's tokens, [CLS] and [SEP] among them, at length 1, as sentence-transformers does it.

    Args:
        source: an encoder, such as `pretrained("minilm")`.
        sentences: N texts; what is longer than 256 tokens is cut.

    Returns:
        float32 [N, C]; the cosine of two sentences is the product of their rows.

    Raises:
        ValueError: this is no encoder.

    Example:
        >>> vectors = sentence_vectors(minilm, ["It is sunny outside.", "The weather is lovely."])  # doctest: +SKIP
        >>> float(vectors[0] @ vectors[1])  # doctest: +SKIP
        0.75
    """
    check_sentence_encoder(source)
    most = min(MOST_TOKENS, source.spec.max_length)
    pad = source.tokenizer.PAD_ID
    read = [source.tokenizer.ids(text) for text in sentences]
    if not read:
        return np.zeros((0, source.spec.d_model), np.float32)
    length = max(1, min(most, max(len(ids) for ids in read)))
    batch = np.full((len(read), length), pad, np.int32)  # [N, T]
    for row, ids in zip(batch, read, strict=True):
        kept = ids if len(ids) <= length else np.append(ids[: length - 1], ids[-1])  # [SEP] stays at the end
        row[: len(kept)] = kept
    return pooled(source, batch, batch != pad)


def pooled(source: Askable, ids: NDArray[np.int32], seen: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The mean of the encoded tokens that are seen, at length 1: ids [N, T] to float32 [N, C]."""

    def encode(model: Any) -> NDArray[np.float32]:
        from llm_widgets.models.layers.transformer import as_arrays, as_ids

        with model.reading():
            return as_arrays([model.call(as_ids(ids))])[0]  # [N, T, C]

    encoded = source.call(encode)
    mean = (encoded * seen[..., None]).sum(axis=1) / np.maximum(seen.sum(axis=1, keepdims=True), 1)
    return unit(mean.astype(np.float64)).astype(np.float32)


def words_in(sentences: Sequence[str]) -> list[list[str]]:
    """The words of each sentence in small letters, without signs; Chinese ones are cut into words.

    Example:
        >>> words_in(["The dog, the man!"])
        [['the', 'dog', 'the', 'man']]
    """
    found = []
    for text in sentences:
        tokens = Tokenizer.train([text], unit=unit_of([text])).encode(text).tokens
        found.append([token.lower().replace("’", "'") for token in tokens if is_word(token)])
    return found


def count_vectors(sentences: Sequence[str]) -> NDArray[np.float32]:
    """How often each word of all the sentences stands in each, at length 1: float32 [N, words]. Order is lost.

    Example:
        >>> one, other = count_vectors(["The dog bit the man.", "The man bit the dog."])
        >>> round(float(one @ other), 6)
        1.0
    """
    words = words_in(sentences)
    names = sorted({word for row in words for word in row})
    counts = np.zeros((len(words), max(len(names), 1)))
    for row, own in zip(counts, words, strict=True):
        for word, count in Counter(own).items():
            row[names.index(word)] = count
    return unit(counts).astype(np.float32)


def mean_vectors(vectors: WordVectors, sentences: Sequence[str]) -> NDArray[np.float32]:
    """The mean of the vectors of the words that have one, at length 1: float32 [N, C]. Order is lost here, too."""
    found = np.zeros((len(sentences), vectors.vectors.shape[1]))
    for row, words in zip(found, words_in(sentences), strict=True):
        rows = [i for i in map(vectors.find, words) if i is not None]
        if rows:
            row[:] = unit(vectors.vectors[rows].astype(np.float64)).mean(axis=0)
    return unit(found).astype(np.float32)
