"""Sentences to begin with: the same meaning in other words, and the same words with another meaning."""

from __future__ import annotations

from llm_widgets.i18n import N_

PRESETS: dict[str, tuple[str, tuple[str, ...]]] = {
    "mixed": (
        N_("English: other words, other meanings"),
        (
            "The film was a delight from beginning to end.",
            "I enjoyed every minute of this movie.",
            "The dog bit the man.",
            "The man bit the dog.",
            "She sat on the bank of the river.",
            "She took her money from the bank.",
        ),
    ),
    "idioms": (
        N_("English: sayings and negation"),
        (
            "It is raining cats and dogs.",
            "There is a heavy downpour.",
            "My cats and dogs are outside.",
            "I love this film.",
            "I do not love this film.",
            "This movie is wonderful.",
        ),
    ),
    "chinese": (
        N_("Chinese"),
        (
            "这部电影从头到尾都很好看。",
            "我非常喜欢这部影片。",
            "狗咬了人。",
            "人咬了狗。",
            "今天股票市场大跌。",
            "春眠不觉晓。",
        ),
    ),
    "both": (
        N_("English and Chinese"),
        (
            "I love this film.",
            "我喜欢这部电影。",
            "Stocks fell today.",
            "今天股票市场大跌。",
        ),
    ),
}
