"""The network stepper: its numbers against PyTorch, its history, and what it refuses."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
import traitlets

from llm_widgets import NetworkStepper

ACTIVATIONS = {
    "identity": lambda z: z,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "tanh": torch.tanh,
    "gelu": torch.nn.functional.gelu,
    "gelu_tanh": lambda z: torch.nn.functional.gelu(z, approximate="tanh"),
    "silu": torch.nn.functional.silu,
}
LOSSES = {
    "half_squared_error": lambda y, t: ((y - t) ** 2).sum() / 2,
    "mean_squared_error": torch.nn.functional.mse_loss,
    "binary_cross_entropy": torch.nn.functional.binary_cross_entropy,
    "binary_cross_entropy_from_logits": torch.nn.functional.binary_cross_entropy_with_logits,
    "cross_entropy_from_logits": lambda y, t: torch.nn.functional.cross_entropy(y[None], t[None]),
}


class Reference:
    """The same network in PyTorch, in float64."""

    def __init__(self, stepper: NetworkStepper) -> None:
        self.kinds = [stepper.activation] * (len(stepper.sizes) - 2) + [stepper.output]
        self.loss_of = LOSSES[stepper.loss]
        self.x, self.t = torch.tensor(stepper.x, dtype=torch.float64), torch.tensor(stepper.target, dtype=torch.float64)
        found = stepper._found
        self.W = [torch.tensor(W, dtype=torch.float64, requires_grad=True) for W in found["W"]]
        self.b = [torch.tensor(b, dtype=torch.float64, requires_grad=True) for b in found["b"]]
        self.z, self.a, a = [], [], self.x
        for W, b, kind in zip(self.W, self.b, self.kinds, strict=True):
            self.z.append(a @ W + b)
            a = ACTIVATIONS[kind](self.z[-1])
            self.a.append(a)
            self.z[-1].retain_grad()
        self.loss = self.loss_of(a, self.t)
        self.loss.backward()


def close(found, expected):
    torch.testing.assert_close(torch.tensor(found, dtype=torch.float64), expected.detach(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_number_is_pytorchs(activation):
    stepper = NetworkStepper((3, 4, 2, 2), activation, loss="mean_squared_error", target=(1.0, -0.5), seed=3)
    reference, found = Reference(stepper), stepper._found
    assert found["loss"] == pytest.approx(reference.loss.item(), rel=1e-12)
    for layer in range(3):
        close(found["z"][layer], reference.z[layer])
        close(found["a"][layer], reference.a[layer])
        close(found["delta"][layer], reference.z[layer].grad)
        close(found["dW"][layer], reference.W[layer].grad)
        close(found["db"][layer], reference.b[layer].grad)


@pytest.mark.parametrize(
    ("loss", "output", "target"),
    [
        ("half_squared_error", "tanh", (0.5, -0.5)),
        ("mean_squared_error", "silu", (2.0, 1.0)),
        ("binary_cross_entropy", "sigmoid", (1.0, 0.2)),
        ("binary_cross_entropy_from_logits", "identity", (0.0, 1.0)),
        ("cross_entropy_from_logits", "identity", (0.25, 0.75)),
    ],
)
def test_every_loss_learns_as_in_pytorch(loss, output, target):
    stepper = NetworkStepper((2, 3, 2), output=output, loss=loss, target=target, learning_rate=0.2)
    for _ in range(3):
        reference = Reference(stepper)
        optimizer = torch.optim.SGD([*reference.W, *reference.b], lr=0.2)
        assert stepper._found["loss"] == pytest.approx(reference.loss.item(), rel=1e-12)
        optimizer.step()
        for layer in range(2):
            close(stepper._found["nextW"][layer], reference.W[layer])
            close(stepper._found["nextb"][layer], reference.b[layer])
        expected = stepper._found["nextLoss"]
        stepper.updates += 1
        assert stepper._found["loss"] == expected == stepper.losses[-1]
    stepper.checking = True
    assert stepper._found["check"]["agrees"]
    reference = Reference(stepper)
    gradient = torch.cat([p.grad.ravel() for pair in zip(reference.W, reference.b, strict=True) for p in pair])
    close(stepper._found["check"]["gradient"], gradient)
    torch.testing.assert_close(
        torch.tensor(stepper._found["check"]["differences"]).double(), gradient, rtol=1e-6, atol=1e-8
    )


def test_the_steps_add_up_to_the_pass():
    stepper = NetworkStepper((2, 3, 2), "sigmoid", seed=5)
    reference, steps = Reference(stepper), stepper._found["steps"]
    kinds = [step[0] for step in steps]
    assert kinds[0] == "start"
    assert kinds[-1] == "update"
    assert kinds.index("loss") == 1 + 12 + 5
    assert kinds.count("forward-edge") == kinds.count("backward-edge") == 12
    # The last edge into a unit brings the whole sum, and the last one out of it on the way back the whole gradient.
    sums = {
        (layer, j): total
        for kind, layer, _, j, *_, total in (s for s in steps if len(s) == 7)
        if kind == "forward-edge"
    }
    for (layer, j), total in sums.items():
        assert total + reference.b[layer][j].item() == pytest.approx(reference.z[layer][j].item(), abs=1e-12)
    hidden = torch.autograd.grad(*again(reference))[0]
    back = {
        i: total
        for kind, layer, i, *_, total in (s for s in steps if len(s) == 7)
        if kind == "backward-edge" and layer == 1
    }
    assert [back[i] for i in range(3)] == pytest.approx(hidden.tolist(), abs=1e-12)


def again(reference):
    """The loss as a function of the hidden units alone."""
    hidden = reference.a[0].detach().requires_grad_()
    return reference.loss_of(hidden @ reference.W[1] + reference.b[1], reference.t), hidden


def test_updates_are_kept_so_that_one_can_go_back():
    stepper = NetworkStepper()
    first = stepper.parameters
    stepper.updates = 20
    curve = stepper.losses
    assert len(curve) == 21
    assert curve == sorted(curve, reverse=True)
    stepper.updates = 0
    assert stepper.parameters == first
    assert stepper._found["losses"] == curve, "the page still knows what came later"
    stepper.updates = 5
    stepper.learning_rate = 0.2
    assert stepper._found["losses"] == curve[:6], "another rate makes other updates from here on"
    stepper.updates = 6
    assert stepper.losses[6] != curve[6]


def test_another_problem_begins_from_the_weights_as_they_are():
    stepper = NetworkStepper(x=(1.0, 2.0))
    stepper.updates = 7
    weights = stepper.parameters
    for changes in ({"x": [0.0, 1.0]}, {"target": [3.0]}, {"activation": "relu"}, {"loss": "mean_squared_error"}):
        stepper.change(**changes)
        assert (stepper.parameters, stepper.updates, len(stepper.losses)) == (weights, 0, 1)
    weights[4] = 9.0
    stepper.updates = 3
    stepper.parameters = weights
    assert stepper.updates == 0
    assert stepper.network.layers[0].W[1, 1] == 9.0
    stepper.seed = 1
    assert stepper.parameters == NetworkStepper(seed=1).parameters


def test_other_sizes_keep_inputs_and_targets_that_are_there():
    stepper = NetworkStepper((2, 3, 1), x=(7.0, 8.0), target=(0.5,))
    stepper.sizes = [3, 2, 2, 2]
    assert stepper.x[:2] == [7.0, 8.0]
    assert stepper.target == [0.5, 0.0]
    assert [len(row) for row in stepper._found["W"][1]] == [2, 2]
    stepper.change(sizes=[1, 1], step=2)
    assert (stepper.x, stepper.target, len(stepper.parameters)) == ([7.0], [0.5], 2)
    same = NetworkStepper((1, 1), x=(7.0,), target=(0.5,), parameters=(0.1, 0.2))
    assert same.network.forward([[7.0]]).output[0, 0] == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"loss": "cross_entropy_from_logits"}, "classes"),
        ({"loss": "cross_entropy_from_logits", "sizes": (2, 2), "target": (1.0, 1.0)}, "shares"),
        ({"loss": "binary_cross_entropy"}, "probabilities"),
        ({"loss": "binary_cross_entropy", "output": "sigmoid", "target": (1.5,)}, "target"),
        ({"loss": "binary_cross_entropy_from_logits", "output": "sigmoid"}, "logits"),
    ],
)
def test_a_loss_that_does_not_fit_leaves_the_way_forward(settings, why):
    stepper = NetworkStepper(**settings)
    assert (stepper._found["mismatch"], stepper.losses) == (why, [])
    assert {step[0] for step in stepper._found["steps"]} == {"start", "forward-edge", "forward-node"}
    stepper.updates = 5
    assert stepper.updates == 0
    stepper.change(loss="half_squared_error", checking=True)
    assert stepper._found["check"]["agrees"]


def test_a_network_that_chooses_a_class_gets_targets_that_are_shares():
    stepper = NetworkStepper((2, 3, 3), target=(0.2, 3.0, -1.0))
    stepper.loss = "cross_entropy_from_logits"
    assert (stepper.target, stepper._found["mismatch"]) == ([0.0, 1.0, 0.0], "")


def test_too_large_a_rate_ends_before_the_numbers_do():
    stepper = NetworkStepper(activation="relu", learning_rate=1e6, x=(2.0, 1.0))
    stepper.updates = 50
    assert 0 < stepper.updates < 50
    assert stepper._found["diverged"]
    assert stepper._found["losses"][-1] > 1e6
    stepper.change(learning_rate=0.01, updates=0)
    assert not stepper._found["diverged"]
    huge = NetworkStepper((1, 1, 1), "identity", x=(1e300,), parameters=(1e300, 0.0, 1.0, 0.0))
    assert (huge._overflow, huge._found) == (True, {})
    huge.parameters = [1.0, 0.0, 1e-300, 0.0]
    assert not huge._overflow


def test_a_kink_is_told():
    stepper = NetworkStepper((1, 1, 1), "relu", x=(0.0,), parameters=(1.0, 0.0, 1.0, 0.0), checking=True)
    assert not stepper._found["check"]["agrees"]
    assert stepper._found["check"]["kink"]


@pytest.mark.parametrize(
    "changes",
    [
        {"sizes": [2, 3, 4]}, {"sizes": [7, 1]}, {"sizes": [2]}, {"sizes": [2, 2, 2, 2, 2, 1]}, {"sizes": [2, 0, 1]},
        {"x": [float("nan"), 1.0]}, {"x": ["a", 1.0]}, {"parameters": [1.0]}, {"parameters": [float("inf")] * 13},
        {"activation": "softmax"}, {"loss": "hinge"}, {"learning_rate": 0.0}, {"learning_rate": float("nan")},
        {"updates": 1001}, {"step": -1},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(changes):
    stepper = NetworkStepper()
    before = {name: getattr(stepper, name) for name in stepper.SETTINGS}, stepper._found
    with pytest.raises((ValueError, traitlets.TraitError)):
        stepper.change(**changes)
    assert ({name: getattr(stepper, name) for name in stepper.SETTINGS}, stepper._found) == before


def test_wrong_arguments_are_answered():
    with pytest.raises(ValueError, match=r"x needs 2 numbers.*Received: x=\(1\.0,\)"):
        NetworkStepper(x=(1.0,))
    with pytest.raises(TypeError, match="learning_rate"):
        NetworkStepper(lerning_rate=1)


def test_no_backend_is_imported():
    code = (
        "import sys, llm_widgets as lw; lw.NetworkStepper(); lw.ActivationExplorer();"
        "print([m for m in ('torch', 'jax', 'tensorflow', 'keras') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
