"""BERT's names, as in `transformers.BertForMaskedLM` and `transformers.BertForSequenceClassification`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llm_widgets.models.weights.entry import Entry, linear_entries, norm_entries

PREFIX = "bert."


def entries(model: Any) -> Iterator[Entry]:
    """Every variable of an `Encoder`."""
    yield Entry(model.embedding, ("embeddings.word_embeddings.weight",))
    if model.types is not None:
        yield Entry(model.types, ("embeddings.token_type_embeddings.weight",))
    if model.stack.positions is not None:
        yield Entry(model.stack.positions, ("embeddings.position_embeddings.weight",))
    yield from norm_entries(model.stack.norm, "embeddings.LayerNorm")
    for block in model.stack.blocks:
        name = f"encoder.layer.{block.number}"
        yield from norm_entries(block.attention_norm, f"{name}.attention.output.LayerNorm")
        yield from norm_entries(block.feed_forward_norm, f"{name}.output.LayerNorm")
        qkv = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        yield from linear_entries(block.qkv_kernel, block.qkv_bias, *qkv)
        yield from linear_entries(block.out_kernel, block.out_bias, f"{name}.attention.output.dense")
        yield from linear_entries(block.up_kernel, block.up_bias, f"{name}.intermediate.dense")
        yield from linear_entries(block.down_kernel, block.down_bias, f"{name}.output.dense")
    yield from _head_entries(model)


def _head_entries(model: Any) -> Iterator[Entry]:
    head = model.spec.head
    if head == "masked":
        place = "cls.predictions"
        yield from linear_entries(model.head_kernel, model.head_bias, f"{place}.transform.dense")
        yield from norm_entries(model.head_norm, f"{place}.transform.LayerNorm")
        if model.output_bias is not None:
            yield Entry(model.output_bias, (f"{place}.bias",))
        if model.output_kernel is not None:
            yield Entry(model.output_kernel, (f"{place}.decoder.weight",), True)
    if head in ("class", "pooled"):
        yield from linear_entries(model.pooler_kernel, model.pooler_bias, "pooler.dense")
    if head == "class":
        yield from linear_entries(model.class_kernel, model.class_bias, "classifier")
