"""What a language model must beat: guessing the next token by counting what followed before."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import N_
from llm_widgets.training._beside import Beside
from llm_widgets.training.baselines import SPLITS, Baseline

if TYPE_CHECKING:
    from llm_widgets.training.language_run import LanguageRun

COMMONEST = N_("Commonest token")
COUNTING = N_("4-gram counts")
NEIGHBOURS = N_("Both neighbours")
FOLLOWING = N_("2-gram counts")
ORDER = 3
_beside: Beside[Baseline] = Beside("counting")


def counted(run: LanguageRun, *, wait: bool) -> tuple[Baseline, ...]:
    """How often counting guesses what a run's model is asked; counted once for each way of cutting and asking.

    Args:
        wait: count now where needed; otherwise return () and count in a thread, which wakes the log's readers.
    """
    key = f"{run.corpus.fingerprint} {run.unit} {run.tokenizer.vocabulary_size} {run.objective}"
    if run.objective != "next_token":
        key += f" {run.spec.max_length}"  # a window's length says how many tokens are asked
    return _beside.get(key, lambda: _count(run), wait=wait, when_ready=run.log.touch)


def _count(run: LanguageRun) -> tuple[Baseline, ...]:
    task = run.task()
    # In a part that is shorter than a window nothing can be hidden as the model is used to it.
    least = 0 if run.objective == "next_token" else task.length
    parts = {split: ids for split in SPLITS if len(ids := run.ids(split)) > least}
    return tuple(Baseline(name, share, split) for split, ids in parts.items() for name, share in task.counted(ids))


def guesses(train: NDArray[np.int32], held_out: NDArray[np.int32]) -> tuple[float, float]:
    """How often the commonest token is right, and how often the one that followed the last tokens most often.

    The longest context, of at most `ORDER` tokens, that stands in the training text counts.

    Example:
        >>> guesses(np.array([1, 2, 1, 2, 1, 2, 3]), np.array([1, 2, 1, 2]))
        (0.3333333333333333, 1.0)
    """
    following: list[dict[tuple[int, ...], Counter[int]]] = [defaultdict(Counter) for _ in range(ORDER + 1)]
    known, asked = train.tolist(), held_out.tolist()
    for i, token in enumerate(known):
        for n in range(min(ORDER, i) + 1):
            following[n][tuple(known[i - n : i])][token] += 1
    best = [{context: most_frequent(found) for context, found in table.items()} for table in following]
    commonest = best[0][()]
    right = 0
    for i in range(1, len(asked)):
        contexts = (tuple(asked[i - n : i]) for n in range(min(ORDER, i), -1, -1))
        right += next(best[len(c)][c] for c in contexts if c in best[len(c)]) == asked[i]
    N = max(1, len(asked) - 1)
    return sum(token == commonest for token in asked[1:]) / N, right / N


def most_frequent(found: Counter[int]) -> int:
    """The commonest of them; of equal ones that with the lowest id."""
    return max(found, key=lambda token: (found[token], -token))


def commonest(ids: NDArray[np.int32]) -> int:
    """The commonest id of a text; of equal ones the lowest."""
    return int(np.bincount(ids).argmax())
