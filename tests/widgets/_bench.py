"""Stands in for a workbench of language models where a test needs none that trains."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

from llm_widgets.training import RunState, Workbench


class _Log:
    """No batch was trained, and none will be."""

    batch_count = 0

    def wait(self, version: int, timeout: float) -> int:
        time.sleep(timeout)
        return version


class Bench(Workbench):
    """Holds a spec of any family; its run stays idle.

    Args:
        spec: what a widget shows first.
    """

    def __init__(self, spec: Any) -> None:
        self._prepare(settle=0.05)
        self._spec, self._settings = spec, {"batch_size": 32}
        idle: Any = SimpleNamespace(id=0, spec=spec, state=RunState.IDLE, log=_Log())
        self._run = idle

    def propose(self, spec: Any) -> None:
        """The run takes the spec at once."""
        spec.check_fits(self.batch_size)
        self._spec = self._run.spec = spec
        self._notify("spec")
