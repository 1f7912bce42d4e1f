"""What a chapter says about a trained network: honestly, from the numbers, beside its baselines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llm_widgets.i18n import t

if TYPE_CHECKING:
    from llm_widgets.training import Run

# A stand-in for "Run all" on two slow cores: small enough for seconds, large enough to have learned something.
_STAND_IN = {"embedding_dim": 16, "lstm_units": (32,), "sequence_length": 48}
_STAND_IN_SETTINGS: dict[str, Any] = {"batch_size": 64, "learning_rate": 2e-3}


@dataclass(frozen=True)
class Verdict:
    """The network beside its baselines on one split.

    Attributes:
        rows: (name, accuracy) with the network first; accuracies from 0 to 1.
        reviews: how many reviews the accuracies were counted on.
        margin: the difference between two accuracies on so few reviews that chance alone may well make.
        wins: True where the network is better than the best baseline by more than `margin`, False where it is not
            better at all, None where it is better by no more than chance may make.
    """

    rows: tuple[tuple[str, float], ...]
    reviews: int
    margin: float
    wins: bool | None

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        best, accuracy = max(self.rows[1:], key=lambda row: row[1])
        values = {
            "network": f"{self.rows[0][1]:.1%}",
            "best": best,
            "accuracy": f"{accuracy:.1%}",
            "margin": f"{100 * self.margin:.1f}",
            "n": f"{self.reviews:,}",
        }
        if self.wins:
            return t(
                "The network wins: {network} against {accuracy} ({best}). On {n} reviews chance alone "
                "seldom makes more than {margin} percentage points.",
                **values,
            )
        if self.wins is None:
            return t(
                "No clear winner: the network has {network}, the best baseline {accuracy} ({best}). On {n} "
                "reviews chance alone may make {margin} percentage points.",
                **values,
            )
        return t(
            "The network does not win: {network} against {accuracy} ({best}). "
            "The simpler and faster method is the better choice here.",
            **values,
        )

    def __repr__(self) -> str:
        width = max(_width(name) for name, _ in self.rows)
        table = [f"{name}{' ' * (width - _width(name))}  {value:6.1%}" for name, value in self.rows]
        return "\n".join([*table, "", self.sentence])


def verdict(run: Run, split: str = "test") -> Verdict:
    """Compares a run's network with its baselines on `split` ("validation" or "test").

    Two accuracies on n reviews differ by chance with a standard error of about sqrt(2 p (1 - p) / n); the margin is
    twice that.
    """
    result = run.evaluate(split)
    network, reviews = float(result["accuracy"]), len(result["labels"])
    baselines = tuple((t(b.name), b.accuracy) for b in run.baselines(wait=True) if b.split == split)
    best = max(accuracy for _, accuracy in baselines)
    margin = 2 * math.sqrt(2 * best * (1 - best) / reviews)
    wins = None if best < network <= best + margin else network > best
    return Verdict(((t("this network"), network), *baselines), reviews, margin, wins)


def trained(lab: Any, *, epochs: int = 2, timeout: float = 300.0) -> Run:
    """The lab's run if it has learned anything yet; else a small stand-in, trained here and now.

    A chapter goes on with it, so that "Run all" works, and what the learner has trained comes first.

    Raises:
        RuntimeError: the stand-in could not be trained; the message says why.
    """
    from llm_widgets.training import Run, RunState

    current: Run = lab.run
    if current.state is RunState.RUNNING and not current.log.batch_count:
        current.log.wait(current.log.version, 10.0)  # Train was pressed this moment.
    if current.log.batch_count:
        return current
    print(t("The lab above has not been trained yet: a small network stands in for it."))
    spec = current.spec.replace(**_STAND_IN)
    run = Run(spec, current.corpus, seed=current.seed, epochs=epochs, unit=lab.workbench.unit, **_STAND_IN_SETTINGS)
    run.start()
    if run.wait(timeout) is RunState.FAILED:
        raise RuntimeError(run.error)
    run.stop(wait=True)
    return run


def _width(text: str) -> int:
    """Columns in a fixed-width font: a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
