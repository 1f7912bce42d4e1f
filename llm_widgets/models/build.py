"""From a spec to a Keras model with weights that depend on the seed alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_widgets._runtime import configure_backend
from llm_widgets.models.checks import whole_number
from llm_widgets.models.seeds import MAX_SEED, derived_seed

if TYPE_CHECKING:
    import keras

    from llm_widgets.models.lstm_classifier import LSTMClassifierSpec
    from llm_widgets.models.transformer_spec import TransformerSpec


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
            seed=derived_seed(seed, 1 + number, direction, 2),
            name=f"lstm_{number + 1}" + ("_backward" if direction else ""),
        )

    layers: list[Any] = [
        keras.Input((spec.sequence_length,), dtype="int32", name="tokens"),  # [B, T]
        keras.layers.Embedding(
            spec.vocabulary_size,
            spec.embedding_dim,
            mask_zero=True,  # id 0 is padding: no layer above may see it
            embeddings_initializer=RandomUniform(-0.05, 0.05, seed=derived_seed(seed, 0)),
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
        layers.append(keras.layers.Dropout(spec.dropout, seed=derived_seed(seed, 1001), name="dropout"))
    layers.append(
        keras.layers.Dense(1, activation="sigmoid", kernel_initializer=_glorot(seed, 1000), name="probability")
    )  # [B, 1]
    return keras.Sequential(layers, name="lstm_classifier")


def _glorot(seed: int, *place: int) -> Any:
    from keras.initializers import GlorotUniform

    return GlorotUniform(seed=derived_seed(seed, *place))


def _orthogonal(seed: int, *place: int) -> Any:
    from keras.initializers import Orthogonal

    return Orthogonal(seed=derived_seed(seed, *place))


def build_transformer(spec: TransformerSpec, seed: int) -> Any:
    """The uncompiled model of `spec`, of the class that its family needs; see the families' `build`."""
    seed = whole_number("seed", seed, 0, MAX_SEED)
    configure_backend()
    model = _transformer_class(spec.PREFIX)(spec, seed, name=spec.PREFIX)
    model.build()
    return model


def _transformer_class(family: str) -> Any:
    """The class of a family's models; each of its modules imports Keras."""
    if family == "bert":
        from llm_widgets.models.layers.encoder import Encoder

        return Encoder
    if family == "t5":
        from llm_widgets.models.layers.encoder_decoder import EncoderDecoder

        return EncoderDecoder
    from llm_widgets.models.layers.decoder import Decoder

    return Decoder
