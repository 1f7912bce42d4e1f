"""How well two classes are told apart: NumPy only, equal to scikit-learn's metrics (see the tests).

Reference:
    Fawcett, T. (2006). An introduction to ROC analysis. Pattern Recognition Letters 27 (8), 861 to 874.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from llm_widgets.i18n import t


class ThresholdColumns(NamedTuple):
    """One entry a threshold, float64 [n] each."""

    threshold: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]


@dataclass(frozen=True)
class Mistake:
    """A text on the wrong side of one half; `label` is what is right, `probability` that of positive."""

    index: int
    text: str
    label: int
    probability: float


class Evaluation:
    """Labels against probabilities of positive. "Positive" is said where the probability is greater than the threshold.

    Where nothing is called positive, precision is 0; where nothing is positive, recall is 0; where there is nothing
    at all, every figure is 0, and `roc_auc` is 0.5 unless both classes occur.

    Args:
        labels: [N], 0 or 1.
        probabilities: [N], from 0 to 1.
        texts: N texts, or none.

    Raises:
        ValueError: lengths differ, a label is neither 0 nor 1, a probability is NaN or outside 0 to 1.

    Example:
        >>> Evaluation([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9]).confusion()
        array([[1, 1],
               [1, 1]])
    """

    def __init__(self, labels: ArrayLike, probabilities: ArrayLike, texts: Sequence[str] = ()) -> None:
        self.labels = _checked_labels(labels)
        self.probabilities = _checked_probabilities(probabilities)
        self.texts = tuple(texts)
        N = len(self.labels)
        if len(self.probabilities) != N or len(self.texts) not in (0, N):
            raise ValueError(
                t(
                    "Each label needs one probability, and a text where there are texts. "
                    "Received: {labels} labels, {probabilities} probabilities, {texts} texts",
                    labels=N,
                    probabilities=len(self.probabilities),
                    texts=len(self.texts),
                )
            )

    def __len__(self) -> int:
        return len(self.labels)

    def confusion(self, threshold: float = 0.5) -> NDArray[np.int64]:
        """Counts [[true negative, false positive], [false negative, true positive]]: rows are what is right."""
        said = self.probabilities > threshold
        counts = np.bincount(2 * self.labels.astype(np.int64) + said, minlength=4)
        return counts.reshape(2, 2)

    def accuracy(self, threshold: float = 0.5) -> float:
        """The share that is right."""
        counts = self.confusion(threshold)
        return _ratio(int(np.trace(counts)), int(counts.sum()))

    def precision(self, threshold: float = 0.5) -> float:
        """Of those called positive, the share that is."""
        (_, fp), (_, tp) = self.confusion(threshold).tolist()
        return _ratio(tp, tp + fp)

    def recall(self, threshold: float = 0.5) -> float:
        """Of the positive ones, the share that was called so."""
        _, (fn, tp) = self.confusion(threshold).tolist()
        return _ratio(tp, tp + fn)

    def f1(self, threshold: float = 0.5) -> float:
        """The harmonic mean of precision and recall."""
        (_, fp), (fn, tp) = self.confusion(threshold).tolist()
        return _ratio(2 * tp, 2 * tp + fp + fn)

    def threshold_curve(self, n: int = 101) -> ThresholdColumns:
        """The figures at `n` thresholds from 0 to 1."""
        thresholds = np.linspace(0.0, 1.0, n)
        # How many of a class lie above each threshold: one sort instead of n passes.
        above = [
            count - np.searchsorted(np.sort(scores), thresholds, side="right")
            for scores in (self.probabilities[self.labels == label] for label in (0, 1))
            for count in (len(scores),)
        ]
        fp, tp = (column.astype(np.float64) for column in above)
        positives = float(np.count_nonzero(self.labels))
        tn = len(self) - positives - fp
        return ThresholdColumns(
            thresholds,
            _ratios(tp + tn, np.full(n, float(len(self)))),
            _ratios(tp, tp + fp),
            _ratios(tp, np.full(n, positives)),
            _ratios(2 * tp, tp + fp + positives),
        )

    @property
    def roc_auc(self) -> float:
        """The chance that a positive text gets the greater probability than a negative one; ties count half."""
        positives = int(np.count_nonzero(self.labels))
        negatives = len(self) - positives
        if not positives or not negatives:
            return 0.5
        _, inverse, counts = np.unique(self.probabilities, return_inverse=True, return_counts=True)
        ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]  # ties share the mean of their ranks
        above = float(ranks[self.labels == 1].sum()) - positives * (positives + 1) / 2
        return above / (positives * negatives)

    def worst(self, n: int = 20) -> tuple[Mistake, ...]:
        """The mistakes at one half, the most confident first; at most `n`."""
        wrong = np.flatnonzero((self.probabilities > 0.5) != (self.labels == 1))
        distance = np.abs(self.probabilities[wrong] - self.labels[wrong])
        order = wrong[np.argsort(-distance, kind="stable")][: max(n, 0)]
        return tuple(
            Mistake(
                index=int(i),
                text=self.texts[i] if self.texts else "",
                label=int(self.labels[i]),
                probability=float(self.probabilities[i]),
            )
            for i in order
        )


def _checked_labels(labels: ArrayLike) -> NDArray[np.int8]:
    array = np.asarray(labels).reshape(-1)
    wrong = ~np.isin(array, (0, 1))
    if array.size and wrong.any():
        raise ValueError(t("Labels are 0 or 1. Received: {value}", value=repr(array[wrong][0])))
    return array.astype(np.int8)


def _checked_probabilities(probabilities: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(probabilities, dtype=np.float64).reshape(-1)
    wrong = ~((array >= 0) & (array <= 1))  # true for NaN as well
    if wrong.any():
        raise ValueError(
            t(
                "Probabilities are numbers from 0 to 1. Where a model gives none, its training has failed. "
                "Received: {value} at position {position}",
                value=array[wrong][0],
                position=int(np.flatnonzero(wrong)[0]),
            )
        )
    return array


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _ratios(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
