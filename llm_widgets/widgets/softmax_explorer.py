"""Softmax and cross-entropy, number by number: logits that can be dragged, and all that follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets

from llm_widgets.foundations import (
    cross_entropy_from_logits,
    log_softmax,
    mean_squared_error,
    softmax,
    softmax_backward,
)
from llm_widgets.widgets._computed import ComputedWidget, plain
from llm_widgets.widgets._keywords import check_keywords

LEAST, MOST = 2, 8
_CURVE = np.concatenate([np.geomspace(1e-6, 0.01, 40, endpoint=False), np.linspace(0.01, 1.0, 100)])  # [140]


class SoftmaxExplorer(ComputedWidget):
    """Logits become probabilities, and one of them a loss: with and without the maximum subtracted, at any temperature.

    Shown beside each other: eᶻ, its sum and the quotient; cross-entropy in nats and bits, perplexity, and the mean
    squared error of the same probabilities; and the gradients of both with respect to the logits.

    Args:
        logits: z, 2 to 8 of them.
        target: the index of the right class.
        temperature: T, from 0.01 to 100; the probabilities are softmax(z / T).
        labels: names of the classes, such as tokens; () for class 1, class 2, ….
        settings: constant (what is added to every logit, which changes no probability).

    Raises:
        ValueError: there are fewer than 2 or more than 8 logits, one is not finite, the target is no class, the
            temperature lies outside, or there are more labels than classes can be.

    Example:
        >>> explorer = SoftmaxExplorer((2.0, 1.0, 0.1))
        >>> explorer.probabilities.round(3)
        array([0.659, 0.242, 0.099])
        >>> explorer.change(logits=[1000.0, 0.0], target=1)
        >>> explorer.loss
        1000.0

    Reference:
        Bridle (1990), Probabilistic Interpretation of Feedforward Classification Network Outputs; Goodfellow, Bengio
        and Courville (2016), Deep Learning, sections 4.1 and 6.2.2.3.
    """

    _front = "softmax_explorer"
    SETTINGS: ClassVar[tuple[str, ...]] = ("logits", "target", "temperature", "constant", "labels")

    # --- what is computed with
    logits = traitlets.List(traitlets.Float(), [2.0, 1.0, 0.1]).tag(sync=True)
    target = traitlets.Int(0).tag(sync=True)
    temperature = traitlets.Float(1.0).tag(sync=True)
    # What is added to every logit.
    constant = traitlets.Float(0.0).tag(sync=True)
    # Names of the classes; a class beyond them is called by its number.
    labels = traitlets.List(traitlets.Unicode(), []).tag(sync=True)

    def __init__(
        self,
        logits: Sequence[float] = (2.0, 1.0, 0.1),
        target: int = 0,
        temperature: float = 1.0,
        labels: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        check_keywords(SoftmaxExplorer, settings, SoftmaxExplorer.SETTINGS)
        settings |= {"target": target, "temperature": temperature, "labels": [str(name) for name in labels]}
        super().__init__(logits=[float(z) for z in logits], **settings)

    @property
    def probabilities(self) -> Any:
        """softmax((z + constant) / T), [V]."""
        return softmax(self._scaled())

    @property
    def loss(self) -> float:
        """The cross-entropy −log p of the target, in nats."""
        return cross_entropy_from_logits(self._scaled()[None], [self.target]).value

    def change(self, **settings: Any) -> None:
        """Changes several settings at once; a target that is no class any more becomes the last one."""
        if "logits" in settings:
            settings.setdefault("target", min(self.target, max(len(settings["logits"]) - 1, 0)))
        super().change(**settings)

    def _scaled(self) -> Any:
        with np.errstate(over="ignore"):
            return (np.asarray(self.logits) + self.constant) / self.temperature  # [V]

    def _compute(self) -> dict[str, Any]:
        z, t = self._scaled(), self.target
        p, log_p = softmax(z), log_softmax(z)
        one_hot = np.eye(len(z))[t]
        entropy = cross_entropy_from_logits(z[None], [t])
        squared = mean_squared_error(p, one_hot)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            plainly = np.exp(z)  # what a program computes that does not subtract the maximum
            naive, perplexity = plainly / plainly.sum(), np.exp(entropy.value)
            unmoved = softmax(np.asarray(self.logits) / self.temperature)
        shifted = np.exp(z - z.max())
        found: dict[str, Any] = plain(
            {
                "scaled": z,
                "p": p,
                "log_p": log_p,
                "plainly": {"exps": plainly, "sum": plainly.sum(), "p": naive},
                "shifted": {"highest": z.max(), "exps": shifted, "sum": shifted.sum()},
                "moved": np.abs(p - unmoved).max(),
                "total": p.sum(),
                "loss": entropy.value,
                "bits": entropy.value / np.log(2),
                "perplexity": perplexity,
                "squared": squared.value,
                # By the chain rule through z / T.
                "entropy_gradient": entropy.gradient[0] / self.temperature + 0.0,  # and no −0
                "squared_gradient": softmax_backward(p, squared.gradient) / self.temperature + 0.0,
                "curve": {"p": _CURVE, "entropy": -np.log(_CURVE), "squared": self._squared_along(p)},
            }
        )
        return found

    def _squared_along(self, p: Any) -> Any:
        """The squared error over the target's probability; the others share the rest as they do now."""
        others = np.delete(p, self.target)
        shares = others / others.sum() if others.sum() > 0 else np.full(len(others), 1 / len(others))
        return (1 - _CURVE) ** 2 * (1 + (shares**2).sum()) / len(p)

    @traitlets.validate("logits")
    def _check_logits(self, proposal: Any) -> list[float]:
        logits = list(proposal["value"])
        if not LEAST <= len(logits) <= MOST:
            raise ValueError(f"There must be {LEAST} to {MOST} logits. Received: {len(logits)}")
        if not np.isfinite(logits).all():
            raise ValueError(f"Each logit must be a finite number. Received: logits={logits}")
        return logits

    @traitlets.validate("constant")
    def _check_constant(self, proposal: Any) -> float:
        if not np.isfinite(proposal["value"]):
            raise ValueError(f"constant must be a finite number. Received: constant={proposal['value']}")
        return float(proposal["value"])

    @traitlets.validate("temperature")
    def _check_temperature(self, proposal: Any) -> float:
        if not 0.01 <= proposal["value"] <= 100:
            raise ValueError(f"temperature must be from 0.01 to 100. Received: temperature={proposal['value']}")
        return float(proposal["value"])

    @traitlets.validate("labels")
    def _check_labels(self, proposal: Any) -> list[str]:
        if len(proposal["value"]) > MOST:
            raise ValueError(f"There are at most {MOST} classes to name. Received: {len(proposal['value'])} labels")
        return [name[:40] for name in proposal["value"]]

    @traitlets.validate("target")
    def _check_target(self, proposal: Any) -> int:
        target, classes = proposal["value"], len(self.logits)
        if not 0 <= target < classes:
            raise ValueError(f"target must be the index of a class, 0 to {classes - 1}. Received: target={target}")
        return int(target)

    @traitlets.observe("logits")
    def _keep_target(self, change: Any) -> None:
        self.target = min(self.target, len(self.logits) - 1)
