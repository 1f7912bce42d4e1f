"""Automatic differentiation: PyTorch in float64, finite differences, the graph, deep graphs."""

from __future__ import annotations

import gc
import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_widgets.foundations import (
    ACTIVATIONS,
    DenseNetwork,
    Value,
    backward_steps,
    cross_entropy_from_logits,
    graph,
    scaled_dot_product_attention,
    topological_order,
)

laws = settings(deadline=None, max_examples=60)
RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(3, 4)), RNG.normal(size=(3, 4))
ABOVE = RNG.uniform(0.5, 2, (3, 4))
ROW, COLUMN, ONE = RNG.uniform(0.5, 2, 4), RNG.uniform(0.5, 2, (3, 1)), np.array(1.5)

# Written once, run by both.
BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "a constant on each side": lambda a, b: 2 - a + (1 / b) * 3 - 2**b + a**3 - a / 2,
    "used more than once": lambda a, b: a * a + a * b + (a + b) * (a - b),
}
UNARY = {
    "neg": lambda a: -a,
    "exp": lambda a: a.exp(),
    "log": lambda a: a.log(),
    "square": lambda a: a**2,
    "reciprocal": lambda a: a**-1,
    "root": lambda a: a**0.5,
    "to the 0": lambda a: a**0,
    "sum": lambda a: a.sum(),
    "sum 0": lambda a: a.sum(0),
    "sum -1, kept": lambda a: a / a.sum(-1, keepdims=True),
    "mean": lambda a: a.mean() * a,
    "mean 1": lambda a: a.mean(1),
    "T": lambda a: a.T @ a,
    "sigmoid": lambda a: a.sigmoid(),
    "tanh": lambda a: a.tanh(),
    "relu": lambda a: (a - 1).relu(),
}


def compared(compute, *arrays):
    """The same lines on both: values and gradients for one random ∂L/∂result."""
    ours = [Value(array) for array in arrays]
    theirs = [torch.tensor(array, requires_grad=True) for array in arrays]
    result, expected = compute(*ours), compute(*theirs)
    np.testing.assert_allclose(result.data, expected.detach(), rtol=1e-12, atol=1e-12)
    assert result.shape == tuple(expected.shape)
    seed = np.random.default_rng(1).normal(size=result.shape)
    result.backward(seed)
    expected.backward(torch.tensor(seed))
    for mine, its in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine.grad, its.grad, rtol=1e-10, atol=1e-10)
        assert mine.grad.shape == mine.shape


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize(
    ("a", "b"),
    [(ABOVE, ABOVE + 0.3), (ABOVE, ROW), (ROW, ABOVE), (ABOVE, COLUMN), (ROW, COLUMN),
     (ABOVE, ONE), (ONE, ROW), (ONE, ONE)],
    ids=["same", "row", "row first", "column", "row and column", "one", "one first", "numbers"],
)  # fmt: skip
def test_operations_with_broadcasting_equal_pytorchs(name, a, b):
    compared(BINARY[name], a, b)


@pytest.mark.parametrize("name", UNARY)
def test_functions_equal_pytorchs(name):
    compared(UNARY[name], ABOVE)


@pytest.mark.parametrize(
    ("left", "right"),
    [((3, 4), (4, 2)), ((4,), (4, 2)), ((3, 4), (4,)), ((4,), (4,)), ((2, 3, 4), (4, 2)), ((2, 3, 4), (2, 4, 5)),
     ((2, 1, 3, 4), (5, 4, 2)), ((4,), (5, 4, 2)), ((2, 3, 4), (4,))],
)  # fmt: skip
def test_matrix_products_equal_pytorchs(left, right):
    compared(lambda a, b: a @ b, RNG.normal(size=left), RNG.normal(size=right))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_equal_pytorchs(name):
    theirs = {
        "identity": lambda z: z * 1,
        "gelu": torch.nn.functional.gelu,
        "gelu_tanh": lambda z: torch.nn.functional.gelu(z, approximate="tanh"),
        "silu": torch.nn.functional.silu,
    }.get(name, getattr(torch, name, None))
    compared(lambda z: z.activate(name) if isinstance(z, Value) else theirs(z), A * 3)


def test_softmax_equals_pytorchs():
    compared(lambda z: z.softmax() if isinstance(z, Value) else z.softmax(-1), A)
    compared(lambda z: z.log_softmax() if isinstance(z, Value) else z.log_softmax(-1), A * 1000)


