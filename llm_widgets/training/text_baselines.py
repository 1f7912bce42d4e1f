"""What a language model must beat: how well one token, and two to five in a row, foretell a text.

The counts are made on the training part; nothing is tuned on validation or test.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llm_widgets.corpora import TextCorpus
from llm_widgets.i18n import N_
from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.training._beside import Beside
from llm_widgets.training.baselines import SPLITS
from llm_widgets.training.ngram import NGramModel

NAMES = (N_("Unigram"), N_("Bigram"), N_("Trigram"), N_("4-gram"), N_("5-gram"))
ORDERS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class TextBaseline:
    """How well a simple model foretells a held-out part.

    Args:
        name: an English message; translate it with `i18n.t`.
        order: how many tokens its longest gram has.
        split: "validation" or "test".
        bits_per_character: what a character costs; comparable between tokenizers.
        perplexity: of how many tokens, all as likely, it has to choose; comparable for one tokenizer only.
    """

    name: str
    order: int
    split: str
    bits_per_character: float
    perplexity: float


_beside: Beside[TextBaseline] = Beside("text baselines")


def text_baselines(
    corpus: TextCorpus,
    tokenizer: TextTokenizer | None = None,
    *,
    orders: Sequence[int] = ORDERS,
    wait: bool = False,
    when_ready: Callable[[], None] = lambda: None,
) -> tuple[TextBaseline, ...]:
    """The baselines of a text, fit once.

    Args:
        tokenizer: what the model reads with; None takes the characters of the training part.
        orders: which n-grams, 1 to 5.
        wait: fit now where needed; otherwise return () and fit in a thread, which calls `when_ready` at its end.

    Example:
        >>> from llm_widgets.corpora import load
        >>> found = text_baselines(load("alice"), orders=[5], wait=True)[0]
        >>> found.name, found.split, round(found.bits_per_character, 2)
        ('5-gram', 'validation', 2.0)
    """
    own = tokenizer.to_json() if tokenizer is not None else ""
    key = hashlib.sha256(f"{corpus.fingerprint} {list(orders)} {own}".encode()).hexdigest()
    return _beside.get(key, lambda: _fit(corpus, tokenizer, orders), wait=wait, when_ready=when_ready)


def _fit(corpus: TextCorpus, tokenizer: TextTokenizer | None, orders: Sequence[int]) -> tuple[TextBaseline, ...]:
    tokenizer = tokenizer or TextTokenizer.train(corpus.train)
    ids = tokenizer.ids(corpus.train)
    found = []
    for order in orders:
        model = NGramModel.fit(
            ids, order=order, vocabulary_size=tokenizer.vocabulary_size, impossible=tokenizer.special_ids
        )
        for split in SPLITS:
            if text := corpus.splits[split]:
                bits = model.bits_per_character(text, tokenizer)
                perplexity = model.perplexity(tokenizer.ids(text))
                found.append(TextBaseline(NAMES[order - 1], order, split, bits, perplexity))
    return tuple(found)
