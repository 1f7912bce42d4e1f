"""Who guesses the next word of a text that none of them has seen: a unigram, a trigram, and a small GPT."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from llm_widgets import corpora
from llm_widgets.analysis.next_word import WordReader
from llm_widgets.corpora import TextCorpus
from llm_widgets.i18n import N_, t
from llm_widgets.training.word_ngrams import WordCounts, WordNGrams

if TYPE_CHECKING:
    from llm_widgets.models.language_model import Askable

PLAYERS = {"unigram": N_("Unigram"), "trigram": N_("Trigram"), "gpt": N_("Small GPT")}
ORDERS = {"unigram": 1, "trigram": 3}
LEAST = 20  # words of the held-out part
_KEEP = 3
_BEFORE = 4_000
_OVERLAP = 200

_lock = Lock()
_kept: OrderedDict[str, NextWordText] = OrderedDict()


class NextWordText:
    """A text as a game: its held-out words, and those who have counted the training part.

    Use `next_word_text`, which keeps the last few.

    Args:
        corpus: the training part is counted; validation and test are asked about.

    Raises:
        ValueError: the held-out parts have fewer than 20 words, or the training part none.
    """

    def __init__(self, corpus: TextCorpus) -> None:
        self.corpus = corpus
        self.counts = WordCounts(corpus.train, corpus.language)
        self.ngrams = {name: WordNGrams(self.counts, order) for name, order in ORDERS.items()}
        self.text = corpus.train + corpus.validation + corpus.test
        held_out = len(corpus.train)
        begin = max(0, held_out - _OVERLAP)  # a word that the cut between the parts divides is half seen
        pieces = self.counts.wording.pieces(self.text[begin:], begin)
        self.words = [piece for piece in pieces if piece.is_word and piece.start >= held_out]
        if len(self.words) < LEAST:
            raise ValueError(
                t(
                    "The parts that are held out need {least} words to guess. Take a longer text. Received: {count}",
                    least=LEAST,
                    count=len(self.words),
                )
            )

    def before(self, place: int) -> str:
        """The text before a held-out word: so much of it that no player reads further back."""
        start = self.words[place].start
        return self.text[max(0, start - _BEFORE) : start]

    def written(self, place: int) -> str:
        """The held-out word as it stands in the text, capitals and all."""
        piece = self.words[place]
        return self.text[piece.start : piece.end]


@dataclass(frozen=True)
class NextWordScore:
    """How well somebody foretells words.

    Args:
        player: "unigram", "trigram" or "gpt".
        bits: what a word costs on average.
        perplexity: of how many words, all as likely, it has to choose on average: 2 to the power of `bits`.
        known_bits, new_bits: the same for words that the training part has, and for those that it lacks; not a number
            where there is none.
    """

    player: str
    bits: float
    perplexity: float
    known_bits: float
    new_bits: float


@dataclass(frozen=True)
class NextWordScores:
    """A comparison on the same words of a held-out text.

    Args:
        scores: one a player.
        words: how many words were asked.
        new: how many of them the training part lacks.
    """

    scores: tuple[NextWordScore, ...]
    words: int
    new: int

    def __str__(self) -> str:
        lines = [
            t(
                "{player}: {bits} bits a word, perplexity {perplexity}",
                player=t(PLAYERS[one.player]),
                bits=f"{one.bits:.2f}",
                perplexity=f"{one.perplexity:,.0f}",
            )
            for one in self.scores
        ]
        first = t("{words} words that were held out, {new} of them new", words=self.words, new=self.new)
        return "\n".join([first, *lines])


def next_word_text(corpus: TextCorpus) -> NextWordText:
    """The text as a game; the last few are kept."""
    with _lock:
        found = _kept.pop(corpus.fingerprint, None) or NextWordText(corpus)
        _kept[corpus.fingerprint] = found
        while len(_kept) > _KEEP:
            _kept.popitem(last=False)
        return found


def shipped_reader_of(corpus: TextCorpus) -> str:
    """The name of the shipped model that learned on the training part of this very text; "" where there is none."""
    from llm_widgets.models.shipped import SHIPPED, shipped_card

    return next((name for name in SHIPPED if shipped_card(name)["corpus"]["fingerprint"] == corpus.fingerprint), "")


def compare_next_word(
    corpus: TextCorpus | str = "alice", *, words: int | None = 300, model: Askable | None = None
) -> NextWordScores:
    """What the next word costs a unigram, a trigram and a small GPT, on held-out words spread evenly over a text.

    Args:
        corpus: a running text, or the name of one that comes with the kit.
        words: how many; None asks about all.
        model: reads characters; None takes the shipped one that learned on this text, if there is one.

    Raises:
        ValueError: the text is too short, or the model reads no characters.

    Example:
        >>> print(compare_next_word("alice", words=400))  # doctest: +SKIP
    """
    if isinstance(corpus, str):
        corpus = _running(corpus)
    game = next_word_text(corpus)
    places = _spread(len(game.words), words)
    before = [game.before(place) for place in places]
    events = [game.words[place].event for place in places]
    new = np.array([game.counts.number(event) is None for event in events])
    logs = {
        name: np.array([one.log2_probability(event, text) for event, text in zip(events, before, strict=True)])
        for name, one in game.ngrams.items()
    }
    if model is None and (name := shipped_reader_of(corpus)):
        from llm_widgets.models.shipped import shipped

        model = shipped(name)
    if model is not None:
        logs["gpt"] = WordReader(model, corpus.language).log2_probabilities(before, events)
    return NextWordScores(tuple(_score(name, -bits, new) for name, bits in logs.items()), len(places), int(new.sum()))


def _running(name: str) -> TextCorpus:
    found = corpora.load(name)
    if not isinstance(found, TextCorpus):
        raise ValueError(t('Choose a running text: "alice" or "tang". Received: {name}', name=repr(name)[:60]))
    return found


def _score(name: str, bits: NDArray[np.float64], new: NDArray[np.bool_]) -> NextWordScore:
    def mean(some: NDArray[np.float64]) -> float:
        return float(some.mean()) if len(some) else float("nan")

    return NextWordScore(name, mean(bits), float(np.exp2(mean(bits))), mean(bits[~new]), mean(bits[new]))


def _spread(count: int, wanted: int | None) -> Sequence[int]:
    if wanted is None or wanted >= count:
        return range(count)
    if wanted < 1:
        raise ValueError(t("At least one word is needed. Received: words={words}", words=wanted))
    return [int(place) for place in np.linspace(0, count - 1, wanted)]
