"""A model that reads a text both ways: BERT."""

from __future__ import annotations

from typing import Any

from keras import ops as k_ops
from numpy.typing import NDArray

from llm_widgets.models.bert import BERTSpec
from llm_widgets.models.layers import ops
from llm_widgets.models.layers.normalization import add_norm, normalize
from llm_widgets.models.layers.stack import Stack, Watch
from llm_widgets.models.layers.transformer import Transformer, as_arrays, as_ids


class Encoder(Transformer):
    """Ids [B, T] in, or a dictionary of "ids" and "types" (0 where it has none); what the spec's head says out.

    Args:
        spec: sizes, switches and head.
        seed: the weights depend on it alone.

    Example:
        >>> import numpy as np
        >>> model = BERTSpec(vocabulary_size=10, d_model=8, num_heads=2, max_length=6).build(seed=0)
        >>> tuple(model.predict_on_batch(np.array([[1, 2, 0]])).shape)
        (1, 3, 10)
        >>> model.attention([1, 2, 0])[0][0, 0, :, 2].tolist()  # nobody looks at padding
        [0.0, 0.0, 0.0]
    """

    spec: BERTSpec

    def __init__(self, spec: BERTSpec, seed: int, **kwargs: Any) -> None:
        super().__init__(spec, seed, **kwargs)
        self.stack = Stack(spec, seed=seed, name="stack")

    def build(self, input_shape: Any = None) -> None:
        """Makes all weights."""
        super().build()
        spec, C = self.spec, self.spec.d_model
        self.types = None
        if spec.num_token_types:
            table = self.initial.normal("types", self.initial.std)
            self.types = self.add_weight(shape=(spec.num_token_types, C), initializer=table, name="token_types")
        self.stack.build()
        if spec.head == "masked":
            self.head_kernel, self.head_bias = self._dense("head", C, C)
            self.head_norm = add_norm(self, spec, "head_norm")
            self.add_output()
            self.output_bias = self._bias("output", spec.vocabulary_size)
        if spec.head in ("class", "pooled"):
            self.pooler_kernel, self.pooler_bias = self._dense("pooler", C, C)
        if spec.head == "class":
            self.class_kernel, self.class_bias = self._dense("class", C, spec.num_classes)

    def _dense(self, name: str, rows: int, columns: int) -> tuple[Any, Any]:
        initializer = self.initial.matrix(name)
        kernel = self.add_weight(shape=(rows, columns), initializer=initializer, name=f"{name}_kernel")
        return kernel, self._bias(name, columns)

    def _bias(self, name: str, size: int) -> Any:
        return self.add_weight(shape=(size,), initializer="zeros", name=f"{name}_bias") if self.spec.use_bias else None

    def call(self, inputs: Any, training: bool = False) -> Any:
        """ids [B, T] to what the head gives."""
        ids, types = (inputs["ids"], inputs.get("types")) if isinstance(inputs, dict) else (inputs, None)
        x = self.stack.call(self._embedded(ids, types), self.seen(ids), training=training)  # [B, T, C]
        if self.spec.head == "masked":
            x = ops.activate(ops.linear(x, self.head_kernel, self.head_bias), "gelu")
            scores = self.logits(normalize(x, self.head_norm, self.spec))  # [B, T, V]
            return scores if self.output_bias is None else scores + ops.value(self.output_bias)
        if self.spec.head == "none":
            return x
        # The first token stands for the whole text.
        pooled = k_ops.tanh(ops.linear(x[:, 0], self.pooler_kernel, self.pooler_bias))  # [B, C]
        return pooled if self.spec.head == "pooled" else ops.linear(pooled, self.class_kernel, self.class_bias)

    def _embedded(self, ids: Any, types: Any) -> Any:
        """The tokens and their types: [B, T, C]."""
        x = self.embed(ids)
        if self.types is None:
            return x
        return x + (ops.value(self.types)[0] if types is None else ops.embed(self.types, types))

    def attention(self, ids: Any, types: Any = None) -> list[NDArray[Any]]:
        """How much each token looks at each, at the cost of one pass; while the model is trained, too.

        Args:
            ids: [B, T], or [T] for one text.
            types: of the same shape; None: all 0.

        Returns:
            one array a layer, float32 [B, H, T, T]; each row (a token that looks) sums to 1.
        """
        ids, watch = as_ids(ids), Watch()
        with self.reading():
            x = self._embedded(ids, None if types is None else as_ids(types))
            self.stack.call(x, self.seen(ids), watch=watch)
        return as_arrays(watch.own)
