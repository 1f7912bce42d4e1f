"""Surfaces: their slopes, their published minima, and races on them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_widgets.foundations import SGD, SURFACES, Adam, Momentum, descend, gradient_check

laws = settings(deadline=None, max_examples=40)


@laws
@given(st.sampled_from(sorted(SURFACES)), st.floats(-4, 4), st.floats(-4, 4))
def test_the_gradient_is_the_slope(name, x, y):
    surface = SURFACES[name]
    check = gradient_check(surface, [x, y], surface.gradient([x, y]), tolerance=1e-5)
    assert check.agrees, (check.gradient, check.differences)


@pytest.mark.parametrize("name", SURFACES)
def test_the_gradient_is_pytorchs(name):
    surface = SURFACES[name]
    points = np.random.default_rng(0).uniform(-4, 4, (50, 2))
    x, y = (torch.tensor(points[:, i], requires_grad=True) for i in (0, 1))
    # NumPy's cosine knows no tensors, so this one is written again.
    ripples = (x * x + y * y) / 2 + (2 - torch.cos(5 * x) - torch.cos(5 * y)) / 5
    height = ripples if name == "rippled" else surface._height(x, y)
    np.testing.assert_allclose(surface(points), height.detach(), rtol=1e-10)
    height.sum().backward()
    np.testing.assert_allclose(surface.gradient(points), np.stack([x.grad, y.grad], -1), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", SURFACES)
def test_minima_are_lowest_level_and_on_the_map(name):
    surface = SURFACES[name]
    (x0, x1), (y0, y1) = surface.domain
    assert x0 <= surface.start[0] <= x1
    assert y0 <= surface.start[1] <= y1
    grid = np.stack(np.meshgrid(np.linspace(x0, x1, 101), np.linspace(y0, y1, 101)), -1)
    for at in surface.minima:
        assert surface(at) == pytest.approx(0, abs=1e-20)
        np.testing.assert_allclose(surface.gradient(at), 0, atol=1e-10)
        assert (surface(grid) >= 0).all()
        assert x0 <= at[0] <= x1
        assert y0 <= at[1] <= y1
    assert surface(grid).shape == (101, 101)
    assert surface.gradient(grid).shape == (101, 101, 2)


def test_published_values():
    # More, Garbow and Hillstrom (1981), Testing Unconstrained Optimization Software: f at the standard starts.
    assert SURFACES["rosenbrock"]([-1.2, 1.0]) == pytest.approx(24.2)
    assert SURFACES["beale"]([1.0, 1.0]) == pytest.approx(14.203125)
    # The hill of Himmelblau's function.
    assert SURFACES["himmelblau"]([-0.270845, -0.923039]) == pytest.approx(181.617, abs=1e-3)


def test_the_saddle_is_level_but_no_minimum():
    saddle = SURFACES["saddle"]
    assert saddle.gradient([0.0, 0.0]).tolist() == [0, 0]
    assert saddle([0.0, 0.1]) < 0 < saddle([0.1, 0.0])
    assert saddle.minima == ()
    assert descend(saddle, SGD(0.1), [1.0, 0.0], 100).points[-1, 1] == 0, "on the ridge it stays"


def test_a_ravine_is_where_momentum_helps():
    ravine, steps = SURFACES["ravine"], 100
    plain = descend(ravine, SGD(0.03), ravine.start, steps)
    heavy = descend(ravine, Momentum(0.03, 0.8), ravine.start, steps)
    assert heavy.heights[-1] < plain.heights[-1] / 10
    assert descend(ravine, SGD(0.0401), ravine.start, 2000).heights[-1] > ravine(ravine.start), "2/50 is the limit"


@pytest.mark.parametrize(
    ("name", "optimizer", "steps"),
    [("bowl", SGD(0.3), 100), ("ravine", SGD(0.03), 600), ("himmelblau", SGD(0.01), 200), ("bowl", Adam(0.1), 500),
     ("rosenbrock", Adam(0.1), 1200), ("beale", Adam(0.1), 800), ("rosenbrock", Momentum(1e-3, 0.95, True), 1200)],
)  # fmt: skip
def test_they_arrive(name, optimizer, steps):
    surface = SURFACES[name]
    path = descend(surface, optimizer, surface.start, steps)
    assert path.points.shape == (steps + 1, 2)
    assert np.linalg.norm(path.points[-1] - np.array(surface.minima), axis=-1).min() < 1e-2
    np.testing.assert_allclose(path.heights, surface(path.points))


def test_a_rate_too_large_ends_the_path_and_says_so():
    path = descend(SURFACES["rosenbrock"], SGD(1.0), [-1.2, 1.0], 100)
    assert path.diverged
    assert len(path.points) < 100
    assert np.isfinite(path.points).all()
    assert np.isfinite(path.heights).all()


@pytest.mark.parametrize("at", [[], 1.0, [1.0], [1, 2, 3], [np.nan, 0], "ab"])
def test_what_is_no_point_is_refused(at):
    for f in (SURFACES["bowl"], SURFACES["bowl"].gradient, lambda p: descend(SURFACES["bowl"], SGD(0.1), p, 3)):
        with pytest.raises(ValueError, match="Received: "):
            f(at)


@pytest.mark.parametrize("steps", [-1, 1.5, None, True])
def test_steps_that_cannot_be_counted_are_refused(steps):
    with pytest.raises(ValueError, match="Received: steps="):
        descend(SURFACES["bowl"], SGD(0.1), [1, 1], steps)
