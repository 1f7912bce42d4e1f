"""Optimizers: torch.optim in float64, and laws."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from llm_widgets.foundations import SGD, Adam, DenseNetwork, Momentum

laws = settings(deadline=None, max_examples=60)
PAIRS = [
    (SGD(0.05), lambda p: torch.optim.SGD(p, lr=0.05)),
    (Momentum(0.02, 0.9), lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9)),
    (Momentum(0.02, 0.9, nesterov=True), lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, nesterov=True)),
    (Adam(0.03), lambda p: torch.optim.Adam(p, lr=0.03)),
    (Adam(0.01, 0.5, 0.9, 1e-3), lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.5, 0.9), eps=1e-3)),
]


@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=["sgd", "momentum", "nesterov", "adam", "adam, other betas"])
def test_the_same_path_as_torch_optim(ours, theirs):
    start = np.random.default_rng(0).normal(size=(3, 4))
    tensor = torch.tensor(start, requires_grad=True)
    optimizer = theirs([tensor])
    state = ours.start(start)
    for step in range(100):
        optimizer.zero_grad()
        ((tensor**2).sum() / 2 + tensor.sin().sum() + tensor[0].prod()).backward()
        optimizer.step()
        theta = torch.tensor(state.parameters, requires_grad=True)
        ((theta**2).sum() / 2 + theta.sin().sum() + theta[0].prod()).backward()
        state = ours.step(state, theta.grad.numpy())
        assert state.steps == step + 1
        np.testing.assert_allclose(state.parameters, tensor.detach(), rtol=0, atol=1e-10)


@laws
@given(hnp.arrays(np.float64, 4, elements=st.floats(1e-3, 1e6)), st.floats(1e-4, 10))
def test_adams_first_step_is_the_learning_rate_whatever_the_gradient(size, rate):
    signs = np.array([1, -1, 1, -1])
    state = Adam(rate).step(Adam(rate).start(np.zeros(4)), signs * size)
    np.testing.assert_allclose(state.parameters, -rate * signs, rtol=1e-4)
    np.testing.assert_allclose(state.m_hat, signs * size, rtol=1e-12)


@laws
@given(hnp.arrays(np.float64, 3, elements=st.floats(-100, 100)), st.floats(0.001, 0.99))
def test_a_convex_bowl_is_descended_at_a_small_rate(theta, rate):
    state = SGD(rate).start(theta)
    for _ in range(5):
        following = SGD(rate).step(state, state.parameters)  # the gradient of ½|θ|²
        assert (following.parameters**2).sum() <= (state.parameters**2).sum()
        state = following


@laws
@given(hnp.arrays(np.float64, 3, elements=st.floats(-10, 10)), st.floats(0.01, 1))
def test_momentum_0_is_plain_descent(g, rate):
    plain, heavy = SGD(rate), Momentum(rate, 0.0)
    a, b = plain.start(np.zeros(3)), heavy.start(np.zeros(3))
    for _ in range(3):
        a, b = plain.step(a, g), heavy.step(b, g)
    np.testing.assert_array_equal(a.parameters, b.parameters)


def test_the_velocity_of_a_constant_gradient_reaches_its_limit():
    heavy = Momentum(0.01, 0.9)
    state = heavy.start([0.0])
    for _ in range(400):
        state = heavy.step(state, [1.0])
    assert state.velocity[0] == pytest.approx(1 / (1 - 0.9))


def test_states_are_new_ones():
    for optimizer, _ in PAIRS:
        start = optimizer.start([1.0, 2.0])
        first, second = optimizer.step(start, [1.0, 1.0]), optimizer.step(start, [1.0, 1.0])
        assert start.steps == 0
        assert start.parameters.tolist() == [1, 2]
        np.testing.assert_array_equal(first.parameters, second.parameters)
        with pytest.raises(ValueError, match="read-only"):
            first.parameters[0] = 0


def test_a_network_learns_by_each():
    X, target = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
    for optimizer in (Momentum(0.5), Adam(0.1)):
        network = DenseNetwork.initial([2, 4, 1], output="sigmoid", seed=3)
        state = optimizer.start(network.parameters)
        for _ in range(120):
            network = network.with_parameters(state.parameters)
            state = optimizer.step(state, network.backward(network.forward(X), target, "binary_cross_entropy").gradient)
        np.testing.assert_array_equal(network.forward(X).output.round(), target)


@pytest.mark.parametrize(
    "make",
    [lambda: SGD(0), lambda: SGD(-1), lambda: SGD(np.nan), lambda: SGD("1"), lambda: Momentum(0.1, 1.0),
     lambda: Momentum(0.1, -0.1), lambda: Adam(0.1, 1.0), lambda: Adam(0.1, 0.9, 1.5), lambda: Adam(0.1, epsilon=0),
     lambda: SGD(0.1).start([]), lambda: SGD(0.1).start([np.nan])],
)  # fmt: skip
def test_impossible_settings_are_refused(make):
    with pytest.raises(ValueError, match="Received: "):
        make()


@pytest.mark.parametrize("gradient", [[], [1.0], [np.nan, 1], [np.inf, 1], "ab", [[1, 2]]])
def test_gradients_that_do_not_fit_are_refused(gradient):
    for optimizer, _ in PAIRS:
        with pytest.raises(ValueError, match="Received: "):
            optimizer.step(optimizer.start([1.0, 2.0]), gradient)


def test_an_overflow_is_said():
    for optimizer in (SGD(1e300), Adam(0.1), Momentum(1e300)):
        with pytest.raises(ValueError, match="range of numbers"):
            optimizer.step(optimizer.start([1.0]), [1e300])
