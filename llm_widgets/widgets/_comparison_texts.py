"""Texts to try in the comparison of tokenizers, and pairs that preprocessing makes the same."""

from __future__ import annotations

from llm_widgets import corpora

# A name for the page, and the text.
EXAMPLES = {
    "english": "Let's eat, Grandma! The US team beat us 3.5 to 2, and nobody in the café could believe it.",
    "chinese": "我不，要！春眠不觉晓，处处闻啼鸟。这家酒店的服务真不错，下次还会再来。",
    "mixed": "我用 Python 写了一个 tokenizer，它把 unbelievable 切成了几块？",
    "code": "def mean(xs):\n    return sum(xs) / len(xs)  # 3.14\n",
    "emoji": "café naïve Ångström e\u0301 👍🏽 👨\u200d👩\u200d👧 你好🙂 → ½",
    "rare": "Antidisestablishmentarianism, Jabberwocky and floccinaucinihilipilification.\n饕餮、魑魅魍魉、龘、𠮷。",
}
# Examples of many characters: the training part of a corpus.
BOOKS = ("alice", "tang")
# Different texts: with other words, with another sense, or the other way round.
PAIRS = (
    ("The US and us", "The us and US"),
    ("Polish nails", "polish nails"),
    ("Let's eat, Grandma", "Let's eat Grandma"),
    ("We're here.", "Were here?"),
    ("我不，要！", "我不要。"),
    ("不好！", "不，好！"),
    ("下雨天，留客天，留我不？留！", "下雨天留客，天留我不留。"),
)


def example(name: str) -> str:
    """The text of an example.

    Raises:
        KeyError: there is none of this name.
    """
    if name in BOOKS:
        corpus = corpora.load(name)
        assert isinstance(corpus, corpora.TextCorpus)
        return corpus.train
    return EXAMPLES[name]
