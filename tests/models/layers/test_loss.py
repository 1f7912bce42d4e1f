"""The loss is the mean surprise at the right tokens; on every backend."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from llm_widgets.models.layers.loss import IGNORED, TokenCrossentropy

rng = np.random.default_rng(0)
LOGITS = rng.standard_normal((2, 5, 7)).astype("float32") * 3
IDS = rng.integers(0, 7, (2, 5)).astype("int32")


def surprise(logits: np.ndarray, ids: np.ndarray) -> np.ndarray:
    p = np.exp(logits.astype("float64"))
    p /= p.sum(-1, keepdims=True)
    return -np.log(np.take_along_axis(p, ids[..., None], -1)[..., 0])  # type: ignore[no-any-return]


def test_the_mean_over_all_tokens() -> None:
    assert float(TokenCrossentropy()(IDS, LOGITS)) == pytest.approx(surprise(LOGITS, IDS).mean(), rel=1e-5)
    theirs = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(IDS, LOGITS)
    assert float(TokenCrossentropy()(IDS, LOGITS)) == pytest.approx(float(theirs), rel=1e-5)


def test_ignored_tokens_do_not_count() -> None:
    ids = IDS.copy()
    ids[0, 2:] = IGNORED
    expected = np.concatenate([surprise(LOGITS, IDS)[0, :2], surprise(LOGITS, IDS)[1]]).mean()
    assert float(TokenCrossentropy()(ids, LOGITS)) == pytest.approx(expected, rel=1e-5)
    assert float(TokenCrossentropy()(np.full_like(IDS, IGNORED), LOGITS)) == 0


def test_huge_scores_do_not_overflow() -> None:
    assert float(TokenCrossentropy()(IDS[:, :1] * 0, np.full((2, 1, 7), 1e4, "float32"))) == pytest.approx(np.log(7))


def test_sample_weights_are_refused() -> None:
    with pytest.raises(ValueError, match=r"IGNORED.*Received: sample_weight="):
        TokenCrossentropy()(IDS, LOGITS, sample_weight=np.ones(2))


def test_comes_back_from_its_configuration() -> None:
    loss = keras.losses.deserialize(keras.losses.serialize(TokenCrossentropy()))
    assert isinstance(loss, TokenCrossentropy)
