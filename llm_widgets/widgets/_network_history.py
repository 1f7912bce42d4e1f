"""A dense network that learns one pair of input and target: every update kept, so that one can go back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llm_widgets.foundations import DenseNetwork, NetworkBackward, NetworkForward


@dataclass(frozen=True)
class Problem:
    """What the network learns, apart from its numbers; `loss` is a name of `LOSSES`."""

    sizes: tuple[int, ...]
    activation: str
    output: str
    loss: str
    x: tuple[float, ...]
    target: tuple[float, ...]

    def mismatch(self) -> str:
        """Why this loss cannot be taken here: "logits", "probabilities", "classes", "target", "shares", or ""."""
        if self.loss.endswith("_from_logits") and self.output != "identity":
            return "logits"
        if self.loss == "binary_cross_entropy" and self.output != "sigmoid":
            return "probabilities"
        if self.loss == "cross_entropy_from_logits":
            if self.sizes[-1] < 2:
                return "classes"
            if min(self.target) < 0 or abs(sum(self.target) - 1) > 1e-6:
                return "shares"
        elif self.loss.startswith("binary") and not all(0 <= t <= 1 for t in self.target):
            return "target"
        return ""

    def initial(self, seed: int) -> DenseNetwork:
        """A new network of this kind."""
        return DenseNetwork.initial(self.sizes, activation=self.activation, output=self.output, seed=seed)

    def network(self, parameters: Sequence[float]) -> DenseNetwork:
        """The network of this kind with these numbers."""
        return self.initial(0).with_parameters(list(parameters))

    def forward(self, network: DenseNetwork) -> NetworkForward:
        return network.forward([self.x])

    def backward(self, network: DenseNetwork, forward: NetworkForward) -> NetworkBackward:
        return network.backward(forward, [self.target], self.loss)


class History:
    """The networks after 0, 1, 2 … updates, with their losses.

    Args:
        problem: what is learned; it must have no mismatch before anything is learned.
        network: where it begins.
    """

    def __init__(self, problem: Problem, network: DenseNetwork) -> None:
        self.problem = problem
        self.networks = [network]
        self.losses: list[float] = []
        self.known = 0  # how many updates have been looked at

    def reach(self, updates: int, learning_rate: float) -> int:
        """Updates until there are so many; returns how many there are, fewer where numbers overflow."""
        while len(self.networks) <= updates:
            network = self.networks[-1]
            try:
                backward = self.problem.backward(network, self.problem.forward(network))
                following = network.update(backward, learning_rate)
                # A network that cannot be passed through any more is none to stand at.
                self.problem.backward(following, self.problem.forward(following))
            except ValueError:
                break
            self.networks.append(following)
        return min(updates, len(self.networks) - 1)

    def losses_until(self, updates: int) -> list[float]:
        """The loss before the first update, after it, and so on."""
        for network in self.networks[len(self.losses) : updates + 1]:
            self.losses.append(self.problem.backward(network, self.problem.forward(network)).loss)
        return self.losses[: updates + 1]

    def forget(self, after: int) -> None:
        """Drops the updates after this one: another learning rate will make others."""
        del self.networks[after + 1 :], self.losses[after + 1 :]
        self.known = min(self.known, after)
