"""The small network of the transfer lab: each word's vector, their mean, one hidden layer, one probability.

Example:
    >>> spec = BagSpec(vocabulary_size=8_000, embedding_dim=64, hidden=32)
    >>> spec.count_parameters()
    514113

Reference:
    Iyyer, M. et al. (2015). Deep Unordered Composition Rivals Syntactic Methods for Text Classification. ACL.
    Mikolov, T. et al. (2013). Distributed Representations of Words and Phrases and their Compositionality. NeurIPS
    (words guessed from those around them, with drawn wrong answers).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from llm_widgets._runtime import configure_backend
from llm_widgets.models.checks import whole_number
from llm_widgets.models.seeds import MAX_SEED, derived_seed

BODY = "embedding"  # the layer that pre-training learns and that can be frozen


@dataclass(frozen=True)
class BagSpec:
    """Sizes of the network; wrong ones are refused here.

    Args:
        vocabulary_size: different token ids, padding (0) and unknown (1) among them.
        embedding_dim: numbers for each token.
        hidden: units of the hidden layer.
        dropout: share of the mean vector's numbers set to zero in training, 0 to 0.95.
        sequence_length: token ids of each text, T.

    Raises:
        ValueError: a value is of the wrong type or outside its range.
    """

    vocabulary_size: int = 8_000
    embedding_dim: int = 64
    hidden: int = 32
    dropout: float = 0.2
    sequence_length: int = 40

    def __post_init__(self) -> None:
        for name, most in (
            ("vocabulary_size", 100_000), ("embedding_dim", 512), ("hidden", 1_024), ("sequence_length", 512),
        ):  # fmt: skip
            whole_number(name, getattr(self, name), 2, most)
        if not 0 <= self.dropout <= 0.95:
            raise ValueError(f"dropout is a share from 0 to 0.95. Received: dropout={self.dropout!r}")

    def to_dict(self) -> dict[str, Any]:
        """The sizes by name."""
        return asdict(self)

    def count_parameters(self) -> int:
        """Numbers that the classifier learns."""
        V, E, H = self.vocabulary_size, self.embedding_dim, self.hidden
        return V * E + (E + 1) * H + H + 1


def build_classifier(spec: BagSpec, seed: int) -> Any:
    """The Keras model, uncompiled: int32 ids [B, T] in, float32 probabilities of "positive" [B, 1] out."""
    seed = whole_number("seed", seed, 0, MAX_SEED)
    configure_backend()
    import keras

    def glorot(place: int) -> Any:
        return keras.initializers.GlorotUniform(seed=derived_seed(seed, place))

    ids = keras.Input((spec.sequence_length,), dtype="int32", name="tokens")
    vectors = _embedding(spec, BODY, seed)(ids)  # [B, T, E]
    mean = _Mean(name="mean")(vectors, ids)  # [B, E]
    if spec.dropout:
        mean = keras.layers.Dropout(spec.dropout, seed=derived_seed(seed, 3), name="dropout")(mean)
    hidden = keras.layers.Dense(spec.hidden, activation="relu", kernel_initializer=glorot(1), name="hidden")(mean)
    said = keras.layers.Dense(1, activation="sigmoid", kernel_initializer=glorot(2), name="probability")(hidden)
    return keras.Model(ids, said, name="bag_of_words")


def build_word_guesser(spec: BagSpec, seed: int) -> Any:
    """The Keras model for pre-training: ids [B, T], weights [B, T], wrong words [B, K] in, a loss a text [B, 1] out.

    Each word is guessed from the mean of the text's other words. The right word's score shall be high, those of the K
    drawn words low; together the wrong ones count as `WRONG` of them.
    """
    seed = whole_number("seed", seed, 0, MAX_SEED)
    configure_backend()
    import keras

    ids = keras.Input((spec.sequence_length,), dtype="int32", name="tokens")
    counts = keras.Input((spec.sequence_length,), dtype="float32", name="counts")
    wrong = keras.Input((None,), dtype="int32", name="wrong")
    body = _embedding(spec, BODY, seed)
    answers = keras.layers.Embedding(
        spec.vocabulary_size, spec.embedding_dim, embeddings_initializer="zeros", name="answers"
    )
    loss = _Guess(name="guess")(body(ids), ids, answers(ids), answers(wrong), counts)
    return keras.Model([ids, counts, wrong], loss, name="word_guesser")


def _embedding(spec: BagSpec, name: str, seed: int) -> Any:
    import keras

    return keras.layers.Embedding(
        spec.vocabulary_size,
        spec.embedding_dim,
        embeddings_initializer=keras.initializers.RandomUniform(-0.05, 0.05, seed=derived_seed(seed, 0)),
        name=name,
    )


WRONG = 5.0  # wrong answers for each right one, in weight


def _Mean(**kwargs: Any) -> Any:
    import keras

    class Mean(keras.layers.Layer):  # type: ignore[misc]
        """The mean of the vectors that are not padding."""

        def call(self, vectors: Any, ids: Any) -> Any:
            there = keras.ops.cast(keras.ops.not_equal(ids, 0), vectors.dtype)[:, :, None]
            return keras.ops.sum(vectors * there, axis=1) / keras.ops.maximum(keras.ops.sum(there, axis=1), 1.0)

    return Mean(**kwargs)


def _Guess(**kwargs: Any) -> Any:
    import keras

    ops = keras.ops

    class Guess(keras.layers.Layer):  # type: ignore[misc]
        """The loss of guessing each word from the others, one number a text."""

        def call(self, vectors: Any, ids: Any, right: Any, wrong: Any, counts: Any) -> Any:
            there = ops.cast(ops.not_equal(ids, 0), vectors.dtype)[:, :, None]
            whole = ops.sum(vectors * there, axis=1, keepdims=True)  # [B, 1, E]
            others = ops.maximum(ops.sum(there, axis=1, keepdims=True) - 1.0, 1.0)
            context = (whole - vectors) / others  # [B, T, E]
            good = ops.sum(context * right, axis=2)  # [B, T]
            bad = ops.matmul(context, ops.transpose(wrong, (0, 2, 1)))  # [B, T, K]
            each = ops.softplus(-good) + WRONG * ops.mean(ops.softplus(bad), axis=2)
            weights = counts * there[:, :, 0]
            return (ops.sum(each * weights, axis=1) / ops.maximum(ops.sum(weights, axis=1), 1.0))[:, None]

    return Guess(**kwargs)
