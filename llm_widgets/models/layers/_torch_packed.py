"""torch's products with weights of 16 and of 4 bits; torch alone is needed: Keras may still be being imported."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import torch
from torch import Tensor

_ROWS = 512  # inputs that FBGEMM reads at a time; it fills up to a multiple of them with zeros


class Halves(NamedTuple):
    """A weight [M, N] for M outputs and N inputs, with 16 bits a number."""

    first: Any  # the first `cut` inputs, as float16 in the order in which the processor reads them
    cut: int
    rest: Tensor | None  # the other inputs in float32, [N - cut, M]; None where there are none


class Blocks(NamedTuple):
    """A weight [M, N] with 4 bits a number: (code - 8) · scale + zero, where 32 neighbours in a row share both."""

    codes: Tensor  # in the order in which the processor reads them
    scales: Tensor  # bfloat16 [N / 32, M, 2], beside each a 0 that the product would add
    zeros: Tensor  # float32 [N / 32, M]


Packed = Halves | Blocks
_BLOCK = 32


@functools.cache
def can_pack() -> bool:
    """Whether this build of torch has the product, and it gives what it should."""
    if "fbgemm" not in torch.backends.quantized.supported_engines:
        return False
    try:
        one, codes = torch.eye(64), torch.full((64, 64), 3, dtype=torch.uint8)
        halves = packed_product(one, [pack(2 * one)])
        blocks = packed_product(one, [pack_blocks(codes, torch.ones(64, 2), torch.ones(64, 2))])
        return bool(torch.allclose(halves, 2 * one) and (blocks == 4).all())
    except (RuntimeError, AttributeError):  # a build without it, or a torch that has it no more
        return False


def pack(weight: Tensor, room: Tensor | None = None) -> Halves:
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
    return Halves(torch.ops.quantized.linear_prepack_fp16(first, None), cut, rest)


def pack_blocks(codes: Tensor, scales: Tensor, minima: Tensor) -> Blocks:
    """Packs a weight that was quantized to 4 bits: code · scale + minimum.

    Args:
        codes: 0 to 15, uint8 [M, N].
        scales, minima: [M, N / 32].
    """
    scales = scales.float().T  # [N / 32, M]
    # In bfloat16 the zero of a block would be wrong in the same direction for all of its 32 numbers.
    zeros = minima.float().T + 8 * scales
    packed = torch.ops.aten._convert_weight_to_int4pack_for_cpu(codes.int(), 2)
    return Blocks(packed, torch.stack([scales, torch.zeros_like(scales)], dim=-1).bfloat16(), zeros.contiguous())


def packed_product(x: Tensor, parts: list[Packed]) -> Tensor:
    """x [..., N] times the transposed weight [M, N], whose rows may come in parts, summed in float32: [..., M]."""
    rows = x.reshape(-1, x.shape[-1])
    y = _product(rows, parts[0]) if len(parts) == 1 else torch.cat([_product(rows, part) for part in parts], dim=-1)
    return y.view(*x.shape[:-1], y.shape[-1])


def _product(x: Tensor, weight: Packed) -> Tensor:
    if isinstance(weight, Blocks):
        codes, scales, zeros = weight
        y: Tensor = torch.ops.aten._weight_int4pack_mm_for_cpu.default(x.bfloat16(), codes, _BLOCK, scales)
        return y.float().addmm_(x.view(len(x), -1, _BLOCK).sum(-1), zeros)
    first, cut, rest = weight
    # `default` spares the search among the operation's forms, a third of its time for one token.
    product = torch.ops.quantized.linear_dynamic_fp16.default
    if rest is None:
        return product(x, first)  # type: ignore[no-any-return]
    return product(x[:, :cut], first).addmm_(x[:, cut:], rest)  # type: ignore[no-any-return]
