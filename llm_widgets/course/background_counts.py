"""What is counted in the text of the chapter on background: n-grams seen and not seen, and guesses of the next sign."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

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


@functools.cache
def unseen(language: str, n: int, part: int = 100) -> float:
    """Of 100 n-grams of the held-out text, how many the first `part` per cent of the training text do not have."""
    import numpy as np

    train, held_out = _numbers(*tokens(language))
    known, asked = _runs(train[: len(train) * part // 100], n), _runs(held_out, n)
    return float(100 * (1 - np.isin(asked, known).mean()))


@functools.cache
def first_guesses(language: str, n: int, part: int = 100) -> tuple[float, float]:
    """Of 100 held-out characters: how many are the commonest after n others, and how many runs of n are known."""
    import numpy as np

    train, held_out = _numbers(*_texts(language))
    longer, counts = np.unique(_runs(train[: len(train) * part // 100], n + 1), return_counts=True)
    order = np.lexsort((-counts, longer // _BASE))
    runs, first = np.unique(longer[order] // _BASE, return_index=True)  # of each run what follows it most often
    best = longer[order][first] % _BASE
    asked, right = _runs(held_out, n)[: len(held_out) - n], held_out[n:]
    place = np.minimum(np.searchsorted(runs, asked), len(runs) - 1)
    known = runs[place] == asked
    return float(100 * (known & (best[place] == right)).mean()), float(100 * known.mean())


# More than there are different tokens, and its fourth power still a whole number of 64 bits.
_BASE = 2**15


def _numbers(train: Sequence[str], held_out: Sequence[str]) -> tuple[NDArray[Any], NDArray[Any]]:
    import numpy as np

    known = {token: i for i, token in enumerate(dict.fromkeys([*train, *held_out]))}
    first, second = (np.array([known[token] for token in part], np.int64) for part in (train, held_out))
    return first, second


def _runs(ids: NDArray[Any], n: int) -> NDArray[Any]:
    """Each run of n ids as one number; a run of none is 0."""
    import numpy as np

    made = np.zeros(len(ids) - max(n, 1) + 1, np.int64)
    for i in range(n):
        made = made * _BASE + ids[i : i + len(made)]
    return made