def test_powers_where_they_are_hard():
    compared(lambda a: a**2, np.array([-2.0, 0.0, 3.0]))
    compared(lambda a: a**3, np.array([-2.0, 0.0, 3.0]))
    compared(lambda a: a**1, np.array([0.0, -1.0]))
    compared(lambda a: a**0, np.array([0.0, -1.0]))
    compared(lambda a, b: a**b, np.array([0.0, 2.0]), np.array([2.0, 0.0]))


@laws
@given(st.data())
def test_any_expression_equals_pytorchs(data):
    start = [data.draw(st.floats(-1.5, 1.5)) for _ in range(3)]
    choices = data.draw(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 99), st.integers(0, 99)), max_size=8))

    def build(*values):
        values = list(values)
        for op, i, j in choices:
            a, b = values[i % len(values)], values[j % len(values)]
            square = b * b + 1
            made = [a + b, a - b, a * b.tanh(), a / square, a.tanh(), a.tanh().exp(), a.sigmoid() ** 2, square.log()]
            values.append(made[op])
        return sum(values)

    compared(build, *(np.array(number) for number in start))


def test_a_network_by_hand_and_by_the_graph():
    network = DenseNetwork.initial([3, 5, 2], activation="gelu", seed=2)
    X, ids = RNG.normal(size=(4, 3)), np.array([0, 1, 1, 0])
    back = network.backward(network.forward(X), ids, "cross_entropy_from_logits")
    parameters = [Value(part) for layer in network.layers for part in (layer.W, layer.b)]
    W0, b0, W1, b1 = parameters
    logits = (X @ W0 + b0).gelu() @ W1 + b1
    loss = -(logits.log_softmax() * np.eye(2)[ids]).sum() / len(ids)
    loss.backward()
    assert float(loss) == pytest.approx(back.loss, abs=1e-14)
    np.testing.assert_allclose(np.concatenate([p.grad.ravel() for p in parameters]), back.gradient, atol=1e-14)
    np.testing.assert_allclose(float(loss), cross_entropy_from_logits(logits.data, ids).value, atol=1e-14)


def test_attention_by_hand_and_by_the_graph():
    q, k, v = (Value(RNG.normal(size=(2, 5, 4))) for _ in range(3))
    output = (q @ k.T / 2.0).softmax() @ v
    np.testing.assert_allclose(output.data, scaled_dot_product_attention(q.data, k.data, v.data).output, atol=1e-14)


def test_a_graph_as_plain_data():
    w, x = Value(2.0, "w"), Value([1.0, 3.0], "x")
    loss = ((w * x).tanh() + 1.0).sum()
    drawn = graph(loss)
    assert [(node.op, node.name, node.shape) for node in drawn.nodes] == [
        ("", "w", ()), ("", "x", (2,)), ("*", "", (2,)), ("tanh", "", (2,)), ("constant", "", ()), ("+", "", (2,)),
        ("sum", "", ()),
    ]  # fmt: skip
    assert [(e.source, e.target, e.argument) for e in drawn.edges] == [
        (0, 2, 0), (1, 2, 1), (2, 3, 0), (3, 5, 0), (4, 5, 1), (5, 6, 0),
    ]  # fmt: skip
    assert [node.depth for node in drawn.nodes] == [0, 0, 1, 2, 0, 3, 4]
    assert drawn.nodes[2].value == [2.0, 6.0]
    assert json.loads(json.dumps(drawn.as_dict()))["edges"][0] == {"source": 0, "target": 2, "argument": 0}


def test_a_value_used_twice_is_one_node_with_two_edges():
    a = Value(3.0, "a")
    drawn = graph(a * a)
    assert len(drawn.nodes) == 2
    assert [(e.source, e.argument) for e in drawn.edges] == [(0, 0), (0, 1)]


@laws
@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=30))
def test_parents_come_before_children(pairs):
    values = [Value(0.1), Value(0.2)]
    for i, j in pairs:
        values.append(values[i % len(values)] + values[j % len(values)] * 0.5)
    order = topological_order(values[-1])
    index = {id(value): at for at, value in enumerate(order)}
    assert len(index) == len(order)
    assert order[-1] is values[-1]
    assert all(index[id(parent)] < at for at, value in enumerate(order) for parent in value.parents)
    assert all(edge.source < edge.target for edge in graph(values[-1]).edges)


