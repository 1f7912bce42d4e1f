"""What the page of the BPE trainer is told: the part of the text that is shown, and the learner's own word."""

from __future__ import annotations

from typing import Any

from llm_widgets.corpora import load
from llm_widgets.tokenizers.bpe_learner import BPELearner

# The dictionary of Sennrich et al. (2016), Algorithm 1: low 5, lower 2, newest 6, widest 3.
SENNRICH = " ".join(["low"] * 5 + ["lower"] * 2 + ["newest"] * 6 + ["widest"] * 3)
SHOWN = 600  # characters of the text, from its beginning
COMMON = 24  # of its words, the commonest, while they have fewer than four times as many characters together
ROWS = 8  # pairs in the table
GUESSES = 6  # pairs to choose from


def sample(name: str) -> tuple[str, str]:
    """A text to learn from by its name, and a word to try on it.

    Raises:
        KeyError: there is none of this name.
    """
    if name == "sennrich":
        return SENNRICH, "lowest"
    lengths = {"alice": (20_000, "wonderland"), "tang": (10_000, "明月照春山")}
    length, word = lengths[name]
    text = str(load(name).train)
    begin = max(0, text.find("Alice was beginning"))  # after the title
    return text[begin : begin + length], word


def name(piece: bytes) -> str | list[str]:
    """A piece as text; its bytes in a list where they are no whole characters."""
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError:
        return [piece.hex(" ").upper()]


class Shown:
    """The words of a text that are shown, each once, and in which order they stand."""

    def __init__(self, learner: BPELearner) -> None:
        self._learner = learner
        numbers: dict[str, int] = {}
        self.order: list[int] = []
        self.characters = 0
        for word in learner.words:
            if self.characters >= SHOWN:
                break
            self.order.append(numbers.setdefault(word, len(numbers)))
            self.characters += len(word)
        self.common: list[list[int]] = []
        left = 4 * SHOWN
        for word, count in learner.counts.most_common(COMMON):
            if left > 0:
                self.common.append([numbers.setdefault(word, len(numbers)), count])
                left -= len(word)
        self._words = list(numbers)

    def fixed(self) -> dict[str, Any]:
        """What is the same at all steps."""
        return {
            "order": self.order,
            "common": self.common,
            "shown": self.characters,
            "characters": self._learner.characters,
            "words": len(self._learner.words),
            "different": len(self._learner.counts),
        }

    def cuts(self, step: int) -> list[list[int]]:
        """The numbers of the pieces of each word after `step` merges."""
        number = self._learner.number
        return [[number(piece) for piece in self._learner.cut(word, step)] for word in self._words]


def learned(learner: BPELearner, steps: int) -> dict[str, Any]:
    """The first `steps` merges, and the vocabulary and the tokens with them."""
    return {
        "first": learner.first_pieces,
        "vocabulary": [name(piece) for piece in learner.pieces[: learner.sizes[steps]]],
        "merges": learner.ids[:steps],
        "tokens": learner.tokens[: steps + 1],
        "sizes": learner.sizes[: steps + 1],
    }


def own_word(learner: BPELearner, word: str, step: int) -> dict[str, Any]:
    """The learner's own word in the pieces of the first `step` merges, and which of them applied."""
    encoding = learner.encode(word, step, trace=True)
    return {
        "ids": encoding.ids,
        "pieces": [name(piece) for piece in encoding.pieces],
        "ends": encoding.ends,
        "applied": [[rank, [[learner.number(one), name(one)] for one in pieces]] for rank, pieces in encoding.applied],
    }
