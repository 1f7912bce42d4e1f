"""Each layer's answer, against the hidden states of GPT-2 in `transformers`."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from llm_widgets.analysis import logit_lens
from llm_widgets.analysis.logit_lens import layer_logits
from tests.analysis._tiny import IDS, TEXT, gpt2, llama
from tests.models.transformers.reference import tensor


def test_each_layer_says_what_gpt2s_hidden_state_comes_to():
    ours, theirs = gpt2()
    found = list(layer_logits(ours.model, IDS))[::-1]
    output = theirs(tensor(IDS[None]), output_hidden_states=True)
    # The last of these is normalized already.
    states = [*(theirs.transformer.ln_f(state) for state in output.hidden_states[:-1]), output.hidden_states[-1]]
    assert len(found) == len(states) == 4
    for ours_said, state in zip(found, states, strict=True):
        np.testing.assert_allclose(ours_said, theirs.lm_head(state)[0].detach().numpy(), rtol=0, atol=1e-4)


@pytest.mark.parametrize("source", [gpt2()[0], llama()])
def test_the_last_row_is_the_models_own_answer(source):
    lens = logit_lens(source, TEXT, top=3)
    assert lens.top_ids.shape == lens.top.shape == (4, len(IDS), 3)
    p = torch.softmax(torch.tensor(source.model.predict_on_batch(IDS[None])[0]), -1)
    top = p.topk(3)
    np.testing.assert_array_equal(lens.top_ids[-1], top.indices.numpy())
    np.testing.assert_allclose(lens.top[-1], top.values.numpy(), rtol=0, atol=1e-5)
    np.testing.assert_allclose(lens.answer_probability[-1], lens.top[-1, :, 0])
    assert (np.diff(lens.top, axis=-1) <= 0).all()


def test_settled_is_the_first_layer_that_stays_with_the_answer():
    lens = logit_lens(llama(), TEXT)
    for place, first in enumerate(lens.settled):
        said = lens.top_ids[:, place, 0] == lens.answer[place]
        assert said[first:].all()
        assert first == 0 or not said[first - 1]


def test_a_text_is_cut_or_refused():
    ours = llama()
    lens = logit_lens(ours, TEXT * 9, top=10_000)
    assert (len(lens.tokens), lens.count) == (32, 9 * len(TEXT))
    assert lens.top.shape[-1] == ours.spec.vocabulary_size
    np.testing.assert_allclose(lens.top.sum(-1), 1, rtol=0, atol=1e-5)
    assert logit_lens(ours, "\ud800🙂").top.shape == (4, 2, 5)
    with pytest.raises(ValueError, match="at least 1 tokens"):
        logit_lens(ours, "")
