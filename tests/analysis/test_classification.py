"""Our figures against scikit-learn's."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn import metrics

from llm_widgets.analysis.classification import Evaluation


def sample(seed: int, n: int = 200, digits: int = 2) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    return labels, np.round(np.clip(rng.normal(0.4 + 0.2 * labels, 0.25), 0, 1), digits)  # rounded: many ties


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 0.9, 1.0])
def test_equal_to_scikit_learn(seed: int, threshold: float) -> None:
    labels, probabilities = sample(seed)
    said = probabilities > threshold
    ours = Evaluation(labels, probabilities)
    np.testing.assert_array_equal(ours.confusion(threshold), metrics.confusion_matrix(labels, said, labels=[0, 1]))
    assert ours.accuracy(threshold) == pytest.approx(metrics.accuracy_score(labels, said))
    assert ours.precision(threshold) == pytest.approx(metrics.precision_score(labels, said, zero_division=0))
    assert ours.recall(threshold) == pytest.approx(metrics.recall_score(labels, said, zero_division=0))
    assert ours.f1(threshold) == pytest.approx(metrics.f1_score(labels, said, zero_division=0))
    assert ours.roc_auc == pytest.approx(metrics.roc_auc_score(labels, probabilities))


@pytest.mark.parametrize("seed", range(3))
def test_the_curve_is_the_single_figures_side_by_side(seed: int) -> None:
    ours = Evaluation(*sample(seed))
    curve = ours.threshold_curve(n=41)
    for i, threshold in enumerate(curve.threshold):
        assert curve.accuracy[i] == pytest.approx(ours.accuracy(threshold))
        assert curve.precision[i] == pytest.approx(ours.precision(threshold))
        assert curve.recall[i] == pytest.approx(ours.recall(threshold))
        assert curve.f1[i] == pytest.approx(ours.f1(threshold))


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_alone(label: int) -> None:
    labels = np.full(4, label)
    probabilities = np.array([0.1, 0.4, 0.6, 0.9])
    ours = Evaluation(labels, probabilities)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = metrics.precision_recall_fscore_support(
            labels, probabilities > 0.5, average="binary", zero_division=0
        )[:3]
    assert (ours.precision(), ours.recall(), ours.f1()) == pytest.approx(expected)
    assert ours.roc_auc == 0.5
    assert ours.confusion().sum() == 4


def test_nothing_at_all_gives_zeros() -> None:
    ours = Evaluation([], [])
    assert (ours.accuracy(), ours.precision(), ours.recall(), ours.f1(), ours.roc_auc) == (0, 0, 0, 0, 0.5)
    assert ours.confusion().tolist() == [[0, 0], [0, 0]]
    assert not ours.threshold_curve().f1.any()
    assert ours.worst() == ()


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -0.1, 1.1])
def test_probabilities_that_are_none_are_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match=r"Received: .* at position 1"):
        Evaluation([0, 1], [0.5, wrong])


@pytest.mark.parametrize("arguments", [([0, 2], [0.1, 0.2]), ([0], [0.1, 0.2]), ([0, 1], [0.1, 0.2], ["one"])])
def test_wrong_labels_and_lengths_are_refused(arguments: tuple) -> None:
    with pytest.raises(ValueError, match="Received: "):
        Evaluation(*arguments)


def test_the_worst_mistakes_come_first_with_their_texts() -> None:
    ours = Evaluation([0, 1, 1, 0, 1], [0.9, 0.45, 0.02, 0.1, 0.8], ["a", "b", "c", "d", "e"])
    assert [(m.index, m.text, m.label) for m in ours.worst()] == [(2, "c", 1), (0, "a", 0), (1, "b", 1)]
    assert [m.text for m in ours.worst(1)] == ["c"]


def test_swapping_the_classes_mirrors_the_table() -> None:
    labels, probabilities = sample(7, digits=9)
    straight = Evaluation(labels, probabilities)
    mirrored = Evaluation(1 - labels, 1 - probabilities)
    np.testing.assert_array_equal(mirrored.confusion(), straight.confusion()[::-1, ::-1])
    assert mirrored.roc_auc == pytest.approx(straight.roc_auc)
