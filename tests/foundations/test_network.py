"""Dense networks: PyTorch in float64, finite differences, and their steps edge by edge."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_widgets.foundations import (
    ACTIVATIONS,
    LOSSES,
    DenseLayer,
    DenseNetwork,
    EdgeStep,
    Neuron,
    NodeStep,
    edges_backward,
    edges_forward,
)
from tests.foundations._theirs import THEIR_ACTIVATIONS

laws = settings(deadline=None, max_examples=25)
RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 3))
CASES = [
    ("mean_squared_error", "identity", RNG.normal(size=(6, 4)), F.mse_loss),
    ("half_squared_error", "tanh", RNG.normal(size=(6, 4)), lambda y, t: ((y - t) ** 2).sum() / 2),
    ("binary_cross_entropy", "sigmoid", RNG.uniform(size=(6, 4)), F.binary_cross_entropy),
    ("binary_cross_entropy_from_logits", "identity", RNG.uniform(size=(6, 4)), F.binary_cross_entropy_with_logits),
    ("cross_entropy_from_logits", "identity", RNG.integers(0, 4, 6), F.cross_entropy),
    ("cross_entropy_from_logits", "identity", RNG.dirichlet(np.ones(4), 6), F.cross_entropy),
]


def test_every_loss_is_compared():
    assert {case[0] for case in CASES} == set(LOSSES)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("loss", "output", "target", "their_loss"), CASES)
def test_every_intermediate_is_pytorchs(activation, loss, output, target, their_loss):
    network = DenseNetwork.initial([3, 5, 2, 4], activation=activation, output=output, seed=1)
    parameters, zs, outputs = [], [], []
    a = torch.tensor(X, requires_grad=True)
    x0 = a
    for layer in network.layers:
        W, b = torch.tensor(layer.W, requires_grad=True), torch.tensor(layer.b, requires_grad=True)
        z = a @ W + b
        a = THEIR_ACTIVATIONS[layer.activation](z)
        z.retain_grad(), a.retain_grad()
        parameters += [W, b]
        zs.append(z)
        outputs.append(a)
    value = their_loss(a, torch.tensor(target))
    value.backward()

    forward = network.forward(X)
    back = network.backward(forward, target, loss)
    assert back.loss == pytest.approx(value.item(), abs=1e-12)
    for at, (kept, returned) in enumerate(zip(forward.layers, back.layers, strict=True)):
        np.testing.assert_allclose(kept.z, zs[at].detach(), atol=1e-12)
        np.testing.assert_allclose(kept.a, outputs[at].detach(), atol=1e-12)
        np.testing.assert_allclose(returned.da, outputs[at].grad, atol=1e-11)
        np.testing.assert_allclose(returned.delta, zs[at].grad, atol=1e-11)
        np.testing.assert_allclose(returned.dW, parameters[2 * at].grad, atol=1e-11)
        np.testing.assert_allclose(returned.db, parameters[2 * at + 1].grad, atol=1e-11)
    np.testing.assert_allclose(back.layers[0].dx, x0.grad, atol=1e-11)
    np.testing.assert_allclose(back.gradient, np.concatenate([p.grad.numpy().ravel() for p in parameters]), atol=1e-11)


@laws
@given(
    st.lists(st.integers(1, 4), min_size=2, max_size=5),
    st.sampled_from([name for name in ACTIVATIONS if name != "relu"]),
    st.integers(0, 1000),
)
def test_the_gradient_is_the_slope_whatever_the_sizes(sizes, activation, seed):
    rng = np.random.default_rng(seed)
    network = DenseNetwork.initial(sizes, activation=activation, seed=seed)
    check = network.check(rng.normal(size=(3, sizes[0])), rng.normal(size=(3, sizes[-1])))
    assert check.agrees, (check.worst, check.worst_error)


def test_one_unit_is_a_neuron():
    neuron = Neuron([0.2, -0.4, 0.6], 0.1, "tanh")
    network = DenseNetwork((DenseLayer(neuron.w[:, None], [neuron.b], "tanh"),))
    forward = network.forward(X[:1])
    back = network.backward(forward, [[1.0]], "half_squared_error")
    theirs = neuron.backward(neuron.forward(X[0]), 1.0)
    assert forward.output[0, 0] == pytest.approx(neuron.forward(X[0]).y, abs=1e-15)
    np.testing.assert_allclose(back.layers[0].dW[:, 0], theirs.dL_dw, atol=1e-15)
    np.testing.assert_allclose(back.layers[0].dx[0], theirs.dL_dx, atol=1e-15)


def test_a_batch_and_its_rows_in_another_order_are_the_same():
    network = DenseNetwork.initial([3, 4, 2])
    order = RNG.permutation(6)
    target = RNG.normal(size=(6, 2))
    forward, mixed = network.forward(X), network.forward(X[order])
    np.testing.assert_allclose(mixed.output, forward.output[order], atol=1e-14)
    np.testing.assert_allclose(
        network.backward(mixed, target[order]).gradient, network.backward(forward, target).gradient, atol=1e-14
    )


def test_it_learns_xor():
    inputs, target = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
    network = DenseNetwork.initial([2, 4, 1], activation="tanh", output="sigmoid", seed=3)
    for _ in range(200):
        back = network.backward(network.forward(inputs), target, "binary_cross_entropy")
        network = network.update(back, 3.0)
    np.testing.assert_array_equal(network.forward(inputs).output.round(), target)


def test_parameters_go_out_and_come_back():
    network = DenseNetwork.initial([2, 3, 1], seed=5)
    assert network.parameters.size == 2 * 3 + 3 + 3 + 1
    again = network.with_parameters(network.parameters)
    np.testing.assert_array_equal(again.forward(X[:, :2]).output, network.forward(X[:, :2]).output)
    np.testing.assert_array_equal(DenseNetwork.initial([2, 3, 1], seed=5).parameters, network.parameters)
    assert (DenseNetwork.initial([2, 3, 1], seed=6).parameters != network.parameters).any()


@laws
@given(st.lists(st.integers(1, 4), min_size=2, max_size=4), st.integers(0, 2))
def test_the_steps_add_up_to_the_passes(sizes, row):
    network = DenseNetwork.initial(sizes, activation="tanh", seed=1)
    rng = np.random.default_rng(2)
    forward = network.forward(rng.normal(size=(3, sizes[0])))
    back = network.backward(forward, rng.normal(size=(3, sizes[-1])))

    ahead = list(edges_forward(network, forward, row))
    assert sum(isinstance(step, EdgeStep) for step in ahead) == sum(layer.W.size for layer in network.layers)
    reached: dict[tuple[int, int], float] = {}
    for step in ahead:
        if isinstance(step, EdgeStep):
            assert step.flow == step.weight * step.value
            reached[step.layer, step.target] = step.total
        else:  # a unit comes when all its edges have
            assert reached[step.layer, step.unit] + step.bias == pytest.approx(step.z, abs=1e-12)
            assert step.a == forward.layers[step.layer].a[row, step.unit]

    arrived: dict[tuple[int, int], float] = {}
    for step in edges_backward(network, forward, back, row):
        returned = back.layers[step.layer]
        if isinstance(step, NodeStep):
            assert step.delta == returned.delta[row, step.unit] == pytest.approx(step.da * step.da_dz, abs=1e-15)
            if step.layer + 1 < len(network.layers):  # what the edges behind it have brought is its ∂L/∂a
                assert arrived[step.layer + 1, step.unit] == pytest.approx(step.da, abs=1e-12)
        else:
            arrived[step.layer, step.source] = step.total
            assert step.weight_gradient == pytest.approx(
                forward.layers[step.layer].x[row, step.source] * returned.delta[row, step.target], abs=1e-15
            )


def test_the_rows_shares_sum_to_the_gradient():
    network = DenseNetwork.initial([3, 2, 1])
    forward = network.forward(X)
    back = network.backward(forward, np.ones((6, 1)))
    sums = [np.zeros_like(layer.W) for layer in network.layers]
    for row in range(6):
        for step in edges_backward(network, forward, back, row):
            if isinstance(step, EdgeStep):
                sums[step.layer][step.source, step.target] += step.weight_gradient
    for total, returned in zip(sums, back.layers, strict=True):
        np.testing.assert_allclose(total, returned.dW, atol=1e-14)


def test_nothing_can_be_changed():
    network = DenseNetwork.initial([2, 1])
    forward = network.forward([[1.0, 2.0]])
    back = network.backward(forward, [[1.0]])
    for record in (network.layers[0], forward.layers[0], back.layers[0]):
        for array in vars(record).values():
            if isinstance(array, np.ndarray):
                with pytest.raises(ValueError, match="read-only"):
                    array[...] = 0


@pytest.mark.parametrize("sizes", [[], [3], [2, 0], [2, -1], [2, 1.5], [2, True], [2, "3"]])
def test_impossible_sizes_are_refused(sizes):
    with pytest.raises(ValueError, match="Received: "):
        DenseNetwork.initial(sizes)


@pytest.mark.parametrize(
    "make",
    [
        lambda: DenseNetwork(()),
        lambda: DenseNetwork((DenseLayer(np.ones((2, 3)), np.ones(3)), DenseLayer(np.ones((2, 1)), [0.0]))),
        lambda: DenseLayer(np.ones((2, 3)), np.ones(2)),
        lambda: DenseLayer([[np.nan]], [0.0]),
        lambda: DenseLayer([[1.0]], [0.0], "swoosh"),
        lambda: DenseLayer([[1.0], [2.0, 3.0]], [0.0]),
        lambda: DenseNetwork.initial([2, 1]).with_parameters([1.0]),
        lambda: DenseNetwork.initial([2, 1], seed=-1),
        lambda: DenseNetwork.initial([2, 1], activation="softmax", output="softmax"),
        lambda: DenseNetwork.initial([2, 1]).forward([[1.0, 2.0, 3.0]]),
        lambda: DenseNetwork.initial([2, 1]).forward([1.0, 2.0]),
        lambda: DenseNetwork.initial([2, 1]).forward([]),
        lambda: DenseNetwork((DenseLayer([[10.0]], [0.0]),)).forward([[1e308]]),
    ],
)
def test_what_does_not_fit_is_refused(make):
    with pytest.raises(ValueError, match="Received: "):
        make()


@pytest.mark.parametrize(
    ("output", "target", "loss"),
    [("identity", [1.0], "mean_squared_error"), ("identity", [[np.nan]], "mean_squared_error"),
     ("identity", [[1.0]], "x"),
     ("identity", [[5.0]], "binary_cross_entropy"), ("sigmoid", [[1.0]], "binary_cross_entropy_from_logits"),
     ("sigmoid", [0], "cross_entropy_from_logits"), ("identity", [7], "cross_entropy_from_logits")],
)  # fmt: skip
def test_targets_that_do_not_fit_are_refused(output, target, loss):
    network = DenseNetwork.initial([2, 1], output=output)
    with pytest.raises(ValueError, match="Received: "):
        network.backward(network.forward([[1.0, 2.0]]), target, loss)


def test_a_pass_of_another_network_is_refused():
    other = DenseNetwork.initial([2, 3, 1])
    for network in (DenseNetwork.initial([2, 1]), DenseNetwork.initial([2, 2, 1])):
        with pytest.raises(ValueError, match="Received: "):
            network.backward(other.forward([[1.0, 2.0]]), [[1.0]])
        with pytest.raises(ValueError, match="Received: "):
            list(edges_forward(network, other.forward([[1.0, 2.0]])))


@pytest.mark.parametrize("rate", [0, -1, np.nan, "1", 1.7e308])
def test_rates_that_lead_nowhere_are_refused(rate):
    network = DenseNetwork.initial([2, 1])
    back = network.backward(network.forward([[1e5, 1e5]]), [[1.0]])
    with pytest.raises(ValueError, match="Received: "):
        network.update(back, rate)


def test_rows_and_passes_that_are_not_there_are_refused():
    network, deeper = DenseNetwork.initial([2, 1]), DenseNetwork.initial([2, 2, 1])
    forward = network.forward([[1.0, 2.0]])
    for other, row in ((network, 1), (network, -1), (network, 0.5), (deeper, 0)):
        with pytest.raises(ValueError, match="Received: "):
            list(edges_forward(other, forward, row))
