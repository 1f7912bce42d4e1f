"""A run: its thread, its controls, its events, its recording, its baselines."""

from __future__ import annotations

from llm_widgets.training.baselines import Baseline as Baseline
from llm_widgets.training.events import BatchColumns as BatchColumns
from llm_widgets.training.events import EpochRecord as EpochRecord
from llm_widgets.training.events import EventLog as EventLog
from llm_widgets.training.events import RunState as RunState
from llm_widgets.training.events import Snapshot as Snapshot
from llm_widgets.training.reading import RunStatus as RunStatus
from llm_widgets.training.replay import Replay as Replay
from llm_widgets.training.run import Run as Run
from llm_widgets.training.workbench import Workbench as Workbench

__all__ = [
    "Baseline",
    "BatchColumns",
    "EpochRecord",
    "EventLog",
    "Replay",
    "Run",
    "RunState",
    "RunStatus",
    "Snapshot",
    "Workbench",
]
