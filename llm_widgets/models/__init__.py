"""Ids in, predictions out: model families in Keras, each from one frozen spec.

Specs need neither Keras nor NumPy; what does is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from llm_widgets.models.bert import BERT_BASE, BERTSpec
from llm_widgets.models.fields import FIELDS, Field
from llm_widgets.models.gpt import GPT2_SMALL, GPTSpec
from llm_widgets.models.language_model import Askable, LanguageModel, Reads
from llm_widgets.models.llama import SMOLLM2_135M, LlamaSpec
from llm_widgets.models.lstm_classifier import PRESETS, LSTMClassifierSpec
from llm_widgets.models.memory import MemoryEstimate, ModelTooLargeError
from llm_widgets.models.presets import preset_changes
from llm_widgets.models.shipped import SHIPPED, DamagedWeightsError, shipped, shipped_card
from llm_widgets.models.spec import LayerRow, Spec
from llm_widgets.models.t5 import T5_SMALL, T5Spec
from llm_widgets.models.transformer_spec import TransformerSpec

_LATER = {
    "Adam": "layers.adam",
    "Beam": "beam",
    "BeamSearch": "beam",
    "IGNORED": "layers.loss",
    "TokenAccuracy": "layers.loss",
    "TokenCrossentropy": "layers.loss",
    "beam_search": "beam",
    "generate": "generation",
    "load_state": "weights.load",
    "stream": "generation",
}

if TYPE_CHECKING:
    from llm_widgets.models import costs as costs
    from llm_widgets.models import pretrained as pretrained
    from llm_widgets.models import published as published
    from llm_widgets.models.beam import Beam as Beam
    from llm_widgets.models.beam import BeamSearch as BeamSearch
    from llm_widgets.models.beam import beam_search as beam_search
    from llm_widgets.models.generation import generate as generate
    from llm_widgets.models.generation import stream as stream
    from llm_widgets.models.layers.adam import Adam as Adam
    from llm_widgets.models.layers.loss import IGNORED as IGNORED
    from llm_widgets.models.layers.loss import TokenAccuracy as TokenAccuracy
    from llm_widgets.models.layers.loss import TokenCrossentropy as TokenCrossentropy
    from llm_widgets.models.weights.load import load_state as load_state

__all__ = [
    "BERT_BASE",
    "FIELDS",
    "GPT2_SMALL",
    "IGNORED",
    "PRESETS",
    "SHIPPED",
    "SMOLLM2_135M",
    "T5_SMALL",
    "Adam",
    "Askable",
    "BERTSpec",
    "Beam",
    "BeamSearch",
    "DamagedWeightsError",
    "Field",
    "GPTSpec",
    "LSTMClassifierSpec",
    "LanguageModel",
    "LayerRow",
    "LlamaSpec",
    "MemoryEstimate",
    "ModelTooLargeError",
    "Reads",
    "Spec",
    "T5Spec",
    "TokenAccuracy",
    "TokenCrossentropy",
    "TransformerSpec",
    "beam_search",
    "costs",
    "generate",
    "load_state",
    "preset_changes",
    "pretrained",
    "published",
    "shipped",
    "shipped_card",
    "stream",
]


def __getattr__(name: str) -> object:
    if name in ("costs", "pretrained", "published"):
        return importlib.import_module(f"{__name__}.{name}")
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {__all__}")
    module = _LATER[name]
    if module.startswith("layers."):
        from llm_widgets._runtime import configure_backend

        configure_backend()
    return getattr(importlib.import_module(f"{__name__}.{module}"), name)
