"""What a corpus for language models is: running text in three parts, and a card."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from llm_widgets.corpora.corpus import Card
from llm_widgets.corpora.splits import SPLITS


@dataclass(frozen=True, eq=False)
class TextCorpus:
    """Running text in three parts: one to learn from, one to watch while learning, one for the end.

    Example:
        >>> import llm_widgets as lw
        >>> corpus = lw.corpora.load("tang")
        >>> corpus.train.splitlines()[0]
        '不傲南窗且采樵，干松每带湿云烧。庖厨却得长兼味，三秀芝根五术苗。'
    """

    name: str
    language: str
    train: str
    validation: str
    test: str
    card: Card

    @property
    def splits(self) -> Mapping[str, str]:
        """The three parts by name."""
        return {name: getattr(self, name) for name in SPLITS}

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over all parts: what a recording stores to know its corpus again."""
        digest = hashlib.sha256()
        for name, text in self.splits.items():
            data = text.encode("utf-8", "surrogatepass")
            digest.update(f"{name} {len(data)}\n".encode())
            digest.update(data)
        return digest.hexdigest()

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name}: {len(text):,}" for name, text in self.splits.items())
        return f"TextCorpus({self.name!r}, {self.language!r}, characters in {sizes})"
