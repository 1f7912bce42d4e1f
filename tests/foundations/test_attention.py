"""Attention forward and back: PyTorch in float64, finite differences, laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_widgets.foundations import (
    attention_backward,
    causal_mask,
    gradient_check,
    padding_mask,
    scaled_dot_product_attention,
)

laws = settings(deadline=None, max_examples=40)
RNG = np.random.default_rng(0)
sizes = st.tuples(st.integers(1, 3), st.integers(1, 6), st.integers(1, 6), st.integers(1, 4), st.integers(1, 4))


def drawn(B, T, S, d, d_v, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 2, (B, T, d)), rng.normal(0, 2, (B, S, d)), rng.normal(size=(B, S, d_v))


@pytest.mark.parametrize(
    ("T", "S", "options"),
    [(5, 5, {}), (5, 5, {"causal": True}), (3, 6, {}), (5, 5, {"mask": padding_mask([2, 5], 5)}),
     (5, 5, {"causal": True, "mask": padding_mask([2, 5], 5)}),
     (3, 6, {"mask": RNG.random((2, 3, 6)) > 0.4}), (1, 1, {})],
    ids=["all", "causal", "cross", "padding", "causal and padding", "any mask", "one token"],
)  # fmt: skip
@pytest.mark.parametrize("heads", [(), (3,)], ids=["one head", "three heads"])
def test_forward_and_back_equal_pytorchs(T, S, options, heads):
    q, k, v = (np.random.default_rng(1).normal(0, 2, (2, *heads, n, d)) for n, d in ((T, 4), (S, 4), (S, 3)))
    mask = options.get("mask")
    if mask is not None and heads:
        options = {**options, "mask": (mask := mask[:, None])}
    allowed = (
        torch.ones(T, S, dtype=torch.bool) if mask is None else torch.tensor(np.broadcast_to(mask, (*q.shape[:-1], S)))
    )
    if options.get("causal"):
        allowed = allowed & torch.ones(T, S, dtype=torch.bool).tril()
    tensors = [torch.tensor(array, requires_grad=True) for array in (q, k, v)]
    theirs = F.scaled_dot_product_attention(*tensors, attn_mask=allowed)
    d_output = np.random.default_rng(2).normal(size=theirs.shape)
    theirs.backward(torch.tensor(d_output))

    ours = scaled_dot_product_attention(q, k, v, **options)
    back = attention_backward(ours, d_output)
    np.testing.assert_allclose(ours.output, theirs.detach(), atol=1e-12)
    for gradient, tensor in zip((back.dq, back.dk, back.dv), tensors, strict=True):
        np.testing.assert_allclose(gradient, tensor.grad, atol=1e-12)


def test_every_intermediate_backward_is_pytorchs():
    q, k, v = drawn(2, 4, 4, 3, 3)
    tensors = [torch.tensor(array, requires_grad=True) for array in (q, k, v)]
    scores = tensors[0] @ tensors[1].mT
    scaled = scores / math.sqrt(3)
    weights = scaled.masked_fill(~torch.ones(4, 4, dtype=torch.bool).tril(), -torch.inf).softmax(-1)
    output = weights @ tensors[2]
    for tensor in (scores, scaled, weights):
        tensor.retain_grad()
    d_output = np.random.default_rng(2).normal(size=(2, 4, 3))
    output.backward(torch.tensor(d_output))
    ours = scaled_dot_product_attention(q, k, v, causal=True)
    back = attention_backward(ours, d_output)
    for mine, its in ((ours.scores, scores), (ours.scaled, scaled), (ours.weights, weights), (ours.output, output)):
        np.testing.assert_allclose(mine, its.detach(), atol=1e-12)
    for mine, its in ((back.d_scores, scores), (back.d_scaled, scaled), (back.d_weights, weights)):
        np.testing.assert_allclose(mine, its.grad, atol=1e-12)


@laws
@given(sizes, st.integers(0, 99))
def test_rows_sum_to_1_and_outputs_lie_between_the_values(shape, seed):
    q, k, v = drawn(*shape, seed)
    ours = scaled_dot_product_attention(q, k, v)
    np.testing.assert_allclose(ours.weights.sum(-1), 1, atol=1e-12)
    assert (ours.weights >= 0).all()
    assert (ours.output <= v.max(-2, keepdims=True) + 1e-12).all()
    assert (ours.output >= v.min(-2, keepdims=True) - 1e-12).all()


@laws
@given(st.integers(2, 7), st.integers(0, 99), st.data())
def test_a_token_moves_no_earlier_output_nor_gets_a_gradient_from_it(T, seed, data):
    q, k, v = drawn(1, T, T, 3, 2, seed)
    at = data.draw(st.integers(1, T - 1))
    before = scaled_dot_product_attention(q, k, v, causal=True)
    for array in (q, k, v):
        array[:, at] += 7
    after = scaled_dot_product_attention(q, k, v, causal=True)
    np.testing.assert_array_equal(after.output[:, :at], before.output[:, :at])
    d_output = np.zeros_like(v)
    d_output[:, :at] = 1
    back = attention_backward(after, d_output)
    for gradient in (back.dq, back.dk, back.dv):
        assert (gradient[:, at:] == 0).all()


@laws
@given(st.integers(1, 6), st.integers(0, 99))
def test_the_order_of_keys_does_not_matter(S, seed):
    q, k, v = drawn(1, 3, S, 4, 2, seed)
    order = np.random.default_rng(seed).permutation(S)
    plain, mixed = scaled_dot_product_attention(q, k, v), scaled_dot_product_attention(q, k[:, order], v[:, order])
    np.testing.assert_allclose(mixed.output, plain.output, atol=1e-12)
    np.testing.assert_allclose(mixed.weights, plain.weights[..., order], atol=1e-12)


def test_padding_is_as_if_it_were_not_there():
    q, k, v = drawn(2, 5, 5, 3, 2)
    padded = scaled_dot_product_attention(q, k, v, mask=padding_mask([3, 5], 5))
    alone = scaled_dot_product_attention(q[0], k[0, :3], v[0, :3])
    np.testing.assert_allclose(padded.output[0], alone.output, atol=1e-14)
    assert (padded.weights[0, :, 3:] == 0).all()


@laws
@given(st.integers(1, 4), st.booleans(), st.integers(0, 99))
def test_gradients_are_slopes(T, causal, seed):
    q, k, v = drawn(1, T, T, 2, 2, seed)
    d_output = np.random.default_rng(seed).normal(size=v.shape)
    back = attention_backward(scaled_dot_product_attention(q, k, v, causal=causal), d_output)
    together = np.stack([q, k, v])
    check = gradient_check(
        lambda x: (scaled_dot_product_attention(*x, causal=causal).output * d_output).sum(),
        together,
        np.stack([back.dq, back.dk, back.dv]),
        tolerance=1e-4,
    )
    assert check.agrees, (check.worst, check.worst_error)


def test_scores_of_any_size():
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        ours = scaled_dot_product_attention([[1e4]], [[1e4], [-1e4]], [[1.0], [2.0]])
        assert ours.output.tolist() == [[1.0]]
        assert attention_backward(ours, [[1.0]]).dq.tolist() == [[0.0]]


ONES = np.ones((2, 3))


@pytest.mark.parametrize(
    ("q", "k", "v", "options"),
    [
        ([], [], [], {}),
        ([1.0], [1.0], [1.0], {}),
        (np.ones((2, 4)), ONES, ONES, {}),
        (ONES, ONES, np.ones((3, 3)), {}),
        (np.ones((2, 2, 3)), np.ones((1, 2, 3)), np.ones((2, 2, 3)), {}),
        ([[np.nan]], [[1.0]], [[1.0]], {}),
        ([[np.inf]], [[1.0]], [[1.0]], {}),
        ([[1e200]], [[1e200]], [[1.0]], {}),
        (ONES, np.ones((4, 3)), np.ones((4, 3)), {"causal": True}),
        (ONES, ONES, ONES, {"mask": [[0.0, 1.0]]}),
        (ONES, ONES, ONES, {"mask": np.ones((3, 3), bool)}),
        (ONES, ONES, ONES, {"mask": np.ones((2, 2, 2), bool)}),
        (ONES, ONES, ONES, {"mask": [[True, True], [False, False]]}),
        (ONES, ONES, ONES, {"mask": [[False, True]], "causal": True}),
        ("text", ONES, ONES, {}),
    ],
)
def test_what_does_not_fit_is_refused(q, k, v, options):
    with pytest.raises(ValueError, match="Received: "):
        scaled_dot_product_attention(q, k, v, **options)


@pytest.mark.parametrize("lengths", [[], [0], [4], [1.5], [-1], [True], ["1"]])
def test_impossible_paddings_are_refused(lengths):
    with pytest.raises(ValueError, match="Received: "):
        padding_mask(lengths, 3)


def test_other_shapes_are_refused():
    ours = scaled_dot_product_attention(ONES, ONES, ONES)
    for bad in (np.ones((2, 2)), [], np.nan):
        with pytest.raises(ValueError, match="Received: "):
            attention_backward(ours, bad)
    for bad in (0, -1, 2.0):
        with pytest.raises(ValueError, match="Received: "):
            causal_mask(bad)


def test_nothing_can_be_changed():
    ours = scaled_dot_product_attention(ONES, ONES, ONES, causal=True)
    for array in (*vars(ours).values(), *vars(attention_backward(ours, ONES)).values()):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
