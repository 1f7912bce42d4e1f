"""The history of language models as one table, `history.csv`, and the figure that shows it.

Only figures that were published stand in the table. What its makers keep to themselves (`undisclosed`) has none; what
could be confirmed in a second place names it. The table ages: `AS_OF` says when it was last looked through.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llm_widgets.widgets import HistoryView

# When the table was last looked through: year and month.
AS_OF = "2026-11"
FAMILIES = ("counts", "neural", "encoder", "encoder-decoder", "decoder", "experts")
UNITS = ("letters", "words", "tokens")
_TABLE = Path(__file__).with_name("history.csv")


@dataclass(frozen=True)
class Milestone:
    """One row.

    Attributes:
        key: a name without spaces, such as "gpt-3".
        name, name_zh: what it is called; "" in Chinese where that is the same.
        date: when it was published, "2020-05".
        organisation, organisation_zh: who made it.
        family: one of `FAMILIES`; "experts" are decoders of which each token uses a part.
        parameters: how many were published, None where none was.
        active: how many of them one token passes through, None where that is all.
        amount: the text it was made from, in `unit`: tokens as read in training, words and letters as they lie there.
        mark: it is one of the three that both documents name.
        undisclosed: its makers say that they do not publish its size, or say nothing.
        new_en, new_zh: what was new.
        source: the paper with its section or table.
        second, second_zh: where the figures were found, too, and what stands there; "" where they were found nowhere
            else.
    """

    key: str
    name: str
    name_zh: str
    date: str
    organisation: str
    organisation_zh: str
    family: str
    parameters: int | None
    active: int | None
    amount: int | None
    unit: str
    mark: bool
    undisclosed: bool
    new_en: str
    new_zh: str
    source: str
    second: str
    second_zh: str

    @property
    def year(self) -> float:
        """The date as a place on an axis: the middle of its month."""
        year, month = self.date.split("-")
        return int(year) + (int(month) - 0.5) / 12

    @property
    def flops(self) -> float | None:
        """6 N D, the operations of training by the usual rule; None where N or D is not known, or it is no Transformer.

        N are the parameters that a token passes through, D the tokens that were read.

        Reference:
            Kaplan et al. (2020), Scaling Laws for Neural Language Models, section 2.1.
        """
        if self.family in ("counts", "neural") or self.parameters is None or self.amount is None:
            return None
        return 6.0 * (self.active or self.parameters) * self.amount if self.unit == "tokens" else None


@functools.cache
def milestones() -> tuple[Milestone, ...]:
    """The whole table, the oldest first.

    Example:
        >>> gpt3 = next(row for row in milestones() if row.key == "gpt-3")
        >>> f"{gpt3.parameters:,} {gpt3.flops:.2e}"
        '175,000,000,000 3.15e+23'
    """
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(_milestone(row) for row in csv.DictReader(file))


def _milestone(row: dict[str, str]) -> Milestone:
    numbers = {name: int(row[name]) if row[name] else None for name in ("parameters", "active", "amount")}
    answers = {name: row[name] == "yes" for name in ("mark", "undisclosed")}
    fields: dict[str, Any] = {**row, **numbers, **answers}
    return Milestone(**fields)


def history(**settings: Any) -> HistoryView:
    """The history of language models, from counted letters to the open models of today, as a figure to zoom into.

    Args:
        settings: axis ("parameters", "amount" or "flops"), chosen (the key of a row), span.

    Raises:
        ValueError: there is no such axis or row.

    Example:
        >>> figure = history(axis="flops", chosen="gpt-3")
        >>> figure.chosen
        'gpt-3'
    """
    from llm_widgets.widgets import HistoryView

    return HistoryView(milestones(), AS_OF, **settings)
