from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from llm_widgets import i18n
from llm_widgets.analysis import read_tokens, read_weights

L, H, T, S = 2, 3, 4, 5


def softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (raised / raised.sum(axis=-1, keepdims=True)).astype(np.float32)


@pytest.fixture
def weights() -> np.ndarray:
    return softmax(np.random.default_rng(0).normal(size=(L, H, T, S)))


def same(value, expected) -> None:
    found = read_weights(value)
    assert found.weights.dtype == np.float32
    np.testing.assert_allclose(found.weights, expected, atol=1e-6)
    assert found.odd_rows == 0


def test_shapes_become_layers_heads_queries_keys(weights):
    same(weights, weights)
    same(weights[0], weights[:1])
    same(weights[0, 0], weights[:1, :1])
    same(weights[:1], weights[:1])  # one layer, or a batch of one: the same map
    same(weights[:, None], weights)  # [L, 1, H, T, S]
    same(weights[None], weights)


def test_lists_of_any_depth(weights):
    same(weights.tolist(), weights)
    same(tuple(layer[None] for layer in weights), weights)  # Hugging Face: one [1, H, T, S] a layer
    same([[*layer] for layer in weights], weights)


@pytest.mark.parametrize("kind", ["float64", "float16"])
def test_numbers_of_other_widths(weights, kind):
    np.testing.assert_allclose(read_weights(weights.astype(kind)).weights, weights, atol=1e-3)


def test_pytorch(weights):
    torch = pytest.importorskip("torch")
    tensor = torch.tensor(weights, requires_grad=True)
    same(tensor, weights)
    same(tuple(tensor.unsqueeze(1)), weights)
    half = read_weights(tuple(layer[None] for layer in tensor.to(torch.bfloat16)))
    np.testing.assert_allclose(half.weights, weights, atol=4e-3)
    assert half.odd_rows == 0


def test_jax(weights):
    jnp = pytest.importorskip("jax.numpy")
    same(jnp.asarray(weights), weights)
    np.testing.assert_allclose(read_weights(jnp.asarray(weights, jnp.bfloat16)).weights, weights, atol=4e-3)


@pytest.mark.slow  # TensorFlow takes ten seconds to be imported
def test_tensorflow(weights):
    tf = pytest.importorskip("tensorflow")
    same(tf.constant(weights), weights)
    same(tuple(tf.constant(layer[None]) for layer in weights), weights)
    np.testing.assert_allclose(read_weights(tf.cast(weights, tf.bfloat16)).weights, weights, atol=4e-3)


@given(arrays(np.float32, st.tuples(*[st.integers(1, 4)] * 4), elements=st.floats(-20, 20, width=32)))
def test_what_a_softmax_gives_is_taken_as_it_is(scores):
    found = read_weights(softmax(scores))
    assert found.odd_rows == 0
    np.testing.assert_allclose(found.weights.sum(axis=-1), 1, atol=1e-5)


def test_the_array_of_the_caller_is_not_kept(weights):
    found = read_weights(weights).weights
    weights[:] = 0
    assert found.max() > 0


def test_rows_of_zeros_are_padding_and_others_that_do_not_sum_to_1_are_counted(weights):
    weights[0, 0, 0] = 0
    assert read_weights(weights).odd_rows == 0
    weights[0, 0, 1] *= 0.5
    weights[1, 2, 3] *= 0.9
    found = read_weights(weights)
    assert found.odd_rows == 2
    assert found.odd_sums == pytest.approx((0.5, 0.9))


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (None, TypeError, "attn_implementation"),
        ((None, None), TypeError, "attn_implementation"),
        ("abc", TypeError, "no array of numbers. Received: str"),
        ({}, TypeError, "no array of numbers. Received: dict"),
        ([], ValueError, r"Received: shape=\(0,\)"),
        (np.ones(3), ValueError, r"one example at a time. Received: shape=\(3,\)"),
        (np.ones((2, 2, 1, 1, 1)), ValueError, r"one example at a time. Received: shape=\(2, 2, 1, 1, 1\)"),
        (np.zeros((0, 3)), ValueError, "no weight"),
        (np.zeros((1, 513)), ValueError, "At most 512 tokens"),
        ([[1.0], [0.5, 0.5]], ValueError, r"one size. Received: \(1,\), \(2,\)"),
        ([[float("nan"), 0.5]], ValueError, "Received: 1 of 2"),
        ([[float("inf"), 0.5]], ValueError, "no finite numbers"),
        ([[-3.0, 2.0]], ValueError, "before the softmax.*Received: -3 to 2"),
        ([[1.11, 0.0]], ValueError, "dropout on.*Received: 0 to 1.11"),
    ],
)
def test_what_is_not_attention_is_refused_in_words(value, error, words):
    with pytest.raises(error, match=words):
        read_weights(value)


def test_it_is_refused_in_chinese_too():
    i18n.set_language("zh")
    with pytest.raises(ValueError, match=r"最多显示 512 个词元.*收到：shape="):
        read_weights(np.zeros((513, 1)))


def test_tokens_are_read_as_what_they_stand_for():
    assert read_tokens(["Ġthe", "▁cat", "Ċ", "a", "", "Ġ"], 6) == (" the", " cat", "\n", "a", "", " ")
    assert read_tokens(np.array(["x", "y"]), 2) == ("x", "y")
    assert read_tokens(("x" * 3000, "\ud800"), 2) == ("x" * 100 + "…", "?")


@pytest.mark.parametrize(
    ("tokens", "count", "error", "words"),
    [
        ("ab", 2, TypeError, "tokens must be a list of strings. Received: 'ab'"),
        (3, 1, TypeError, "Received: 3"),
        ([1, 2], 2, TypeError, r"Received: \[1, 2\]"),
        (["a"], 2, ValueError, "Received: 1 tokens for 2"),
    ],
)
def test_tokens_that_do_not_fit_are_refused(tokens, count, error, words):
    with pytest.raises(error, match=words):
        read_tokens(tokens, count)
