"""Why a training ended badly, in words that say what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from llm_widgets.i18n import t
from llm_widgets.training._loop import DivergedError

# What the backends say when memory runs out: torch, TensorFlow, JAX.
_MEMORY_NAMES = ("ResourceExhaustedError", "OutOfMemoryError")
_MEMORY_WORDS = ("not enough memory", "out of memory", "can't allocate memory", "resource_exhausted")

_VALUES = {"diverged": {"step", "rate"}, "memory": {"reason"}, "other": {"type", "reason"}}


@dataclass(frozen=True)
class Failure:
    """A message of the catalogue and what fills it in: read in the learner's language of that moment."""

    kind: str
    values: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if set(self.values) != _VALUES.get(self.kind):
            raise ValueError(f"No such failure. Received: {self.kind!r} with {sorted(self.values)}")

    def __str__(self) -> str:
        if self.kind == "diverged":
            return t(
                "The loss is no longer a number at step {step}: the steps were too large. Lower the learning rate "
                "and start again; the model has its last good weights. Received: learning_rate={rate}",
                **self.values,
            )
        if self.kind == "memory":
            return t(
                "There was not enough memory. Choose fewer units, a shorter sequence or a smaller batch, "
                "and start again. Received: {reason}",
                **self.values,
            )
        return t(
            "Training ended with an error; the curves up to here are kept, and run.traceback has the details. "
            "Received: {type}: {reason}",
            **self.values,
        )


def explain(error: BaseException, learning_rate: float) -> Failure:
    """Which kind of failure an exception is."""
    if isinstance(error, DivergedError):
        return Failure("diverged", {"step": error.step, "rate": f"{learning_rate:g}"})
    reason = (str(error).strip().splitlines() or [""])[0][:300]
    words = str(error).lower()
    if (
        isinstance(error, MemoryError)
        or type(error).__name__ in _MEMORY_NAMES
        or (isinstance(error, RuntimeError) and any(word in words for word in _MEMORY_WORDS))
    ):
        return Failure("memory", {"reason": reason or type(error).__name__})
    return Failure("other", {"type": type(error).__name__, "reason": reason})
