"""How much memory a training step of a spec needs, known before anything is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from llm_widgets.i18n import N_, t
from llm_widgets.models.checks import whole_number
from llm_widgets.models.fields import FIELDS

if TYPE_CHECKING:
    from llm_widgets.models.lstm_classifier import LSTMClassifierSpec

FLOAT = 4  # bytes of a float32
MAX_BATCH = 65_536
# Of the memory that is free now, the share that a model may take: the notebook and the page grow too.
USABLE = 0.8


class ModelTooLargeError(ValueError):
    """The model would not fit into the memory that is free on this machine."""


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """Bytes that one training step needs, part by part.

    Args:
        weights: the parameters themselves.
        gradients: one number for each parameter.
        optimizer: Adam's two running averages for each parameter.
        activations: what the forward pass keeps for the backward pass, and the backward pass's own arrays.
    """

    weights: int
    gradients: int
    optimizer: int
    activations: int

    @property
    def total(self) -> int:
        """All parts together, in bytes."""
        return self.weights + self.gradients + self.optimizer + self.activations


def estimate_memory(spec: LSTMClassifierSpec, batch_size: int) -> MemoryEstimate:
    """The estimate for one step of Adam on `batch_size` reviews of full length."""
    batch_size = whole_number("batch_size", batch_size, 1, MAX_BATCH)
    weights = spec.count_parameters() * FLOAT
    positions = batch_size * spec.sequence_length  # B * T
    directions = 2 if spec.bidirectional else 1
    width = spec.embedding_dim
    numbers = 2 * width  # the embedded batch and its gradient
    for units in spec.lstm_units:
        # For each position a direction keeps four gates, the cell state, its tanh and the output (7 U), and the
        # way back makes the gates' gradients and the output's (5 U) and its share of the input's gradient.
        numbers += directions * (12 * units + width)
        width = directions * units
    return MemoryEstimate(weights, weights, 2 * weights, numbers * positions * FLOAT)


def check_fits(spec: LSTMClassifierSpec, batch_size: int, available: int | None) -> None:
    """Raises ModelTooLargeError where the estimate is above the usable share of `available` bytes."""
    if available is None:
        from llm_widgets._runtime import available_memory

        available = available_memory()
    need = estimate_memory(spec, batch_size).total
    usable = int(available * USABLE)
    if need <= usable:
        return
    name, value = _best_to_lower(spec, batch_size, usable)
    labels = {field.name: field.label for field in FIELDS} | {"batch_size": N_("Batch size")}
    raise ModelTooLargeError(
        t(
            "One training step of this model needs about {need}, and {usable} can be used on this machine. "
            "Lower “{label}”, to {value} or less. Received: {spec}, batch_size={batch_size}",
            need=readable(need),
            usable=readable(usable),
            label=t(labels[name]),
            value=value,
            spec=spec.to_text(),
            batch_size=batch_size,
        )
    )


def _best_to_lower(spec: LSTMClassifierSpec, batch_size: int, usable: int) -> tuple[str, str]:
    """The size that must shrink by the smallest factor until the model fits, and the value at which it does."""
    candidates: dict[str, int] = {
        "lstm_units": max(spec.lstm_units),
        "embedding_dim": spec.embedding_dim,
        "vocabulary_size": spec.vocabulary_size,
        "sequence_length": spec.sequence_length,
        "batch_size": batch_size,
    }
    best: tuple[int, str, str] | None = None
    for name, size in candidates.items():
        lowest = 2 if name == "vocabulary_size" else 1
        halvings = 0
        while size > lowest:
            size = max(lowest, size // 2)
            halvings += 1
            smaller, batch = spec, batch_size
            shown = str(size)
            if name == "batch_size":
                batch = size
            elif name == "lstm_units":
                units = tuple(min(u, size) for u in spec.lstm_units)
                smaller = spec.replace(lstm_units=units)
                shown = "-".join(map(str, units))
            else:
                smaller = spec.replace(**{name: size})
            if estimate_memory(smaller, batch).total <= usable:
                if best is None or halvings < best[0]:
                    best = (halvings, name, shown)
                break
    if best is None:  # no single size is enough: the widest layer is the first to go
        return "lstm_units", "1"
    return best[1], best[2]


def readable(size: int) -> str:
    """Bytes in the unit that a person would use: "1.7 MB"."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError("unreachable")
