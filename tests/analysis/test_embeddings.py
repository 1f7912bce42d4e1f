"""Cosines are scikit-learn's, neighbours those of its NearestNeighbors, and an analogy that is exact is found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics.pairwise import cosine_similarity as theirs
from sklearn.neighbors import NearestNeighbors

from llm_widgets.analysis.embeddings import analogy, cosine_similarity, nearest

TABLE = np.random.default_rng(0).normal(size=(200, 24))


def test_cosines_are_scikit_learns_for_one_and_for_many():
    np.testing.assert_allclose(cosine_similarity(TABLE[:5], TABLE), theirs(TABLE[:5], TABLE), rtol=0, atol=1e-12)
    np.testing.assert_allclose(cosine_similarity(TABLE, TABLE[3]), theirs(TABLE, TABLE[3:4])[:, 0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(cosine_similarity(TABLE[3], TABLE), theirs(TABLE[3:4], TABLE)[0], rtol=0, atol=1e-12)
    one = cosine_similarity(TABLE[0].tolist(), TABLE[1].astype(np.float32))
    assert isinstance(one, float)
    assert one == pytest.approx(theirs(TABLE[:1], TABLE[1:2])[0, 0], abs=1e-7)


def test_neighbours_are_scikit_learns_and_never_the_row_itself():
    distances, rows = NearestNeighbors(n_neighbors=11, metric="cosine").fit(TABLE).kneighbors(TABLE[7:8])
    found = nearest(TABLE, 7, k=10)
    assert [one.index for one in found] == rows[0, 1:].tolist()
    np.testing.assert_allclose([one.cosine for one in found], 1 - distances[0, 1:], rtol=0, atol=1e-12)
    # A vector from outside may well be equal to a row; then that row is the nearest.
    assert [one.index for one in nearest(TABLE, TABLE[7], k=11)] == rows[0].tolist()
    assert nearest(TABLE, 7, k=0) == []
    assert len(nearest(TABLE, 7, k=10**6)) == len(TABLE) - 1


@settings(max_examples=30)
@given(st.integers(0, 199), st.integers(0, 199), st.floats(1e-200, 1e150))
def test_a_cosine_knows_no_length_and_no_order(a, b, scale):
    assert cosine_similarity(TABLE[a] * scale, TABLE[b]) == pytest.approx(
        cosine_similarity(TABLE[b], TABLE[a]), abs=1e-9
    )
    assert cosine_similarity(TABLE[a], TABLE[a]) == pytest.approx(1)


def test_an_analogy_that_holds_exactly_is_found_and_the_three_are_left_out():
    rng = np.random.default_rng(1)
    table = rng.normal(size=(50, 40))
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    target = table[1] - table[0] + table[2]
    table[3] = target * 7
    best = analogy(table, 0, 1, 2, k=5)
    assert best[0].index == 3
    assert best[0].cosine == pytest.approx(1)
    assert not {0, 1, 2} & {one.index for one in best}
    expected = theirs(target[None], table)[0]
    expected[:3] = -2
    assert [one.index for one in best] == np.argsort(-expected)[:5].tolist()


def test_zeros_have_no_direction_and_odd_input_is_refused_in_words():
    assert cosine_similarity([0.0, 0.0], [1.0, 2.0]) == 0.0
    assert nearest(np.zeros((0, 4)), np.ones(4)) == []
    with pytest.raises(ValueError, match="same size"):
        cosine_similarity([1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="finite"):
        cosine_similarity([np.nan, 1.0], [1.0, 2.0])
    for row in (-1, 200):
        with pytest.raises(ValueError, match="no such row"):
            nearest(TABLE, row)
        with pytest.raises(ValueError, match="no such row"):
            analogy(TABLE, 0, 1, row)
    with pytest.raises(ValueError, match="0 or more"):
        nearest(TABLE, 0, k=-1)
    with pytest.raises(ValueError, match="several vectors"):
        nearest([1.0, 2.0], 0)
