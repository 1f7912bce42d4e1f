"""The drawn model is the built one: parameters add up, and shapes are those that flow."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from llm_widgets.models import BERTSpec, GPTSpec, LlamaSpec, LSTMClassifierSpec, T5Spec
from llm_widgets.models.diagram import diagram
from llm_widgets.models.layers import block as block_module
from llm_widgets.models.layers import ops
from llm_widgets.models.layers import stack as stack_module
from llm_widgets.models.layers.stack import Watch
from llm_widgets.models.layers.transformer import as_ids

SIZES = {
    "vocabulary_size": 30, "d_model": 16, "num_layers": 2, "num_heads": 4, "d_ff": 24, "max_length": 8,
    "relative_buckets": 8, "relative_distance": 16,
}  # fmt: skip
FAMILIES = (GPTSpec, BERTSpec, T5Spec, LlamaSpec)
SWITCHES = {
    "mask": ("causal", "causal_padding", "padding", "none"),
    "position": ("learned", "sinusoidal", "rotary", "relative", "none"),
    "normalization": ("layer", "rms"),
    "norm_place": ("before", "after"),
    "feed_forward": ("relu", "gelu", "gelu_tanh", "swiglu"),
    "num_key_value_heads": (0, 1, 2, 4),
    "d_head": (0, 2, 6),
    "use_bias": (True, False),
    "tied": (True, False),
    "scale_attention": (True, False),
}
CHANGES = [{}, *({name: value} for name, values in SWITCHES.items() for value in values)]
ALL = [
    *itertools.product(FAMILIES, CHANGES),
    (BERTSpec, {"head": "class", "num_classes": 3}),
    (BERTSpec, {"head": "pooled", "num_token_types": 0}),
    (BERTSpec, {"head": "none"}),
    (T5Spec, {"num_decoder_layers": 3, "position": "rotary", "norm_place": "after"}),
]


@pytest.mark.parametrize(("family", "changes"), ALL)
def test_the_parts_add_up_to_the_model_and_to_each_row_of_its_table(family, changes):
    spec = family(**SIZES).replace(**changes)
    drawn = diagram(spec)
    assert drawn.count_parameters() == spec.count_parameters()
    rows = {}
    for part, count in drawn.parts():
        rows[part.row] = rows.get(part.row, 0) + part.parameters * count
    table = {}
    for row in spec.layer_rows():
        name = "decoder_block" if row.name.startswith("decoder_block") else row.name
        name = "encoder_block" if row.name.startswith("encoder_block") else name
        name = "block" if row.name.startswith("block") else name
        table[name] = table.get(name, 0) + row.parameters
    assert {name: n for name, n in rows.items() if n} == {name: n for name, n in table.items() if n}
    ids = [part.id for part, _ in drawn.parts()]
    assert len(set(ids)) == len(ids)
    assert all(edge.start in ids and edge.end in ids for edge in drawn.edges)


WATCHED = [
    (GPTSpec, {}),
    (GPTSpec, {"norm_place": "after", "position": "relative", "num_key_value_heads": 2, "feed_forward": "swiglu"}),
    (LlamaSpec, {"num_key_value_heads": 1, "tied": False}),
    (BERTSpec, {}),
    (BERTSpec, {"head": "class"}),
    (T5Spec, {"num_decoder_layers": 3}),
    (T5Spec, {"d_head": 6, "num_key_value_heads": 2}),
]


@pytest.mark.parametrize(("family", "changes"), WATCHED)
def test_the_shapes_are_those_that_flow_through_the_built_model(family, changes, monkeypatch):
    spec = family(**SIZES).replace(**changes)
    model = spec.build()
    B, T = 3, spec.max_length
    drawn = {part.id: part for part, _ in diagram(spec, B).parts()}
    made = {}  # by the weight that makes it, what comes of it
    looks = []  # queries, keys and values of each attention

    def linear(x, kernel, bias=None, real=ops.linear):
        y = real(x, kernel, bias)
        count = int(np.prod(kernel.shape)) + (0 if bias is None else int(np.prod(bias.shape)))
        made[kernel.path.rpartition("/")[2]] = tuple(y.shape), count
        return y

    def attend(q, k, v, *args, real=block_module.attend, **named):
        looks.append((tuple(q.shape), tuple(k.shape), tuple(v.shape)))
        return real(q, k, v, *args, **named)

    sights = []

    def make_sight(*args, bias=None, real=stack_module.make_sight, **named):
        sights.append(None if bias is None else tuple(bias.shape))
        return real(*args, bias=bias, **named)

    monkeypatch.setattr(ops, "linear", linear)
    monkeypatch.setattr(block_module, "attend", attend)
    monkeypatch.setattr(stack_module, "make_sight", make_sight)
    ids = as_ids(np.random.default_rng(0).integers(1, 30, (B, T)))
    result = model.call({"ids": ids, "decoder_ids": ids} if family is T5Spec else ids)
    last = [part for part, _ in diagram(spec, B).parts()][-1]
    assert tuple(result.shape) == last.shape
    prefix = "decoder_block" if family is T5Spec else "block"
    for name in ("output", "up", "down"):
        shape, count = made[{"output": "out"}.get(name, name) + "_kernel"]
        part = drawn[f"{prefix}.{name}"]
        assert (part.shape, part.parameters) == (shape, count), name
    shapes = [drawn[f"{prefix}.{name}"].shape for name in ("query", "key", "value")]
    assert tuple(shapes) in looks
    assert made["qkv_kernel"][1] == sum(drawn[f"{prefix}.{name}"].parameters for name in ("query", "key", "value"))
    if spec.feed_forward == "swiglu":
        assert drawn[f"{prefix}.up"].shape[-1] == 2 * drawn[f"{prefix}.activation"].shape[-1]
    biases = {part.shape for part in drawn.values() if part.kind == "relative_bias"}
    assert {shape for shape in sights if shape} == biases
    if family is T5Spec:
        watch = model.attention(ids, ids)
        assert watch["decoder"][0].shape == drawn["decoder_block.weights"].shape
        assert watch["cross"][0].shape == drawn["decoder_block.cross_weights"].shape
        assert made["cross_kv_kernel"][1] == 2 * drawn["decoder_block.cross_key"].parameters
    else:
        assert model.attention(ids)[0].shape == drawn["block.weights"].shape
        watch = Watch(weights=False, states=True)
        model.stack.call(model.embed(ids), watch=watch)
        assert {tuple(state.shape) for state in watch.states} == {drawn["block.feed_forward_add"].shape}


def test_what_is_switched_is_what_differs():
    """Each switch changes the parts that it is about, and no others."""
    spec = GPTSpec(**SIZES)

    def changed(**change):
        before = {part.id: part for part, _ in diagram(spec).parts()}
        after = {part.id: part for part, _ in diagram(spec.replace(**change)).parts()}
        return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}

    assert changed(mask="none") == changed(scale_attention=False) == {"block.weights"}
    assert changed(tied=False) == {"logits"}
    assert changed(position="rotary") == {"positions", "block.rotary"}
    assert changed(position="sinusoidal") == {"positions"}
    assert changed(feed_forward="relu") == {"block.activation"}
    assert changed(d_head=6) == {f"block.{name}" for name in ("query", "key", "value", "output")}
    assert changed(num_key_value_heads=2) == {"block.key", "block.value"}
    assert changed(normalization="rms") == {"block.attention_norm", "block.feed_forward_norm", "norm"}
    assert changed(num_layers=3) == set()  # as many of the same


def test_masks_of_an_encoder_decoder_are_those_of_its_two_texts():
    parts = {part.id: part.detail for part, _ in diagram(T5Spec()).parts()}
    assert parts["encoder_block.weights"] == "padding unscaled"
    assert parts["decoder_block.weights"] == "causal unscaled"
    assert parts["decoder_block.cross_weights"] == "padding unscaled"


def test_any_other_model_is_the_chain_of_its_layers():
    spec = LSTMClassifierSpec(lstm_units=(8, 4), dropout=0.5)
    drawn = diagram(spec, 2)
    assert [part.kind for part, _ in drawn.parts()] == ["Input", "Embedding", "LSTM", "LSTM", "Dropout", "Dense"]
    assert drawn.count_parameters() == spec.count_parameters()
