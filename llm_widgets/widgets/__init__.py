"""What the learner sees and moves: one class, one `.js` and at most one `.css` a widget."""

from __future__ import annotations

from llm_widgets.widgets.controls import RunControls
from llm_widgets.widgets.curves import TrainingCurves
from llm_widgets.widgets.designer import LayerDesigner
from llm_widgets.widgets.evaluation import EvaluationView
from llm_widgets.widgets.lab import TrainingLab
from llm_widgets.widgets.tryit import TryIt

__all__ = [
    "EvaluationView",
    "LayerDesigner",
    "RunControls",
    "TrainingCurves",
    "TrainingLab",
    "TryIt",
]
