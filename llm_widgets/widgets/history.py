"""A history as a figure: points in time over a quantity on a logarithmic axis, to zoom into and to choose from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Protocol

import traitlets

from llm_widgets import i18n
from llm_widgets.widgets._computed import ComputedWidget
from llm_widgets.widgets._keywords import check_keywords

AXES = ("parameters", "amount", "flops")
# Where the figure opens: what came before is far away and sparse.
START = 1990.0
NARROWEST = 0.25  # years, and powers of ten


class HistoryRow(Protocol):
    """What a row must have; `course.history.Milestone` is one, and says what each of them is."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def name_zh(self) -> str: ...
    @property
    def date(self) -> str: ...
    @property
    def year(self) -> float: ...
    @property
    def organisation(self) -> str: ...
    @property
    def organisation_zh(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def parameters(self) -> int | None: ...
    @property
    def active(self) -> int | None: ...
    @property
    def amount(self) -> int | None: ...
    @property
    def unit(self) -> str: ...
    @property
    def flops(self) -> float | None: ...
    @property
    def mark(self) -> bool: ...
    @property
    def undisclosed(self) -> bool: ...
    @property
    def new_en(self) -> str: ...
    @property
    def new_zh(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def second(self) -> str: ...
    @property
    def second_zh(self) -> str: ...


class HistoryView(ComputedWidget):
    """Models over the years: parameters, training text or training operations, as far as they were published.

    What has no published figure stands in a strip of its own below the axis, at its date, and never at a guess.

    Args:
        rows: see `HistoryRow`; `lw.course.history()` has those of the course.
        as_of: when the rows were last looked through, "2026-11".
        settings: axis (one of `AXES`), chosen (the key of a row), span ([from year, to year, from power of ten, to
            power of ten]; [] for everything).

    Raises:
        ValueError: there are no rows, two have the same key, or a setting names no row or nothing that can be shown.

    Example:
        >>> from llm_widgets import course
        >>> figure = course.history()
        >>> figure.change(axis="amount", chosen="brants")
        >>> figure.row.parameters
        300000000000
    """

    _front: ClassVar[str] = "history"
    SETTINGS: ClassVar[tuple[str, ...]] = ("axis", "chosen", "span")

    # What stands on the vertical axis.
    axis = traitlets.Enum(AXES, "parameters").tag(sync=True)
    # The row whose facts are shown.
    chosen = traitlets.Unicode().tag(sync=True)
    # What is seen: years, and powers of ten of the quantity; [] for everything.
    span = traitlets.List(traitlets.Float()).tag(sync=True)

    def __init__(self, rows: Iterable[HistoryRow], as_of: str, **settings: Any) -> None:
        check_keywords(HistoryView, settings, (*self.SETTINGS, "projector"))
        self.rows = tuple(sorted(rows, key=lambda row: row.year))
        self.as_of = as_of
        self._known = {row.key: row for row in self.rows}
        if len(self._known) < len(self.rows) or not self.rows:
            raise ValueError(f"A history has rows, each with a key of its own. Received: {len(self.rows)} rows")
        marked = [row.key for row in self.rows if row.mark]
        axis = settings.get("axis", "parameters")
        if axis not in AXES:
            raise ValueError(f"axis is one of {', '.join(AXES)}. Received: axis={axis!r}")
        first, last, low, high = self.whole(axis)
        start = {"chosen": (marked or list(self._known))[-1], "span": [max(first, START), last, low, high]}
        super().__init__(**{**start, **settings})

    @property
    def row(self) -> HistoryRow:
        """The row that is chosen."""
        return self._known[self.chosen]

    def whole(self, axis: str) -> list[float]:
        """The span that holds everything: years, and powers of ten of what stands on `axis`."""
        powers = [math.log10(value) for row in self.rows if (value := getattr(row, axis))]
        low, high = (min(powers), max(powers)) if powers else (0.0, 1.0)
        return [self.rows[0].year - 3, self.rows[-1].year + 1.5, math.floor(low) - 0.5, math.ceil(high) + 0.5]

    def _fit(self) -> None:
        low, high = self.whole(self.axis)[2:]
        if self.span and not (self.span[2] < high and self.span[3] > low):  # it was of another axis
            self.span = [*self.span[:2], low, high]

    def _switch_language(self, language: str) -> None:
        super()._switch_language(language)
        self._refresh()  # the rows' texts are in the table in both languages

    def _compute(self) -> dict[str, Any]:
        chinese = i18n.get_language() == "zh"
        return {
            "as_of": self.as_of,
            "whole": {axis: self.whole(axis) for axis in AXES},
            "points": [_shown(row, chinese) for row in self.rows],
        }

    @traitlets.validate("chosen")
    def _check_chosen(self, proposal: Any) -> str:
        key = str(proposal["value"])
        if key not in self._known:
            raise ValueError(f"There is no such row; choose from {', '.join(self._known)}. Received: {key[:100]!r}")
        return key

    @traitlets.validate("span")
    def _check_span(self, proposal: Any) -> Sequence[float]:
        span = list(proposal["value"])
        if not span:
            return span
        good = len(span) == 4 and all(math.isfinite(x) and abs(x) < 1e5 for x in span)
        if not good or span[1] - span[0] < NARROWEST or span[3] - span[2] < NARROWEST:
            raise ValueError(
                "A span is two years and two powers of ten, each pair at least "
                f"{NARROWEST} apart, or empty. Received: span={span[:8]}"
            )
        return span


def _shown(row: HistoryRow, chinese: bool) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": (chinese and row.name_zh) or row.name,
        "date": row.date,
        "year": row.year,
        "organisation": (chinese and row.organisation_zh) or row.organisation,
        "family": row.family,
        "parameters": row.parameters,
        "active": row.active,
        "amount": row.amount,
        "unit": row.unit,
        "flops": row.flops,
        "mark": row.mark,
        "undisclosed": row.undisclosed,
        "new": row.new_zh if chinese else row.new_en,
        "source": row.source,
        "second": row.second_zh if chinese else row.second,
    }
