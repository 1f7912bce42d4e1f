"""Expressions are read and never run; their derivatives are PyTorch's."""

from __future__ import annotations

import pytest
import torch
import traitlets

from llm_widgets import AutodiffStepper
from llm_widgets.widgets._expression import UndefinedError, computed, names, parsed

EXPRESSIONS = (
    "(w*x + b - t)**2", "a*b + a*c", "x*x*x - 2*x", "tanh(w*x + b)", "relu(w*x + b)*v", "exp(a)/(exp(a) + exp(b))",
    "-log(1/(1 + exp(-z)))", "x**n", "+a - -a/3**2*2", "2**a", "log(a*a)", "a",
)  # fmt: skip
FUNCTIONS = {"tanh": torch.tanh, "exp": torch.exp, "log": torch.log, "relu": torch.relu}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_value_and_derivatives_are_pytorchs(expression):
    stepper = AutodiffStepper(expression)
    found = stepper._found
    inputs = {name: torch.tensor(x, dtype=torch.float64, requires_grad=True) for name, x in found["values"].items()}
    output = eval(expression, {"__builtins__": {}}, {**FUNCTIONS, **inputs})  # ours, not a learner's
    output.backward()
    assert found["nodes"][-1]["value"] == pytest.approx(output.item(), rel=1e-12)
    assert stepper.gradients == pytest.approx({name: x.grad.item() for name, x in inputs.items()}, rel=1e-12)
    for gradient, difference in found["gradients"].values():
        assert difference == pytest.approx(gradient, rel=1e-6, abs=1e-8)
    # Each edge hands on what arrives times its own derivative, and the last total is the gradient of its node.
    complete = {step[1]: step[2] for step in found["steps"] if step[0] == "gradient"}
    totals = {}
    for kind, *step in found["steps"]:
        if kind == "edge":
            node, parent, _, local, flow, total = step
            assert flow == pytest.approx(complete[node] * local, rel=1e-12)
            totals[parent] = total
    assert all(complete[node] == pytest.approx(total) for node, total in totals.items())


def test_the_steps_go_forward_and_all_the_way_back():
    steps = AutodiffStepper("a*b + a*c")._found["steps"]
    kinds = [step[0] for step in steps]
    assert [kinds.count(kind) for kind in ("start", "forward", "gradient", "edge")] == [1, 3, 6, 6]
    assert kinds[4:7] == ["gradient", "edge", "edge"]


def test_a_name_is_one_input_however_often_it_occurs():
    found = AutodiffStepper("x*x*x", values={"x": 2.0})._found
    assert [node["name"] for node in found["nodes"] if node["op"] == ""] == ["x"]
    assert found["gradients"]["x"][0] == 12
    assert names(parsed("b*exp(a) + b")) == ["b", "a"]


@pytest.mark.parametrize(
    "expression",
    [
        "", "  ", "a +", "a b", "a = 1", "a == b", "a if b else c", "lambda a: a", "f(a)", "a.b", "a[0]", "[a]", "a, b",
        "__import__('os').system('x')", "exp(a, b)", "exp(x=a)", "exp(*a)", "exp", "a ^ b", "a // b", "a % b", "a @ b",
        "~a", "not a", "a and b", "'a'*b", "True*a", "1j*a", "None", "f'{a}'", "(a := 1)", "await a", "1 + 2",
        "tanh(1)", "1e999*a", "1" + "0" * 400 + "*a", "a\x00b", "\ud800", "😀*a", "<img src=x>", "a" * 201,
        "(" * 150 + "a" + ")" * 150, "-" * 150 + "a", "+".join("abcdefg"), "+".join("a" * 1 for _ in range(30)),
        "averylongname*2", "exp*a", "a\nb", "import os",
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused_and_never_run(expression):
    stepper = AutodiffStepper()
    with pytest.raises((ValueError, traitlets.TraitError)):
        stepper.change(expression=expression)
    assert (stepper.expression, stepper.gradients.keys()) == ("(w*x + b - t)**2", {"w", "x", "b", "t"})
    with pytest.raises((ValueError, traitlets.TraitError)):
        AutodiffStepper(expression)


@pytest.mark.parametrize(
    ("expression", "values", "part"),
    [
        ("log(a) + b", {"a": -1.0}, "log(a)"),
        ("b*(1/a)", {"a": 0.0}, "1 / a"),
        ("exp(a)", {"a": 1000.0}, "exp(a)"),
        ("a**b", {"a": -1.0, "b": 0.5}, "a ** b"),
        ("a**a**a", {"a": 9.0}, "a ** a ** a"),
    ],
)
def test_what_has_no_value_is_named(expression, values, part):
    stepper = AutodiffStepper(expression, values=values)
    assert (stepper._found["undefined"], stepper.gradients, stepper._overflow) == (part, {}, False)
    with pytest.raises(UndefinedError):
        computed(parsed(expression), {"a": 0.0, "b": 1.0} | values)
    stepper.values = {"a": 1.0, "b": 1.0}
    assert stepper.gradients


def test_values_are_kept_by_name_and_must_be_finite():
    stepper = AutodiffStepper("a*b", values={"a": 5.0})
    stepper.expression = "b*c"
    stepper.expression = "a*c"
    assert stepper._found["values"]["a"] == 5
    with pytest.raises(ValueError, match="finite"):
        stepper.change(values={"a": float("nan")})
    with pytest.raises(traitlets.TraitError):
        stepper.change(values={"a": "x"})
