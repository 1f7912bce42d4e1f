"""A model's layers as a plain-text table."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from llm_widgets.i18n import t

if TYPE_CHECKING:
    from llm_widgets.models.lstm_classifier import LayerRow


def summary(rows: Sequence[LayerRow]) -> str:
    """One line a layer: name, kind, output shape (B is the batch), parameters; then the total."""
    table = [(t("Name"), t("Layer"), t("Output shape"), t("Parameters"))]
    table += [(row.name, row.kind, shape_text(row.output_shape), f"{row.parameters:,}") for row in rows]
    total = sum(row.parameters for row in rows)
    table.append((t("Total"), "", "", f"{total:,}"))
    widths = [max(_width(cell) for cell in column) for column in zip(*table, strict=True)]
    rule = "  ".join("─" * width for width in widths)
    lines = [_line(row, widths) for row in table]
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])


def shape_text(shape: Sequence[int | None]) -> str:
    """(None, 100, 32) as "B × 100 × 32"."""
    return " × ".join("B" if size is None else str(size) for size in shape)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)]
    padded[-1] = " " * (widths[-1] - _width(cells[-1])) + cells[-1]
    return "  ".join(padded)


def _width(text: str) -> int:
    """Columns in a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
