"""What the learner sees and moves: one class, one `.js` and at most one `.css` a widget."""

from __future__ import annotations

from llm_widgets.widgets.attention import AttentionMap, attention_map
from llm_widgets.widgets.chat import Chat
from llm_widgets.widgets.controls import RunControls
from llm_widgets.widgets.curves import TrainingCurves
from llm_widgets.widgets.designer import LayerDesigner
from llm_widgets.widgets.evaluation import EvaluationView
from llm_widgets.widgets.lab import TrainingLab
from llm_widgets.widgets.language_lab import LanguageLab
from llm_widgets.widgets.live_attention import LiveAttention
from llm_widgets.widgets.tryit import TryIt
from llm_widgets.widgets.writer import Writer

__all__ = [
    "AttentionMap",
    "Chat",
    "EvaluationView",
    "LanguageLab",
    "LayerDesigner",
    "LiveAttention",
    "RunControls",
    "TrainingCurves",
    "TrainingLab",
    "TryIt",
    "Writer",
    "attention_map",
]