def test_steps_back_show_every_share():
    a, b = Value(2.0, "a"), Value(5.0, "b")
    result = a * b + a * 3.0
    steps = list(backward_steps(result))
    order = topological_order(result)
    assert order[steps[0].node].op == "+"
    assert all(order[step.node].op != "constant" for step in steps)
    # A node comes when all of its users have, and its gradient is the last total.
    totals: dict[int, float] = {}
    for step in steps:
        if step.node in totals:
            assert float(step.gradient) == totals[step.node]
        for sent in step.contributions:
            before = totals.get(sent.parent, 0.0)
            assert float(sent.total) == before + float(sent.gradient)
            totals[sent.parent] = float(sent.total)
    assert totals[order.index(a)] == 8.0
    assert totals[order.index(b)] == 2.0
    assert a.grad is None, "stepping writes nothing"
    result.backward()
    assert (float(a.grad), float(b.grad), float(result.grad)) == (8.0, 2.0, 1.0)


def test_a_second_way_back_replaces_the_first():
    a = Value(2.0)
    result = a * a
    result.backward()
    result.backward()
    assert float(a.grad) == 4.0
    (result * 1.0).backward(3.0)
    assert float(a.grad) == 12.0


def test_ten_thousand_nodes_one_after_another():
    x = Value(1.0)
    value = x
    for _ in range(10_000):
        value = value * 1.0001
    value.backward()
    assert float(x.grad) == pytest.approx(1.0001**10_000, rel=1e-10)
    nodes = graph(value).nodes
    assert len(nodes) == 20_001
    assert max(node.depth for node in nodes) == 10_000


def test_a_deep_graph_can_be_let_go():
    # In a process of its own: a stack that overflows while memory is given back ends the whole process. A small stack
    # overflows sooner.
    script = (
        "import threading\n"
        "from llm_widgets.foundations import Value\n"
        "def work():\n"
        "    value = Value(1.0)\n"
        "    for _ in range(4_000): value = (value + 0.0).tanh()\n"
        "    value.backward()\n"
        "    del value\n"
        "    print('alive')\n"
        "threading.stack_size(256 * 1024)\n"
        "thread = threading.Thread(target=work)\n"
        "thread.start()\n"
        "thread.join()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout == "alive\n", done.stderr[-500:]


def test_no_memory_is_kept():
    def values():
        gc.collect()
        return sum(type(thing) is Value for thing in gc.get_objects())

    before = values()
    loss = (Value(2.0) * 3.0).exp()
    loss.backward()
    assert values() > before
    del loss
    assert values() == before


@pytest.mark.parametrize("bad", [[], np.nan, np.inf, "text", None, [[1], [2, 3]], 1j, 10**400])
def test_what_is_no_number_is_refused(bad):
    with pytest.raises(ValueError, match="Received: "):
        Value(bad)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Value([1.0, 2.0]) + Value([1.0, 2.0, 3.0]),
        lambda: Value([1.0, 2.0]) ** Value([1.0, 2.0, 3.0]),
        lambda: Value([1.0, 2.0]) @ Value([1.0, 2.0, 3.0]),
        lambda: Value(1.0) @ Value([1.0]),
        lambda: Value(1.0) / 0,
        lambda: 1 / Value([0.0, 1.0]),
        lambda: Value(0.0).log(),
        lambda: Value(-1.0).log(),
        lambda: Value(-1.0) ** 0.5,
        lambda: Value(-1.0) ** Value(2.0),
        lambda: Value(0.0) ** -1,
        lambda: (Value(0.0) ** 0.5).backward(),
        lambda: Value(1e3).exp(),
        lambda: Value(1e300) * 1e300,
        lambda: Value([1.0, 2.0]).backward(),
        lambda: Value(1.0).backward([1.0, 2.0]),
        lambda: Value(1.0).backward(np.nan),
        lambda: Value([1.0]).sum(1),
        lambda: Value([1.0]).T,
        lambda: Value(1.0).softmax(),
        lambda: Value(1.0).activate("swoosh"),
        lambda: Value(1.0) + "text",
        lambda: Value(1.0) * np.nan,
    ],
)
def test_what_has_no_result_is_refused(make):
    with pytest.raises(ValueError, match="Received: "):
        make()
