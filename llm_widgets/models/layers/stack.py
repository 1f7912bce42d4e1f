"""Blocks on top of one another, with what they share: positions, what may be seen, and one more normalization."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops as k_ops

from llm_widgets.i18n import t
from llm_widgets.models.layers import ops
from llm_widgets.models.layers.attention import Sight, make_sight
from llm_widgets.models.layers.block import TransformerBlock
from llm_widgets.models.layers.initial import STD, Initial
from llm_widgets.models.layers.normalization import add_norm, normalize
from llm_widgets.models.layers.positions import distance_groups, rotary, sinusoidal
from llm_widgets.models.transformer_spec import TransformerSpec


class Watch:
    """Looks into one pass: receives attention weights and states, one array a layer, and may change heads.

    Args:
        weights: keep the attention weights; without them attention is computed as it is when nobody looks.
        states: keep what goes into the first block and what leaves each.
        mixes: given a block's number and what its heads have mixed, [B, H, T, D]; gives what is joined instead.

    Attributes:
        own: attention of the tokens on one another, each [B, H, T, T]; None where weights are not kept.
        cross: the same on another text, each [B, H, T, S].
        states: layers + 1 arrays [B, T, C], before the last normalization; None where they are not kept.
    """

    def __init__(
        self, *, weights: bool = True, states: bool = False, mixes: Callable[[int, Any], Any] | None = None
    ) -> None:
        self.own: list[Any] | None = [] if weights else None
        self.cross: list[Any] | None = [] if weights else None
        self.states: list[Any] | None = [] if states else None
        self.mixes = mixes

    def saw(self, x: Any) -> None:
        """A state of the pass, [B, T, C]."""
        if self.states is not None:
            self.states.append(x)


class Stack(keras.layers.Layer):  # type: ignore[misc]
    """All that lies between the embedding and the output: embedded tokens [B, T, C] in, [B, T, C] out.

    Args:
        spec: sizes and switches.
        seed: of the whole model.
        stack: which of the model's stacks it is.
        layers: how many blocks; None: as many as the spec says.
        causal: no token sees a later one; None: as the spec says.
        cross: the blocks also attend to another text.
    """

    def __init__(
        self,
        spec: TransformerSpec,
        *,
        seed: int,
        stack: int = 0,
        layers: int | None = None,
        causal: bool | None = None,
        cross: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.spec = spec
        self.causal = spec.causal if causal is None else causal
        self.initial = Initial(spec, seed, 101 + stack)
        self.generator = keras.random.SeedGenerator(self.initial.seed_of("dropout")) if spec.dropout else None
        self.blocks = [
            TransformerBlock(spec, number, seed=seed, stack=stack, cross=cross, name=f"block_{number + 1}")
            for number in range(layers or spec.num_layers)
        ]

    def build(self, input_shape: Any = None) -> None:
        """Makes the weights, its own and the blocks'."""
        spec, table = self.spec, self.initial.normal
        self.positions = self.relative_bias = None
        if spec.position == "learned":
            shape = (spec.max_length, spec.d_model)
            self.positions = self.add_weight(
                shape=shape, initializer=table("positions", self.initial.std), name="positions"
            )
        if spec.position == "relative":
            shape = (spec.relative_buckets, spec.num_heads)
            self.relative_bias = self.add_weight(shape=shape, initializer=table("bias", STD), name="relative_bias")
        self.norm = add_norm(self, spec, "norm")
        for block in self.blocks:
            block.build()

    def call(
        self,
        x: Any,
        seen: Any = None,
        memory: Any = None,
        memory_seen: Any = None,
        cache: Any = None,
        watch: Any = None,
        training: bool = False,
    ) -> Any:
        """Embedded tokens [B, T, C] in, [B, T, C] out.

        Args:
            x: the tokens.
            seen: True where a token is no padding, [B, S] with those that the cache holds; None: all are seen.
            memory: the other text, [B, S, C].
            memory_seen: the same for the other text.
            cache: what was read before these tokens, a `Cache`; it then holds these too.
            watch: receives the attention weights, a `Watch`.
            training: numbers are dropped.
        """
        spec, T = self.spec, k_ops.shape(x)[1]
        start = 0 if cache is None else cache.length
        self._check_length(start + T)
        x = self._with_positions(x, start, T)
        if spec.norm_place == "after":
            x = normalize(x, self.norm, spec)
        x = ops.drop(x, spec.dropout, self.generator, training)
        keys = T if cache is None else cache.keys_after(T)
        sight = self._sight(start, T, keys, seen)
        cross_sight = (
            None if memory_seen is None else make_sight(T, memory_seen.shape[1], causal=False, seen=memory_seen)
        )
        if watch is not None:
            watch.saw(x)
        for block in self.blocks:
            # The blocks' own functions, not their `__call__`: there is nothing left for Keras to convert or to check.
            x = block.call(x, sight, memory, cross_sight, cache, watch, training)  # [B, T, C]
            if watch is not None:
                watch.saw(x)
        if cache is not None:
            cache.length += T
        return self.last_norm(x)

    def last_norm(self, x: Any) -> Any:
        """The normalization after the last block, where there is one."""
        return normalize(x, self.norm, self.spec) if self.spec.norm_place == "before" else x

    def _check_length(self, length: Any) -> None:
        if isinstance(length, int) and length > self.spec.max_length:
            raise ValueError(
                t(
                    "This model reads {max_length} tokens at most. Give it fewer, or build one with more. "
                    "Received: {length} tokens",
                    max_length=self.spec.max_length,
                    length=length,
                )
            )

    def _with_positions(self, x: Any, start: int, T: Any) -> Any:
        """The tokens [B, T, C] with a vector added for each position, where the spec says so."""
        if self.spec.position == "learned":
            return x + ops.value(self.positions)[start : start + T]
        if self.spec.position == "sinusoidal":
            return x + ops.rows(sinusoidal(self.spec.max_length, self.spec.d_model), start, T)
        return x

    def _sight(self, start: int, T: Any, keys: Any, seen: Any) -> Sight:
        """What tokens `start` to `start + T` see of the first `keys` tokens, in every block."""
        spec = self.spec
        bias = rotation = None
        if spec.position == "relative":
            each = ops.embed(self.relative_bias, self._distances(start, T, keys))  # [T, S, H]
            bias = k_ops.transpose(each, (2, 0, 1))[None]  # [1, H, T, S]
        if spec.position == "rotary":
            cosine, sine = rotary(spec.max_length, spec.head_dim, spec.rotary_base)
            rotation = ops.rows(cosine, start, T), ops.rows(sine, start, T)  # [T, D] each
        return make_sight(T, keys, offset=start, causal=self.causal, seen=seen, bias=bias, rotation=rotation)

    def _distances(self, start: int, T: Any, keys: Any) -> Any:
        """The group of the distance from each token to each key, int32 [T, S]."""
        spec = self.spec

        def group(distance: Any) -> Any:
            return distance_groups(
                distance, both_ways=not self.causal, groups=spec.relative_buckets, farthest=spec.relative_distance
            )

        if isinstance(T, int) and isinstance(keys, int):
            return k_ops.convert_to_tensor(group(np.arange(keys)[None, :] - (np.arange(T)[:, None] + start)))
        # TensorFlow knows the lengths only when it computes: the groups of all distances, of which it takes some.
        table = k_ops.convert_to_tensor(group(np.arange(-spec.max_length, spec.max_length + 1)))
        return k_ops.take(table, k_ops.arange(keys)[None, :] - k_ops.arange(T)[:, None] - start + spec.max_length)
