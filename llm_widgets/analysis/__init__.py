"""What a trained model shows."""

from __future__ import annotations

from llm_widgets.analysis.attention_weights import AttentionWeights as AttentionWeights
from llm_widgets.analysis.attention_weights import read_tokens as read_tokens
from llm_widgets.analysis.attention_weights import read_weights as read_weights
from llm_widgets.analysis.classification import Evaluation as Evaluation
from llm_widgets.analysis.classification import Mistake as Mistake
from llm_widgets.analysis.classification import ThresholdColumns as ThresholdColumns
from llm_widgets.analysis.head_ablation import AblatedHeads as AblatedHeads
from llm_widgets.analysis.head_ablation import ablate_heads as ablate_heads
from llm_widgets.analysis.head_ablation import without_heads as without_heads
from llm_widgets.analysis.logit_lens import LayerAnswers as LayerAnswers
from llm_widgets.analysis.logit_lens import logit_lens as logit_lens
from llm_widgets.analysis.next_token import NextToken as NextToken
from llm_widgets.analysis.next_token import entropy_bits as entropy_bits
from llm_widgets.analysis.next_token import next_token as next_token
from llm_widgets.analysis.program import ProgramJudgement as ProgramJudgement
from llm_widgets.analysis.program import judge_program as judge_program
from llm_widgets.analysis.saliency import TokenSaliency as TokenSaliency
from llm_widgets.analysis.saliency import saliency as saliency

__all__ = [
    "AblatedHeads",
    "AttentionWeights",
    "Evaluation",
    "LayerAnswers",
    "Mistake",
    "NextToken",
    "ProgramJudgement",
    "ThresholdColumns",
    "TokenSaliency",
    "ablate_heads",
    "entropy_bits",
    "judge_program",
    "logit_lens",
    "next_token",
    "read_tokens",
    "read_weights",
    "saliency",
    "without_heads",
]
