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
    "TextTokenizer": "tokenizers",
    "Tokenizer": "tokenizers",
    "BERTSpec": "models",
    "GPTSpec": "models",
    "LSTMClassifierSpec": "models",
    "LlamaSpec": "models",
    "PRESETS": "models",
    "T5Spec": "models",
    "generate": "models",
    "pretrained": "models.pretrained.loading",
    "NGramModel": "training",
    "LanguageReplay": "training",
    "LanguageRun": "training",
    "LanguageWorkbench": "training",
    "Run": "training",
    "Replay": "training",
    "TransferRun": "training",
    "Workbench": "training",
    "Evaluation": "analysis",
    "ActivationExplorer": "widgets",
    "ArchitectureExplorer": "widgets",
    "AttentionMap": "widgets",
    "BPETrainer": "widgets",
    "Chat": "widgets",
    "EmbeddingMap": "widgets",
    "ErrataView": "widgets",
    "EvaluationView": "widgets",
    "LayerDesigner": "widgets",
    "RunControls": "widgets",
    "TokenExplorer": "widgets",
    "TrainingCurves": "widgets",
    "TrainingLab": "widgets",
    "TryIt": "widgets",
    "attention_map": "widgets",
    "LanguageLab": "widgets",
    "LiveAttention": "widgets",
    "Writer": "widgets",
    "AutodiffStepper": "widgets",
    "BlockDiagram": "widgets",
    "GuessTheNextWord": "widgets",
    "HeadAblation": "widgets",
    "GlossaryView": "widgets",
    "HistoryView": "widgets",
    "LogitLens": "widgets",
    "NeuronWorkbench": "widgets",
    "NetworkStepper": "widgets",
    "OptimizerRace": "widgets",
    "ProgramView": "widgets",
    "Saliency": "widgets",
    "WorkedExample": "widgets",
    "SoftmaxExplorer": "widgets",
    "InferenceWalk": "widgets",
    "TrainingWalk": "widgets",
    "TokenizerComparison": "widgets",
    "EmbeddingLookup": "widgets",
    "NeighbourExplorer": "widgets",
    "SentenceMap": "widgets",
    "TransferLab": "widgets",
}
_FLOORS = ("analysis", "corpora", "course", "foundations", "i18n", "models", "tokenizers", "training", "widgets")
__all__ = sorted([*_PUBLIC, *_FLOORS, "__version__"])

if TYPE_CHECKING:
    from llm_widgets.analysis import Evaluation as Evaluation
    from llm_widgets.i18n import get_language as get_language
    from llm_widgets.i18n import set_language as set_language
    from llm_widgets.models import PRESETS as PRESETS
    from llm_widgets.models import BERTSpec as BERTSpec
    from llm_widgets.models import GPTSpec as GPTSpec
    from llm_widgets.models import LlamaSpec as LlamaSpec
    from llm_widgets.models import LSTMClassifierSpec as LSTMClassifierSpec
    from llm_widgets.models import T5Spec as T5Spec
    from llm_widgets.models import generate as generate
    from llm_widgets.models.pretrained.loading import pretrained as pretrained
    from llm_widgets.tokenizers import TextTokenizer as TextTokenizer
    from llm_widgets.tokenizers import Tokenizer as Tokenizer
    from llm_widgets.training import LanguageReplay as LanguageReplay
    from llm_widgets.training import LanguageRun as LanguageRun
    from llm_widgets.training import LanguageWorkbench as LanguageWorkbench
    from llm_widgets.training import NGramModel as NGramModel
    from llm_widgets.training import Replay as Replay
    from llm_widgets.training import Run as Run
    from llm_widgets.training import TransferRun as TransferRun
    from llm_widgets.training import Workbench as Workbench
    from llm_widgets.widgets import ActivationExplorer as ActivationExplorer
    from llm_widgets.widgets import ArchitectureExplorer as ArchitectureExplorer
    from llm_widgets.widgets import AttentionMap as AttentionMap
    from llm_widgets.widgets import AutodiffStepper as AutodiffStepper
    from llm_widgets.widgets import BlockDiagram as BlockDiagram
    from llm_widgets.widgets import BPETrainer as BPETrainer
    from llm_widgets.widgets import Chat as Chat
    from llm_widgets.widgets import EmbeddingLookup as EmbeddingLookup
    from llm_widgets.widgets import EmbeddingMap as EmbeddingMap
    from llm_widgets.widgets import ErrataView as ErrataView
    from llm_widgets.widgets import EvaluationView as EvaluationView
    from llm_widgets.widgets import GlossaryView as GlossaryView
    from llm_widgets.widgets import GuessTheNextWord as GuessTheNextWord
    from llm_widgets.widgets import HeadAblation as HeadAblation
    from llm_widgets.widgets import HistoryView as HistoryView
    from llm_widgets.widgets import InferenceWalk as InferenceWalk
    from llm_widgets.widgets import LanguageLab as LanguageLab
    from llm_widgets.widgets import LayerDesigner as LayerDesigner
    from llm_widgets.widgets import LiveAttention as LiveAttention
    from llm_widgets.widgets import LogitLens as LogitLens
    from llm_widgets.widgets import NeighbourExplorer as NeighbourExplorer
    from llm_widgets.widgets import NetworkStepper as NetworkStepper
    from llm_widgets.widgets import NeuronWorkbench as NeuronWorkbench
    from llm_widgets.widgets import OptimizerRace as OptimizerRace
    from llm_widgets.widgets import ProgramView as ProgramView
    from llm_widgets.widgets import RunControls as RunControls
    from llm_widgets.widgets import Saliency as Saliency
    from llm_widgets.widgets import SentenceMap as SentenceMap
    from llm_widgets.widgets import SoftmaxExplorer as SoftmaxExplorer
    from llm_widgets.widgets import TokenExplorer as TokenExplorer
    from llm_widgets.widgets import TokenizerComparison as TokenizerComparison
    from llm_widgets.widgets import TrainingCurves as TrainingCurves
    from llm_widgets.widgets import TrainingLab as TrainingLab
    from llm_widgets.widgets import TrainingWalk as TrainingWalk
    from llm_widgets.widgets import TransferLab as TransferLab
    from llm_widgets.widgets import TryIt as TryIt
    from llm_widgets.widgets import WorkedExample as WorkedExample
    from llm_widgets.widgets import Writer as Writer
    from llm_widgets.widgets import attention_map as attention_map


def __getattr__(name: str) -> object:
    if name in _PUBLIC:
        return getattr(importlib.import_module(f"llm_widgets.{_PUBLIC[name]}"), name)
    if name in _FLOORS:
        return importlib.import_module(f"llm_widgets.{name}")
    raise AttributeError(f"module 'llm_widgets' has no attribute {name!r}; it has {__all__}")


def __dir__() -> list[str]:
    return __all__
