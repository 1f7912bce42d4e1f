"""What a network must beat: always saying the commoner class, and word counts with logistic regression.

The settings are fixed: TF-IDF over words 1 to 2 (for Chinese, characters 1 to 3), sublinear counts, pieces seen at
least twice; logistic regression with C = 4. Fit on the training split; nothing is tuned on validation or test.

Reference:
    Wang, S. and Manning, C. (2012). Baselines and Bigrams: Simple, Good Sentiment and Topic Classification. ACL.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llm_widgets.corpora import Corpus
from llm_widgets.i18n import N_
from llm_widgets.training._beside import Beside

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
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    chinese = corpus.language == "zh"
    count = TfidfVectorizer(
        analyzer="char" if chinese else "word",
        ngram_range=(1, 3) if chinese else (1, 2),
        sublinear_tf=True,
        dtype=np.float32,  # half the memory, and the same accuracy on both corpora
        # As Chinese needs it, and as the network reads: every sign counts, one-letter words too.
        token_pattern=None if chinese else r"\w+|[^\w\s]",
    )
    if len(corpus.train) > 100:
        count.set_params(vocabulary=_seen_twice(count.build_analyzer(), corpus.train.texts) or None)
    model = LogisticRegression(C=C, max_iter=1000)
    model.fit(count.fit_transform(corpus.train.texts), corpus.train.labels)
    return {
        name: model.predict_proba(count.transform(corpus.splits[name].texts))[:, 1].astype(np.float64)
        for name in SPLITS
        if len(corpus.splits[name])
    }


def _seen_twice(analyze: Callable[[str], list[str]], texts: Sequence[str]) -> list[str]:
    """The pieces that stand in two texts at least: the vectorizer's `min_df=2`, without a table of all the others.

    Four of five pieces stand in one text alone; their strings took 60 MB of Chinese. Here they are numbers, until it is
    known which of them are wanted.
    """

    def numbers(text: str) -> NDArray[np.int64]:
        # Python's hash sees bytes alone: two Latin letters and one Chinese character may be the same ones.
        return np.fromiter({hash(piece) ^ len(piece) for piece in analyze(text)}, np.int64)

    seen, texts_with = np.unique(np.concatenate([numbers(text) for text in texts]), return_counts=True)
    wanted = set(seen[texts_with > 1].tolist())
    return sorted({piece for text in texts for piece in analyze(text) if hash(piece) ^ len(piece) in wanted})
