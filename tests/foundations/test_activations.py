"""Activations and their derivatives: PyTorch in float64, finite differences, laws, extremes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from llm_widgets.foundations import (
    ACTIVATIONS,
    finite_differences,
    gelu,
    gelu_tanh,
    sigmoid,
    sigmoid_derivative,
    silu,
    tanh_derivative,
)
from tests.foundations._theirs import THEIR_ACTIVATIONS

any_numbers = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=0, max_dims=3), elements=st.floats(-1e300, 1e300, allow_subnormal=False)
)
laws = settings(deadline=None, max_examples=60)


def test_every_activation_is_compared():
    assert set(THEIR_ACTIVATIONS) == set(ACTIVATIONS)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_equal_to_pytorch(name):
    z = np.concatenate([np.linspace(-45, 45, 901), [-1e4, -1e3, 1e3, 1e4, 0.0, 1e-300]])
    tensor = torch.tensor(z, requires_grad=True)
    theirs = THEIR_ACTIVATIONS[name](tensor)
    theirs.sum().backward()
    np.testing.assert_allclose(ACTIVATIONS[name].function(z), theirs.detach(), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(ACTIVATIONS[name].derivative(z), tensor.grad, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_derivative_is_the_slope(name):
    z = np.array([-6.0, -1.3, -0.2, 0.4, 1.0, 7.5])
    slopes, _, _ = finite_differences(lambda x: ACTIVATIONS[name].function(x).sum(), z)
    np.testing.assert_allclose(ACTIVATIONS[name].derivative(z), slopes, atol=1e-8)


@laws
@given(any_numbers)
def test_no_number_overflows_on_the_way(z):
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for activation in ACTIVATIONS.values():
            assert np.isfinite(activation.function(z)).all(), activation.name
            assert np.isfinite(activation.derivative(z)).all(), activation.name
            assert activation.function(z).shape == activation.derivative(z).shape == z.shape


@pytest.mark.parametrize(
    ("name", "low", "high", "slope_low", "slope_high"),
    [("identity", -np.inf, np.inf, 1, 1), ("sigmoid", 0, 1, 0, 0), ("relu", 0, np.inf, 0, 1), ("tanh", -1, 1, 0, 0),
     ("gelu", 0, np.inf, 0, 1), ("gelu_tanh", 0, np.inf, 0, 1), ("silu", 0, np.inf, 0, 1)],
)  # fmt: skip
def test_limits_at_infinity(name, low, high, slope_low, slope_high):
    ends = [-np.inf, np.inf]
    np.testing.assert_array_equal(ACTIVATIONS[name].function(ends), [low, high])
    np.testing.assert_array_equal(ACTIVATIONS[name].derivative(ends), [slope_low, slope_high])


@laws
@given(st.floats(-700, 700))
def test_sigmoids_of_opposite_numbers_sum_to_1(z):
    assert sigmoid(z) + sigmoid(-z) == pytest.approx(1, abs=1e-15)
    assert sigmoid_derivative(z) == sigmoid_derivative(-z)


def test_digits_far_from_0_are_kept():
    # Published: Abramowitz and Stegun, table 26.2: Q(10) = 7.61985302416e-24; 1 + erf would give 0 there.
    assert gelu(-10.0) == pytest.approx(-10 * 7.61985302416e-24, rel=1e-11)
    assert sigmoid(-40.0) == pytest.approx(np.exp(-40.0), rel=1e-14)
    assert sigmoid_derivative(40.0) == pytest.approx(np.exp(-40.0), rel=1e-14)
    assert tanh_derivative(25.0) == pytest.approx(4 * np.exp(-50.0), rel=1e-14)


@laws
@given(st.floats(-50, 50))
def test_gelu_and_silu_lie_between_0_and_the_number(z):
    for f in (gelu, gelu_tanh, silu):
        assert min(z, 0) <= f(z) <= max(z, 0)
    assert abs(gelu(z) - gelu_tanh(z)) < 5e-4


@laws
@given(st.floats(-30, 30), st.floats(0, 5))
def test_sigmoid_tanh_and_relu_never_fall(z, more):
    for name in ("sigmoid", "tanh", "relu", "identity"):
        f = ACTIVATIONS[name].function
        assert f(z + more) >= f(z)


@pytest.mark.parametrize("bad", [[], np.nan, [1.0, np.nan], "text", ["1"], None, [[1], [2, 3]], 1j, 10**400, [{}]])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_what_is_no_number_is_refused(name, bad):
    for f in (ACTIVATIONS[name].function, ACTIVATIONS[name].derivative):
        with pytest.raises(ValueError, match=r"Received: z="):
            f(bad)


def test_what_comes_in_stays_as_it_is():
    z = np.array([-1.0, 2.0])
    for activation in ACTIVATIONS.values():
        activation.function(z), activation.derivative(z)
    assert z.tolist() == [-1.0, 2.0]
    assert z.flags.writeable
