"""The tiny language model: PyTorch's autograd in float64, finite differences, laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_widgets.foundations import Adam, TinyLanguageModel, gradient_check, rms_norm, rms_norm_backward
from llm_widgets.foundations.normalization import EPSILON

laws = settings(deadline=None, max_examples=30)


def drawn(V=7, T=5, C=6, D=9, B=3, seed=0, scale=0.6):
    """A model with large weights and gains other than 1, ids and targets; an id stands twice."""
    rng = np.random.default_rng(seed)
    model = TinyLanguageModel.initial(V, T, C, D, seed=seed)
    model = model.with_parameters(model.parameters + rng.normal(0, scale, model.parameters.size))
    ids = rng.integers(0, V, (B, T))
    ids[0, -1] = ids[0, 0]
    return model, ids, rng.integers(0, V, (B, T))


def theirs(model, ids, targets):
    """The same model in PyTorch: loss, probabilities, attention, and the gradient of each tensor."""
    w = {name: torch.tensor(np.array(value), requires_grad=True) for name, value in model.weights.items()}
    norm = lambda x, gain: F.rms_norm(x, gain.shape, gain, EPSILON)  # noqa: E731
    x = w["token_embedding"][torch.tensor(ids)] + w["position_embedding"][: ids.shape[1]]
    x.retain_grad()
    n = norm(x, w["norm_1"])
    seen = F.scaled_dot_product_attention(n @ w["W_q"], n @ w["W_k"], n @ w["W_v"], is_causal=True)
    h = x + seen @ w["W_o"]
    h = h + F.gelu(norm(h, w["norm_2"]) @ w["W_1"] + w["b_1"]) @ w["W_2"] + w["b_2"]
    logits = norm(h, w["norm_3"]) @ w["W_out"]
    loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), torch.tensor(targets).reshape(-1))
    loss.backward()
    return loss.item(), logits.detach().numpy(), seen.detach().numpy(), x.grad.numpy(), w


@pytest.mark.parametrize("T", [5, 2, 1])
def test_every_gradient_equals_pytorchs(T):
    model, ids, targets = drawn()
    ids, targets = ids[:, :T], targets[:, :T]
    loss, logits, seen, d_embedded, w = theirs(model, ids, targets)
    forward = model.forward(ids)
    backward = model.backward(forward, targets)
    assert backward.loss.value == pytest.approx(loss, abs=1e-12)
    np.testing.assert_allclose(forward.logits, logits, atol=1e-12)
    np.testing.assert_allclose(forward.attention.output, seen, atol=1e-12)
    np.testing.assert_allclose(backward.embedded, d_embedded, atol=1e-12)
    assert set(backward.weights) == set(w)
    for name, tensor in w.items():
        np.testing.assert_allclose(backward.weights[name], tensor.grad, atol=1e-12, err_msg=name)


def test_every_gradient_equals_finite_differences():
    model, ids, targets = drawn(V=4, T=3, C=4, D=5, B=2)
    gradient = model.backward(model.forward(ids), targets).gradient
    check = gradient_check(lambda p: model.with_parameters(p).loss(ids, targets).value, model.parameters, gradient)
    assert check.worst_error < 1e-6, check.worst


def test_adam_moves_it_as_pytorchs_adam_does():
    model, ids, targets = drawn()
    adam = Adam(0.01)
    state = adam.start(model.parameters)
    their_parameters = torch.tensor(np.array(model.parameters), requires_grad=True)
    their_adam = torch.optim.Adam([their_parameters], lr=0.01)
    for _ in range(5):
        now = model.with_parameters(state.parameters)
        state = adam.step(state, now.backward(now.forward(ids), targets).gradient)
        w = theirs(model.with_parameters(their_parameters.detach().numpy()), ids, targets)[-1]
        their_parameters.grad = torch.cat([tensor.grad.reshape(-1) for tensor in w.values()])
        their_adam.step()
    np.testing.assert_allclose(state.parameters, their_parameters.detach(), atol=1e-10)


@laws
@given(st.integers(0, 1000), st.integers(1, 5))
def test_what_comes_later_changes_nothing_before(seed, t):
    model, ids, _ = drawn(T=6, seed=seed)
    before = model.forward(ids).probabilities
    other = ids.copy()
    other[:, t:] = (other[:, t:] + 1) % 7
    after = model.forward(other).probabilities
    np.testing.assert_array_equal(before[:, :t], after[:, :t])
    assert not np.array_equal(before[:, t:], after[:, t:])


@laws
@given(st.integers(0, 1000))
def test_rows_sum_to_one_and_an_untrained_model_knows_nothing(seed):
    model = TinyLanguageModel.initial(60, seed=seed)
    rng = np.random.default_rng(seed)
    ids, targets = rng.integers(0, 60, (2, 4, 8))
    forward = model.forward(ids)
    np.testing.assert_allclose(forward.attention.weights.sum(-1), 1)
    np.testing.assert_allclose(forward.probabilities.sum(-1), 1)
    assert np.triu(forward.attention.weights, 1).max() == 0
    assert model.loss(ids, targets).value == pytest.approx(math.log(60), abs=0.1)
    # A batch in another order gives the same numbers in that order.
    np.testing.assert_allclose(model.forward(ids[::-1]).logits, forward.logits[::-1], atol=1e-14)


def test_it_learns_what_can_be_known():
    ids = np.tile(np.arange(6), (2, 2))[:, :8]
    model, adam = TinyLanguageModel.initial(6), Adam(0.02)
    state = adam.start(model.parameters)
    for _ in range(100):
        model = model.with_parameters(state.parameters)
        state = adam.step(state, model.backward(model.forward(ids), (ids + 1) % 6).gradient)
    assert model.loss(ids, (ids + 1) % 6).value < 0.05


def test_a_number_is_found_in_the_row_of_all():
    model = drawn()[0]
    for name, shape in model.shapes.items():
        last = tuple(n - 1 for n in shape)
        assert model.parameters[model.place(name, *last)] == model.weights[name][last]
    assert sum(w.size for w in model.weights.values()) == model.parameter_count == model.parameters.size


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda m: m.forward([[9]]), "from 0 to 6"),
        (lambda m: m.forward([[0.5]]), "from 0 to 6"),
        (lambda m: m.forward([[-1]]), "from 0 to 6"),
        (lambda m: m.forward([[0] * 6]), "5 tokens at most"),
        (lambda m: m.forward([0]), "matrix"),
        (lambda m: m.forward([[]]), "empty"),
        (lambda m: m.backward(m.forward([[0, 1]]), [[0]]), "Targets"),
        (lambda m: m.with_parameters([0.0]), "parameters"),
        (lambda m: m.place("W_x", 0), "Choose"),
        (lambda m: m.place("W_q", 0, 6), "Choose"),
        (lambda m: m.forward([["a"]]), "real numbers"),
        (lambda m: TinyLanguageModel.initial(0), "1 or more"),
        (lambda m: m.with_parameters(m.parameters * 1e200).forward([[0]]), "leaves the range"),
    ],
)
def test_what_cannot_be_is_refused(call, words):
    with pytest.raises(ValueError, match=rf"(?s){words}.*Received"):
        call(drawn()[0])


@laws
@given(st.integers(0, 1000), st.integers(1, 6))
def test_the_norm_equals_pytorchs_and_ignores_the_length(seed, C):
    rng = np.random.default_rng(seed)
    x, gain, d = rng.normal(size=(2, 3, C)), rng.normal(size=C), rng.normal(size=(2, 3, C))
    tx, tg = torch.tensor(x, requires_grad=True), torch.tensor(gain, requires_grad=True)
    out = F.rms_norm(tx, (C,), tg, EPSILON)
    out.backward(torch.tensor(d))
    ours = rms_norm(x, gain)
    dx, dg = rms_norm_backward(ours, d)
    np.testing.assert_allclose(ours.output, out.detach(), atol=1e-12)
    np.testing.assert_allclose(dx, tx.grad, atol=1e-9)
    np.testing.assert_allclose(dg, tg.grad, atol=1e-10)
    np.testing.assert_allclose(rms_norm(1e6 * x, gain).output, rms_norm(1e7 * x, gain).output, atol=1e-9)
