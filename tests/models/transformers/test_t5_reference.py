"""T5's weights in our encoder-decoder give T5's logits and its three kinds of attention."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from transformers import T5Config, T5ForConditionalGeneration

from llm_widgets.models import T5_SMALL, T5Spec, generate, load_state
from tests.models.transformers.reference import assert_same_attention, randomized, state_of, tensor

# Few groups of distances, so that every group is met.
SPEC = T5Spec(
    vocabulary_size=50,
    d_model=16,
    num_layers=2,
    num_decoder_layers=3,
    num_heads=4,
    d_ff=24,
    max_length=10,
    relative_buckets=8,
    relative_distance=5,
)
rng = np.random.default_rng(0)
IDS = rng.integers(1, 50, (3, 10)).astype("int32")
IDS[0, 7:] = IDS[1, 2:] = 0
WRITTEN = rng.integers(1, 50, (3, 7)).astype("int32")
WRITTEN[:, 0] = 0


def reference(**changes: Any) -> Any:
    settings: dict[str, Any] = {
        "vocab_size": 50,
        "d_model": 16,
        "d_kv": 4,
        "d_ff": 24,
        "num_layers": 2,
        "num_decoder_layers": 3,
        "num_heads": 4,
        "relative_attention_num_buckets": 8,
        "relative_attention_max_distance": 5,
        "attn_implementation": "eager",
        "output_attentions": True,
        "decoder_start_token_id": 0,
        "eos_token_id": None,
    }
    return randomized(T5ForConditionalGeneration(T5Config(**{**settings, **changes})))


# With heads of 6 numbers, 24 together, at a width of 16: as in T5 3B and 11B.
@pytest.mark.parametrize(("tied", "head"), [(True, 0), (False, 0), (True, 6)])
def test_same_logits_and_attention(tied: bool, head: int) -> None:
    theirs = reference(tie_word_embeddings=tied, d_kv=head or 4)
    state = state_of(theirs)
    if not tied:  # transformers 5 ties them always, and then does not make the scores smaller
        state["lm_head.weight"] = state["shared.weight"].copy()
    ours = SPEC.replace(tied=tied, d_head=head).build()
    copies = ["decoder.embed_tokens.weight", "encoder.embed_tokens.weight"]
    assert load_state(ours, state) == copies + (["lm_head.weight"] if tied else [])
    output = theirs(tensor(IDS), attention_mask=tensor(IDS != 0), decoder_input_ids=tensor(WRITTEN))
    said = ours.predict_on_batch({"ids": IDS, "decoder_ids": WRITTEN})
    np.testing.assert_allclose(said, output.logits.detach().numpy(), rtol=0, atol=1e-4)
    attention = ours.attention(IDS, WRITTEN)
    assert list(attention) == ["encoder", "decoder", "cross"]
    assert_same_attention(attention["encoder"], output.encoder_attentions)
    assert_same_attention(attention["decoder"], output.decoder_attentions)
    assert_same_attention(attention["cross"], output.cross_attentions)


def test_same_words() -> None:
    theirs = reference()
    ours = SPEC.build()
    load_state(ours, state_of(theirs))
    # Theirs without a cache: that of transformers 5.24 has room for as many layers as the encoder has.
    expected = theirs.generate(
        tensor(IDS), attention_mask=tensor(IDS != 0), max_new_tokens=7, do_sample=False, use_cache=False
    )
    np.testing.assert_array_equal(generate(ours, IDS, 7), expected.sequences.numpy())


def test_t5_small_has_its_published_size() -> None:
    with torch.device("meta"):
        model = T5ForConditionalGeneration(T5Config(vocab_size=32_128))
    size = sum(parameter.numel() for parameter in model.parameters())
    assert T5_SMALL.count_parameters() == size == 60_506_624
