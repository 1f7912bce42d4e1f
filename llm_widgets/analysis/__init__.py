"""What a trained model shows."""

from __future__ import annotations

from llm_widgets.analysis.attention_weights import AttentionWeights as AttentionWeights
from llm_widgets.analysis.attention_weights import read_tokens as read_tokens
from llm_widgets.analysis.attention_weights import read_weights as read_weights
from llm_widgets.analysis.classification import Evaluation as Evaluation
from llm_widgets.analysis.classification import Mistake as Mistake
from llm_widgets.analysis.classification import ThresholdColumns as ThresholdColumns
from llm_widgets.analysis.embedding_table import embedding_rows as embedding_rows
from llm_widgets.analysis.embedding_table import occurrences as occurrences
from llm_widgets.analysis.embeddings import Neighbour as Neighbour
from llm_widgets.analysis.embeddings import analogy as analogy
from llm_widgets.analysis.embeddings import cosine_similarity as cosine_similarity
from llm_widgets.analysis.embeddings import nearest as nearest
from llm_widgets.analysis.head_ablation import AblatedHeads as AblatedHeads
from llm_widgets.analysis.head_ablation import ablate_heads as ablate_heads
from llm_widgets.analysis.head_ablation import without_heads as without_heads
from llm_widgets.analysis.logit_lens import LayerAnswers as LayerAnswers
from llm_widgets.analysis.logit_lens import logit_lens as logit_lens
from llm_widgets.analysis.next_token import NextToken as NextToken
from llm_widgets.analysis.next_token import entropy_bits as entropy_bits
from llm_widgets.analysis.next_token import next_token as next_token
from llm_widgets.analysis.next_word import NextWords as NextWords
from llm_widgets.analysis.next_word import WordReader as WordReader
from llm_widgets.analysis.next_word_players import NextWordScore as NextWordScore
from llm_widgets.analysis.next_word_players import NextWordScores as NextWordScores
from llm_widgets.analysis.next_word_players import compare_next_word as compare_next_word
from llm_widgets.analysis.program import ProgramJudgement as ProgramJudgement
from llm_widgets.analysis.program import judge_program as judge_program
from llm_widgets.analysis.projection import StableProjection as StableProjection
from llm_widgets.analysis.saliency import TokenSaliency as TokenSaliency
from llm_widgets.analysis.saliency import saliency as saliency
from llm_widgets.analysis.sentence_vectors import count_vectors as count_vectors
from llm_widgets.analysis.sentence_vectors import mean_vectors as mean_vectors
from llm_widgets.analysis.sentence_vectors import sentence_vectors as sentence_vectors
from llm_widgets.analysis.word_vectors import WordVectors as WordVectors
from llm_widgets.analysis.word_vectors import word_vectors as word_vectors

__all__ = [
    "AblatedHeads",
    "AttentionWeights",
    "Evaluation",
    "LayerAnswers",
    "Mistake",
    "Neighbour",
    "NextToken",
    "NextWordScore",
    "NextWordScores",
    "NextWords",
    "ProgramJudgement",
    "StableProjection",
    "ThresholdColumns",
    "TokenSaliency",
    "WordReader",
    "WordVectors",
    "ablate_heads",
    "analogy",
    "compare_next_word",
    "cosine_similarity",
    "count_vectors",
    "embedding_rows",
    "entropy_bits",
    "judge_program",
    "logit_lens",
    "mean_vectors",
    "nearest",
    "next_token",
    "occurrences",
    "read_tokens",
    "read_weights",
    "saliency",
    "sentence_vectors",
    "without_heads",
    "word_vectors",
]
