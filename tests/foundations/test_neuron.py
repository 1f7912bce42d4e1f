"""One neuron: PyTorch in float64, finite differences, laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from llm_widgets.foundations import ACTIVATIONS, CHAIN, NEURON_LOSSES, SYMBOLS, Neuron
from tests.foundations._theirs import THEIR_ACTIVATIONS

laws = settings(deadline=None, max_examples=60)
THEIR_LOSSES = {
    "half_squared_error": lambda y, t: (y - t) ** 2 / 2,
    "mean_squared_error": F.mse_loss,
    "binary_cross_entropy": F.binary_cross_entropy,
    "binary_cross_entropy_from_logits": F.binary_cross_entropy_with_logits,
}
PAIRS = [
    (activation, loss)
    for activation in ACTIVATIONS
    for loss in NEURON_LOSSES
    if (loss != "binary_cross_entropy" or activation == "sigmoid")
    and (loss != "binary_cross_entropy_from_logits" or activation != "sigmoid")
]


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
def test_every_factor_is_pytorchs(activation, loss):
    x, w, b = (
        torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in ([0.7, -1.2, 2.0], [0.3, 0.4, 0.5], 0.1)
    )
    z = w @ x + b
    y = THEIR_ACTIVATIONS[activation](z)
    z.retain_grad(), y.retain_grad()
    value = THEIR_LOSSES[loss](y, torch.tensor(0.8, dtype=torch.float64))
    value.backward()

    neuron = Neuron([0.3, 0.4, 0.5], 0.1, activation)
    forward = neuron.forward([0.7, -1.2, 2.0])
    back = neuron.backward(forward, 0.8, loss)
    assert (forward.z, forward.y, back.loss) == pytest.approx((z.item(), y.item(), value.item()), abs=1e-12)
    assert (back.dL_dy, back.dL_dz, back.dL_db) == pytest.approx(
        (y.grad.item(), z.grad.item(), b.grad.item()), abs=1e-12
    )
    np.testing.assert_allclose(back.dL_dw, w.grad, atol=1e-12)
    np.testing.assert_allclose(back.dL_dx, x.grad, atol=1e-12)
    np.testing.assert_allclose(neuron.update(back, 0.1).w, (w - 0.1 * w.grad).detach(), atol=1e-12)


@laws
@given(
    hnp.arrays(np.float64, 3, elements=st.floats(-3, 3)),
    hnp.arrays(np.float64, 3, elements=st.floats(-3, 3)),
    st.floats(-3, 3),
    st.sampled_from(PAIRS),
)
def test_gradients_are_the_product_of_their_factors_and_the_slope(w, x, b, pair):
    activation, loss = pair
    neuron = Neuron(w, b, activation)
    forward = neuron.forward(x)
    back = neuron.backward(forward, 0.3, loss)
    for gradient, factors in CHAIN.items():
        product = math.prod(np.asarray(getattr(back, factor)) for factor in factors)
        np.testing.assert_allclose(getattr(back, gradient), product, rtol=1e-12, atol=1e-300)
    at_the_kink = activation == "relu" and abs(forward.z) < 1e-3
    # Far out 1 − σ(z) has few digits left, and so has the loss that is computed from it; see below.
    without_digits = loss == "binary_cross_entropy" and abs(forward.z) > 8
    if not (at_the_kink or without_digits):
        check = neuron.check(x, 0.3, loss)
        assert check.agrees, (check.worst, check.worst_error)


@laws
@given(
    hnp.arrays(np.float64, 4, elements=st.floats(-5, 5)),
    hnp.arrays(np.float64, 4, elements=st.floats(-5, 5)),
    st.floats(-5, 5),
    st.floats(-5, 5),
    st.floats(0.01, 0.99),
)
def test_a_convex_loss_falls_at_a_small_rate_by_the_known_factor(w, x, b, target, share):
    # For y = w·x + b and ½(y − t)² the error shrinks by 1 − η(|x|² + 1): any η below 2/(|x|² + 1) makes it smaller.
    step = Neuron(w, b, "identity").step(x, target, learning_rate=share * 2 / (x @ x + 1))
    before, after = step.forward.y - target, step.after.forward(x).y - target
    assert after == pytest.approx(before * (1 - 2 * share), abs=1e-9)
    assert abs(after) <= abs(before) + 1e-12


def test_the_loss_from_logits_keeps_the_digits_that_the_one_from_probabilities_loses():
    assert Neuron([30.0], 0.0, "identity").check([1.0], 0.0, "binary_cross_entropy_from_logits").agrees
    assert not Neuron([30.0], 0.0, "sigmoid").check([1.0], 0.0, "binary_cross_entropy").agrees


def test_each_factor_has_a_formula():
    assert set(SYMBOLS) == set(CHAIN) | {factor for factors in CHAIN.values() for factor in factors}
    assert SYMBOLS["dz_dw"] == r"\frac{\partial z}{\partial w}"


def test_a_dead_neuron_learns_nothing():
    step = Neuron([-1.0, -1.0], 0.0, "relu").step([1.0, 2.0], 5.0, learning_rate=0.5)
    assert step.backward.loss == 12.5
    assert step.backward.dL_dw.tolist() == [0, 0]
    assert step.after.w.tolist() == [-1, -1]


def test_nothing_changes_in_place():
    w = np.array([1.0, 2.0])
    neuron = Neuron(w, 0.0, "identity")
    w[0] = 99
    step = neuron.step([1.0, 1.0], 0.0, learning_rate=0.1)
    assert step.before is neuron
    assert neuron.w.tolist() == [1, 2]
    for array in (neuron.w, step.forward.x, step.forward.products, step.backward.dL_dw, step.after.w):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(AttributeError):
        neuron.b = 1.0


@pytest.mark.parametrize(
    ("w", "b", "activation"),
    [([], 0, "relu"), ([np.nan], 0, "relu"), ([np.inf], 0, "relu"), ([1], np.nan, "relu"), ([1], [1, 2], "relu"),
     ([[1]], 0, "relu"), (1.0, 0, "relu"), ("1", 0, "relu"), ([1], "0", "relu"), ([1], 0, "softmax"),
     ([1], 10**400, "relu")],
)  # fmt: skip
def test_impossible_neurons_are_refused(w, b, activation):
    with pytest.raises(ValueError, match="Received: "):
        Neuron(w, b, activation)


@pytest.mark.parametrize("x", [[], [1], [1, 2, 3], [np.nan, 1], [[1, 2]], "ab", [1e308, 1e308]])
def test_inputs_that_do_not_fit_are_refused(x):
    with pytest.raises(ValueError, match="Received: "):
        Neuron([5.0, 5.0], 0.0).forward(x)


@pytest.mark.parametrize(
    ("activation", "target", "loss"),
    [("relu", np.nan, "half_squared_error"), ("relu", 1, "hinge"), ("relu", 1, "cross_entropy_from_logits"),
     ("identity", 1, "binary_cross_entropy"), ("sigmoid", 2, "binary_cross_entropy"),
     ("sigmoid", 1, "binary_cross_entropy_from_logits"), ("relu", 1e300, "half_squared_error")],
)  # fmt: skip
def test_losses_that_do_not_fit_are_refused(activation, target, loss):
    neuron = Neuron([5.0, 5.0], 0.0, activation)
    with pytest.raises(ValueError, match="Received: "):
        neuron.backward(neuron.forward([1.0, 1.0]), target, loss)


@pytest.mark.parametrize("rate", [0, -0.1, np.nan, np.inf, "0.1"])
def test_rates_that_do_not_descend_are_refused(rate):
    with pytest.raises(ValueError, match="Received: "):
        Neuron([1.0], 0.0).step([1.0], 2.0, learning_rate=rate)
    with pytest.raises(ValueError, match="Received: "):
        Neuron([1.0], 0.0, "identity").step([1e5], 2.0, learning_rate=1.7e308)
