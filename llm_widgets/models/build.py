"""From a spec to a Keras model with weights that depend on the seed alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_widgets._runtime import configure_backend
from llm_widgets.models.checks import whole_number

if TYPE_CHECKING:
    import keras

    from llm_widgets.models.lstm_classifier import LSTMClassifierSpec

MAX_SEED = 2**63 - 1


def build(spec: LSTMClassifierSpec, seed: int) -> keras.Model:
    """The uncompiled model of `spec`; see `LSTMClassifierSpec.build`."""
    seed = whole_number("seed", seed, 0, MAX_SEED)
    configure_backend()
    import keras
    from keras.initializers import RandomUniform

    from llm_widgets.models.layers.lstm import LSTM

    def lstm(number: int, direction: int) -> Any:
        return LSTM(
            spec.lstm_units[number],
            return_sequences=number + 1 < len(spec.lstm_units),
            go_backwards=direction == 1,
            kernel_initializer=_glorot(seed, 1 + number, direction, 0),
            recurrent_initializer=_orthogonal(seed, 1 + number, direction, 1),
            seed=_derived(seed, 1 + number, direction, 2),
            name=f"lstm_{number + 1}" + ("_backward" if direction else ""),
        )

    layers: list[Any] = [
        keras.Input((spec.sequence_length,), dtype="int32", name="tokens"),  # [B, T]
        keras.layers.Embedding(
            spec.vocabulary_size,
            spec.embedding_dim,
            mask_zero=True,  # id 0 is padding: no layer above may see it
            embeddings_initializer=RandomUniform(-0.05, 0.05, seed=_derived(seed, 0)),
            name="embedding",
        ),  # [B, T, E]
    ]
    for number in range(len(spec.lstm_units)):
        layer = lstm(number, 0)
        if spec.bidirectional:
            # Both directions are given: a clone of the forward layer would start with the same weights.
            layer = keras.layers.Bidirectional(layer, backward_layer=lstm(number, 1), name=f"lstm_{number + 1}")
        layers.append(layer)  # [B, T, U], the last one [B, U]
    if spec.dropout:
        layers.append(keras.layers.Dropout(spec.dropout, seed=_derived(seed, 1001), name="dropout"))
    layers.append(
        keras.layers.Dense(1, activation="sigmoid", kernel_initializer=_glorot(seed, 1000), name="probability")
    )  # [B, 1]
    return keras.Sequential(layers, name="lstm_classifier")


def _derived(seed: int, *place: int) -> int:
    """A seed for one place in the model: layers that are added later leave the others' weights as they were."""
    import numpy as np

    return int(np.random.SeedSequence([seed, *place]).generate_state(1)[0] >> 1)


def _glorot(seed: int, *place: int) -> Any:
    from keras.initializers import GlorotUniform

    return GlorotUniform(seed=_derived(seed, *place))


def _orthogonal(seed: int, *place: int) -> Any:
    from keras.initializers import Orthogonal

    return Orthogonal(seed=_derived(seed, *place))
