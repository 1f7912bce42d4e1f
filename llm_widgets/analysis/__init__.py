"""What a trained model shows."""

from __future__ import annotations

from llm_widgets.analysis.classification import Evaluation as Evaluation
from llm_widgets.analysis.classification import Mistake as Mistake
from llm_widgets.analysis.classification import ThresholdColumns as ThresholdColumns

__all__ = ["Evaluation", "Mistake", "ThresholdColumns"]
