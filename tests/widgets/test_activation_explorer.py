"""The activation explorer: functions, outputs and the stack against PyTorch and laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import traitlets

from llm_widgets import ActivationExplorer
from llm_widgets.widgets._activation_stack import ROWS, _drawn, output, stack, zones
from tests.widgets.test_network_stepper import ACTIVATIONS


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_stack_is_what_autograd_says(activation):
    found = stack(activation, 7, 16, 1.3, 4)
    weights, inputs, top = (torch.tensor(part) for part in _drawn(7, 16, 4))
    layers = [inputs.requires_grad_()]
    for W in weights:
        layers.append(ACTIVATIONS[activation](layers[-1] @ W * 1.3 / 4))
        layers[-1].retain_grad()
    layers[-1].backward(top)
    norms = [layer.grad.norm(dim=1).mean().item() for layer in reversed(layers)]
    assert found.gradients == pytest.approx(norms, rel=1e-9)
    assert found.activations == pytest.approx(
        [layer.detach().square().mean().sqrt().item() for layer in layers], rel=1e-9
    )
    assert found.gradients[0] == pytest.approx(1)
    assert top.shape == (ROWS, 16)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_curves_and_point_are_pytorchs(activation):
    explorer = ActivationExplorer(activation, z=0.7)
    x = torch.tensor(explorer._curves["x"], dtype=torch.float64, requires_grad=True)
    y = ACTIVATIONS[activation](x)
    y.sum().backward()
    values, slopes = explorer._curves["of"][activation]
    assert values == pytest.approx(y.tolist(), rel=1e-4, abs=1e-9)
    assert slopes == pytest.approx((x.grad if x.grad is not None else torch.ones(241)).tolist(), rel=1e-4, abs=1e-9)
    z = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    a = ACTIVATIONS[activation](z)
    a.backward()
    assert explorer._found["at"][activation] == pytest.approx([a.item(), z.grad.item()], rel=1e-12)
    assert explorer._found["chain"][10] == pytest.approx(z.grad.item() ** 10)


def test_laws_of_the_stack():
    # Without an activation, Xavier's scale keeps the gradient's mean square; He's keeps it for ReLU, which halves it.
    assert 0.5 < stack("identity", 20, 128, 1.0, 0).gradients[-1] < 2
    assert 0.5 < stack("relu", 20, 128, math.sqrt(2), 0).gradients[-1] < 2
    assert stack("relu", 20, 128, 1.0, 0).gradients[-1] == pytest.approx(2**-10, rel=1)
    # A sigmoid lets a quarter through at most, and weights of gain 1 keep it: (1/4)^10 and some room for the spectrum.
    assert stack("sigmoid", 10, 128, 1.0, 0).gradients[-1] < 0.25**10 * 2
    # ReLU is scaled by its weights alone: twice the gain, 2^n times the gradient.
    twice = np.divide(stack("relu", 9, 32, 2.0, 1).gradients, stack("relu", 9, 32, 1.0, 1).gradients)
    assert twice == pytest.approx(2.0 ** np.arange(10), rel=1e-9)


def test_what_comes_out_of_normally_distributed_inputs():
    phi, half = 1 / math.sqrt(2 * math.pi), 0.5
    relu, sigmoid, tanh, gelu = (output(name, 0.0, 1.0) for name in ("relu", "sigmoid", "tanh", "gelu"))
    assert (relu.low, relu.high, relu.mean) == (0, None, pytest.approx(phi, abs=1e-6))
    assert relu.deviation == pytest.approx(math.sqrt(half - phi**2), abs=1e-6)
    assert relu.dead == pytest.approx(0.5, abs=1e-3)
    assert (sigmoid.low, sigmoid.high, sigmoid.mean) == (pytest.approx(0), pytest.approx(1), pytest.approx(0.5))
    assert (tanh.mean, tanh.dead) == (pytest.approx(0, abs=1e-12), 0)
    assert gelu.mean == pytest.approx(1 / (2 * math.sqrt(math.pi)), abs=1e-6)
    assert gelu.low == pytest.approx(-0.16997, abs=1e-5)
    shifted = output("identity", 2.0, 3.0)
    assert (shifted.low, shifted.high, shifted.mean) == (None, None, pytest.approx(2))
    assert shifted.deviation == pytest.approx(3, rel=1e-4)
    assert output("tanh", 1.0, 0.0).mean == pytest.approx(math.tanh(1))


def test_where_a_unit_is_saturated_or_dead():
    assert zones("relu", 0.05) == ((None, 0.0, "dead"),)
    assert zones("identity", 0.9) == ()
    edge = math.log((1 - 2 * 0.05 + math.sqrt(1 - 4 * 0.05)) / (2 * 0.05))  # of σ(1 − σ) = 0.05
    low, high = zones("sigmoid", 0.05)
    assert (low[1], high[0]) == (pytest.approx(-edge, abs=0.003), pytest.approx(edge, abs=0.003))
    assert [kind for *_, kind in zones("gelu", 0.05)] == ["saturated", "saturated"], "also around its lowest point"
    assert zones("sigmoid", 0.0) == ()
    assert zones("sigmoid", 0.3) == ((None, None, "saturated"),)


def test_extremes_are_told_and_end_nowhere():
    for activation in ACTIVATIONS:
        explorer = ActivationExplorer(activation, depth=50, width=8, gain=1e7, z=1000.0)
        found = explorer._found["stack"]
        assert found["overflow"] is None or len(found["gradients"]) < 51
        assert not explorer._overflow
        explorer.change(gain=0.0, width=1, depth=1, z=-1000.0)
        assert explorer._found["stack"]["gradients"] == [pytest.approx(1), 0]
    assert stack("identity", 50, 8, 1e7, 0).overflow is not None
    assert stack("sigmoid", 50, 8, 1e-3, 0).gradients[-1] > 0, "1e-180, whose square would be 0"


def test_the_curves_are_sent_only_when_they_change():
    explorer = ActivationExplorer("sigmoid", beside=("tanh",))
    sent = []
    explorer.observe(lambda change: sent.append(change), names="_curves")
    explorer.z = 2.0
    explorer.gain = 3.0
    assert not sent
    explorer.beside = ["tanh", "relu"]
    assert list(explorer._curves["of"]) == ["sigmoid", "tanh", "relu"]
    explorer.activation = "relu"
    assert list(explorer._curves["of"]) == ["relu", "tanh"]


@pytest.mark.parametrize(
    "changes",
    [
        {"activation": "softmax"}, {"beside": ["x"]}, {"z": float("nan")}, {"z": float("inf")}, {"threshold": -1.0},
        {"depth": 0}, {"depth": 51}, {"width": 129}, {"gain": float("nan")}, {"gain": -1.0}, {"deviation": -1.0},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes):
    explorer = ActivationExplorer()
    with pytest.raises((ValueError, traitlets.TraitError)):
        explorer.change(**changes)
    with pytest.raises((ValueError, traitlets.TraitError, TypeError)):
        ActivationExplorer(**changes)
