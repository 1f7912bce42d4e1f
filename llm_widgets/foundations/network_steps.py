"""A dense network's forward and backward pass taken apart: one step for each edge and each node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from llm_widgets.foundations._arrays import whole
from llm_widgets.foundations.network import DenseNetwork, NetworkBackward, NetworkForward


@dataclass(frozen=True)
class EdgeStep:
    """One product along one edge.

    Attributes:
        phase: "forward": aᵢ·wᵢⱼ flows to unit j. "backward": wᵢⱼ·δⱼ flows to unit i, and aᵢ·δⱼ is what the edge learns.
        layer: which layer's weights, counted from 0.
        source: unit i, where the edge begins (among the layer's inputs).
        target: unit j, where it ends (among the layer's outputs).
        weight: wᵢⱼ.
        value: what is multiplied with it: aᵢ forward, δⱼ backward.
        flow: their product.
        total: Σ of the products that have reached the unit so far.
        weight_gradient: aᵢ·δⱼ on the way back, this row's share of ∂L/∂wᵢⱼ; None forward.
    """

    phase: Literal["forward", "backward"]
    layer: int
    source: int
    target: int
    weight: float
    value: float
    flow: float
    total: float
    weight_gradient: float | None = None


@dataclass(frozen=True)
class NodeStep:
    """One unit is done.

    Attributes:
        phase: "forward": z and a are known. "backward": δ is known, which is also this row's share of ∂L/∂b.
        layer: which layer, counted from 0.
        unit: j.
        z: Σ aᵢ·wᵢⱼ + b.
        a: σ(z).
        bias: b.
        da: ∂L/∂a; None forward.
        da_dz: σ′(z); None forward.
        delta: δ = ∂L/∂a · σ′(z); None forward.
    """

    phase: Literal["forward", "backward"]
    layer: int
    unit: int
    z: float
    a: float
    bias: float
    da: float | None = None
    da_dz: float | None = None
    delta: float | None = None


def edges_forward(network: DenseNetwork, forward: NetworkForward, row: int = 0) -> Iterator[EdgeStep | NodeStep]:
    """The way forward for one row of the batch: the edges into a unit, then the unit; layer by layer.

    Args:
        network: the network.
        forward: what its `forward` gave.
        row: which row of the batch.

    Raises:
        ValueError: the pass is of another network; there is no such row.

    Example:
        >>> network = DenseNetwork.initial([2, 1])
        >>> [type(step).__name__ for step in edges_forward(network, network.forward([[1.0, 2.0]]))]
        ['EdgeStep', 'EdgeStep', 'NodeStep']
    """
    _check(network, forward, row)
    for at, (layer, kept) in enumerate(zip(network.layers, forward.layers, strict=True)):
        for j in range(layer.b.size):
            total = 0.0
            for i in range(layer.W.shape[0]):
                a, w = float(kept.x[row, i]), float(layer.W[i, j])
                total += a * w
                yield EdgeStep("forward", at, i, j, w, a, a * w, total)
            yield NodeStep("forward", at, j, float(kept.z[row, j]), float(kept.a[row, j]), float(layer.b[j]))


def edges_backward(
    network: DenseNetwork, forward: NetworkForward, backward: NetworkBackward, row: int = 0
) -> Iterator[EdgeStep | NodeStep]:
    """The way back for one row of the batch: a unit's δ, then the edges that led to it; from the last layer on.

    A layer's ∂L/∂W is the sum of `weight_gradient` over all rows.

    Args:
        network: the network.
        forward: what its `forward` gave.
        backward: what its `backward` gave.
        row: which row of the batch.

    Raises:
        ValueError: the pass is of another network; there is no such row.
    """
    _check(network, forward, row)
    for at in reversed(range(len(network.layers))):
        layer, kept, back = network.layers[at], forward.layers[at], backward.layers[at]
        totals = [0.0] * layer.W.shape[0]
        for j in range(layer.b.size):
            delta = float(back.delta[row, j])
            yield NodeStep(
                "backward", at, j, float(kept.z[row, j]), float(kept.a[row, j]), float(layer.b[j]),
                da=float(back.da[row, j]), da_dz=float(back.da_dz[row, j]), delta=delta,
            )  # fmt: skip
            for i in range(layer.W.shape[0]):
                w = float(layer.W[i, j])
                totals[i] += w * delta
                share = float(kept.x[row, i]) * delta
                yield EdgeStep("backward", at, i, j, w, delta, w * delta, totals[i], weight_gradient=share)


def _check(network: DenseNetwork, forward: NetworkForward, row: int) -> None:
    if network.shape != forward.shape:
        raise ValueError(
            f"The pass is of another network. Received: layers of {network.shape}, a pass through {forward.shape}"
        )
    if whole("row", row) >= len(forward.output):
        raise ValueError(f"The batch has rows 0 to {len(forward.output) - 1}. Received: row={row}")
