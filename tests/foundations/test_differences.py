"""The gradient check against gradients that are known, and against wrong ones."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from llm_widgets.foundations import finite_differences, gradient_check

laws = settings(deadline=None, max_examples=60)


@laws
@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=4), elements=st.floats(-1e6, 1e6)))
def test_a_right_gradient_passes_at_any_size_of_number(x):
    assert gradient_check(lambda v: (v**2).sum(), x, 2 * x).agrees
    assert gradient_check(lambda v: np.sin(v).sum(), x / 1e6, np.cos(x / 1e6)).agrees


@laws
@given(hnp.arrays(np.float64, 5, elements=st.floats(1, 3)), st.integers(0, 4))
def test_a_wrong_element_is_found(x, at):
    gradient = 3 * x**2
    gradient[at] *= 1.001
    check = gradient_check(lambda v: (v**3).sum(), x, gradient)
    assert not check.agrees
    assert check.worst == (at,)
    assert check.worst_error == pytest.approx(0.001, rel=0.02)


def test_differences_have_ten_digits():
    x = np.array([[0.3, -2.0], [5.0, 40.0]])
    differences, steps, noise = finite_differences(lambda v: np.sin(v).sum(), x)
    np.testing.assert_allclose(differences, np.cos(x), atol=2e-9)
    assert differences.shape == steps.shape == noise.shape == x.shape
    assert (steps > 0).all()


def test_as_strict_as_pytorchs_own_check():
    x = np.random.default_rng(0).normal(size=(3, 2))
    tensor = torch.tensor(x, requires_grad=True)
    f = lambda v: (v.tanh() ** 2).sum() * v.exp().sum()  # noqa: E731
    assert torch.autograd.gradcheck(f, tensor)
    f(tensor).backward()
    check = gradient_check(lambda v: f(torch.tensor(v)).item(), x, tensor.grad.numpy())
    assert check.agrees
    assert check.worst_error < 1e-8


def test_a_zero_gradient_is_no_error_by_noise():
    # 1e6 + x·0: its difference is rounding alone.
    check = gradient_check(lambda v: 1e6 * np.cos(v).prod() ** 0 + 0.1 * v[0], [0.7, 0.3], [0.1, 0.0])
    assert check.agrees


def test_a_kink_is_reported():
    check = gradient_check(lambda v: np.maximum(v, 0).sum(), [0.0, 1.0], [0.0, 1.0])
    assert not check.agrees
    assert check.worst == (0,)
    assert check.differences[0] == pytest.approx(0.5)


def test_f_gets_copies_that_it_may_change():
    x = np.array([1.0, 2.0])

    def f(v):
        v[:] = v**2
        return v.sum()

    assert gradient_check(f, x, [2.0, 4.0]).agrees
    assert x.tolist() == [1, 2]


def test_a_single_number_can_be_checked():
    assert gradient_check(lambda v: v**2, 3.0, 6.0).worst == ()


@pytest.mark.parametrize(
    ("f", "x", "gradient", "tolerance"),
    [(np.sum, [], [], 1e-6), (np.sum, [np.nan], [1], 1e-6), (np.sum, [1.0], [np.inf], 1e-6),
     (np.sum, [1.0], [1, 1], 1e-6),
     (np.sum, [1.0], [1.0], 0), (lambda v: v, [1.0, 2.0], [1, 1], 1e-6), (lambda v: np.nan, [1.0], [1], 1e-6),
     (lambda v: np.inf, [1.0], [1], 1e-6), (np.sum, "ab", [1], 1e-6)],
)  # fmt: skip
def test_bad_input_is_refused(f, x, gradient, tolerance):
    with pytest.raises(ValueError, match="Received: "):
        gradient_check(f, x, gradient, tolerance=tolerance)
