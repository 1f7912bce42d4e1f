"""What the widgets share whose picture follows at once from their settings: no run, no thread, NumPy alone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np
import traitlets

from llm_widgets.widgets._base import LiveWidget


class ComputedWidget(LiveWidget):
    """A widget that computes what it shows from its settings whenever one of them changes.

    A subclass names its `SETTINGS` (synced traits) and computes in `_compute`. Numbers that overflow are told on the
    page (`_overflow`); what was set stays, so that the learner can take the step back.
    """

    # The traits that the page may change and from which the picture follows.
    SETTINGS: ClassVar[tuple[str, ...]] = ()

    # What the page draws; empty where nothing could be computed.
    _found = traitlets.Dict().tag(sync=True)
    # A number on the way was too large for the computer.
    _overflow = traitlets.Bool(False).tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        self._together = False
        super().__init__(**kwargs)
        self.observe(lambda change: self._refresh(), names=list(self.SETTINGS))
        self._refresh()

    def _compute(self) -> dict[str, Any]:
        """What the page draws, of plain numbers, strings, lists and dicts.

        Raises:
            ValueError: a number on the way leaves the range of float64.
        """
        raise NotImplementedError

    def change(self, **settings: Any) -> None:
        """Changes several settings at once; all of them, or none where one is refused.

        Raises:
            ValueError, traitlets.TraitError: a setting cannot be that.
        """
        for name in settings.keys() - {*self.SETTINGS}:
            known = ", ".join(self.SETTINGS)
            raise ValueError(f"There is no such setting; choose one of {known}. Received: {name}")
        before = {name: getattr(self, name) for name in settings}
        with self._at_once():
            try:
                self._set(settings)
            except (ValueError, traitlets.TraitError):
                self._set(before)  # traitlets takes back what a TraitError refuses, and nothing else
                raise

    def _set(self, settings: Mapping[str, Any]) -> None:
        with self.hold_trait_notifications():
            for name, value in settings.items():
                setattr(self, name, value)

    @contextlib.contextmanager
    def _at_once(self) -> Iterator[None]:
        """What changes within is computed and sent once."""
        with self.hold_sync():
            self._together = True
            try:
                yield
            finally:
                self._together = False
                self._refresh()

    def _fit(self) -> None:
        """Brings the settings into line with one another before anything is computed from them."""

    def _refresh(self) -> None:
        if self._together:
            return
        with self.hold_sync():
            self._together = True  # what is fitted is computed below, once
            try:
                self._fit()
            finally:
                self._together = False
            try:
                found, overflow = self._compute(), False
            except (ValueError, OverflowError):
                found, overflow = {}, True
            self._found, self._overflow = found, overflow

    def _on_settings(self, content: Any) -> None:
        changes = content["changes"]
        self.change(**{name: changes[name] for name in changes if name in self.SETTINGS})

    def _on_hello(self, content: Any) -> None:
        """All is in the traits."""


def plain(value: Any) -> Any:
    """Arrays, tuples and mappings as the page takes them; what is no finite number becomes None."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value
