"""Ids in, predictions out: model families in Keras, each from one frozen spec."""

from llm_widgets.models.fields import FIELDS, Field
from llm_widgets.models.lstm_classifier import PRESETS, LayerRow, LSTMClassifierSpec
from llm_widgets.models.memory import MemoryEstimate, ModelTooLargeError

__all__ = [
    "FIELDS",
    "PRESETS",
    "Field",
    "LSTMClassifierSpec",
    "LayerRow",
    "MemoryEstimate",
    "ModelTooLargeError",
]
