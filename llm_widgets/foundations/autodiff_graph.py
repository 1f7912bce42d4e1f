"""The graph behind a `Value`: in order, as plain data to draw, and backward one node at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from llm_widgets.foundations._arrays import Array, numbers, settled

if TYPE_CHECKING:
    from llm_widgets.foundations.autodiff import Value


@dataclass(frozen=True)
class GraphNode:
    """One value of a graph.

    Attributes:
        index: its place in topological order.
        op: "" for an input, "constant", or the operation that made it.
        name: as it was given.
        shape: of the value.
        value: a number, or nested lists.
        depth: 0 for inputs, otherwise one more than the deepest parent: a column to draw it in.
    """

    index: int
    op: str
    name: str
    shape: tuple[int, ...]
    value: Any
    depth: int


@dataclass(frozen=True)
class GraphEdge:
    """From an operand to a result, by their indices; `argument` is 0 for the left operand and 1 for the right one."""

    source: int
    target: int
    argument: int


@dataclass(frozen=True)
class Graph:
    """Everything a value was made from; the value itself is the last node."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]

    def as_dict(self) -> dict[str, Any]:
        """Dictionaries, lists and numbers alone, for JSON."""
        return {"nodes": [asdict(node) for node in self.nodes], "edges": [asdict(edge) for edge in self.edges]}


@dataclass(frozen=True, eq=False)
class Contribution:
    """What one node sends to one parent: the gradient along the edge, and the parent's sum so far."""

    parent: int
    argument: int
    gradient: Array
    total: Array


@dataclass(frozen=True, eq=False)
class BackwardStep:
    """One node of the way back: its gradient is complete, and its parents get their shares (constants get none)."""

    node: int
    gradient: Array
    contributions: tuple[Contribution, ...]


def topological_order(output: Value) -> list[Value]:
    """Everything `output` was made from, each after its parents; `output` comes last.

    Example:
        >>> from llm_widgets.foundations import Value
        >>> a = Value(2.0, "a")
        >>> [value.op or value.name for value in topological_order(a * a + 1)]
        ['a', '*', 'constant', '+']
    """
    order: list[Value] = []
    seen: set[int] = set()
    waiting = [(output, False)]  # a list, since a function calling itself ends at some thousand nodes
    while waiting:
        value, parents_done = waiting.pop()
        if parents_done:
            order.append(value)
        elif id(value) not in seen:
            seen.add(id(value))
            waiting.append((value, True))
            waiting.extend((parent, False) for parent in reversed(value.parents))
    return order


def graph(output: Value) -> Graph:
    """Nodes and edges as plain data.

    Example:
        >>> from llm_widgets.foundations import Value
        >>> drawn = graph(Value(2.0, "w") * 3.0)
        >>> [(node.op, node.value, node.depth) for node in drawn.nodes]
        [('', 2.0, 0), ('constant', 3.0, 0), ('*', 6.0, 1)]
        >>> [(edge.source, edge.target) for edge in drawn.edges]
        [(0, 2), (1, 2)]
    """
    order = topological_order(output)
    index = {id(value): at for at, value in enumerate(order)}
    nodes: list[GraphNode] = []
    edges: list[GraphEdge] = []
    for at, value in enumerate(order):
        sources = [index[id(parent)] for parent in value.parents]
        depth = 1 + max(nodes[source].depth for source in sources) if sources else 0
        nodes.append(GraphNode(at, value.op, value.name, value.shape, value.data.tolist(), depth))
        edges.extend(GraphEdge(source, at, argument) for argument, source in enumerate(sources))
    return Graph(tuple(nodes), tuple(edges))


def backward_steps(output: Value, gradient: ArrayLike | None = None) -> Iterator[BackwardStep]:
    """The way back, one node at a time; nothing is written to `grad`.

    Args:
        output: where it begins.
        gradient: ∂L/∂output, in its shape; None: 1, for a single number.

    Yields:
        A step for each node but constants, from the output on; a node comes when all its users have.

    Raises:
        ValueError: not a single number and no gradient given; the gradient has another shape; a gradient overflows.

    Example:
        >>> from llm_widgets.foundations import Value
        >>> a = Value(3.0, "a")
        >>> [(step.node, float(step.gradient)) for step in backward_steps(a * a)]
        [(1, 1.0), (0, 6.0)]
    """
    order = topological_order(output)
    index = {id(value): at for at, value in enumerate(order)}
    totals: dict[int, Array] = {len(order) - 1: _seed(output, gradient)}
    for at in reversed(range(len(order))):
        node = order[at]
        if node.op == "constant":
            continue
        complete = totals.pop(at)
        sent: list[Contribution] = []
        for argument, (parent, pull) in enumerate(zip(node.parents, node.pulls, strict=True)):
            if parent.op == "constant":
                continue
            with np.errstate(over="ignore", invalid="ignore"):
                share = settled(f"A gradient of {node.op}", _summed_to(np.asarray(pull(complete)), parent.shape))
                to = index[id(parent)]
                total = settled("A gradient", totals[to] + share) if to in totals else share
            totals[to] = total
            sent.append(Contribution(to, argument, share, total))
        yield BackwardStep(at, complete, tuple(sent))


def _seed(output: Value, gradient: ArrayLike | None) -> Array:
    if gradient is None:
        if output.data.size != 1:
            raise ValueError(f"Only a single number has a gradient by itself; give one. Received: shape {output.shape}")
        return numbers("gradient", np.ones(output.shape))
    given = numbers("gradient", gradient)
    if given.shape != output.shape:
        raise ValueError(
            f"The gradient has the output's shape. Received: gradient of {given.shape}, output of {output.shape}"
        )
    return given


def _summed_to(gradient: Array, shape: tuple[int, ...]) -> Array:
    """Undoes broadcasting: what one number did in many places comes together."""
    extra = gradient.ndim - len(shape)
    if extra > 0:
        gradient = gradient.sum(tuple(range(extra)))
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1 and gradient.shape[axis] != 1)
    return gradient.sum(stretched, keepdims=True) if stretched else gradient
