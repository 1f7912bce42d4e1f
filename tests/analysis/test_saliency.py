"""What a guess rests on: gradients are torch's own on GPT-2, deletion is that of changed texts, ranks are SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from llm_widgets.analysis import saliency
from llm_widgets.analysis.saliency import neutral_id, rank_correlation
from tests.analysis._tiny import IDS, TEXT, TOKENIZER, gpt2, llama
from tests.models.transformers.reference import tensor

T = len(IDS)


def said(theirs, ids, target):
    return float(torch.log_softmax(theirs(tensor(np.asarray(ids)[None])).logits[0, -1].detach(), -1)[target])


def test_gradients_are_torchs_own_on_gpt2():
    ours, theirs = gpt2()
    found = saliency(ours, TEXT)
    x = theirs.transformer.wte(tensor(IDS[None])).detach().requires_grad_(True)
    logs = torch.log_softmax(theirs(inputs_embeds=x).logits[0, -1], -1)
    assert found.target == int(logs.argmax())
    assert found.log_probability == pytest.approx(float(logs.max().detach()), abs=1e-5)
    (slope,) = torch.autograd.grad(logs[found.target], x)
    np.testing.assert_allclose(found.gradient, (x * slope).sum(-1)[0].detach().numpy(), rtol=0, atol=1e-4)
    np.testing.assert_allclose(found.gradient_norm, slope.norm(dim=-1)[0].numpy(), rtol=0, atol=1e-4)
    attentions = theirs(tensor(IDS[None]), output_attentions=True).attentions
    for layer, theirs_weights in enumerate(attentions):
        expected = theirs_weights[0, :, -1].mean(dim=0).detach().numpy()
        np.testing.assert_allclose(found.attention_of(layer), expected, rtol=0, atol=1e-5)
    np.testing.assert_allclose(found.attention_of().sum(), 1, atol=1e-5)


def test_nothing_is_left_in_the_gradients_of_the_weights():
    ours, _ = gpt2()
    saliency(ours, TEXT)
    assert all(getattr(weight.value, "grad", None) is None for weight in ours.model.trainable_weights)


def test_deletion_is_the_fall_when_the_text_is_changed_by_hand():
    ours, theirs = gpt2()
    space = int(TOKENIZER.ids(" ")[0])
    assert neutral_id(TOKENIZER) == space
    replaced = saliency(ours, TEXT, target=40)
    removed = saliency(ours, TEXT, target=40, deletion="remove")
    whole = said(theirs, IDS, 40)
    for i in range(T):
        changed = [*IDS[:i], space, *IDS[i + 1 :]]
        assert replaced.deletion[i] == pytest.approx(whole - said(theirs, changed, 40), abs=1e-4)
        assert removed.deletion[i] == pytest.approx(whole - said(theirs, np.delete(IDS, i), 40), abs=1e-4)
    assert (replaced.neutral, removed.neutral) == (space, None)
    spaces = np.flatnonzero(space == IDS)
    assert len(spaces)
    assert abs(replaced.deletion[spaces]).max() < 1e-5  # a space for a space changes nothing


def test_a_token_of_the_text_is_explained_from_those_before_it():
    ours = llama()
    found = saliency(ours, TEXT, position=5)
    assert found.tokens == tuple(TEXT[:5])
    assert found.target == IDS[5]
    alone = saliency(ours, TEXT[:5], target=int(IDS[5]))
    np.testing.assert_allclose(found.gradient, alone.gradient, rtol=0, atol=1e-6)
    one = saliency(ours, "t", deletion="remove")
    assert np.isnan(one.deletion).all()
    assert set(one.agreement().values()) == {None}


def test_of_a_long_text_the_last_tokens_are_read():
    found = saliency(llama(), TEXT * 9)
    assert len(found.ids) == 32
    assert found.count == 9 * len(TEXT)
    assert "".join(found.tokens) == (TEXT * 9)[-32:]
    assert len(saliency(llama(), TEXT * 9, position=100, most=7).ids) == 7


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"position": 0}, r"position from 1 to 22.*Received: position=0"),
        ({"position": 23}, "Received: position=23"),
        ({"target": 10**6}, "ids from 0 to"),
        ({"deletion": "burn"}, "Received: deletion='burn'"),
        ({"text": ""}, "Received: position=None"),
    ],
)
def test_what_is_impossible_is_refused_in_words(given, message):
    with pytest.raises(ValueError, match=message):
        saliency(llama(), **{"text": TEXT} | given)


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=3, max_size=30))
def test_rank_correlation_is_scipys(pairs):
    a, b = np.array(pairs, float).T
    found = rank_correlation(a, b)
    if len(set(a)) == 1 or len(set(b)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(spearmanr(a, b).statistic, abs=1e-9)
