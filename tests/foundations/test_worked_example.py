"""The documents' worked example: PyTorch for what is right, the published map of errors for what is wrong."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from llm_widgets.foundations.worked_example import (
    INPUT,
    LEARNING_RATE,
    TARGET,
    WEIGHT,
    follow,
    neuron,
    right_step,
    rows,
)


def test_what_is_right_is_what_pytorch_says():
    w = torch.tensor(WEIGHT, dtype=torch.float64, requires_grad=True)
    b = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=LEARNING_RATE)
    y = torch.relu(w @ torch.tensor(INPUT, dtype=torch.float64) + b)
    loss = (y - TARGET) ** 2 / 2
    loss.backward()
    computed = {row.key: row.computed for row in rows()}
    assert computed["output"] == pytest.approx((y.item(),), abs=1e-15)
    assert computed["loss"] == pytest.approx((loss.item(),), abs=1e-15)
    assert computed["weight_gradient"] == pytest.approx(w.grad.tolist(), abs=1e-15)
    assert computed["bias_gradient"] == pytest.approx((b.grad.item(),), abs=1e-15)
    optimizer.step()
    assert computed["new_weight"] == pytest.approx(w.tolist(), abs=1e-15)
    assert computed["new_bias"] == pytest.approx((b.item(),), abs=1e-15)


@pytest.mark.parametrize(
    ("key", "section", "printed", "right", "follows"),
    [
        ("products", "4.1", [0.1, 0.4, 0.9], [0.1, 0.4, 0.9], [0.1, 0.4, 0.9]),
        ("weighted_sum", "4.1", [1.8], [1.9], [1.9]),
        ("output", "4.1", [1.8], [1.9], [1.8]),
        ("loss", "4.2", [0.02], [0.005], [0.02]),
        ("weight_gradient", "4.2", [0.1, 0.4, 0.9], [-0.1, -0.2, -0.3], [0.1, 0.4, 0.9]),
        ("bias_gradient", "4.2", [-0.2], [-0.1], [-0.2]),
        ("new_weight", "4.2", [0, -0.2, 0], [0.11, 0.22, 0.33], [0.09, 0.16, 0.21]),
        ("new_bias", "4.2", [0.52], [0.51], [0.52]),
    ],
)
def test_each_row_as_the_map_of_errors_has_it(key, section, printed, right, follows):
    row = next(row for row in rows() if row.key == key)
    assert row.section == section
    assert row.printed == pytest.approx(printed, abs=1e-12)
    assert row.computed == pytest.approx(right, abs=1e-12)
    assert row.follows == pytest.approx(follows, abs=1e-12)
    assert row.right == (printed == right)
    assert row.consistent == (printed == follows)


def test_each_wrong_line_is_a_slip_a_wrong_rule_or_follows_from_one_before():
    assert {row.key: row.verdict for row in rows()} == {
        "products": "right",
        "weighted_sum": "slip",
        "output": "follows",
        "loss": "follows",
        "weight_gradient": "rule",
        "bias_gradient": "follows",
        "new_weight": "slip",
        "new_bias": "follows",
    }
    # Even from the document's own 1.8 the chain rule, by PyTorch, gives another gradient than is printed.
    w = torch.tensor(WEIGHT, dtype=torch.float64, requires_grad=True)
    b = torch.tensor(0.4, dtype=torch.float64, requires_grad=True)  # 1.8 = 1.4 + 0.4
    ((torch.relu(w @ torch.tensor(INPUT, dtype=torch.float64) + b) - TARGET) ** 2 / 2).backward()
    carried = {row.key: row.carried for row in rows()}
    assert carried["weight_gradient"] == pytest.approx(w.grad.tolist(), abs=1e-14)
    assert carried["bias_gradient"] == pytest.approx((b.grad.item(),), abs=1e-14)


def test_the_right_gradient_passes_a_check_and_the_printed_one_does_not():
    check = neuron().check(INPUT, TARGET)
    assert check.agrees
    printed = [*next(row.printed for row in rows() if row.key == "weight_gradient"), -0.2]
    assert not np.allclose(check.differences, printed, atol=0.05)


def test_the_printed_update_multiplies_the_loss_by_353():
    followed = follow("as_printed", 1)
    assert followed.weights[1].tolist() == [0.0, -0.2, 0.0]
    assert followed.biases[1] == 0.52
    assert followed.outputs[1] == pytest.approx(0.12)
    assert followed.losses.tolist() == pytest.approx([0.005, 1.7672])
    assert followed.factor == pytest.approx(353.44)
    assert int(followed.factor) == 353


def test_the_chain_rule_quarters_the_loss_at_each_step():
    followed = follow("chain_rule", 20)
    # The error shrinks by 1 − η(|x|² + 1) = 1 − 0.1·15 = −½.
    np.testing.assert_allclose(followed.losses, 0.005 * 0.25 ** np.arange(21), atol=1e-15)
    np.testing.assert_array_equal(followed.weights[1], right_step().after.w)


def test_the_rule_the_document_computes_with_forgets_the_weights():
    followed = follow("as_computed", 100)
    assert followed.weights[1] == pytest.approx([0.09, 0.16, 0.21])
    # Each weight shrinks by 1 − 0.1·x, whatever the target is: all that is left to learn is the bias.
    np.testing.assert_allclose(followed.weights[100], np.array(WEIGHT) * np.array([0.9, 0.8, 0.7]) ** 100, atol=1e-18)
    assert followed.biases[100] == pytest.approx(TARGET, abs=0.01)
    assert followed.losses[1] / followed.losses[0] == pytest.approx(20.25)
    assert followed.losses[:9].min() == followed.losses[0]


def test_the_formula_as_written_does_not_know_the_target_and_kills_the_unit():
    followed = follow("as_formula", 5)
    # x·∂y/∂w = x²: 0.1·(1, 4, 9) off the weights, 0.1 off the bias.
    assert followed.weights[1] == pytest.approx([0.0, -0.2, -0.6])
    assert followed.biases[1] == pytest.approx(0.4)
    assert followed.outputs[1:].tolist() == [0.0] * 5, (
        "below 0, ReLU gives 0 and its slope is 0: nothing moves any more"
    )
    assert (followed.weights[1:] == followed.weights[1]).all()
    assert followed.factor == pytest.approx(400)


def test_no_steps_is_the_start():
    followed = follow("chain_rule", 0)
    assert followed.losses.tolist() == pytest.approx([0.005])
    assert followed.factor == 1


def test_a_rate_too_large_ends_early_and_says_so():
    # Each weight times 1 − 10·x at each step: 9, 19 and 29 times as large.
    followed = follow("as_computed", 1000, learning_rate=10.0)
    assert followed.diverged
    assert len(followed.losses) == len(followed.weights) < 1000
    assert np.isfinite(followed.losses).all()
    assert not follow("chain_rule", 1000).diverged


@pytest.mark.parametrize(
    ("rule", "steps", "rate"),
    [("magic", 1, 0.1), (None, 1, 0.1), ("chain_rule", -1, 0.1), ("chain_rule", 1.5, 0.1), ("chain_rule", 1, 0),
     ("chain_rule", 1, np.nan)],
)  # fmt: skip
def test_bad_input_is_refused(rule, steps, rate):
    with pytest.raises(ValueError, match="Received: "):
        follow(rule, steps, learning_rate=rate)
