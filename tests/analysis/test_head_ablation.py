"""Heads that are off, against GPT-2 of `transformers` whose own matrices were changed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from llm_widgets.analysis import ablate_heads, without_heads
from llm_widgets.analysis import head_ablation as module
from llm_widgets.models import BERTSpec, GPTSpec, T5Spec
from llm_widgets.models.language_model import LanguageModel
from tests.analysis._tiny import IDS, TEXT, TOKENIZER, gpt2, llama, losses_of
from tests.models.transformers.reference import tensor


def cut(theirs, layer, head):
    """Sets the rows of one head in GPT-2's output matrix to 0."""
    with torch.no_grad():
        theirs.transformer.h[layer].attn.c_proj.weight[4 * head : 4 * head + 4] = 0


def test_each_change_is_that_of_surgery_on_gpt2():
    ours, theirs = gpt2()
    found = ablate_heads(ours, TEXT)
    whole = losses_of(theirs)
    assert found.loss == pytest.approx(whole, abs=1e-5)
    assert found.change.shape == (3, 4)
    saved = {name: tensor.clone() for name, tensor in theirs.state_dict().items()}
    for layer in range(3):
        for head in range(4):
            theirs.load_state_dict(saved)
            cut(theirs, layer, head)
            assert found.change[layer, head] == pytest.approx(losses_of(theirs) - whole, abs=2e-5)
    assert abs(found.change).max() > 1e-3


def test_several_heads_off_and_what_follows_then():
    ours, theirs = gpt2()
    off = [(0, 1), (2, 3), (2, 0)]
    found = without_heads(ours, TEXT, off)
    assert found.loss_before == pytest.approx(losses_of(theirs), abs=1e-5)
    np.testing.assert_allclose(found.before, without_heads(ours, TEXT).log_probabilities, rtol=0, atol=1e-5)
    for layer, head in off:
        cut(theirs, layer, head)
    assert found.loss == pytest.approx(losses_of(theirs), abs=1e-5)
    last = torch.log_softmax(theirs(tensor(IDS[None])).logits[0, -1], -1).detach().numpy()
    np.testing.assert_allclose(found.log_probabilities, last, rtol=0, atol=1e-4)
    assert np.exp(found.log_probabilities).sum() == pytest.approx(1)


def test_a_mean_is_a_constant_that_could_stand_in_the_bias():
    ours, theirs = gpt2()
    layer, head = 1, 2
    kept = {}
    block = theirs.transformer.h[layer].attn.c_proj
    hook = block.register_forward_pre_hook(lambda module, given: kept.update(x=given[0].detach()))
    theirs(tensor(IDS[None]))
    hook.remove()
    rows = slice(4 * head, 4 * head + 4)
    with torch.no_grad():
        block.bias += kept["x"][0, :, rows].mean(dim=0) @ block.weight[rows]
    cut(theirs, layer, head)
    assert without_heads(ours, TEXT, [(layer, head)], how="mean").loss == pytest.approx(losses_of(theirs), abs=1e-5)


def test_passes_of_few_rows_find_the_same(monkeypatch):
    ours = llama()
    whole, seen = ablate_heads(ours, TEXT), []
    monkeypatch.setattr(module, "rows_at_once", lambda spec, length: 3)
    again = ablate_heads(ours, TEXT, told=lambda change, loss: seen.append(np.isnan(change).sum()))
    np.testing.assert_allclose(again.change, whole.change, rtol=0, atol=1e-5)
    assert seen == [10, 8, 6, 4, 2, 0]
    ended = ablate_heads(ours, TEXT, told=lambda change, loss: False)
    assert np.isnan(ended.change).sum() == 10


def test_one_head_of_one_layer_is_the_whole_attention():
    spec = GPTSpec(vocabulary_size=TOKENIZER.vocabulary_size, d_model=8, num_layers=1, num_heads=1, max_length=32)
    source = LanguageModel("one", spec.build(), TOKENIZER)
    change = ablate_heads(source, TEXT).change[0, 0]
    block = source.model.stack.blocks[0]
    before = without_heads(source, TEXT).loss
    block.out_kernel.assign(np.zeros((8, 8), "float32"))
    assert without_heads(source, TEXT).loss - before == pytest.approx(change, abs=1e-6)


def test_bits_are_of_the_characters_that_are_guessed():
    ours, _ = gpt2()
    found = ablate_heads(ours, TEXT)
    assert found.characters == len(TEXT) - 1
    assert found.bits(math.log(2)) == pytest.approx(1.0)  # a character model: one token a character


def test_long_texts_are_cut_and_short_ones_refused():
    ours, _ = gpt2()
    assert len(ablate_heads(ours, TEXT * 9).tokens) == 32
    assert len(ablate_heads(ours, TEXT, most=5).tokens) == 5
    for text in ("", "t"):
        with pytest.raises(ValueError, match=r"at least 2 tokens.*Received"):
            ablate_heads(ours, text)
    odd = ablate_heads(ours, "\x00🙂\ud800 مرحبا")
    assert np.isfinite(odd.change).all()


def test_what_is_impossible_is_refused_in_words():
    ours, _ = gpt2()
    with pytest.raises(ValueError, match=r"3 layers of 4 heads.*Received: \(3, 0\)"):
        without_heads(ours, TEXT, [(3, 0)])
    with pytest.raises(ValueError, match="Received: how='noise'"):
        ablate_heads(ours, TEXT, how="noise")
    for spec in (BERTSpec(), T5Spec()):
        source = LanguageModel("encoder", type("Model", (), {"spec": spec})(), TOKENIZER)
        with pytest.raises(ValueError, match="says the next token"):
            ablate_heads(source, TEXT)
