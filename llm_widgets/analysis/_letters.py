"""The signs of a model that reads characters, sorted into those that a word is made of and those that end one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.analysis._asking import check_decoder
from llm_widgets.i18n import t
from llm_widgets.tokenizers.wording import Wording

# Characters of a word that fit behind its context; a longer word is read through a window that slides.
_ROOM = 24


class Letters:
    """What a model's ids are to a reader of words.

    Args:
        source: a model that reads characters.
        wording: how words are told.

    Raises:
        ValueError: it is no decoder, or does not read characters.
    """

    def __init__(self, source: Any, wording: Wording) -> None:
        check_decoder(source.spec)
        tokenizer = source.tokenizer
        if getattr(tokenizer, "unit", None) != "characters":
            raise ValueError(
                t(
                    "Words are spelled by a model that reads characters; other pieces do not end where words end. "
                    'Train one with unit="characters". Received: {tokenizer}',
                    tokenizer=repr(tokenizer)[:80],
                )
            )
        self.tokenizer, self.wording = tokenizer, wording
        real = [i for i in range(tokenizer.vocabulary_size) if i not in {*tokenizer.special_ids, tokenizer.UNKNOWN_ID}]
        self.signs = {i: tokenizer.decode([i]) for i in real}
        size = max(source.spec.vocabulary_size, tokenizer.vocabulary_size)
        self.possible = np.zeros(size, bool)
        self.possible[[*real, tokenizer.UNKNOWN_ID]] = True
        # Of each id the share that are letters; the unknown sign may be any that the vocabulary lacks.
        self.letter, self.apostrophe = np.zeros(size), np.zeros(size)
        for number, sign in self.signs.items():
            self.letter[number] = wording.is_letter(sign)
            self.apostrophe[number] = sign in wording.apostrophes
        every = 2.0**tokenizer.unknown_bits
        known = set(self.signs.values())
        self.unknown_letters = wording.other_letters(known)
        self.letter[tokenizer.UNKNOWN_ID] = self.unknown_letters / every
        self.apostrophe[tokenizer.UNKNOWN_ID] = len({*wording.apostrophes} - known) / every
        self.unknown_bits = float(tokenizer.unknown_bits)
        self.apostrophes = [i for i in self.signs if self.apostrophe[i]]
        most = source.spec.max_length
        self.room = 0 if wording.single else min(_ROOM, most // 2)
        self.context = most - self.room

    def before(self, text: str) -> NDArray[np.int32]:
        """The ids of the last characters of a text, `context` of them where there are as many."""
        from llm_widgets.models.writing import beginning

        ids = self.tokenizer.ids(text[-self.context :])
        return ids if len(ids) else np.array(beginning(self.tokenizer)[-1:], np.int32)

    def logs(self, logits: NDArray[Any]) -> NDArray[np.float64]:
        """Log-probabilities [..., V] in nats, of ids that a text can contain; of the others minus infinity."""
        if not np.isfinite(logits).all():
            raise ValueError(
                t(
                    "The model's scores are no numbers any more (NaN), so nothing can be said of the next token. Often "
                    "the learning rate was too high: reset, and train with a lower one. Received: logits={logits}",
                    logits=repr(logits)[:80],
                )
            )
        x = np.where(self.possible, logits.astype(np.float64), -np.inf)
        x -= x.max(-1, keepdims=True)
        with np.errstate(divide="ignore"):
            logs: NDArray[np.float64] = x - np.log(np.exp(x).sum(-1, keepdims=True))
        return logs

    def ends(self, logs: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probability [...] that no letter comes: a word ends, if it has not ended in an apostrophe before."""
        found: NDArray[np.float64] = np.exp(logs) @ (1 - self.letter)
        return found

    def open_ends(self, logs: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probability [...] that a word ends without an apostrophe: neither a letter comes nor one of these."""
        found: NDArray[np.float64] = np.exp(logs) @ (1 - self.letter - self.apostrophe)
        return found

    def begins(self, logs: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probability [...] that a letter comes: a word begins."""
        found: NDArray[np.float64] = np.exp(logs) @ self.letter
        return found
