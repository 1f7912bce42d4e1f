"""Losses and their gradients: PyTorch in float64, finite differences, laws, extremes."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from llm_widgets.foundations import (
    LOSSES,
    binary_cross_entropy,
    binary_cross_entropy_from_logits,
    cross_entropy_from_logits,
    gradient_check,
    half_squared_error,
    mean_squared_error,
    sigmoid,
)

laws = settings(deadline=None, max_examples=60)
RNG = np.random.default_rng(0)
Y, T = RNG.normal(0, 3, (5, 4)), RNG.normal(size=(5, 4))
P, Q = RNG.uniform(0, 1, (5, 4)), RNG.uniform(0, 1, (5, 4))
IDS = RNG.integers(0, 4, 5)
SOFT = RNG.dirichlet(np.ones(4), 5)


@pytest.mark.parametrize(
    ("ours", "theirs", "prediction", "target"),
    [
        (half_squared_error, lambda y, t: F.mse_loss(y, t, reduction="sum") / 2, Y, T),
        (mean_squared_error, F.mse_loss, Y, T),
        (binary_cross_entropy, F.binary_cross_entropy, P, Q),
        (binary_cross_entropy_from_logits, F.binary_cross_entropy_with_logits, Y * 300, Q),
        (cross_entropy_from_logits, F.cross_entropy, Y, IDS),
        (cross_entropy_from_logits, F.cross_entropy, Y * 1e3, SOFT),
        (mean_squared_error, F.mse_loss, np.array(2.0), np.array(-1.0)),
    ],
    ids=["half", "mse", "bce", "bce logits", "ce ids", "ce probabilities", "a single number"],
)
def test_equal_to_pytorch(ours, theirs, prediction, target):
    tensor = torch.tensor(prediction, requires_grad=True)
    value = theirs(tensor, torch.tensor(target))
    value.backward()
    loss = ours(prediction, target)
    assert loss.value == pytest.approx(value.item(), rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(loss.gradient, tensor.grad, rtol=1e-10, atol=1e-10)
    assert loss.gradient.shape == np.shape(prediction)


def test_probabilities_of_0_and_1_have_pytorchs_limits():
    p, t = np.array([0.0, 1.0, 1.0, 0.0]), np.array([0.0, 1.0, 0.0, 0.5])
    tensor = torch.tensor(p, requires_grad=True)
    value = F.binary_cross_entropy(tensor, torch.tensor(t))
    value.backward()
    assert binary_cross_entropy(p, t).value == value.item()
    # PyTorch's 1e-12 is a float32 in its float64 kernel, too: 4e-9 off.
    np.testing.assert_allclose(
        binary_cross_entropy(p, t).gradient, tensor.grad * float(np.float32(1e-12)) / 1e-12, rtol=1e-12
    )


def test_sequences_of_logits_as_in_a_language_model():
    logits, ids = RNG.normal(size=(2, 3, 7)), RNG.integers(0, 7, (2, 3))
    tensor = torch.tensor(logits, requires_grad=True)
    value = F.cross_entropy(tensor.reshape(-1, 7), torch.tensor(ids).reshape(-1))
    value.backward()
    loss = cross_entropy_from_logits(logits, ids)
    assert loss.value == pytest.approx(value.item(), abs=1e-12)
    assert loss.terms.shape == (2, 3)
    np.testing.assert_allclose(loss.gradient, tensor.grad, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "prediction", "target"),
    [("half_squared_error", Y, T), ("mean_squared_error", Y, T), ("binary_cross_entropy", 0.1 + 0.8 * P, Q),
     ("binary_cross_entropy_from_logits", Y, Q), ("cross_entropy_from_logits", Y, IDS)],
)  # fmt: skip
def test_the_gradient_is_the_slope(name, prediction, target):
    loss = LOSSES[name]
    check = gradient_check(lambda y: loss(y, target).value, prediction, loss(prediction, target).gradient)
    assert check.agrees, (check.worst, check.worst_error)


@laws
@given(hnp.arrays(np.float64, 4, elements=st.floats(-20, 20)), hnp.arrays(np.float64, 4, elements=st.floats(0, 1)))
def test_both_binary_cross_entropies_are_one(z, t):
    direct, through = binary_cross_entropy_from_logits(z, t), binary_cross_entropy(sigmoid(z), t)
    # 1 − σ has some 1e-16 of error, beside e⁻²⁰ = 2e-9.
    assert direct.value == pytest.approx(through.value, abs=1e-6)


@laws
@given(hnp.arrays(np.float64, (3, 4), elements=st.floats(-1e4, 1e4)), st.floats(-100, 100))
def test_laws_of_cross_entropy(z, shift):
    loss = cross_entropy_from_logits(z, [0, 1, 3])
    assert loss.value >= 0
    np.testing.assert_allclose(loss.gradient.sum(-1), 0, atol=1e-12)
    assert cross_entropy_from_logits(z + shift, [0, 1, 3]).value == pytest.approx(loss.value, abs=1e-8)
    one_hot = np.eye(4)[[0, 1, 3]]
    assert cross_entropy_from_logits(z, one_hot).value == pytest.approx(loss.value, abs=1e-12)


@laws
@given(st.floats(0, 1), st.floats(0.001, 0.999))
def test_no_other_prediction_beats_the_truth(p, t):
    assert binary_cross_entropy(p, t).value >= binary_cross_entropy(t, t).value - 1e-12
    assert half_squared_error(p, t).value >= half_squared_error(t, t).value == 0


def test_extremes():
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert binary_cross_entropy_from_logits([1e300, -1e300], [1, 0]).value == 0
        assert binary_cross_entropy_from_logits([1e4, -1e4], [0, 1]).value == 1e4
        assert cross_entropy_from_logits([1e4, 0.0], 1).value == 1e4
        assert cross_entropy_from_logits([0.0, 1e4], 1).value == 0
        assert binary_cross_entropy([0.0, 1.0], [1, 0]).value == 100


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize(
    ("prediction", "target"),
    [
        ([], []),
        ([np.nan], [0]),
        ([0.5], [np.nan]),
        ([np.inf], [0]),
        ([0.5, 0.5], [[0.5], [0.5]]),
        ("a", "b"),
        ([0.5], []),
    ],
)
def test_bad_input_is_refused(name, prediction, target):
    with pytest.raises(ValueError, match="Received: "):
        LOSSES[name](prediction, target)


@pytest.mark.parametrize(
    ("f", "prediction", "target"),
    [(binary_cross_entropy, [1.1], [1]), (binary_cross_entropy, [0.5], [2]),
     (binary_cross_entropy_from_logits, [1], [-1]),
     (cross_entropy_from_logits, [[0, 1]], [2]), (cross_entropy_from_logits, [[0, 1]], [-1]),
     (cross_entropy_from_logits, [[0, 1]], [0.5]), (cross_entropy_from_logits, [[0, 1]], [[0.5, 0.6]]),
     (cross_entropy_from_logits, [[0, 1]], [0, 1]), (cross_entropy_from_logits, [[0, 1]], [[1.5, -0.5]]),
     (half_squared_error, [1e200], [0]), (mean_squared_error, [1.7e308], [-1.7e308])],
)  # fmt: skip
def test_what_has_no_loss_is_refused(f, prediction, target):
    with pytest.raises(ValueError, match="Received: "):
        f(prediction, target)


def test_results_cannot_be_changed():
    loss = mean_squared_error([1.0], [2.0])
    with pytest.raises(ValueError, match="read-only"):
        loss.gradient[0] = 9
    with pytest.raises(AttributeError):
        loss.value = 9


def test_a_large_vocabulary_takes_no_square_of_its_size():
    tracemalloc.start()
    loss = cross_entropy_from_logits(np.zeros((1, 50_257)), [3])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert loss.value == pytest.approx(np.log(50_257))
    assert peak < 50e6
