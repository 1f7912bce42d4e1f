"""The GPT of the benchmarks as it is written without Keras: plain PyTorch, and as Keras's own layers make it."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Block(nn.Module):
    """The same arithmetic as `TransformerBlock` with the switches of `GPTSpec`."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm_1, self.norm_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """x [B, T, C] to [B, T, C]."""
        B, T, C = x.shape
        parts = self.qkv(self.norm_1(x)).split(C, dim=2)
        q, k, v = (part.view(B, T, self.heads, C // self.heads).transpose(1, 2) for part in parts)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(B, T, C))
        return x + self.down(F.gelu(self.up(self.norm_2(x)), approximate="tanh"))  # type: ignore[no-any-return]


class PlainGPT(nn.Module):
    """A GPT with the weights of one of ours.

    Args:
        ours: a model built from a `GPTSpec`.
    """

    def __init__(self, ours: Any) -> None:
        super().__init__()
        spec = ours.spec
        self.embedding = nn.Embedding(spec.vocabulary_size, spec.d_model)
        self.positions = nn.Embedding(spec.max_length, spec.d_model)
        self.blocks = nn.ModuleList(Block(spec.d_model, spec.num_heads) for _ in range(spec.num_layers))
        self.norm = nn.LayerNorm(spec.d_model)
        # Biases and normalizations start at 0 and 1 in both.
        with torch.no_grad():
            self.embedding.weight.copy_(ours.embedding.value)
            self.positions.weight.copy_(ours.stack.positions.value)
            for mine, theirs in zip(self.blocks, ours.stack.blocks, strict=True):
                for name in ("qkv", "out", "up", "down"):
                    linear: Any = getattr(mine, name)
                    linear.weight.copy_(getattr(theirs, f"{name}_kernel").value.T)
                    linear.bias.zero_()

    def forward(self, ids: Tensor) -> Tensor:
        """ids [B, T] to logits [B, T, V]."""
        x = self.embedding(ids) + self.positions.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.embedding.weight)


def naive_keras(spec: Any) -> Any:
    """The same network of Keras's own layers, as its guides build it; its output table is not tied."""
    import keras
    from keras import layers

    class Embedded(layers.Layer):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.tokens = layers.Embedding(spec.vocabulary_size, spec.d_model)
            self.positions = layers.Embedding(spec.max_length, spec.d_model)

        def call(self, ids: Any) -> Any:
            return self.tokens(ids) + self.positions(keras.ops.arange(spec.max_length))

    C, heads = spec.d_model, spec.num_heads
    ids = keras.Input((spec.max_length,), dtype="int32")
    x = Embedded()(ids)
    for _ in range(spec.num_layers):
        y = layers.LayerNormalization(epsilon=1e-5)(x)
        x = x + layers.MultiHeadAttention(heads, C // heads)(y, y, use_causal_mask=True)
        y = layers.Dense(4 * C)(layers.LayerNormalization(epsilon=1e-5)(x))
        x = x + layers.Dense(C)(keras.ops.gelu(y, approximate=True))
    logits = layers.Dense(spec.vocabulary_size, use_bias=False)(layers.LayerNormalization(epsilon=1e-5)(x))
    return keras.Model(ids, logits)
