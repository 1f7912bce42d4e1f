"""The operations of `ops.py`, each handed whole to the function of torch that computes it.

Keras composes them of smaller ones on torch: a matrix product and then a sum, a normalization of a dozen steps, scores,
softmax and product one after the other. torch computes each in one pass, and one step of its backward pass.
"""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor


def linear(x: Tensor, kernel: Tensor, bias: Tensor | None) -> Tensor:
    """x [..., N] times kernel [N, M], plus bias [M]: [..., M]."""
    rows = x.reshape(-1, x.shape[-1])
    y = rows @ kernel if bias is None else torch.addmm(bias, rows, kernel)
    return y.view(*x.shape[:-1], y.shape[-1])


def linear_tied(x: Tensor, table: Tensor) -> Tensor:
    """x [..., C] times the transposed table [V, C]: [..., V]."""
    return F.linear(x, table)


def layer_norm(x: Tensor, scale: Tensor, shift: Tensor | None, epsilon: float) -> Tensor:
    """x [..., C] with mean 0 and variance 1, scaled and shifted."""
    return F.layer_norm(x, (x.shape[-1],), scale, shift, epsilon)


def rms_norm(x: Tensor, scale: Tensor, epsilon: float) -> Tensor:
    """x [..., C] with a mean square of 1, scaled."""
    C = x.shape[-1]
    if x.numel() == C and not torch.is_grad_enabled():
        # One token: torch composes this of ten operations, each of which costs more than the sum itself.
        row = x.view(C)
        return x * scale.mul(1 / math.sqrt(torch.dot(row, row).item() / C + epsilon))
    return F.rms_norm(x, (x.shape[-1],), scale, epsilon)


def embed(table: Tensor, ids: Tensor) -> Tensor:
    """The rows of table [V, C] at ids [...]: [..., C]."""
    return F.embedding(ids, table)


def activate(x: Tensor, kind: str) -> Tensor:
    """ReLU, or GELU in one of its two forms."""
    if kind == "relu":
        return F.relu(x)
    return F.gelu(x, approximate="tanh" if kind == "gelu_tanh" else "none")


def silu(x: Tensor) -> Tensor:
    """x times its sigmoid."""
    return F.silu(x)


def split(x: Tensor, sizes: list[int]) -> tuple[Tensor, ...]:
    """Parts of the last axis, of these sizes; on the way back they are put side by side again at once."""
    return torch.split(x, sizes, dim=-1)


def split_heads(x: Tensor, heads: int) -> Tensor:
    """[B, T, H · D] to [B, H, T, D]."""
    B, T, width = x.shape
    return x.view(B, T, heads, width // heads).transpose(1, 2)


def join_heads(x: Tensor) -> Tensor:
    """[B, H, T, D] to [B, T, H · D]."""
    B, H, T, D = x.shape
    return x.transpose(1, 2).reshape(B, T, H * D)


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """x [B, H, T, D] with each number of the first half of D and its partner in the second turned by an angle; `sine`
    has a minus in its first half."""
    half = x.shape[-1] // 2
    return torch.addcmul(x * cosine, torch.cat([x[..., half:], x[..., :half]], dim=-1), sine)


def attend(q: Tensor, k: Tensor, v: Tensor, *, scale: float, added: Tensor | None, causal: bool) -> Tensor:
    """Mixed values, without the weights ever being written down: [B, H, T, D]."""
    return F.scaled_dot_product_attention(
        q, k, v, attn_mask=added, is_causal=causal, scale=scale, enable_gqa=q.shape[1] != k.shape[1]
    )


def crossentropy(logits: Tensor, ids: Tensor, ignored: int) -> Tensor:
    """The mean over all positions whose id is not `ignored`; logits [B, T, V], ids [B, T]."""
    if bool((ids == ignored).all()):  # torch would divide 0 by 0
        return (logits * 0).sum()
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), ids.reshape(-1).long(), ignore_index=ignored)


def softmax(x: Tensor) -> Tensor:
    """Shares of 1 over the last axis; the exponential of a hidden score costs torch's kernel no more than another."""
    return torch.softmax(x, dim=-1)


def write(buffer: Tensor, new: Tensor, position: int) -> tuple[Tensor, Tensor]:
    """Puts `new` [B, K, T, D] into the buffer [B, K, S, D] in place; returns it, and the part that is filled."""
    end = position + new.shape[2]
    buffer[:, :, position:end] = new
    return buffer, buffer[:, :, :end]


def no_gradient() -> Any:
    """A context in which nothing is kept for a backward pass."""
    return torch.no_grad()


def adam_can(values: list[Tensor]) -> bool:
    """Whether `adam` computes what it is asked for: one kind of float, on a device that it knows."""
    kinds = {(value.dtype, value.device) for value in values}
    return len(kinds) == 1 and values[0].dtype in (torch.float32, torch.float64)


@torch.no_grad()
def adam(
    values: list[Tensor],
    gradients: list[Tensor],
    momentums: list[Tensor],
    velocities: list[Tensor],
    *,
    step: int,
    rate: float,
    decays: tuple[float, float],
    epsilon: float,
) -> None:
    """One step of Adam, in place, as Keras defines it.

    Keras adds its epsilon to the root of the velocity as it is, torch to that of the velocity divided by
    1 - decay ** step; an epsilon divided by the root of the same makes the two equal.
    """
    steps = [torch.tensor(float(step), device=values[0].device)] * len(values)
    corrected = epsilon / math.sqrt(1 - decays[1] ** step)
    torch._fused_adam_(
        values, gradients, momentums, velocities, [], steps,
        lr=rate, beta1=decays[0], beta2=decays[1], weight_decay=0.0, eps=corrected, amsgrad=False, maximize=False,
    )  # fmt: skip
