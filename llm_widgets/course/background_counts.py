"""What is counted in the text of the chapter on background: n-grams seen and not seen, and guesses of the next sign."""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict

# Words and signs in English, characters in Chinese, as the chapter cuts them.
TOKENS = {"en": r"[a-z]+(?:'[a-z]+)*|[^\sa-z]", "zh": r"\S"}


@functools.cache
def _texts(language: str) -> tuple[str, str]:
    from llm_widgets import corpora

    corpus = corpora.load("tang" if language == "zh" else "alice")
    return corpus.train, corpus.validation


@functools.cache
def tokens(language: str) -> tuple[list[str], list[str]]:
    """The training text and the held-out text as tokens."""
    train, held_out = _texts(language)
    return re.findall(TOKENS[language], train.lower()), re.findall(TOKENS[language], held_out.lower())


def grams(of: list[str], n: int) -> list[tuple[str, ...]]:
    """Every run of n tokens, in order."""
    return list(zip(*(of[i:] for i in range(n)), strict=False))


@functools.cache
def unseen(language: str, n: int, part: int = 100) -> float:
    """Of 100 n-grams of the held-out text, how many the first `part` per cent of the training text do not have."""
    train, held_out = tokens(language)
    known = set(grams(train[: len(train) * part // 100], n))
    asked = grams(held_out, n)
    return 100 * sum(gram not in known for gram in asked) / len(asked)


@functools.cache
def first_guesses(language: str, n: int, part: int = 100) -> tuple[float, float]:
    """Of 100 held-out characters: how many are the commonest after n others, and how many runs of n are known."""
    train, held_out = _texts(language)
    train = train[: len(train) * part // 100]
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for i in range(len(train) - n):
        counts[train[i : i + n]][train[i + n]] += 1
    best = {run: following.most_common(1)[0][0] for run, following in counts.items()}
    places = range(n, len(held_out))
    said = [best.get(held_out[i - n : i]) for i in places]
    right = sum(guess == held_out[i] for guess, i in zip(said, places, strict=True))
    return 100 * right / len(said), 100 * sum(guess is not None for guess in said) / len(said)
