"""The names of Llama and its kin, as in `transformers.LlamaForCausalLM`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llm_widgets.models.weights.entry import Entry, linear_entries, norm_entries, output_entries

PREFIX = "model."


def entries(model: Any) -> Iterator[Entry]:
    """Every variable of a `Decoder` of the Llama family."""
    yield Entry(model.embedding, ("embed_tokens.weight",))
    yield from norm_entries(model.stack.norm, "norm")
    yield from output_entries(model)
    for block in model.stack.blocks:
        name = f"layers.{block.number}"
        attention, feed_forward = f"{name}.self_attn", f"{name}.mlp"
        yield from norm_entries(block.attention_norm, f"{name}.input_layernorm")
        yield from norm_entries(block.feed_forward_norm, f"{name}.post_attention_layernorm")
        qkv = [f"{attention}.{part}_proj" for part in "qkv"]
        yield from linear_entries(block.qkv_kernel, block.qkv_bias, *qkv)
        yield from linear_entries(block.out_kernel, block.out_bias, f"{attention}.o_proj")
        gate_and_up = (f"{feed_forward}.gate_proj", f"{feed_forward}.up_proj")
        yield from linear_entries(block.up_kernel, block.up_bias, *gate_and_up)
        yield from linear_entries(block.down_kernel, block.down_bias, f"{feed_forward}.down_proj")
