"""Beam search finds what Hugging Face's finds, and, when the beam is as wide as the tree, the best of all texts."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest
from transformers import GPT2Config, GPT2LMHeadModel

from llm_widgets.models import GPTSpec, beam_search, generate, load_state
from llm_widgets.models.beam import BeamSearch, Read
from tests.models.transformers.reference import randomized, state_of, tensor

SPEC = GPTSpec(vocabulary_size=30, d_model=16, num_layers=2, num_heads=4, max_length=16)
PROMPT = np.array([3, 7, 11], np.int32)


@functools.cache
def pair(seed):
    config = GPT2Config(vocab_size=30, n_embd=16, n_layer=2, n_head=4, n_positions=16)
    theirs = randomized(GPT2LMHeadModel(config), seed)
    ours = SPEC.build()
    load_state(ours, state_of(theirs))
    return theirs, ours


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("stop", [None, 5, 19])
@pytest.mark.parametrize(("width", "penalty"), [(1, 1.0), (3, 0.0), (4, 1.0), (5, 2.0), (3, -1.0)])
def test_as_transformers(seed, stop, width, penalty):
    theirs, ours = pair(seed)
    out = theirs.generate(
        tensor(PROMPT[None]), attention_mask=tensor(np.ones((1, 3), np.int32)), num_beams=width, do_sample=False,
        max_new_tokens=8, length_penalty=penalty, num_return_sequences=width, return_dict_in_generate=True,
        output_scores=True, eos_token_id=stop, pad_token_id=29,
    )  # fmt: skip
    found = beam_search(ours, PROMPT, 8, width=width, length_penalty=penalty, stop_id=stop)
    for beam, sequence in zip(found, out.sequences.numpy()[:, 3:], strict=True):
        assert beam.tokens == tuple(sequence[: len(beam.tokens)])
        assert beam.ended == (beam.tokens[-1] == stop)
    if width > 1:  # the scores of one beam are not told
        np.testing.assert_allclose([beam.score for beam in found], out.sequences_scores.numpy(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_as_wide_as_the_tree_it_is_exhaustive(penalty):
    model = GPTSpec(vocabulary_size=4, d_model=8, num_heads=2, max_length=8).build(seed=1)
    model.set_weights([w * 20 for w in model.get_weights()])
    search = BeamSearch(lambda texts: model.after(texts, texts), [1], 64, length_penalty=penalty)
    for _ in range(3):
        search.step()

    def probability(tokens):
        log_p = 0.0
        for i in range(3):
            logits = model.after(None, np.array([[1, *tokens[:i]]], np.int32))[0].astype(np.float64)
            log_p += logits[tokens[i]] - np.log(np.exp(logits).sum())
        return log_p

    every = sorted(itertools.product(range(4), repeat=3), key=probability, reverse=True)
    assert [beam.tokens for beam in search.ranked] == every
    assert sum(np.exp(beam.log_probability) for beam in search.ranked) == pytest.approx(1)


def test_one_beam_is_greedy():
    _, model = pair(0)
    assert beam_search(model, PROMPT, 6, width=1)[0].tokens == tuple(generate(model, PROMPT, 6)[0, 3:])


def test_a_step_back_and_forth_changes_nothing_and_what_is_dropped_is_kept():
    _, model = pair(2)
    search = BeamSearch(lambda texts: model.after(texts, texts), PROMPT, 3, never=[0, 1])
    for _ in range(4):
        search.step()
    before = search.ranked, list(search.steps)
    search.back()
    assert len(search.steps) == 3
    search.step()
    assert (search.ranked, search.steps) == before
    for step in search.steps:
        assert [c.log_probability for c in step] == sorted((c.log_probability for c in step), reverse=True)
        assert len(step) == 6
        assert sum(c.kept for c in step) == 3
        assert not {0, 1} & {c.token for c in step}


def test_fewer_tokens_than_beams():
    table = np.log([[0.5, 0.5], [0.5, 0.5]])
    search = BeamSearch(lambda texts: table[texts[:, -1]], [0], 4, stop_id=1, length_penalty=0)
    assert [c.kept for c in search.step()] == [True, True]
    while not search.done and len(search.steps) < 20:
        search.step()
    assert search.done, "four have ended, and what goes on is no better"
    assert search.step() == ()
    assert all(beam.ended for beam in search.ranked)
    none = BeamSearch(lambda texts: table[texts[:, -1]], [0], 2, never=[0, 1])
    assert none.step() == ()
    assert none.done


def test_each_token_is_read_once():
    _, model = pair(1)
    read, seen = Read(model, 10), []
    step = model.step
    model.step = lambda new, cache: seen.append(new.shape) or step(new, cache)
    search = BeamSearch(read.next_logits, PROMPT, 3)
    for _ in range(4):
        search.step()
    assert seen == [(1, 3), (3, 1), (3, 1), (3, 1)]
    model.step = step
    texts = np.array([[*PROMPT, *beam.tokens] for beam in search.running], np.int32)
    np.testing.assert_allclose(read.next_logits(texts), model.after(texts, texts), atol=1e-4)
    np.testing.assert_allclose(read.next_logits(texts[:1, 2:]), model.after(None, texts[:1, 2:]), atol=1e-4)


def test_what_is_impossible_is_refused():
    _, model = pair(0)
    with pytest.raises(ValueError, match=r"new_tokens must be .* to 14\. Received: new_tokens=15"):
        beam_search(model, PROMPT, 15)
    with pytest.raises(ValueError, match=r"Received: width=0"):
        beam_search(model, PROMPT, 2, width=0)
    with pytest.raises(ValueError, match=r"Received: prompt=\(\)"):
        BeamSearch(lambda texts: texts, [], 2)
    nan = BeamSearch(lambda texts: np.full((len(texts), 3), np.nan), [1], 2)
    with pytest.raises(ValueError, match="finite number"):
        nan.step()
