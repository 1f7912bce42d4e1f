"""The documents' example as a widget: the numbers against PyTorch and the published map of errors."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
import traitlets

from llm_widgets import WorkedExample
from llm_widgets.foundations import worked_example as example

# Each line, and the verdict that the map of errors gives it.
VERDICTS = {
    "products": "right",
    "weighted_sum": "slip",
    "output": "follows",
    "loss": "follows",
    "weight_rule": "rule",
    "bias_rule": "rule",
    "weight_gradient": "rule",
    "bias_gradient": "follows",
    "update_rule": "right",
    "new_weight": "slip",
    "new_bias": "follows",
}


def lines(widget):
    return {line["key"]: line for line in widget._found["lines"]}


def torch_step(rate=0.1):
    """One update of the example's neuron by PyTorch: output, loss, gradients, new weights and bias."""
    w = torch.tensor(example.WEIGHT, dtype=torch.float64, requires_grad=True)
    b = torch.tensor(example.BIAS, dtype=torch.float64, requires_grad=True)
    y = torch.relu(w @ torch.tensor(example.INPUT, dtype=torch.float64) + b)
    loss = (y - example.TARGET) ** 2 / 2
    loss.backward()
    optimizer = torch.optim.SGD([w, b], lr=rate)
    gradients = w.grad.tolist(), [b.grad.item()]
    optimizer.step()
    return [y.item()], [loss.item()], *gradients, w.tolist(), [b.item()]


def test_what_stands_beside_the_printed_numbers_is_what_pytorch_computes():
    found = lines(WorkedExample())
    names = ("output", "loss", "weight_gradient", "bias_gradient", "new_weight", "new_bias")
    for name, right in zip(names, torch_step(), strict=True):
        assert found[name]["computed"] == pytest.approx(right, abs=1e-14), name
    _, _, dw, db, *_ = torch_step()
    assert found["weight_rule"]["computed"] == pytest.approx(dw, abs=1e-14)
    assert WorkedExample()._found["differences"] == pytest.approx([*dw, *db], abs=1e-7)


def test_each_line_has_its_verdict():
    found = lines(WorkedExample())
    assert {key: line["verdict"] for key, line in found.items()} == VERDICTS
    assert found["weight_rule"]["gives"] == [1.0, 4.0, 9.0]
    assert found["bias_rule"]["gives"] == [1.0]
    assert found["weight_rule"]["documents"] == ["en", "zh"]
    assert found["weighted_sum"]["documents"] == ["zh"]


def test_both_updates_are_followed_and_the_first_printed_one_costs_353_times_the_loss():
    widget = WorkedExample(steps=200)
    document, chain = widget._found["followed"]["document"], widget._found["followed"]["chain"]
    assert document["first"] == pytest.approx(353.44)
    assert chain["first"] == pytest.approx(0.25)
    assert len(document["losses"]) == len(chain["losses"]) == 201
    widget.change(rule="as_formula", steps=3)
    assert widget._found["followed"]["document"]["outputs"] == pytest.approx([1.9, 0, 0, 0])
    widget.learning_rate = 0.05
    _, _, _, _, w, b = torch_step(0.05)
    assert widget._found["followed"]["chain"]["weights"][1] == pytest.approx(w, abs=1e-14)
    assert widget._found["followed"]["chain"]["biases"][1] == pytest.approx(b[0], abs=1e-14)
    widget.steps = 0
    assert widget._found["followed"]["document"]["first"] is None


def test_a_rate_too_large_ends_early_and_says_so():
    widget = WorkedExample(steps=200, learning_rate=100.0, rule="as_computed")
    assert widget._found["followed"]["document"]["diverged"]
    assert not widget._overflow
    # The chain rule's own error would grow 1,499-fold a step, but ReLU cuts it off: the unit is dead.
    assert widget._found["followed"]["chain"]["outputs"][-1] == 0
    assert len(widget._found["followed"]["document"]["losses"]) < 201


def test_in_mode_find_the_page_knows_no_verdict_before_the_check():
    widget = WorkedExample(mode="find")
    assert not widget._found["open"]
    assert widget._found["followed"] is None
    assert "differences" not in widget._found
    for line in widget._found["lines"]:
        assert not line.keys() & {"computed", "follows", "carried", "verdict", "gives", "outcome"}
    widget.change(marked=["weighted_sum", "new_weight", "products"], checked=True)
    assert {key: line["outcome"] for key, line in lines(widget).items()} == {
        "products": "false_alarm",
        "weighted_sum": "found",
        "output": "missed",
        "loss": "missed",
        "weight_rule": "missed",
        "bias_rule": "missed",
        "weight_gradient": "missed",
        "bias_gradient": "missed",
        "update_rule": "cleared",
        "new_weight": "found",
        "new_bias": "missed",
    }
    widget.mode = "explain"
    assert "outcome" not in lines(widget)["products"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": -1}, {"steps": 201}, {"steps": "ten"}, {"steps": 1.5}, {"learning_rate": 0.0}, {"rule": "chain_rule"},
        {"learning_rate": float("inf")}, {"learning_rate": float("nan")}, {"mode": "solve"}, {"row": "<b>"},
        {"marked": ["nothing"]}, {"marked": 3}, {"step": -1},
    ],
    ids=str,
)  # fmt: skip
def test_bad_settings_are_refused_and_nothing_changes(wrong):
    with pytest.raises((traitlets.TraitError, ValueError)):
        WorkedExample(**wrong)
    widget = WorkedExample()
    before = dict(widget._found)
    with pytest.raises((traitlets.TraitError, ValueError)):
        widget.change(**wrong)
    assert widget._found == before


def test_a_misspelled_setting_is_answered_with_the_right_one():
    with pytest.raises(TypeError, match="learning_rate"):
        WorkedExample(learning_rte=0.1)


def test_no_backend_is_imported():
    code = (
        "import sys\nimport llm_widgets as lw\n"
        "lw.WorkedExample(steps=200)\n"
        "view = lw.course.errata()\nview.check()\n"
        "assert all(row['findings'] for row in view._found['rows'])\n"
        "print([name for name in ('keras', 'torch', 'jax', 'tensorflow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.strip() == "[]", done.stderr
