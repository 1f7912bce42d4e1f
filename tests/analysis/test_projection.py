"""The plane is scikit-learn's, and the picture in it neither jumps nor mirrors, whatever is done to the vectors."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ortho_group
from sklearn.decomposition import PCA

from llm_widgets.analysis.projection import StableProjection

SCALES = np.array([5.0, 3.0, *np.linspace(1.0, 0.1, 22)])


def cloud(seed=0, N=300):
    return np.random.default_rng(seed).normal(size=(N, 24)) * SCALES + 7


def same_up_to_a_turn(a, b, tolerance):
    left, _, right = np.linalg.svd(a.T @ b)
    np.testing.assert_allclose(a @ (left @ right), b, rtol=0, atol=tolerance)


@pytest.mark.parametrize("N", [300, 12])  # fewer vectors than dimensions, too
def test_the_first_picture_is_scikit_learns(N):
    vectors = cloud(N=N)
    theirs = PCA(2).fit(vectors)
    projection = StableProjection()
    ours = projection.update(vectors)
    expected = theirs.transform(vectors)
    for axis in range(2):
        assert min(abs(ours[:, axis] - s * expected[:, axis]).max() for s in (1, -1)) < 1e-8
    assert projection.share == pytest.approx(theirs.explained_variance_ratio_.sum(), rel=1e-9)


def test_it_comes_to_scikit_learns_plane_after_the_vectors_have_moved():
    projection = StableProjection()
    projection.update(cloud(0))
    moved = cloud(1) @ ortho_group.rvs(24, random_state=2)  # another cloud in another plane
    for _ in range(40):
        ours = projection.update(moved)
    theirs = PCA(2).fit(moved)
    expected = theirs.transform(moved)
    same_up_to_a_turn(ours, expected, 1e-6)
    for _ in range(400):  # in the end the first component lies across
        ours = projection.update(moved)
    for axis in range(2):
        assert min(abs(ours[:, axis] - s * expected[:, axis]).max() for s in (1, -1)) < 1e-6
    assert projection.share == pytest.approx(theirs.explained_variance_ratio_.sum(), rel=1e-9)


def test_a_turned_mirrored_or_shifted_cloud_gives_the_same_pictures():
    turn = ortho_group.rvs(24, random_state=1)
    mirror = np.diag([-1.0] * 5 + [1.0] * 19)
    for change in (turn, mirror, turn @ mirror):
        one, other = StableProjection(), StableProjection()
        for step in range(6):
            vectors = cloud() + step * 0.1 * cloud(9)
            np.testing.assert_allclose(other.update(vectors @ change - 3), one.update(vectors), rtol=0, atol=1e-7)
    # Also from one picture to the next: signs of eigenvectors are anybody's choice, the picture's are not.
    projection = StableProjection()
    before = projection.update(cloud())
    np.testing.assert_allclose(projection.update(-cloud()), before, rtol=0, atol=1e-7)


def test_a_small_change_moves_points_little_where_plain_pca_jumps():
    # Six directions hold equally much: which two are the first is a matter of chance from step to step.
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(2000, 32)) * np.array([1.0] * 6 + [0.5] * 26)
    projection, before = StableProjection(), None
    ours, theirs, last = [], [], None
    for _ in range(30):
        vectors = vectors + rng.normal(0, 0.01, vectors.shape)
        now, plain = projection.update(vectors), PCA(2, svd_solver="full").fit_transform(vectors)
        if before is not None:
            ours.append(np.abs(now - before).max())
            theirs.append(np.abs(plain - last).max())
        before, last = now, plain
    assert max(ours) < 0.35  # the cloud is some 3.5 wide
    assert max(theirs) > 4 * max(ours)


def test_earlier_vectors_lie_in_the_present_plane():
    projection = StableProjection()
    first = cloud(0)
    projection.update(first)
    points = projection.update(cloud(1))
    np.testing.assert_allclose(projection.project(cloud(1)), points, rtol=0, atol=1e-9)
    difference = projection.project(first) - points  # a displacement in the plane is the plane's part of it
    np.testing.assert_allclose(difference, (first - cloud(1)) @ projection.axes, rtol=0, atol=1e-9)
    np.testing.assert_allclose(projection.axes.T @ projection.axes, np.eye(2), atol=1e-12)


@pytest.mark.parametrize("shape", [(0, 4), (1, 4), (2, 4), (5, 1), (1, 1), (3, 0)])
def test_few_vectors_and_few_dimensions_have_a_picture_too(shape):
    projection = StableProjection()
    vectors = np.arange(np.prod(shape), dtype=float).reshape(shape)
    for _ in range(3):
        points = projection.update(vectors)
        assert points.shape == (shape[0], 2)
        assert np.isfinite(points).all()
    assert projection.share == pytest.approx(1.0 if shape[0] > 1 and shape[1] else 0.0)
    projection.update(np.zeros((4, 3)))  # another shape: afresh
    assert projection.share == 0
    assert projection.update(np.eye(4, 3)).shape == (4, 2)


def test_float32_stays_float32_and_says_the_same():
    exact, quick = StableProjection(), StableProjection()
    for step in range(5):
        vectors = cloud() + step * 0.1 * cloud(9)
        points = quick.update(vectors.astype(np.float32))
        assert points.dtype == quick.axes.dtype == np.float32
        np.testing.assert_allclose(points, exact.update(vectors), rtol=0, atol=1e-3)


def test_odd_input_is_refused_in_words():
    projection = StableProjection()
    with pytest.raises(ValueError, match="update"):
        projection.project([[1.0]])
    for bad in ([1.0, 2.0], [[np.inf, 1.0]]):
        with pytest.raises(ValueError, match="finite vectors"):
            projection.update(bad)
    projection.update(cloud())
    with pytest.raises(ValueError, match=r"\[N, 24\]"):
        projection.project([[1.0]])
    with pytest.raises(ValueError, match="iterations=0"):
        StableProjection(0)
