"""The operations that a Transformer is made of, each with its formula; run by torch's own functions on torch."""

from __future__ import annotations

import contextlib
import itertools
import math
from typing import Any

import keras
from keras import ops

TORCH = keras.backend.backend() == "torch"
if TORCH:
    from llm_widgets.models.layers import _torch_ops as native


def value(variable: Any) -> Any:
    """The tensor of a Keras variable (None stays None)."""
    return None if variable is None else variable.value


def serves(matrix: Any, x: Any) -> bool:
    """Whether a matrix is packed and x can go through it: gradients cannot."""
    return hasattr(matrix, "product") and not x.requires_grad


def linear(x: Any, kernel: Any, bias: Any = None) -> Any:
    """x W + b: x [..., N], W [N, M], b [M]. W is a variable or a `PackedMatrix`."""
    if TORCH:
        if serves(kernel, x):
            y = kernel.product(x)
            return y if bias is None else y + bias.value
        return native.linear(x, kernel.value, value(bias))
    y = ops.matmul(x, kernel)
    return y if bias is None else y + bias


def linear_tied(x: Any, table: Any) -> Any:
    """x Eᵀ: x [..., C], E [V, C], one score for each row of the table."""
    if TORCH:
        return table.product(x) if serves(table, x) else native.linear_tied(x, table.value)
    return ops.matmul(x, ops.transpose(table))


def layer_norm(x: Any, scale: Any, shift: Any, epsilon: float) -> Any:
    """(x - mean) / sqrt(variance + ε) · scale + shift, over the last axis."""
    if TORCH:
        return native.layer_norm(x, scale.value, value(shift), epsilon)
    centered = x - ops.mean(x, axis=-1, keepdims=True)
    variance = ops.mean(centered * centered, axis=-1, keepdims=True)
    y = centered * ops.rsqrt(variance + epsilon) * scale
    return y if shift is None else y + shift


def rms_norm(x: Any, scale: Any, epsilon: float) -> Any:
    """x / sqrt(mean of x² + ε) · scale, over the last axis."""
    if TORCH:
        return native.rms_norm(x, scale.value, epsilon)
    return x * ops.rsqrt(ops.mean(x * x, axis=-1, keepdims=True) + epsilon) * scale


def embed(table: Any, ids: Any) -> Any:
    """The rows of the table [V, C] at ids [B, T]: [B, T, C]."""
    if TORCH:
        return native.embed(table.value, ids)
    return ops.take(table, ids, axis=0)


def activate(x: Any, kind: str) -> Any:
    """The function between the two matrices of a feed-forward step.

    "relu": max(x, 0). "gelu": x · Φ(x). "gelu_tanh": the same with Φ approximated by tanh. "swiglu": silu(a) · b, where
    a and b are the two halves of x.
    """
    if kind == "swiglu":
        gate, up = split(x, x.shape[-1] // 2, x.shape[-1] // 2)  # [B, T, F] each
        return (native.silu(gate) if TORCH else ops.silu(gate)) * up
    if TORCH:
        return native.activate(x, kind)
    return ops.relu(x) if kind == "relu" else ops.gelu(x, approximate=kind == "gelu_tanh")


def split(x: Any, *sizes: int) -> Any:
    """Parts of the last axis, of these sizes."""
    if TORCH:
        return native.split(x, list(sizes))
    return ops.split(x, list(itertools.accumulate(sizes))[:-1], axis=-1)


def split_heads(x: Any, heads: int) -> Any:
    """[B, T, H · D] to [B, H, T, D]."""
    if TORCH:
        return native.split_heads(x, heads)
    B, T, width = ops.shape(x)
    return ops.transpose(ops.reshape(x, (B, T, heads, width // heads)), (0, 2, 1, 3))


def join_heads(x: Any) -> Any:
    """[B, H, T, D] to [B, T, H · D]."""
    if TORCH:
        return native.join_heads(x)
    B, H, T, D = ops.shape(x)
    return ops.reshape(ops.transpose(x, (0, 2, 1, 3)), (B, T, H * D))


def softmax(x: Any) -> Any:
    """exp(x) / Σ exp(x) over the last axis; the largest number is taken off first, so that exp cannot overflow."""
    if TORCH:
        return native.softmax(x)
    e = ops.exp(x - ops.max(x, axis=-1, keepdims=True))
    return e / ops.sum(e, axis=-1, keepdims=True)


def rows(table: Any, start: int, count: Any) -> Any:
    """Rows `start` to `start + count` of a NumPy table, as a tensor."""
    if isinstance(count, int):
        return ops.convert_to_tensor(table[start : start + count])
    return ops.convert_to_tensor(table)[start : start + count]


def drop(x: Any, rate: float, generator: Any, training: bool) -> Any:
    """In training, a share of the numbers set to 0 at random and the others enlarged by as much."""
    return keras.random.dropout(x, rate, seed=generator) if training and rate else x


def crossentropy(logits: Any, ids: Any, ignored: int) -> Any:
    """The mean of -log softmax(logits)[id] over positions whose id is not `ignored`; logits [B, T, V], ids [B, T]."""
    if TORCH:
        return native.crossentropy(logits, ids, ignored)
    counted = ops.cast(ops.not_equal(ids, ignored), logits.dtype)  # [B, T]
    safe = ops.where(ops.equal(ids, ignored), 0, ids)
    said = ops.take_along_axis(ops.log_softmax(logits, axis=-1), safe[..., None], axis=-1)[..., 0]  # [B, T]
    return -ops.sum(said * counted) / ops.maximum(ops.sum(counted), 1.0)


def write(buffer: Any, new: Any, position: int) -> tuple[Any, Any]:
    """`new` [B, K, T, D] at a position of the buffer [B, K, S, D]: the buffer, and the part of it to attend to.

    torch fills the buffer in place and shows the part that is filled. The others compile an operation for each new
    shape, so they show the whole buffer, of which a mask hides the rest.
    """
    if TORCH:
        return native.write(buffer, new, position)
    buffer = ops.slice_update(buffer, (0, 0, position, 0), new)
    return buffer, buffer


def no_gradient() -> Any:
    """A context for reading: torch would otherwise keep all of it for a backward pass."""
    return native.no_gradient() if TORCH else contextlib.nullcontext()


def root(size: int) -> float:
    """1 / sqrt(size), by which scores of that many products are scaled."""
    return 1.0 / math.sqrt(size)
