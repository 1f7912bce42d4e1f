"""Matrices in half the bytes or fewer, for models that are asked and no longer trained.

One new token needs every weight once, so its time is that of reading the weights: with 16 bits a number instead of 32
it is half; where a model came with 4 bits a number, these are read as they are. The products are still added up in
float32, and what goes in and comes out is float32.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llm_widgets.models.layers.ops import TORCH

if TORCH:
    from llm_widgets.models.layers import _torch_packed as native


class PackedMatrix:
    """A matrix that stands in a model where its variable stood.

    Args:
        variable: the Keras variable, float32. Where gradients flow through the matrix, it is used; so it may lie in a
            file, of which nothing is read until then.
        weights: what `native.pack` made of it, or of its parts.

    Reference:
        Khudia et al. (2021), FBGEMM: Enabling High-Performance Low-Precision Deep Learning Inference.
    """

    def __init__(self, variable: Any, weights: list[Any]) -> None:
        self.variable, self.weights = variable, weights
        self.shape: tuple[int, ...] = tuple(variable.shape)

    @property
    def value(self) -> Any:
        """The tensor in float32."""
        return self.variable.value

    def product(self, x: Any) -> Any:
        """x [..., N] times the matrix [N, M], or times the transposed table [M, N] of a tied output: [..., M]."""
        return native.packed_product(x, self.weights)


def pack(model: Any, weights: dict[str, list[Any]] | None = None) -> bool:
    """Puts a `PackedMatrix` for each large matrix of a decoder; True where that can be done.

    Only torch on a processor of the x86 kind has such a product; elsewhere, and for other models, nothing happens, and
    the model gives the same answers from float32. A packed model cannot be trained.

    Args:
        model: built from a `GPTSpec` or `LlamaSpec`.
        weights: matrices that are packed already, by the path of their variable; the others are packed here.

    Example:
        >>> from llm_widgets.models import LlamaSpec
        >>> model = LlamaSpec(vocabulary_size=10, d_model=8, num_heads=2, max_length=6).build(seed=0)
        >>> logits = model.after([[1, 2]], [[1, 2]])
        >>> pack(model)  # doctest: +SKIP
        True
        >>> abs(model.after([[1, 2]], [[1, 2]]) - logits).max() < 1e-3
        True
    """
    from llm_widgets.models.layers.decoder import Decoder

    if not can_pack() or not isinstance(model, Decoder):
        return False
    weights = weights or {}
    for owner, name, tied in matrices(model):
        variable = getattr(owner, name)
        if not isinstance(variable, PackedMatrix):
            ready = weights.get(variable.path)
            made = [native.pack(variable.value if tied else variable.value.T)] if ready is None else ready
            setattr(owner, name, PackedMatrix(variable, made))
    model.packed = True
    return True


def can_pack() -> bool:
    """Whether this backend, on this processor, multiplies by packed matrices."""
    return TORCH and native.can_pack()


def matrices(model: Any) -> Iterator[tuple[Any, str, bool]]:
    """Where a decoder's matrices stand: layer, attribute, and whether it is a table of one row for each output."""
    tied = model.output_kernel is None
    yield model, "embedding" if tied else "output_kernel", tied
    for block in model.stack.blocks:
        for name in ("qkv_kernel", "out_kernel", "up_kernel", "down_kernel"):
            yield block, name, False
