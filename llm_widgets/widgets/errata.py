"""Errata: what a text says, where, and a button that computes or cites what is right."""

from __future__ import annotations

import functools
import inspect
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Protocol

import numpy as np
import traitlets

from llm_widgets.i18n import t
from llm_widgets.widgets._computed import ComputedWidget
from llm_widgets.widgets._keywords import check_keywords

KINDS = ("number", "rule", "statement", "outdated", "missing", "unconfirmed")


class ErratumRow(Protocol):
    """What a row must have; `course.errata.Erratum` is one, and says what each of them is."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def places(self) -> Sequence[tuple[str, str]]: ...
    @property
    def kind(self) -> str: ...
    @property
    def claim(self) -> str: ...
    @property
    def right(self) -> str: ...
    @property
    def findings(self) -> Sequence[str]: ...
    @property
    def compute(self) -> Callable[[], dict[str, Any]] | None: ...
    @property
    def reference(self) -> str: ...


class ErrataView(ComputedWidget):
    """A list of errors that a learner checks one by one: each is computed, now and here, or cited.

    Args:
        rows: see `ErratumRow`; `lw.course.errata()` has those of the documents.
        settings: chapter (a number, or 0 for all), kind (one of `KINDS`, or "" for all), row (the key of the one
            that is shown) and checked (the keys of those whose button was pressed).

    Raises:
        ValueError: two rows have the same key, a row's kind is not known, or a setting names no row.

    Example:
        >>> from llm_widgets import course
        >>> view = course.errata(chapter=4)
        >>> view.check("new-weights")
        >>> round(view.values("new-weights")["factor"], 2)
        353.44
    """

    _front: ClassVar[str] = "errata"
    SETTINGS: ClassVar[tuple[str, ...]] = ("chapter", "kind", "row", "checked")

    # Only the rows of this chapter; 0: of all.
    chapter = traitlets.Int(0, min=0).tag(sync=True)
    # Only the rows of this kind; "": of all.
    kind = traitlets.Enum(("", *KINDS), "").tag(sync=True)
    # The row that is shown.
    row = traitlets.Unicode().tag(sync=True)
    # The rows whose button was pressed, in that order.
    checked = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, rows: Iterable[ErratumRow], **settings: Any) -> None:
        check_keywords(ErrataView, settings, (*self.SETTINGS, "projector"))
        self.rows = tuple(rows)
        self._known = {row.key: row for row in self.rows}
        if len(self._known) < len(self.rows) or not self.rows:
            raise ValueError(
                f"Errata are at least one row, each with a key of its own. Received: {len(self.rows)} rows"
            )
        for row in self.rows:
            if row.kind not in KINDS:
                raise ValueError(f"A row's kind is one of {', '.join(KINDS)}. Received: kind={row.kind!r}")
        self._values = functools.cache(self._calculate)
        super().__init__(**{"row": self.rows[0].key, **settings})

    @traitlets.validate("row", "checked")
    def _there(self, proposal: Any) -> Any:
        value = proposal["value"]
        for key in [value] if isinstance(value, str) else value:
            if key not in self._known:
                raise ValueError(f"There is no such row; choose from {', '.join(self._known)}. Received: {key[:100]!r}")
        return value if isinstance(value, str) else list(dict.fromkeys(value))

    def check(self, *keys: str) -> None:
        """Presses the button of these rows; of all where none is named."""
        self.checked = [*self.checked, *(keys or self._known)]

    def values(self, key: str) -> dict[str, Any]:
        """What a row computes; {} for one that is only cited.

        Raises:
            ValueError: there is no such row.
        """
        if key not in self._known:
            raise ValueError(f"There is no such row; choose from {', '.join(self._known)}. Received: {key[:100]!r}")
        return self._values(key)

    def _calculate(self, key: str) -> dict[str, Any]:
        compute = self._known[key].compute
        return compute() if compute else {}

    def _switch_language(self, language: str) -> None:
        super()._switch_language(language)
        self._refresh()  # the rows' texts are translated here

    def _compute(self) -> dict[str, Any]:
        return {
            "rows": [self._shown(row) for row in self.rows],
            "chapters": sorted({chapter for row in self.rows for chapter in _chapters(row)}),
        }

    def _shown(self, row: ErratumRow) -> dict[str, Any]:
        checked = row.key in self.checked
        values = {name: _said(value) for name, value in self._values(row.key).items()} if checked else {}
        shown: dict[str, Any] = {
            "key": row.key,
            "title": t(row.title),
            "places": [list(place) for place in row.places],
            "chapters": sorted(_chapters(row)),
            "kind": row.kind,
            "claim": t(row.claim),
            "right": t(row.right),
            "computes": row.compute is not None,
            "checked": checked,
        }
        if checked:
            shown["findings"] = [t(finding).format(**values) for finding in row.findings]
            shown["reference"] = row.reference
            shown["code"] = _source(row.compute) if row.compute else ""
        return shown


def _chapters(row: ErratumRow) -> set[int]:
    return {int(section.split(".")[0]) for _, section in row.places}


def _said(value: Any) -> str:
    """A value as a sentence has it: six digits, thousands apart, and a minus sign in place of the hyphen."""
    if isinstance(value, (bool, np.bool_)):
        return t("true") if value else t("false")
    if isinstance(value, str):
        return value
    if isinstance(value, np.ndarray):
        return _said(value.tolist())
    if isinstance(value, list):
        return f"[{', '.join(map(_said, value))}]"
    if isinstance(value, tuple):
        return " × ".join(map(_said, value))
    number = float(value)
    return (f"{int(number):,}" if number.is_integer() else f"{number:,.6g}").replace("-", "−")


@functools.cache
def _source(compute: Callable[[], dict[str, Any]]) -> str:
    """The lines that compute it; "" where they cannot be had, as of a function typed at a prompt."""
    try:
        return textwrap.dedent(inspect.getsource(compute)).rstrip()
    except (OSError, TypeError):
        return ""
