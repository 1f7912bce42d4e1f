"""How much memory a training step of a spec needs, known before anything is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from llm_widgets.i18n import N_, t
from llm_widgets.models.checks import whole_number

if TYPE_CHECKING:
    from llm_widgets.models.spec import Spec

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


def estimate_memory(spec: Spec, batch_size: int) -> MemoryEstimate:
    """The estimate for one step of Adam on `batch_size` texts of full length."""
    batch_size = whole_number("batch_size", batch_size, 1, MAX_BATCH)
    weights = spec.count_parameters() * FLOAT
    return MemoryEstimate(weights, weights, 2 * weights, batch_size * spec.kept_numbers() * FLOAT)


def check_fits(spec: Spec, batch_size: int, available: int | None) -> None:
    """Raises ModelTooLargeError where the estimate is above the usable share of `available` bytes."""
    if available is None:
        from llm_widgets._runtime import available_memory

        available = available_memory()
    need = estimate_memory(spec, batch_size).total
    usable = int(available * USABLE)
    if need <= usable:
        return
    name, value = _best_to_lower(spec, batch_size, usable)
    labels = {field.name: field.label for field in spec.DESCRIBED} | {"batch_size": N_("Batch size")}
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


def _best_to_lower(spec: Spec, batch_size: int, usable: int) -> tuple[str, str]:
    """The size that must shrink by the smallest factor until the model fits, and the value at which it does."""
    fields = {field.name: field for field in spec.DESCRIBED}
    best: tuple[int, str, str] | None = None
    for name in (*spec.SHRINKS, "batch_size"):
        value = batch_size if name == "batch_size" else getattr(spec, name)
        size = max(value) if isinstance(value, tuple) else value
        lowest = int(fields[name].minimum) if name in fields else 1
        halvings = 0
        while size > lowest:
            size = max(lowest, size // 2)
            halvings += 1
            smaller, batch = (spec, size) if name == "batch_size" else (spec.lowered(name, size), batch_size)
            if estimate_memory(smaller, batch).total <= usable:
                if best is None or halvings < best[0]:
                    best = (halvings, name, _shown(batch if name == "batch_size" else getattr(smaller, name)))
                break
    if best is None:  # no single size is enough: the first one is the first to go
        name = spec.SHRINKS[0]
        return name, _shown(getattr(spec.lowered(name, int(fields[name].minimum)), name))
    return best[1], best[2]


def _shown(value: int | tuple[int, ...]) -> str:
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)


def readable(size: int) -> str:
    """Bytes in the unit that a person would use: "1.7 MB"."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError("unreachable")
