"""GPT-2's weights in our decoder give GPT-2's logits and attention."""

from __future__ import annotations

import numpy as np
import pytest
from transformers import GPT2Config, GPT2LMHeadModel

from llm_widgets.models import GPT2_SMALL, GPTSpec, load_state
from tests.models.transformers.reference import assert_same_attention, randomized, state_of, tensor

SPEC = GPTSpec(vocabulary_size=50, d_model=16, num_layers=2, num_heads=4, max_length=12)
IDS = np.random.default_rng(0).integers(0, 50, (3, 10)).astype("int32")
CONFIG = GPT2Config(
    vocab_size=50, n_embd=16, n_layer=2, n_head=4, n_positions=12, attn_implementation="eager", output_attentions=True
)


def test_same_logits_and_attention() -> None:
    theirs = randomized(GPT2LMHeadModel(CONFIG))
    ours = SPEC.build()
    assert load_state(ours, state_of(theirs)) == ["lm_head.weight"]  # the embedding once more
    output = theirs(tensor(IDS))
    np.testing.assert_allclose(ours.predict_on_batch(IDS), output.logits.detach().numpy(), rtol=0, atol=1e-4)
    assert_same_attention(ours.attention(IDS), output.attentions)


def test_names_without_the_heads_prefix_do_too() -> None:
    state = state_of(randomized(GPT2LMHeadModel(CONFIG)))
    a, b = SPEC.build(1), SPEC.build(2)
    load_state(a, state)
    load_state(b, {name.removeprefix("transformer."): array for name, array in state.items()})
    np.testing.assert_array_equal(a.predict_on_batch(IDS), b.predict_on_batch(IDS))


def test_gpt2_has_its_published_size() -> None:
    assert GPT2_SMALL.count_parameters() == 124_439_808


def test_missing_and_misshapen_weights_are_named() -> None:
    state = state_of(GPT2LMHeadModel(CONFIG))
    model = SPEC.build()
    before = [np.array(w) for w in model.get_weights()]
    del state["transformer.h.1.mlp.c_fc.bias"]
    with pytest.raises(ValueError, match=r"lacks 1 of .*Received: no h\.1\.mlp\.c_fc\.bias$"):
        load_state(model, state)
    state["transformer.h.1.mlp.c_fc.bias"] = np.zeros(63, "float32")
    with pytest.raises(ValueError, match=r"shape \(64,\).*h\.1\.mlp\.c_fc\.bias of shape \(63,\)"):
        load_state(model, state)
    with pytest.raises(ValueError, match=r"lacks 28 of .*no wte\.weight, wpe\.weight, .*, …"):
        load_state(model, {})
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)  # refused as a whole


def test_only_our_models_have_such_names() -> None:
    with pytest.raises(TypeError, match="GPTSpec, BERTSpec"):
        load_state(object(), {})
