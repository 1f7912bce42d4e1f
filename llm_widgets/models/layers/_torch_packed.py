"""torch's product with float16 weights; it needs torch alone, so that packing can begin while Keras is imported."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import torch
from torch import Tensor

_ROWS = 512  # inputs that FBGEMM reads at a time; it fills up to a multiple of them with zeros


class Packed(NamedTuple):
    """A weight [M, N] for M outputs and N inputs."""

    first: Any  # the first `cut` inputs, as float16 in the order in which the processor reads them
    cut: int
    rest: Tensor | None  # the other inputs in float32, [N - cut, M]; None where there are none


@functools.cache
def can_pack() -> bool:
    """Whether this build of torch has the product, and it gives what it should."""
    if "fbgemm" not in torch.backends.quantized.supported_engines:
        return False
    try:
        one = torch.eye(3)
        return bool(torch.allclose(packed_product(one, [pack(2 * one)]), 2 * one))
    except (RuntimeError, AttributeError):  # a build without it, or a torch that has it no more
        return False


def pack(weight: Tensor, room: Tensor | None = None) -> Packed:
    """Packs a weight [M, N], one row for each output.

    A few inputs beyond a multiple of 512 stay in float32, which takes less room than the zeros that would be filled in.

    Args:
        weight: float32.
        room: M N numbers that are overwritten; None takes new ones.
    """
    weight = weight.detach()
    inputs = weight.shape[1]
    over = inputs % _ROWS
    cut = inputs - over if inputs > _ROWS and over < _ROWS // 2 else inputs
    # A copy, since a part of a matrix keeps the whole in memory.
    rest = weight[:, cut:].T.clone(memory_format=torch.contiguous_format) if cut < inputs else None
    first = weight[:, :cut]
    if room is not None:
        first = room[: first.numel()].view(first.shape).copy_(first)
    return Packed(torch.ops.quantized.linear_prepack_fp16(first, None), cut, rest)


def packed_product(x: Tensor, parts: list[Packed]) -> Tensor:
    """x [..., N] times the transposed weight [M, N], whose rows may come in parts, summed in float32: [..., M]."""
    rows = x.reshape(-1, x.shape[-1])
    y = _product(rows, parts[0]) if len(parts) == 1 else torch.cat([_product(rows, part) for part in parts], dim=-1)
    return y.view(*x.shape[:-1], y.shape[-1])


def _product(x: Tensor, weight: Packed) -> Tensor:
    first, cut, rest = weight
    # `default` spares the search among the operation's forms, a third of its time for one token.
    product = torch.ops.quantized.linear_dynamic_fp16.default
    if rest is None:
        return product(x, first)  # type: ignore[no-any-return]
    head, tail = x.split((cut, rest.shape[0]), dim=1)
    return product(head, first).addmm_(tail, rest)  # type: ignore[no-any-return]
