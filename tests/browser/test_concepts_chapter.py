"""Chapter 02 as a learner opens it."""

from __future__ import annotations

import pytest

from tests.browser._whole_chapter import CHINESE, NAMES, SHOWN, assert_whole

WIDGETS = (
    "predict(",
    "TokenizerComparison(",
    "BPETrainer(",
    "EmbeddingLookup(",
    "EmbeddingMap(",
    "NeighbourExplorer(",
    "SentenceMap(",
    "ArchitectureExplorer(",
    "attention_map(",
    "TransferLab(",
    "program_against_learning(",
)
# Bytes are written in hexadecimal digits, models and settings by their names.
BYTES = {first + second for first in "ABCDEF" for second in "ABCDEF"}
MODELS = {
    "GPT", "BERT", "MiniLM", "BPE", "UTF", "TF", "IDF", "float", "Transformer", "SwiGLU", "causal", "layer", "rms",
    "RMS", "base", "large", "small", "Llama", "SmolLM", "bfloat", "int", "FLOP", "MFLOP", "GFLOP", "Keras", "return",
    "model", "Radford", "et", "al", "table", "openai", "gpt", "README",
}  # fmt: skip
# The words that are cut, in the questions and in the paper's example, and a code point.
WORDS = {"AI", "FFFF", "fewer", "wide", "newest", "new", "low", "lower", "widest"}


@pytest.mark.slow
@pytest.mark.parametrize("way", CHINESE)
def test_chapter_02_is_whole(open_page, server, way):
    guesses = 8
    assert_whole(
        open_page,
        server,
        "02-concepts",
        way,
        cells=35,
        widgets=WIDGETS,
        drawn=guesses + len(WIDGETS) - 1,
        formulas=12,
        shown=f"{SHOWN}, .lw-embedding-map canvas, .lw-am-map:not([hidden]) canvas",
        names=NAMES | BYTES | MODELS | WORDS,
    )
