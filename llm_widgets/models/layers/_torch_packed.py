"""torch's product with float16 weights; it needs torch alone, so that packing can begin while Keras is imported."""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import Tensor


@functools.cache
def can_pack() -> bool:
    """Whether this build of torch has the product, and it gives what it should."""
    if "fbgemm" not in torch.backends.quantized.supported_engines:
        return False
    try:
        one = torch.eye(3)
        return bool(torch.allclose(packed_product(one, pack(2 * one)), 2 * one))
    except (RuntimeError, AttributeError):  # a build without it, or a torch that has it no more
        return False


def pack(weight: Tensor) -> Any:
    """A weight [M, N], one row for each output, as float16 in the order in which the processor reads it."""
    with torch.no_grad():
        return torch.ops.quantized.linear_prepack_fp16(weight.detach(), None)


def packed_product(x: Tensor, weights: Any) -> Tensor:
    """x [..., N] times the transposed weight [M, N], summed in float32: [..., M]."""
    return torch.ops.quantized.linear_dynamic_fp16(x, weights)  # type: ignore[no-any-return]
