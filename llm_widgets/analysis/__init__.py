"""What a trained model shows."""

from __future__ import annotations

from llm_widgets.analysis.attention_weights import AttentionWeights as AttentionWeights
from llm_widgets.analysis.attention_weights import read_tokens as read_tokens
from llm_widgets.analysis.attention_weights import read_weights as read_weights
from llm_widgets.analysis.classification import Evaluation as Evaluation
from llm_widgets.analysis.classification import Mistake as Mistake
from llm_widgets.analysis.classification import ThresholdColumns as ThresholdColumns
from llm_widgets.analysis.next_token import NextToken as NextToken
from llm_widgets.analysis.next_token import entropy_bits as entropy_bits
from llm_widgets.analysis.next_token import next_token as next_token

__all__ = [
    "AttentionWeights",
    "Evaluation",
    "Mistake",
    "NextToken",
    "ThresholdColumns",
    "entropy_bits",
    "next_token",
    "read_tokens",
    "read_weights",
]
