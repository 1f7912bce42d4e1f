"""Llama's weights in our decoder give Llama's logits and attention."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from transformers import LlamaConfig, LlamaForCausalLM

from llm_widgets.models import SMOLLM2_135M, LlamaSpec, generate, load_state
from tests.models.transformers.reference import assert_same_attention, randomized, state_of, tensor

IDS = np.random.default_rng(0).integers(0, 50, (3, 10)).astype("int32")


def config(**changes: object) -> LlamaConfig:
    settings: dict[str, Any] = {
        "vocab_size": 50,
        "hidden_size": 16,
        "intermediate_size": 24,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 12,
        "rms_norm_eps": 1e-5,
        "rope_parameters": {"rope_type": "default", "rope_theta": 100.0},
        "attn_implementation": "eager",
        "output_attentions": True,
        "bos_token_id": None,
        "eos_token_id": None,
    }
    return LlamaConfig(**{**settings, **changes})


SPEC = LlamaSpec(
    vocabulary_size=50,
    d_model=16,
    num_layers=2,
    num_heads=4,
    num_key_value_heads=2,
    d_ff=24,
    max_length=12,
    rotary_base=100.0,
)


@pytest.mark.parametrize(("tied", "head"), [(True, 0), (False, 0), (False, 6)])
def test_same_logits_and_attention(tied: bool, head: int) -> None:
    theirs = randomized(LlamaForCausalLM(config(tie_word_embeddings=tied, head_dim=head or 4)))
    ours = SPEC.replace(tied=tied, d_head=head).build()
    assert load_state(ours, state_of(theirs)) == (["lm_head.weight"] if tied else [])
    output = theirs(tensor(IDS))
    np.testing.assert_allclose(ours.predict_on_batch(IDS), output.logits.detach().numpy(), rtol=0, atol=1e-4)
    assert_same_attention(ours.attention(IDS), output.attentions)


def test_same_words() -> None:
    theirs = randomized(LlamaForCausalLM(config(tie_word_embeddings=True)))
    ours = SPEC.build()
    load_state(ours, state_of(theirs))
    words = tensor(IDS[:, :6])
    # Without a mask transformers would take id 0 for padding.
    expected = theirs.generate(words, attention_mask=words * 0 + 1, max_new_tokens=2, do_sample=False, pad_token_id=0)
    np.testing.assert_array_equal(generate(ours, IDS[:, :6], 2), expected.sequences.numpy())


def test_smollm2_has_its_published_size() -> None:
    assert SMOLLM2_135M.count_parameters() == 134_515_008
