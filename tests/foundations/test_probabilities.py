"""Softmax and its logarithm: PyTorch in float64, laws, extremes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from llm_widgets.foundations import (
    finite_differences,
    log_softmax,
    log_softmax_backward,
    softmax,
    softmax_backward,
    softmax_jacobian,
)

rows = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=6), elements=st.floats(-1e4, 1e4))
laws = settings(deadline=None, max_examples=60)


def test_equal_to_pytorch():
    rng = np.random.default_rng(0)
    z, d = rng.normal(0, 5, (4, 3, 7)), rng.normal(size=(4, 3, 7))
    for ours, back, theirs in (
        (softmax, softmax_backward, torch.softmax),
        (log_softmax, log_softmax_backward, torch.log_softmax),
    ):
        tensor = torch.tensor(z, requires_grad=True)
        out = theirs(tensor, dim=-1)
        out.backward(torch.tensor(d))
        np.testing.assert_allclose(ours(z), out.detach(), atol=1e-12)
        np.testing.assert_allclose(back(softmax(z), d), tensor.grad, atol=1e-12)
    theirs = torch.autograd.functional.jacobian(lambda x: torch.softmax(x, -1), torch.tensor(z[0, 0]))
    np.testing.assert_allclose(softmax_jacobian(z[0, 0]), theirs, atol=1e-12)
    assert softmax_jacobian(z).shape == (4, 3, 7, 7)


@laws
@given(rows)
def test_rows_are_probabilities(z):
    p = softmax(z)
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(-1), 1, atol=1e-12)
    np.testing.assert_allclose(np.exp(log_softmax(z)), p, atol=1e-12)
    assert np.isfinite(log_softmax(z)).all()


@laws
@given(hnp.arrays(np.int64, st.integers(1, 9), elements=st.integers(-500, 500)), st.integers(-10_000, 10_000))
def test_a_shift_of_all_scores_changes_nothing(z, shift):
    np.testing.assert_array_equal(softmax(z), softmax(z + shift))
    np.testing.assert_array_equal(log_softmax(z), log_softmax(z + shift))


@laws
@given(hnp.arrays(np.float64, st.integers(2, 9), elements=st.floats(-8, 8)), st.floats(0.01, 5))
def test_a_raised_score_gains_and_all_others_lose(z, more):
    raised = z.copy()
    raised[0] += more
    assert softmax(raised)[0] > softmax(z)[0]
    assert (softmax(raised)[1:] < softmax(z)[1:]).all()


@laws
@given(hnp.arrays(np.int64, st.integers(1, 9), elements=st.integers(-50, 50)))
def test_higher_scores_have_higher_probabilities(z):
    assert (np.diff(softmax(np.sort(z))) >= 0).all()


@laws
@given(hnp.arrays(np.float64, st.integers(1, 5), elements=st.floats(-5, 5)), st.integers(0, 2**32 - 1))
def test_the_jacobian_is_what_flows_back(z, seed):
    d = np.random.default_rng(seed).normal(size=z.shape)
    np.testing.assert_allclose(softmax_backward(softmax(z), d), softmax_jacobian(z) @ d, atol=1e-12)
    np.testing.assert_allclose(softmax_jacobian(z).sum(-1), 0, atol=1e-12)
    slopes, _, _ = finite_differences(lambda x: softmax(x) @ d, z)
    np.testing.assert_allclose(softmax_backward(softmax(z), d), slopes, atol=1e-8)


@laws
@given(rows, st.data())
def test_minus_infinity_is_as_if_it_were_not_there(z, data):
    row = z.reshape(-1)
    hidden = np.array(data.draw(st.lists(st.booleans(), min_size=row.size, max_size=row.size)))
    assume(not hidden.all())
    p = softmax(np.where(hidden, -np.inf, row))
    assert (p[hidden] == 0).all()
    np.testing.assert_allclose(p[~hidden], softmax(row[~hidden]), atol=1e-15)


def test_extremes():
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert softmax([1e4, -1e4]).tolist() == [1, 0]
        assert log_softmax([1e4, -1e4]).tolist() == [0, -2e4]
        assert softmax([1.7e308, -1.7e308]).tolist() == [1, 0]
        assert softmax([5.0]).tolist() == [1]
    assert log_softmax([0.0, -np.inf]).tolist() == [0, -np.inf]


@pytest.mark.parametrize(
    "bad", [3.0, [], [np.nan], [np.inf, 0], [-np.inf, -np.inf], [[0, 1], [-np.inf, -np.inf]], "ab"]
)
def test_what_has_no_softmax_is_refused(bad):
    for f in (softmax, log_softmax, softmax_jacobian):
        with pytest.raises(ValueError, match=r"Received: logits="):
            f(bad)


def test_a_gradient_of_another_shape_is_refused():
    for back in (softmax_backward, log_softmax_backward):
        with pytest.raises(ValueError, match=r"Received: shapes \(2,\) and \(3,\)"):
            back([0.5, 0.5], [1, 2, 3])
