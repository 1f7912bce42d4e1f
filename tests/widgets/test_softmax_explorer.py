"""Softmax and cross-entropy as the page shows them, against PyTorch in float64."""

from __future__ import annotations

import doctest
import math

import numpy as np
import pytest
import torch
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_widgets.widgets import SoftmaxExplorer, softmax_explorer

laws = settings(deadline=None, max_examples=40)
# Without subnormal numbers, as PyTorch rounds them to 0.
some_logits = st.lists(st.floats(-50, 50, allow_subnormal=False), min_size=2, max_size=8)


def pytorchs(logits, target, temperature):
    """Probabilities, cross-entropy and squared error, and the gradients of both."""
    z = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    p = torch.softmax(z / temperature, 0)
    loss = torch.nn.functional.cross_entropy((z / temperature)[None], torch.tensor([target]))
    one_hot = torch.nn.functional.one_hot(torch.tensor(target), len(logits)).to(torch.float64)
    squared = torch.nn.functional.mse_loss(p, one_hot)
    (entropy_gradient,) = torch.autograd.grad(loss, z, retain_graph=True)
    (squared_gradient,) = torch.autograd.grad(squared, z)
    return p.detach().numpy(), loss.item(), squared.item(), entropy_gradient.numpy(), squared_gradient.numpy()


def test_examples_give_what_they_say():
    assert doctest.testmod(softmax_explorer).failed == 0


@laws
@given(some_logits, st.integers(0, 7), st.floats(0.05, 10))
def test_all_is_pytorchs(logits, target, temperature):
    target %= len(logits)
    found = SoftmaxExplorer(logits, target, temperature)._found
    p, loss, squared, entropy_gradient, squared_gradient = pytorchs(logits, target, temperature)
    for mine, theirs in (
        (found["p"], p),
        (found["loss"], loss),
        (found["bits"], loss / math.log(2)),
        (found["squared"], squared),
        (found["entropy_gradient"], entropy_gradient),
        (found["squared_gradient"], squared_gradient),
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-12)


@laws
@given(some_logits, st.floats(-1000, 1000))
def test_probabilities_sum_to_1_and_a_constant_moves_none(logits, constant):
    explorer = SoftmaxExplorer(logits)
    before = explorer.probabilities
    explorer.constant = constant
    assert explorer._found["total"] == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(explorer.probabilities, before, atol=1e-10)
    assert explorer._found["moved"] < 1e-10
    for gradient in ("entropy_gradient", "squared_gradient"):
        assert sum(explorer._found[gradient]) == pytest.approx(0, abs=1e-10)


def test_the_plain_way_overflows_where_the_other_does_not():
    found = SoftmaxExplorer((1000.0, 999.0))._found
    assert found["plainly"] == {"exps": [None, None], "sum": None, "p": [None, None]}
    assert found["p"] == pytest.approx([0.731059, 0.268941], abs=1e-6)
    low = SoftmaxExplorer((-1000.0, -1001.0))._found
    assert low["plainly"] == {"exps": [0.0, 0.0], "sum": 0.0, "p": [None, None]}
    assert low["p"] == pytest.approx(found["p"])
    wide = SoftmaxExplorer((1000.0, -1000.0), target=1)._found
    assert (wide["loss"], wide["perplexity"], wide["p"][1]) == (2000.0, None, 0.0)
    assert wide["entropy_gradient"] == [1.0, -1.0]
    assert wide["squared_gradient"] == pytest.approx([0, 0]), "the squared error has stopped learning"


def test_the_curve_goes_through_the_point():
    for logits, target in (([2.0, 1.0, 0.1], 0), ([0.0, 3.0], 0), ([1.0] * 8, 7)):
        found = SoftmaxExplorer(logits, target)._found
        for name, value in (("entropy", found["loss"]), ("squared", found["squared"])):
            at = np.interp(found["p"][target], found["curve"]["p"], found["curve"][name])
            assert at == pytest.approx(value, rel=2e-3)


def test_settings_change_together_and_what_cannot_be_is_refused():
    explorer = SoftmaxExplorer(labels=["cat", "dog", "x" * 90])
    assert len(explorer.labels[2]) == 40
    explorer.change(logits=[0.0, 1.0, 2.0, 3.0], target=3)
    explorer.logits = [0.0, 1.0]
    assert explorer.target == 1, "the last class is left"
    explorer.change(logits=[5.0, 5.0, 5.0])
    for odd in (
        {"logits": [1.0]},
        {"logits": [0.0] * 9},
        {"logits": [0.0, math.nan]},
        {"logits": [0.0, math.inf]},
        {"target": 3},
        {"target": -1},
        {"temperature": 0.0},
        {"temperature": math.nan},
        {"constant": math.inf},
        {"labels": ["a"] * 9},
        {"logits": "text"},
    ):
        with pytest.raises((ValueError, traitlets.TraitError)):
            explorer.change(**odd)
        assert (explorer.logits, explorer.target, explorer._overflow) == ([5.0, 5.0, 5.0], 1, False)
    with pytest.raises(TypeError, match="did you mean “target”"):
        SoftmaxExplorer(targt=1)
    explorer.change(logits=[1e308, 0.0], temperature=0.01)
    assert explorer._overflow
