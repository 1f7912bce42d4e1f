"""A run: its thread, its controls, its events, its recording, its baselines; and what language models are asked."""

from __future__ import annotations

from llm_widgets.training._filling import Filled as Filled
from llm_widgets.training._filling import Gap as Gap
from llm_widgets.training.baselines import Baseline as Baseline
from llm_widgets.training.events import BatchColumns as BatchColumns
from llm_widgets.training.events import EpochRecord as EpochRecord
from llm_widgets.training.events import EventLog as EventLog
from llm_widgets.training.events import RunState as RunState
from llm_widgets.training.events import Sample as Sample
from llm_widgets.training.events import Snapshot as Snapshot
from llm_widgets.training.language_replay import LanguageReplay as LanguageReplay
from llm_widgets.training.language_run import LanguageRun as LanguageRun
from llm_widgets.training.language_workbench import LanguageWorkbench as LanguageWorkbench
from llm_widgets.training.ngram import NGramModel as NGramModel
from llm_widgets.training.objectives import SpanBatch as SpanBatch
from llm_widgets.training.objectives import TokenBatch as TokenBatch
from llm_widgets.training.objectives import corrupt_spans as corrupt_spans
from llm_widgets.training.objectives import mask_tokens as mask_tokens
from llm_widgets.training.objectives import next_token as next_token
from llm_widgets.training.objectives import restore_spans as restore_spans
from llm_widgets.training.reading import RunStatus as RunStatus
from llm_widgets.training.replay import Replay as Replay
from llm_widgets.training.run import Run as Run
from llm_widgets.training.text_baselines import TextBaseline as TextBaseline
from llm_widgets.training.transfer import TransferResult as TransferResult
from llm_widgets.training.transfer import TransferRun as TransferRun
from llm_widgets.training.windows import Windows as Windows
from llm_widgets.training.word_ngrams import WordCounts as WordCounts
from llm_widgets.training.word_ngrams import WordNGrams as WordNGrams
from llm_widgets.training.workbench import Workbench as Workbench

__all__ = [
    "Baseline",
    "BatchColumns",
    "EpochRecord",
    "EventLog",
    "Filled",
    "Gap",
    "LanguageReplay",
    "LanguageRun",
    "LanguageWorkbench",
    "NGramModel",
    "Replay",
    "Run",
    "RunState",
    "RunStatus",
    "Sample",
    "Snapshot",
    "SpanBatch",
    "TextBaseline",
    "TokenBatch",
    "TransferResult",
    "TransferRun",
    "Windows",
    "WordCounts",
    "WordNGrams",
    "Workbench",
    "corrupt_spans",
    "mask_tokens",
    "next_token",
    "restore_spans",
]
