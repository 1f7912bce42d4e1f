"""A small network as a graph: values flow forward, gradients flow back, edge by edge, and then the weights move."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, ClassVar

import traitlets

from llm_widgets.foundations import ACTIVATIONS, LOSSES, DenseNetwork, EdgeStep, NodeStep, edges_backward, edges_forward
from llm_widgets.widgets._computed import ComputedWidget, plain
from llm_widgets.widgets._keywords import check_keywords
from llm_widgets.widgets._network_history import History, Problem

MAX_UNITS = 6
MAX_OUTPUTS = 3
MAX_LAYERS = 4
MAX_UPDATES = 1000
_X = (0.5, -1.0, 1.0, 0.25, -0.5, 2.0)


class NetworkStepper(ComputedWidget):
    """A dense network that one walks through, edge by edge: forward, loss, backward, update, and again.

    Args:
        sizes: inputs (1 to 6), units of each hidden layer (1 to 6, up to three layers), outputs (1 to 3).
        activation: of the hidden layers, a name of `foundations.ACTIVATIONS`.
        output: the activation of the last layer.
        loss: a name of `foundations.LOSSES`. One that does not fit the output is told on the page.
        x: the inputs; None: some numbers between −1 and 2.
        target: what the outputs should be; None: 1, then 0.
        seed: of the weights.
        learning_rate: how far each update goes, above 0.
        settings: parameters (all weights and biases, in the order of `DenseNetwork.parameters`), updates (how many
            have been made), step (where in the pass one stands), checking (the gradient check is shown).

    Raises:
        traitlets.TraitError, ValueError: a setting cannot be that.

    Example:
        >>> stepper = NetworkStepper(sizes=(2, 3, 1), seed=0)
        >>> stepper.updates = 20
        >>> stepper.losses[20] < stepper.losses[0]
        True

    Reference:
        Nielsen (2015), Neural Networks and Deep Learning, chapter 2.
    """

    _front: ClassVar[str] = "network_stepper"
    SETTINGS: ClassVar[tuple[str, ...]] = (
        "sizes", "activation", "output", "loss", "x", "target", "seed", "learning_rate", "parameters", "updates",
        "step", "checking",
    )  # fmt: skip

    sizes = traitlets.List(traitlets.Int(min=1, max=MAX_UNITS), minlen=2, maxlen=MAX_LAYERS + 1).tag(sync=True)
    activation = traitlets.Enum(tuple(ACTIVATIONS), "tanh").tag(sync=True)
    output = traitlets.Enum(tuple(ACTIVATIONS), "identity").tag(sync=True)
    loss = traitlets.Enum(tuple(LOSSES), "half_squared_error").tag(sync=True)
    x = traitlets.List(traitlets.Float()).tag(sync=True)
    target = traitlets.List(traitlets.Float()).tag(sync=True)
    seed = traitlets.Int(0, min=0, max=2**31).tag(sync=True)
    learning_rate = traitlets.Float(0.1, min=1e-9, max=1e6).tag(sync=True)
    # All weights and biases as they are after `updates`; set them, and learning begins anew from there.
    parameters = traitlets.List(traitlets.Float()).tag(sync=True)
    updates = traitlets.Int(0, min=0, max=MAX_UPDATES).tag(sync=True)
    # Where in the pass one stands, an index of the steps on the page.
    step = traitlets.Int(0, min=0).tag(sync=True)
    checking = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        sizes: Sequence[int] = (2, 3, 1),
        activation: str = "tanh",
        output: str = "identity",
        *,
        loss: str = "half_squared_error",
        x: Sequence[float] | None = None,
        target: Sequence[float] | None = None,
        seed: int = 0,
        learning_rate: float = 0.1,
        **settings: Any,
    ) -> None:
        check_keywords(NetworkStepper, settings, (*self.SETTINGS, "projector"))
        self._history: History | None = None
        self._at, self._seed, self._rate = 0, seed, learning_rate
        for name, given, wanted in (("x", x, sizes[:1]), ("target", target, sizes[-1:])):
            if given is not None and [len(given)] != list(wanted):
                raise ValueError(f"{name} needs {wanted[0]} numbers, as sizes says. Received: {name}={given!r}")
        if "parameters" in settings:
            settings["parameters"] = list(settings["parameters"])
        super().__init__(
            sizes=list(sizes), activation=activation, output=output, loss=loss, seed=seed, learning_rate=learning_rate,
            x=list([] if x is None else x), target=list([] if target is None else target), **settings,
        )  # fmt: skip

    @traitlets.validate("sizes")
    def _few_outputs(self, proposal: Any) -> list[int]:
        sizes = list(proposal["value"])
        if sizes[-1] > MAX_OUTPUTS:
            raise ValueError(f"There can be 1 to {MAX_OUTPUTS} outputs. Received: sizes={sizes}")
        return sizes

    @traitlets.validate("x", "target", "learning_rate")
    def _finite(self, proposal: Any) -> Any:
        value = proposal["value"]
        if not all(abs(number) < 1e308 for number in (value if isinstance(value, list) else [value])):
            raise ValueError(f"Each number must be finite. Received: {proposal['trait'].name}={value}")
        return value

    @traitlets.validate("parameters")
    def _as_many_as_needed(self, proposal: Any) -> list[float]:
        count = sum((n_in + 1) * n_out for n_in, n_out in itertools.pairwise(self.sizes))
        if proposal["value"] and len(proposal["value"]) != count:
            raise ValueError(f"This network has {count} parameters. Received: {len(proposal['value'])} numbers")
        return self._finite(proposal)  # type: ignore[no-any-return]

    @property
    def network(self) -> DenseNetwork:
        """The network as it is after `updates`."""
        assert self._history is not None
        return self._history.networks[self._at]

    @property
    def losses(self) -> list[float]:
        """The loss before the first update, after it, and so on; nothing where the loss does not fit the output."""
        assert self._history is not None
        return [] if self._history.problem.mismatch() else self._history.losses_until(self._at)

    def _fit(self) -> None:
        """Makes the numbers fit the sizes, and goes to `updates`; other numbers or another problem begin at 0."""
        sizes = tuple(self.sizes)
        self.x = [*self.x, *_X[len(self.x) :]][: sizes[0]]
        self.target = self._fitting_target(sizes[-1])
        problem = Problem(sizes, self.activation, self.output, self.loss, tuple(self.x), tuple(self.target))
        start = self._start(problem)
        if start is not None:
            if self._history is not None and self.updates == self._at:
                self.updates = 0
            self._history = History(problem, start)
        assert self._history is not None
        if self.learning_rate != self._rate:
            self._history.forget(self._at)
        self._seed, self._rate = self.seed, self.learning_rate
        self._at = 0 if problem.mismatch() else self._history.reach(self.updates, self.learning_rate)
        self._history.known = max(self._history.known, self._at)
        self.updates = self._at
        self.parameters = self._history.networks[self._at].parameters.tolist()

    def _start(self, problem: Problem) -> DenseNetwork | None:
        """The network to begin with, or None where the history goes on."""
        history, count = self._history, problem.initial(0).parameters.size
        drawn = history is not None and (problem.sizes != history.problem.sizes or self.seed != self._seed)
        before = history.networks[self._at].parameters.tolist() if history is not None else []
        if len(self.parameters) == count and (history is None or self.parameters != before):
            return problem.network(self.parameters)
        if history is None or drawn:
            return problem.initial(self.seed)
        return problem.network(before) if problem != history.problem else None

    def _fitting_target(self, outputs: int) -> list[float]:
        target = [*self.target, *([1.0, 0.0, 0.0] if not self.target else [0.0] * outputs)][:outputs]
        history = self._history
        chosen = history is not None and (self.loss != history.problem.loss or outputs != history.problem.sizes[-1])
        if chosen and self.loss == "cross_entropy_from_logits" and outputs > 1 and abs(sum(target) - 1) > 1e-6:
            likeliest = target.index(max(target))  # of numbers that are no probabilities
            return [float(k == likeliest) for k in range(outputs)]
        return target

    def _compute(self) -> dict[str, Any]:
        assert self._history is not None
        problem, network, mismatch = self._history.problem, self.network, self._history.problem.mismatch()
        forward = problem.forward(network)
        found: dict[str, Any] = {
            "sizes": problem.sizes,
            "names": [problem.activation, problem.output, problem.loss],
            "x": problem.x,
            "target": problem.target,
            "W": [layer.W for layer in network.layers],
            "b": [layer.b for layer in network.layers],
            "z": [kept.z[0] for kept in forward.layers],
            "a": [kept.a[0] for kept in forward.layers],
            "steps": [["start"], *map(_row, edges_forward(network, forward))],
            "updates": self._at,
            "most": MAX_UPDATES,
            "rate": self.learning_rate,
            "mismatch": mismatch,
        }
        if mismatch:
            return dict(plain(found))
        backward = problem.backward(network, forward)
        measured = LOSSES[problem.loss](forward.output, [problem.target])
        found["steps"] += [["loss"], *map(_row, edges_backward(network, forward, backward)), ["update"]]
        found |= {
            "loss": backward.loss,
            "terms": measured.terms.ravel(),
            "dy": measured.gradient[0],
            "delta": [back.delta[0] for back in backward.layers],
            "dW": [back.dW for back in backward.layers],
            "db": [back.db for back in backward.layers],
            "losses": self._history.losses_until(self._history.known),
        }
        found["diverged"] = self._history.reach(self._at + 1, self.learning_rate) == self._at
        if not found["diverged"]:
            following = self._history.networks[self._at + 1]
            found |= {
                "nextW": [layer.W for layer in following.layers],
                "nextb": [layer.b for layer in following.layers],
                "nextLoss": self._history.losses_until(self._at + 1)[-1],
            }
        if self.checking:
            found["check"] = self._check(problem, network)
        return dict(plain(found))

    def _check(self, problem: Problem, network: DenseNetwork) -> dict[str, Any]:
        check = network.check([problem.x], [problem.target], problem.loss)
        # ReLU has no derivative at 0, and beside it a difference looks across the kink.
        hidden, steps = problem.forward(network).layers, float(check.steps.max())
        kink = "relu" in (problem.activation, problem.output) and any(
            abs(z) < 20 * steps for kept in hidden for z in kept.z[0]
        )
        return {
            "gradient": check.gradient,
            "differences": check.differences,
            "errors": check.errors,
            "worst": check.worst[0],
            "agrees": check.agrees,
            "kink": kink,
        }


def _row(step: EdgeStep | NodeStep) -> list[Any]:
    """A step as the page takes it: kind, layer, then the units and numbers of that kind."""
    if isinstance(step, EdgeStep):
        return [f"{step.phase}-edge", step.layer, step.source, step.target, step.value, step.flow, step.total]
    return [f"{step.phase}-node", step.layer, step.unit, step.z, step.da, step.da_dz]
