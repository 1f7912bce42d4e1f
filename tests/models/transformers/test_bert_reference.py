"""BERT's weights in our encoder give BERT's logits and attention, with padding and token types."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from transformers import BertConfig, BertForMaskedLM, BertForPreTraining, BertForSequenceClassification, BertModel

from llm_widgets.models import BERT_BASE, BERTSpec, load_state
from tests.models.transformers.reference import assert_same_attention, randomized, state_of, tensor

SPEC = BERTSpec(vocabulary_size=50, d_model=16, num_layers=2, num_heads=4, d_ff=24, max_length=12, num_classes=3)
CONFIG = BertConfig(
    vocab_size=50,
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=24,
    max_position_embeddings=12,
    num_labels=3,
    attn_implementation="eager",
    output_attentions=True,
)
IDS = np.random.default_rng(0).integers(1, 50, (3, 10)).astype("int32")
IDS[0, 7:] = IDS[1, 2:] = 0
TYPES = np.tile((np.arange(10) > 4).astype("int32"), (3, 1))
INPUTS = {"ids": IDS, "types": TYPES}


def their_output(model: Any) -> Any:
    return model(tensor(IDS), attention_mask=tensor(IDS != 0), token_type_ids=tensor(TYPES))


def test_same_masked_words_and_attention() -> None:
    theirs = randomized(BertForMaskedLM(CONFIG))
    ours = SPEC.build()
    assert load_state(ours, state_of(theirs)) == ["cls.predictions.decoder.bias", "cls.predictions.decoder.weight"]
    output = their_output(theirs)
    words = IDS != 0  # what stands at padding is nobody's business
    theirs_said = output.logits.detach().numpy()
    np.testing.assert_allclose(ours.predict_on_batch(INPUTS)[words], theirs_said[words], rtol=0, atol=1e-4)
    assert_same_attention(ours.attention(IDS, TYPES), output.attentions)


def test_same_classes() -> None:
    theirs = randomized(BertForSequenceClassification(CONFIG))
    ours = SPEC.replace(head="class").build()
    assert load_state(ours, state_of(theirs)) == []
    output = their_output(theirs)
    np.testing.assert_allclose(ours.predict_on_batch(INPUTS), output.logits.detach().numpy(), rtol=0, atol=1e-4)
    assert_same_attention(ours.attention(IDS, TYPES), output.attentions)


def test_same_vectors_without_a_head() -> None:
    theirs = randomized(BertModel(CONFIG))
    state = state_of(theirs)
    output = their_output(theirs)
    pooled, tokens = SPEC.replace(head="pooled").build(), SPEC.replace(head="none").build()
    assert load_state(pooled, state) == []
    assert load_state(tokens, state) == ["pooler.dense.bias", "pooler.dense.weight"]
    expected = output.pooler_output.detach().numpy()
    np.testing.assert_allclose(pooled.predict_on_batch(INPUTS), expected, rtol=0, atol=1e-4)
    expected = output.last_hidden_state.detach().numpy()
    np.testing.assert_allclose(tokens.predict_on_batch(INPUTS)[IDS != 0], expected[IDS != 0], rtol=0, atol=1e-4)


def size(model_class: Any) -> int:
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in model_class(BertConfig()).parameters())


def test_bert_base_has_its_published_size() -> None:
    assert BERT_BASE.replace(head="pooled").count_parameters() == size(BertModel) == 109_482_240
    assert BERT_BASE.count_parameters() == size(BertForMaskedLM) == 109_514_298
    # With both heads, as it was published: the pooler and the question whether one text follows the other.
    pooler, next_sentence = 768 * 768 + 768, 2 * 768 + 2
    assert BERT_BASE.count_parameters() + pooler + next_sentence == size(BertForPreTraining) == 110_106_428
