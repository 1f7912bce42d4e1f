"""Understand large language models by touching real ones.

Nothing heavy is imported here: each public name below is loaded from its floor when it is first used.

Example:
    >>> import llm_widgets as lw
    >>> lw.TrainingLab("reviews", language="en")  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from llm_widgets._runtime import prepare_environment

# Before anything can import torch: its thread settings are read only once.
prepare_environment()

__version__ = "0.1.0"

_PUBLIC = {
    "get_language": "i18n",
    "set_language": "i18n",
    "Tokenizer": "tokenizers",
    "LSTMClassifierSpec": "models",
    "PRESETS": "models",
    "Run": "training",
    "Replay": "training",
    "Workbench": "training",
    "Evaluation": "analysis",
    "EvaluationView": "widgets",
    "LayerDesigner": "widgets",
    "RunControls": "widgets",
    "TrainingCurves": "widgets",
    "TrainingLab": "widgets",
    "TryIt": "widgets",
}
_FLOORS = ("analysis", "corpora", "course", "i18n", "models", "tokenizers", "training", "widgets")
__all__ = sorted([*_PUBLIC, *_FLOORS, "__version__"])

if TYPE_CHECKING:
    from llm_widgets.analysis import Evaluation as Evaluation
    from llm_widgets.i18n import get_language as get_language
    from llm_widgets.i18n import set_language as set_language
    from llm_widgets.models import PRESETS as PRESETS
    from llm_widgets.models import LSTMClassifierSpec as LSTMClassifierSpec
    from llm_widgets.tokenizers import Tokenizer as Tokenizer
    from llm_widgets.training import Replay as Replay
    from llm_widgets.training import Run as Run
    from llm_widgets.training import Workbench as Workbench
    from llm_widgets.widgets import EvaluationView as EvaluationView
    from llm_widgets.widgets import LayerDesigner as LayerDesigner
    from llm_widgets.widgets import RunControls as RunControls
    from llm_widgets.widgets import TrainingCurves as TrainingCurves
    from llm_widgets.widgets import TrainingLab as TrainingLab
    from llm_widgets.widgets import TryIt as TryIt


def __getattr__(name: str) -> object:
    if name in _PUBLIC:
        return getattr(importlib.import_module(f"llm_widgets.{_PUBLIC[name]}"), name)
    if name in _FLOORS:
        return importlib.import_module(f"llm_widgets.{name}")
    raise AttributeError(f"module 'llm_widgets' has no attribute {name!r}; it has {__all__}")


def __dir__() -> list[str]:
    return __all__
