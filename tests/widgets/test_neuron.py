"""The neuron workbench: each number beside PyTorch's, updates, history, and what the library refuses."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
import traitlets
from torch.nn import functional

from llm_widgets.foundations.activations import ACTIVATIONS
from llm_widgets.foundations.neuron import NEURON_LOSSES, Neuron
from llm_widgets.widgets import NeuronWorkbench, _front
from llm_widgets.widgets._neuron_history import NeuronHistory

THEIR_ACTIVATIONS = {
    "identity": lambda z: z,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "tanh": torch.tanh,
    "gelu": functional.gelu,
    "gelu_tanh": lambda z: functional.gelu(z, approximate="tanh"),
    "silu": functional.silu,
}
THEIR_LOSSES = {
    "half_squared_error": lambda y, t: functional.mse_loss(y, t) / 2,
    "mean_squared_error": functional.mse_loss,
    "binary_cross_entropy": functional.binary_cross_entropy,
    "binary_cross_entropy_from_logits": functional.binary_cross_entropy_with_logits,
}
COMBINATIONS = [
    (activation, loss)
    for activation, loss in itertools.product(THEIR_ACTIVATIONS, THEIR_LOSSES)
    if (activation, loss) != ("sigmoid", "binary_cross_entropy_from_logits")
]
X, W, B, TARGET, RATE = (0.5, -1.5, 2.0), (0.3, -0.2, 0.1), -0.25, 0.8, 0.01


def parameter(widget, name):
    return next(p for p in widget._found["parameters"] if p["name"] == name)


@pytest.mark.parametrize(("activation", "loss"), COMBINATIONS)
def test_every_number_is_pytorchs_after_several_updates(activation, loss):
    x, w, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (X, W, B))
    target = torch.tensor(TARGET, dtype=torch.float64)
    optimizer = torch.optim.SGD([w, b], lr=RATE)
    widget = NeuronWorkbench(X, W, B, TARGET, activation, loss, RATE)
    for step in range(4):
        y = THEIR_ACTIVATIONS[activation]((w * x).sum() + b)
        value = THEIR_LOSSES[loss](y, target)
        for one in (x, w, b):
            one.grad = None
        value.backward()
        found = widget._found
        assert (found["step"], found["problem"]) == (step, "")
        assert found["y"] == pytest.approx(y.item(), abs=1e-10)
        assert found["back"]["loss"] == pytest.approx(value.item(), abs=1e-10)
        theirs = [*w.grad.tolist(), b.grad.item(), *x.grad.tolist()]
        ours = [p["gradient"] for p in found["parameters"]]
        assert ours == pytest.approx(theirs, abs=1e-10)
        assert [p["difference"] for p in found["parameters"]] == pytest.approx(theirs, abs=1e-8)
        assert all(p["agrees"] for p in found["parameters"])
        optimizer.step()
        after = [p["after"] for p in found["parameters"] if p["name"][0] != "x"]
        assert after == pytest.approx([*w.tolist(), b.item()], abs=1e-10)
        widget.update()
    assert widget.w == pytest.approx(w.tolist(), abs=1e-10)
    assert [step.after.b for step in widget.history][-1] == widget.b


def test_the_factors_of_the_chain_multiply_to_each_gradient():
    widget = NeuronWorkbench(X, W, B, TARGET, "tanh")
    back = widget._found["back"]
    for i in range(3):
        assert parameter(widget, f"w{i + 1}")["gradient"] == pytest.approx(back["dL_dy"] * back["dy_dz"] * X[i])
        assert parameter(widget, f"x{i + 1}")["gradient"] == pytest.approx(back["dL_dy"] * back["dy_dz"] * W[i])
        assert parameter(widget, f"x{i + 1}")["after"] is None
    assert parameter(widget, "b")["gradient"] == pytest.approx(back["dL_dz"])


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("loss", NEURON_LOSSES)
def test_a_problem_is_told_exactly_where_the_library_refuses(activation, loss):
    for target, b in itertools.product((-1.0, 0.5, 2.0), (-3.0, 0.5, 3.0)):
        neuron = Neuron([0.1], b, activation)
        try:
            neuron.backward(neuron.forward([1.0]), target, loss)
            refused = False
        except ValueError:
            refused = True
        widget = NeuronWorkbench([1.0], [0.1], b, target, activation, loss)
        assert bool(widget._found["problem"]) is refused
        assert (widget._found["back"] is None) is refused
        assert widget._found["y"] == pytest.approx(neuron.forward([1.0]).y)  # forward is shown all the same
        if refused:
            with pytest.raises(ValueError, match="No update is possible"):
                widget.update()
            assert (widget.w, widget.b, widget.target) == ([0.1], b, target)


def test_a_kink_is_explained_and_not_called_wrong():
    widget = NeuronWorkbench([1.0, 0.0], [0.0, 5.0], 0.0, 1.0)
    assert (parameter(widget, "w1")["gradient"], parameter(widget, "w1")["why"]) == (0.0, "kink")
    assert parameter(widget, "w1")["difference"] == pytest.approx(-0.5, abs=1e-4)  # half of the slope on the right
    assert parameter(widget, "w2")["agrees"]  # its input is 0: it does not move z
    widget.b = 0.1
    assert all(p["agrees"] for p in widget._found["parameters"])


def test_other_differences_have_their_reason_too():
    limits = NeuronWorkbench([1.0], [0.0], 40.0, 0.0, "sigmoid", "binary_cross_entropy")
    assert parameter(limits, "b")["why"] == "limits"
    coarse = NeuronWorkbench([1e5], [1e-5], 0.0, 0.0, "tanh")
    assert (parameter(coarse, "w1")["agrees"], parameter(coarse, "w1")["why"]) == (False, "coarse")
    edge = NeuronWorkbench([1.0], [1.0], 0.0, 0.5, "identity", "binary_cross_entropy")
    assert (parameter(edge, "w1")["difference"], parameter(edge, "w1")["why"]) == (None, "edge")


def test_history_is_walked_back_and_forward_and_an_edit_begins_anew():
    widget = NeuronWorkbench()
    widget.update(3)
    third = list(widget.w)
    assert widget._found["losses"] == pytest.approx([0.005 / 4**i for i in range(4)])
    widget.step = 1
    assert widget.w == pytest.approx([0.11, 0.22, 0.33])
    assert (len(widget.history), widget._found["updates"], len(widget._found["losses"])) == (3, 3, 4)
    widget.step = 3
    assert widget.w == third
    widget.step = 2
    w, b = list(widget.w), widget.b
    widget.target = 5.0
    assert (widget.step, widget._found["updates"], widget.w, widget.b) == (0, 0, w, b)
    widget.update()
    widget.reset()
    assert (widget.w, widget.b, widget.target, widget.step, widget.history) == ([0.1, 0.2, 0.3], 0.5, 2.0, 0, [])


def test_at_most_500_updates_and_none_where_numbers_overflow():
    widget = NeuronWorkbench(learning_rate=1e-6)
    widget.step = 500
    assert not widget._found["more"]
    with pytest.raises(ValueError, match="between 0 and 500"):
        widget.update()
    with pytest.raises(ValueError, match="between 0 and 500"):
        widget.step = -1
    runaway = NeuronWorkbench(activation="identity", learning_rate=1e6)
    with pytest.raises(ValueError, match=r"No update is possible after step \d+\. Received: step=400"):
        runaway.step = 400
    assert (runaway.step, runaway.w) == (0, [0.1, 0.2, 0.3])
    runaway.step = runaway._history.updates
    assert (runaway._found["problem"], runaway._found["more"]) == ("overflow", False)
    assert np.isfinite(runaway._found["losses"]).all()


def test_news_of_a_training():
    def news(rate, steps, **settings):
        widget = NeuronWorkbench(learning_rate=rate, **settings)
        widget.step = steps
        return widget._found["news"]

    # |x|² + 1 = 15: one step multiplies the error by 1 − 15η.
    assert news(0.1, 3) == ""
    assert news(0.15, 1, activation="identity") == "rose"
    assert news(0.15, 3, activation="identity") == "diverging"
    assert news(1.0, 1) == "rose"
    assert news(1.0, 2) == "dead"
    assert news(0.1, 80) == "still"


def test_what_is_given_overflows_and_can_be_taken_back():
    widget = NeuronWorkbench()
    widget.change(x=[1e308], w=[1e308])
    assert (widget._found, widget._overflow) == ({}, True)
    widget.change(w=[1.0], x=[1.0])
    assert (widget._found["z"], widget.step) == (1.5, 0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"x": [1.0]}, "needs a weight"),
        ({"x": [], "w": []}, "1 to 6 inputs"),
        ({"x": [1.0] * 7, "w": [1.0] * 7}, "1 to 6 inputs"),
        ({"b": float("nan")}, "finite"),
        ({"w": [float("inf"), 1.0, 1.0]}, "finite"),
        ({"learning_rate": 0.0}, "above 0"),
        ({"activation": "softmax"}, "An activation is one of"),
        ({"loss": "cross_entropy_from_logits"}, "The loss of a neuron is one of"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_lost(settings, message):
    with pytest.raises((ValueError, traitlets.TraitError), match=message):
        NeuronWorkbench(**settings)
    widget = NeuronWorkbench()
    widget.update(2)
    before = dict(widget._found)
    with pytest.raises((ValueError, traitlets.TraitError), match=message):
        widget.change(target=7.0, **settings)
    assert (widget._found, widget.step, widget.target, len(widget.history)) == (before, 2, 2.0, 2)


def test_inputs_come_and_go_and_the_chosen_one_stays_one_of_them():
    widget = NeuronWorkbench()
    widget.chosen = "x3"
    widget.change(x=[1.0], w=[0.1])
    assert (widget.chosen, len(widget._found["parameters"])) == ("w1", 3)
    with pytest.raises(ValueError, match=r"Choose one of w1, b, x1\. Received: 'w2'"):
        widget.chosen = "w2"


def test_the_page_gets_plain_json_and_knows_each_choice():
    widget = NeuronWorkbench(np.array([1, 2]), (3, 4))
    json.dumps(widget._found, allow_nan=False)
    front = _front.bundle("neuron")
    for name in (*ACTIVATIONS, *NEURON_LOSSES):
        assert re.search(rf"[{{,\s]{name}:\s?N\(", front), name


def test_a_history_can_be_used_alone():
    history = NeuronHistory(Neuron([1.0], 0.0, "identity"), [1.0], 0.0, "mean_squared_error", 0.25)
    history.reach(2)
    assert history.losses == [1.0, 0.0, 0.0]
    assert [step.learning_rate for step in history.steps] == [0.25, 0.25]
    assert history.loss_after(0) == 0.0


def test_no_backend_is_loaded():
    source = "".join(Path(_front.FOLDER / f).read_text("utf-8") for f in ("neuron.py", "_neuron_history.py"))
    assert not any(name in source for name in ("torch", "keras", "jax", "tensorflow"))
