"""What the learner sees and moves: one class, one `.js` and at most one `.css` a widget."""

from __future__ import annotations

from llm_widgets.widgets.activation_explorer import ActivationExplorer
from llm_widgets.widgets.architecture import ArchitectureExplorer
from llm_widgets.widgets.attention import AttentionMap, attention_map
from llm_widgets.widgets.autodiff_stepper import AutodiffStepper
from llm_widgets.widgets.block_diagram import BlockDiagram
from llm_widgets.widgets.bpe_trainer import BPETrainer
from llm_widgets.widgets.chat import Chat
from llm_widgets.widgets.controls import RunControls
from llm_widgets.widgets.curves import TrainingCurves
from llm_widgets.widgets.designer import LayerDesigner
from llm_widgets.widgets.embedding_lookup import EmbeddingLookup
from llm_widgets.widgets.embedding_map import EmbeddingMap
from llm_widgets.widgets.errata import ErrataView
from llm_widgets.widgets.evaluation import EvaluationView
from llm_widgets.widgets.glossary import GlossaryView
from llm_widgets.widgets.guess_the_next_word import GuessTheNextWord
from llm_widgets.widgets.head_ablation import HeadAblation
from llm_widgets.widgets.history import HistoryView
from llm_widgets.widgets.inference_walk import InferenceWalk
from llm_widgets.widgets.lab import TrainingLab
from llm_widgets.widgets.language_lab import LanguageLab
from llm_widgets.widgets.live_attention import LiveAttention
from llm_widgets.widgets.logit_lens import LogitLens
from llm_widgets.widgets.neighbour_explorer import NeighbourExplorer
from llm_widgets.widgets.network_stepper import NetworkStepper
from llm_widgets.widgets.neuron import NeuronWorkbench
from llm_widgets.widgets.optimizer_race import OptimizerRace
from llm_widgets.widgets.prediction import Prediction
from llm_widgets.widgets.program import ProgramView
from llm_widgets.widgets.saliency import Saliency
from llm_widgets.widgets.sentence_map import SentenceMap
from llm_widgets.widgets.softmax_explorer import SoftmaxExplorer
from llm_widgets.widgets.token_explorer import TokenExplorer
from llm_widgets.widgets.tokenizer_comparison import TokenizerComparison
from llm_widgets.widgets.training_walk import TrainingWalk
from llm_widgets.widgets.transfer import TransferLab
from llm_widgets.widgets.tryit import TryIt
from llm_widgets.widgets.worked_example import WorkedExample
from llm_widgets.widgets.writer import Writer

__all__ = [
    "ActivationExplorer",
    "ArchitectureExplorer",
    "AttentionMap",
    "AutodiffStepper",
    "BPETrainer",
    "BlockDiagram",
    "Chat",
    "EmbeddingLookup",
    "EmbeddingMap",
    "ErrataView",
    "EvaluationView",
    "GlossaryView",
    "GuessTheNextWord",
    "HeadAblation",
    "HistoryView",
    "InferenceWalk",
    "LanguageLab",
    "LayerDesigner",
    "LiveAttention",
    "LogitLens",
    "NeighbourExplorer",
    "NetworkStepper",
    "NeuronWorkbench",
    "OptimizerRace",
    "Prediction",
    "ProgramView",
    "RunControls",
    "Saliency",
    "SentenceMap",
    "SoftmaxExplorer",
    "TokenExplorer",
    "TokenizerComparison",
    "TrainingCurves",
    "TrainingLab",
    "TrainingWalk",
    "TransferLab",
    "TryIt",
    "WorkedExample",
    "Writer",
    "attention_map",
]
