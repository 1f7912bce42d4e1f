"""Learning the vectors of words from texts without labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.corpora import Corpus
from llm_widgets.i18n import t
from llm_widgets.models.bag_of_words import BagSpec
from llm_widgets.training.events import EventLog

WRONG_WORDS = 32  # drawn for each text
RARE = 1e-3  # words that are commoner than this share are guessed less often (Mikolov et al. 2013, section 2.3)
COMMON = 1e-3  # a word this common is shortened to a half
NORM = 8.0  # mean length of the vectors that fine-tuning begins with


@dataclass(frozen=True, eq=False)
class Start:
    """What pre-training found, to begin from as often as one likes.

    Args:
        vectors: of each token id, float32 [V, E]; the mean of their lengths is `NORM`.
        corpus: fingerprint of the corpus whose words these are.
        log: the loss of each batch.
        seconds: that it took.
    """

    vectors: NDArray[np.float32]
    corpus: str
    log: EventLog = field(default_factory=EventLog)
    seconds: float = 0.0


class Guesses:
    """Batches for `build_word_guesser`: the training texts in drawn order, without their labels.

    Args:
        ids: int32 [N, T]. batch_size: texts a batch. seed: the same seed gives the same batches.
    """

    def __init__(self, ids: NDArray[np.int32], vocabulary_size: int, batch_size: int, seed: int) -> None:
        self._ids, self._size, self._seed = ids, batch_size, seed
        counts = np.bincount(ids.reshape(-1), minlength=vocabulary_size).astype(np.float64)
        counts[0] = 0  # padding is no word
        self.share = share = counts / max(1.0, counts.sum())
        self._often = np.minimum(1.0, np.sqrt(RARE / np.maximum(share, 1e-12))).astype(np.float32)
        noise = counts**0.75
        self._noise = np.cumsum(noise) / max(1.0, noise.sum())

    def __len__(self) -> int:
        return -(-len(self._ids) // self._size)

    def epoch(self, number: int) -> Iterator[tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int32]]]:
        """ids [B, T], which words are guessed [B, T], wrong words [B, K]."""
        generator = np.random.default_rng([self._seed, number])
        order = generator.permutation(len(self._ids))
        for start in range(0, len(order), self._size):
            ids = self._ids[order[start : start + self._size]]
            guessed = (generator.random(ids.shape, np.float32) < self._often[ids]).astype(np.float32)
            drawn = np.searchsorted(self._noise, generator.random((len(ids), WRONG_WORDS)))
            yield ids, guessed, np.minimum(drawn, len(self._noise) - 1).astype(np.int32)


def scaled(vectors: NDArray[Any], share: NDArray[np.float64]) -> NDArray[np.float32]:
    """Vectors to begin fine-tuning with, float32 [V, E]; padding has none.

    What all words have in common is taken away, common words are shortened, and the mean length becomes `NORM`: long
    vectors keep what they learned while the first, wild steps of fine-tuning are made.

    Args:
        vectors: [V, E]. share: of each token in the texts, [V].

    Reference:
        Arora, S., Liang, Y. and Ma, T. (2017). A Simple but Tough-to-Beat Baseline for Sentence Embeddings. ICLR.
    """
    vectors = (vectors - share @ vectors) * (COMMON / (COMMON + share))[:, None]
    lengths = np.linalg.norm(vectors[1:], axis=1)
    scaled = vectors * (NORM / max(float(lengths.mean()), 1e-9))
    scaled[0] = 0
    return scaled.astype(np.float32)


def checked_start(start: Start | None, corpus: Corpus, spec: BagSpec) -> Start | None:
    """A start that was learned on this corpus in these sizes; None stays None.

    Raises:
        ValueError: it was not.
    """
    shape = (spec.vocabulary_size, spec.embedding_dim)
    if start is not None and (start.corpus != corpus.fingerprint or start.vectors.shape != shape):
        raise ValueError(
            t(
                "This start was learned on other texts or in another size. Received: vectors of shape {shape}",
                shape=start.vectors.shape,
            )
        )
    return start
