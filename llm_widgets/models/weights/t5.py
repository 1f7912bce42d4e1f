"""T5's names, as in `transformers.T5ForConditionalGeneration`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llm_widgets.models.weights.entry import Entry, linear_entries, norm_entries, output_entries

PREFIX = ""


def entries(model: Any) -> Iterator[Entry]:
    """Every variable of an `EncoderDecoder`."""
    yield Entry(model.embedding, ("shared.weight",))
    yield from output_entries(model)
    for side, stack in (("encoder", model.encoder), ("decoder", model.decoder)):
        yield from norm_entries(stack.norm, f"{side}.final_layer_norm")
        # All blocks share one table; T5 keeps it in the first.
        table = f"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
        if stack.relative_bias is not None:
            yield Entry(stack.relative_bias, (table,))
        for block in stack.blocks:
            yield from _block_entries(block, f"{side}.block.{block.number}.layer")


def _block_entries(block: Any, name: str) -> Iterator[Entry]:
    own, last = f"{name}.0.SelfAttention", f"{name}.{2 if block.cross else 1}"
    yield from norm_entries(block.attention_norm, f"{name}.0.layer_norm")
    yield from linear_entries(block.qkv_kernel, block.qkv_bias, *(f"{own}.{part}" for part in "qkv"))
    yield from linear_entries(block.out_kernel, block.out_bias, f"{own}.o")
    if block.cross:
        other = f"{name}.1.EncDecAttention"
        yield from norm_entries(block.cross_norm, f"{name}.1.layer_norm")
        yield from linear_entries(block.cross_q_kernel, block.cross_q_bias, f"{other}.q")
        yield from linear_entries(block.cross_kv_kernel, block.cross_kv_bias, f"{other}.k", f"{other}.v")
        yield from linear_entries(block.cross_out_kernel, block.cross_out_bias, f"{other}.o")
    yield from norm_entries(block.feed_forward_norm, f"{last}.layer_norm")
    yield from linear_entries(block.up_kernel, block.up_bias, f"{last}.DenseReluDense.wi")
    yield from linear_entries(block.down_kernel, block.down_bias, f"{last}.DenseReluDense.wo")
