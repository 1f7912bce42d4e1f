"""What a network must beat: always saying the commoner class, and word counts with logistic regression.

The settings are fixed: TF-IDF over words 1 to 2 (for Chinese, characters 1 to 3), sublinear counts, pieces seen at
least twice; logistic regression with C = 4. Fit on the training split; nothing is tuned on validation or test.

Reference:
    Wang, S. and Manning, C. (2012). Baselines and Bigrams: Simple, Good Sentiment and Topic Classification. ACL.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llm_widgets._runtime import give_back_memory
from llm_widgets.corpora import Corpus
from llm_widgets.i18n import N_
from llm_widgets.training._beside import Beside
from llm_widgets.training._logistic import fit_logistic
from llm_widgets.training._ngrams import NgramWeights

C = 4.0
SPLITS = ("validation", "test")
MAJORITY = N_("Majority")
REGRESSION = N_("TF-IDF with logistic regression")


@dataclass(frozen=True)
class Baseline:
    """How often a simple method is right.

    Args:
        name: an English message; translate it with `i18n.t`.
        accuracy: from 0 to 1.
        split: "validation" or "test".
    """

    name: str
    accuracy: float
    split: str


_beside: Beside[Baseline] = Beside("baselines")


def baselines(
    corpus: Corpus, *, wait: bool = False, when_ready: Callable[[], None] = lambda: None
) -> tuple[Baseline, ...]:
    """The baselines of a corpus, fit once.

    Args:
        wait: fit now where needed; otherwise return () and fit in a thread, which calls `when_ready` at its end.
    """
    return _beside.get(
        corpus.fingerprint,
        lambda: (*majority(corpus), *_regression(corpus)),
        wait=wait,
        when_ready=when_ready,
    )


def forget() -> None:
    """Forgets what was fit; the next question fits it again."""
    _beside.clear()
    with _saying:
        _said.clear()


def majority(corpus: Corpus) -> tuple[Baseline, ...]:
    """Always what is commoner in the training split."""
    commoner = int(2 * int(corpus.train.labels.sum()) >= len(corpus.train))
    return tuple(
        Baseline(MAJORITY, float((corpus.splits[name].labels == commoner).mean()), name)
        for name in SPLITS
        if len(corpus.splits[name])
    )


def _regression(corpus: Corpus) -> list[Baseline]:
    found = regression_probabilities(corpus)
    return [
        Baseline(REGRESSION, float(((found[name] > 0.5) == (corpus.splits[name].labels == 1)).mean()), name)
        for name in SPLITS
        if name in found
    ]


def regression_probabilities(corpus: Corpus) -> dict[str, NDArray[np.float64]]:
    """What logistic regression over word counts says of each validation and test text: the probability of positive.

    Fit once a corpus; {} where the training split has one class alone. Splits without texts are left out.
    """
    with _saying:
        if corpus.fingerprint not in _said:
            _said[corpus.fingerprint] = _fit(corpus)
            while len(_said) > _KEEP:
                _said.popitem(last=False)
        return _said[corpus.fingerprint]


_KEEP = 4  # corpora whose probabilities are kept
_said: OrderedDict[str, dict[str, NDArray[np.float64]]] = OrderedDict()
_saying = threading.Lock()


def _fit(corpus: Corpus) -> dict[str, NDArray[np.float64]]:
    if len(np.unique(corpus.train.labels)) < 2:
        return {}  # one class alone: there is nothing to tell apart
    weights = NgramWeights(
        corpus.train.texts, characters=corpus.language == "zh", least=2 if len(corpus.train) > 100 else 1
    )
    if not len(weights.pieces):
        weights = NgramWeights(corpus.train.texts, characters=corpus.language == "zh", least=1)
    give_back_memory()
    model = fit_logistic(weights(corpus.train.texts), corpus.train.labels, C)
    found = {name: model(weights(corpus.splits[name].texts)) for name in SPLITS if len(corpus.splits[name])}
    give_back_memory()
    return found
