"""What the models of all families share: an embedding, tied scores, and attention that can be read at any time."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from llm_widgets.models.layers import ops
from llm_widgets.models.layers.initial import Initial
from llm_widgets.models.reading import synchronize
from llm_widgets.models.transformer_spec import TransformerSpec


class Transformer(keras.Model):  # type: ignore[misc]
    """The base of `Decoder`, `Encoder` and `EncoderDecoder`.

    Args:
        spec: sizes and switches.
        seed: the weights depend on it alone.
    """

    embedding_std: float | None = None  # None: as a matrix
    packed = False  # whether its matrices are `PackedMatrix`; it cannot be trained then

    def __init__(self, spec: TransformerSpec, seed: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spec, self.seed = spec, seed
        self.initial = Initial(spec, seed, 0)

    def build(self, input_shape: Any = None) -> None:
        """Makes the embedding table."""
        spec = self.spec
        self.embedding = self.add_weight(
            shape=(spec.vocabulary_size, spec.d_model),
            initializer=self.initial.normal("embedding", self.embedding_std or self.initial.std),
            name="embedding",
        )
        self.output_kernel = None

    def add_output(self) -> None:
        """Makes the output's own matrix, where it is not the embedding table."""
        spec = self.spec
        if not spec.tied:
            shape = (spec.d_model, spec.vocabulary_size)
            self.output_kernel = self.add_weight(shape=shape, initializer=self.initial.matrix("output"), name="output")

    def embed(self, ids: Any) -> Any:
        """ids [B, T] to [B, T, C]."""
        return ops.embed(self.embedding, ids)

    def logits(self, x: Any) -> Any:
        """One score for each token of the vocabulary: x [B, T, C] to [B, T, V]."""
        if self.output_kernel is None:
            return ops.linear_tied(x, self.embedding)
        return ops.linear(x, self.output_kernel)

    def seen(self, ids: Any) -> Any:
        """True where a token is no padding, [B, T]; None where the spec hides none."""
        return ids != 0 if self.spec.hides_padding else None

    def reading(self) -> Any:
        """A context for one pass outside of `fit`, at any time, in mid-training too."""
        synchronize(self)
        return ops.no_gradient()


def as_ids(ids: Any) -> Any:
    """Whole numbers [B, T] as a tensor; one text [T] becomes a batch of one."""
    array = np.asarray(ids, dtype=np.int32)
    return keras.ops.convert_to_tensor(array[None] if array.ndim == 1 else array)


def as_arrays(tensors: list[Any] | None) -> list[NDArray[np.float32]]:
    """float32 arrays of NumPy, whatever the backend; none for None."""
    return [np.asarray(keras.ops.convert_to_numpy(tensor), np.float32) for tensor in tensors or ()]
