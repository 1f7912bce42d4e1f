"""Vocabularies learned from the texts that travel with the package, each once, when it is first asked for."""

from __future__ import annotations

import re
import threading
from functools import cache, lru_cache

from llm_widgets import corpora
from llm_widgets.i18n import t
from llm_widgets.tokenizers import coders, units
from llm_widgets.tokenizers.text_tokenizer import TextTokenizer
from llm_widgets.tokenizers.tokenizer import Tokenizer

LANGUAGES = ("en", "zh", "both")
SAMPLE = 200_000  # characters that are learned from: enough for 8,000 pieces, and learned within about a second
WORDS = 10_000
LEAST_BPE, MOST_BPE = TextTokenizer.FIRST_ID + 256, 8_000
_GUESSED = 20_000  # characters from which a language is guessed
_lock = threading.RLock()


def language_of(text: str) -> str:
    """Which vocabulary suits a text: "zh", "en", or "both" where it has a good deal of each.

    Example:
        >>> language_of("春眠不觉晓"), language_of("A cat"), language_of("我喜欢 machine learning")
        ('zh', 'en', 'both')
    """
    start = text[:_GUESSED]
    chinese = len(re.findall(r"[\u3400-\u9fff]", start))
    english = len(re.findall(r"[A-Za-z]+", start)) * 1.5  # a Chinese word has one and a half characters
    if chinese > 4 * english:
        return "zh"
    return "both" if english < 4 * chinese else "en"


@cache
def sample(language: str) -> str:
    """The text that a vocabulary is learned from, `SAMPLE` characters: a book or poems, then reviews.

    Raises:
        ValueError: there is none in this language.
    """
    if units.checked(language, LANGUAGES) == "both":
        return sample("en")[: SAMPLE // 4] + sample("en")[-SAMPLE // 4 :] + sample("zh")[SAMPLE // 4 : -SAMPLE // 4]
    book = corpora.load("alice" if language == "en" else "tang").train[: SAMPLE // 2]
    reviews = "\n".join(corpora.load("reviews", language=language).train.texts)
    return f"{book}\n{reviews}"[:SAMPLE]


def words(unit: str, language: str, *, lowercase: bool = False) -> Tokenizer:
    """The commonest words or segments."""
    with _lock:
        return _words(unit, language, lowercase)


def characters(language: str) -> TextTokenizer:
    """Every character of the sample."""
    with _lock:
        return _characters(language)


@cache
def all_bytes() -> TextTokenizer:
    """The 256 bytes."""
    return TextTokenizer.train("", unit="bytes")


def bpe(language: str, size: int = 2_000) -> TextTokenizer:
    """Byte-pair encoding with so many ids: the first merges of those that were learned once.

    Raises:
        ValueError: the size is not between `LEAST_BPE` and `MOST_BPE`.
    """
    size = checked_size(size)
    with _lock:
        return _bpe(language, size)


def checked_size(size: int) -> int:
    """The size itself.

    Raises:
        ValueError: BPE cannot have it here.
    """
    if isinstance(size, bool) or int(size) != size or not LEAST_BPE <= size <= MOST_BPE:
        raise ValueError(
            t(
                "The vocabulary of BPE has between {least} and {most} entries here: special tokens, bytes, and what is "
                "merged. Received: {size}",
                least=LEAST_BPE,
                most=MOST_BPE,
                size=size,
            )
        )
    return int(size)


@cache
def _words(unit: str, language: str, lowercase: bool) -> Tokenizer:
    return Tokenizer.train([sample(language)], unit=unit, vocabulary_size=WORDS, lowercase=lowercase)


@cache
def _characters(language: str) -> TextTokenizer:
    return TextTokenizer.train(sample(language))


@cache
def _merges(language: str) -> tuple[tuple[str, str], ...]:
    """All merges, as the library writes them."""
    return coders.MergedBytes.train(sample(language), MOST_BPE - TextTokenizer.FIRST_ID).merges


@lru_cache(maxsize=8)
def _bpe(language: str, size: int) -> TextTokenizer:
    # Merging goes on until there are enough pieces, so a smaller vocabulary has the same merges, only fewer of them.
    enough = size - LEAST_BPE
    made: set[str] = set()
    merges: list[tuple[str, str]] = []
    for left, right in _merges(language):
        if len(made) >= enough:
            break
        merges.append((left, right))
        made.add(left + right)
    return TextTokenizer("bpe", coders.MergedBytes(merges))
