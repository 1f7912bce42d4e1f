"""GPT-2's names, as in `transformers.GPT2LMHeadModel`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llm_widgets.models.weights.entry import Entry, linear_entries, norm_entries, output_entries

PREFIX = "transformer."


def entries(model: Any) -> Iterator[Entry]:
    """Every variable of a `Decoder` of the GPT family."""
    stack = model.stack
    yield Entry(model.embedding, ("wte.weight",))
    if stack.positions is not None:
        yield Entry(stack.positions, ("wpe.weight",))
    yield from norm_entries(stack.norm, "ln_f")
    yield from output_entries(model)
    for block in stack.blocks:
        name = f"h.{block.number}"
        yield from norm_entries(block.attention_norm, f"{name}.ln_1")
        yield from norm_entries(block.feed_forward_norm, f"{name}.ln_2")
        for part, kernel, bias in (
            ("attn.c_attn", block.qkv_kernel, block.qkv_bias),
            ("attn.c_proj", block.out_kernel, block.out_bias),
            ("mlp.c_fc", block.up_kernel, block.up_bias),
            ("mlp.c_proj", block.down_kernel, block.down_bias),
        ):
            # GPT-2 keeps its matrices as we do.
            yield from linear_entries(kernel, bias, f"{name}.{part}", transposed=False)
