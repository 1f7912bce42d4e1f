"""One Transformer block: tokens look at one another, then each thinks for itself."""

from __future__ import annotations

from typing import Any

import keras

from llm_widgets.models.layers import ops
from llm_widgets.models.layers.attention import Sight, attend, rotate
from llm_widgets.models.layers.initial import Initial
from llm_widgets.models.layers.normalization import Norm, add_norm, normalize
from llm_widgets.models.transformer_spec import TransformerSpec


class TransformerBlock(keras.layers.Layer):  # type: ignore[misc]
    """Attention and feed-forward, each added to what came in: x [B, T, C] in, [B, T, C] out.

    With the normalization before (GPT, Llama, T5) and after (BERT):

        x = x + attention(norm(x))          x = norm(x + attention(x))
        x = x + feed_forward(norm(x))       x = norm(x + feed_forward(x))

    A block of an encoder-decoder's decoder attends to the encoder's text between the two. The block owns its weights
    itself, without layers inside: entering a Keras layer takes half as long as normalizing a small batch.

    Args:
        spec: sizes and switches.
        number: which block of its stack it is, from 0.
        seed: of the whole model.
        stack: which of the model's stacks it stands in; blocks of two stacks start with different weights.
        cross: it also attends to another text.

    Example:
        >>> import numpy as np
        >>> from llm_widgets.models import GPTSpec
        >>> block = TransformerBlock(GPTSpec(d_model=8, num_heads=2), 0, seed=0)
        >>> tuple(block(np.zeros((1, 3, 8), "float32")).shape)
        (1, 3, 8)

    Reference:
        Vaswani et al. (2017), Attention Is All You Need.
    """

    def __init__(
        self, spec: TransformerSpec, number: int, *, seed: int, stack: int = 0, cross: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.spec, self.number, self.cross = spec, number, cross
        self.initial = Initial(spec, seed, 1 + stack, number)
        self.generator = None
        if spec.dropout:
            self.generator = keras.random.SeedGenerator(self.initial.seed_of("dropout"))

    def build(self, input_shape: Any = None) -> None:
        """Makes the weights."""
        spec = self.spec
        C, F = spec.d_model, spec.feed_forward_dim
        all_heads, kv = spec.num_heads * spec.head_dim, 2 * spec.key_value_heads * spec.head_dim
        matrix, vector = self._matrix, self._vector
        # Queries, keys and values side by side: one product computes all three.
        self.attention_norm = add_norm(self, spec, "attention_norm")
        self.qkv_kernel, self.qkv_bias = matrix("qkv", C, all_heads + kv), vector("qkv", all_heads + kv)
        self.out_kernel, self.out_bias = matrix("out", all_heads, C), vector("out", C)
        if self.cross:
            self.cross_norm = add_norm(self, spec, "cross_norm")
            self.cross_q_kernel, self.cross_q_bias = matrix("cross_q", C, all_heads), vector("cross_q", all_heads)
            self.cross_kv_kernel, self.cross_kv_bias = matrix("cross_kv", C, kv), vector("cross_kv", kv)
            self.cross_out_kernel, self.cross_out_bias = matrix("cross_out", all_heads, C), vector("cross_out", C)
        inner = 2 * F if spec.feed_forward == "swiglu" else F  # SwiGLU: the gate, then what it lets through
        self.feed_forward_norm = add_norm(self, spec, "feed_forward_norm")
        self.up_kernel, self.up_bias = matrix("up", C, inner), vector("up", inner)
        self.down_kernel, self.down_bias = matrix("down", F, C), vector("down", C)

    def _matrix(self, name: str, rows: int, columns: int) -> Any:
        return self.add_weight(shape=(rows, columns), initializer=self.initial.matrix(name), name=f"{name}_kernel")

    def _vector(self, name: str, size: int) -> Any:
        return self.add_weight(shape=(size,), initializer="zeros", name=f"{name}_bias") if self.spec.use_bias else None

    # --- forward -------------------------------------------------------------------------------------------

    def call(
        self,
        x: Any,
        sight: Sight | None = None,
        memory: Any = None,
        cross_sight: Sight | None = None,
        cache: Any = None,
        watch: Any = None,
        training: bool = False,
    ) -> Any:
        """x [B, T, C] in, [B, T, C] out.

        Args:
            x: the tokens.
            sight: what they see of one another; None: all.
            memory: the other text, [B, S, C].
            cross_sight: what they see of it.
            cache: keys and values of tokens that were read before, a `Cache`.
            watch: receives the attention weights, a `Watch`.
            training: numbers are dropped.
        """
        y = self.attention(self._before(x, self.attention_norm), sight or Sight(), cache, watch, training)
        x = self._after(x, y, self.attention_norm, training)
        if self.cross:
            y = self._before(x, self.cross_norm)
            y = self.cross_attention(y, memory, cross_sight or Sight(), cache, watch, training)
            x = self._after(x, y, self.cross_norm, training)
        y = self.feed_forward(self._before(x, self.feed_forward_norm))
        return self._after(x, y, self.feed_forward_norm, training)

    def _before(self, x: Any, norm: Norm) -> Any:
        """What a step reads."""
        return normalize(x, norm, self.spec) if self.spec.norm_place == "before" else x

    def _after(self, x: Any, y: Any, norm: Norm, training: bool) -> Any:
        """What the step made, added to what came in."""
        x = x + self._drop(y, training)
        return normalize(x, norm, self.spec) if self.spec.norm_place == "after" else x

    def attention(self, x: Any, sight: Sight, cache: Any, watch: Any, training: bool) -> Any:
        """Each token's look at the others: [B, T, C]."""
        spec = self.spec
        H, K, D = spec.num_heads, spec.key_value_heads, spec.head_dim
        qkv = ops.linear(x, self.qkv_kernel, self.qkv_bias)  # [B, T, (H + 2K) D]
        if sight.rotation is None:
            q, k, v = ops.split(qkv, H * D, K * D, K * D)
            q, k = ops.split_heads(q, H), ops.split_heads(k, K)  # [B, H, T, D], [B, K, T, D]
        else:  # queries and keys are turned in one go
            qk, v = ops.split(qkv, (H + K) * D, K * D)
            qk = rotate(ops.split_heads(qk, H + K), sight.rotation)  # [B, H + K, T, D]
            q, k = qk[:, :H], qk[:, H:]
        v = ops.split_heads(v, K)  # [B, K, T, D]
        if cache is not None:
            k, v = cache.extend(self.number, k, v)  # [B, K, S, D]
        seen = None if watch is None else watch.own
        mixed = attend(q, k, v, sight, scaled=spec.scale_attention, drop=self._dropper(training), watch=seen)
        if watch is not None and watch.mixes is not None:
            mixed = watch.mixes(self.number, mixed)  # [B, H, T, D]
        return ops.linear(ops.join_heads(mixed), self.out_kernel, self.out_bias)  # [B, T, C]

    def cross_attention(self, x: Any, memory: Any, sight: Sight, cache: Any, watch: Any, training: bool) -> Any:
        """Each token's look at the other text: [B, T, C]."""
        spec = self.spec
        q = ops.split_heads(ops.linear(x, self.cross_q_kernel, self.cross_q_bias), spec.num_heads)  # [B, H, T, D]
        k, v = self._memory_of(memory, cache)
        seen = None if watch is None else watch.cross
        mixed = attend(q, k, v, sight, scaled=spec.scale_attention, drop=self._dropper(training), watch=seen)
        return ops.linear(ops.join_heads(mixed), self.cross_out_kernel, self.cross_out_bias)

    def _memory_of(self, memory: Any, cache: Any) -> tuple[Any, Any]:
        """Keys and values of the other text, [B, K, S, D] each; with a cache they are computed once."""
        known = None if cache is None else cache.cross[self.number]
        if known is not None:
            return known  # type: ignore[no-any-return]
        K, D = self.spec.key_value_heads, self.spec.head_dim
        kv = ops.linear(memory, self.cross_kv_kernel, self.cross_kv_bias)  # [B, S, 2 K D]
        k, v = ops.split(kv, K * D, K * D)
        both = (ops.split_heads(k, K), ops.split_heads(v, K))
        if cache is not None:
            cache.cross[self.number] = both
        return both

    def feed_forward(self, x: Any) -> Any:
        """What each token makes of what it has, by itself: [B, T, C] to [B, T, F] and back."""
        inner = ops.activate(ops.linear(x, self.up_kernel, self.up_bias), self.spec.feed_forward)  # [B, T, F]
        return ops.linear(inner, self.down_kernel, self.down_bias)

    def _drop(self, x: Any, training: bool) -> Any:
        return ops.drop(x, self.spec.dropout, self.generator, training)

    def _dropper(self, training: bool) -> Any:
        return (lambda weights: self._drop(weights, True)) if training and self.spec.dropout else None
