"""What holds for every Transformer, whatever its switches; on every backend."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from llm_widgets.models import T5Spec, TransformerSpec
from llm_widgets.models.layers.positions import rotary
from tests.models.transformers.family import IDS, OTHER, SPECS, TRIED, T, V, rough, said, seen

MODELS: dict[str, Any] = {}
every = pytest.mark.parametrize("name", TRIED)
SWAPPED = IDS[:, [1, 0, *range(2, T)]]
SAME = {"rtol": 0, "atol": 2e-5}


def model_of(name: str) -> Any:
    """One model for all laws."""
    return MODELS.setdefault(name, rough(SPECS[name]))


@every
def test_attention_has_its_shape_and_its_rows_sum_to_one(name: str) -> None:
    spec, maps = SPECS[name], seen(model_of(name), IDS)
    for weights in maps:
        assert weights.dtype == np.float32
        assert weights.shape[:2] == (3, spec.num_heads)
        np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-5)
        assert (weights >= 0).all()
        assert weights.std() > 0.01  # not merely uniform
    own = [weights.shape[2:] for weights in maps if weights.shape[2:] == (T, T)]
    assert len(own) == (getattr(spec, "num_decoder_layers", 0) or spec.num_layers)


@every
def test_the_last_token_moves_no_earlier_output_under_a_causal_mask_alone(name: str) -> None:
    model = model_of(name)
    changed = IDS.copy()
    changed[:, -1] = changed[:, -1] % (V - 1) + 1
    before, after = said(model, IDS), said(model, changed)
    assert np.abs(before[:, -1] - after[:, -1]).max() > 0.1
    moved = np.abs(before[:, :-1] - after[:, :-1]).max()
    assert moved < 1e-5 if model.spec.causal else moved > 0.01


@pytest.mark.parametrize("name", [name for name in ("gpt", "llama") if name in TRIED])
def test_without_the_mask_it_does(name: str) -> None:
    model = rough(SPECS[name].replace(mask="none"))
    changed = IDS.copy()
    changed[:, -1] = changed[:, -1] % (V - 1) + 1
    assert np.abs(said(model, IDS) - said(model, changed))[:, 0].max() > 0.01
    assert min(weights[..., 0, -1].max() for weights in seen(model, IDS)) > 0.001


@pytest.mark.parametrize("name", [name for name in TRIED if SPECS[name].causal])
def test_nobody_looks_at_later_tokens(name: str) -> None:
    model = model_of(name)
    maps = model.attention(OTHER, IDS)["decoder"] if isinstance(model.spec, T5Spec) else model.attention(IDS)
    for weights in maps:
        np.testing.assert_array_equal(np.triu(weights, 1), 0)


@pytest.mark.parametrize("spec", [SPECS["bert"], SPECS["gpt"].replace(mask="causal_padding")], ids=["bert", "gpt"])
def test_padding_changes_nothing(spec: TransformerSpec) -> None:
    model = rough(spec)
    padded = np.pad(IDS, ((0, 0), (0, 3)))
    np.testing.assert_allclose(said(model, padded)[:, :T], said(model, IDS), **SAME)
    for weights in seen(model, padded):
        np.testing.assert_array_equal(weights[:, :, :T, T:], 0)


@pytest.mark.parametrize("name", [name for name in TRIED if name in ("t5", "rotary with cross attention")])
def test_padding_of_the_text_that_is_read_changes_nothing(name: str) -> None:
    model = model_of(name)
    padded = np.pad(OTHER, ((0, 0), (0, 3)))
    np.testing.assert_allclose(said(model, IDS, padded), said(model, IDS, OTHER), **SAME)
    attention = model.attention(padded, IDS)
    for weights in attention["cross"]:
        np.testing.assert_array_equal(weights[..., 5:], 0)


@every
def test_permuting_the_batch_permutes_the_output(name: str) -> None:
    model, order = model_of(name), [2, 0, 1]
    np.testing.assert_allclose(said(model, IDS[order], OTHER[order]), said(model, IDS)[order], **SAME)
    for a, b in zip(seen(model, IDS[order], OTHER[order]), seen(model, IDS), strict=True):
        np.testing.assert_allclose(a, b[order], **SAME)


@every
def test_order_matters_where_there_are_positions(name: str) -> None:
    model = model_of(name)
    assert np.abs(said(model, SWAPPED)[:, -1] - said(model, IDS)[:, -1]).max() > 0.01


def test_without_positions_it_does_not() -> None:
    # With neither positions nor a mask the last token sees the others as a bag.
    model = rough(SPECS["gpt"].replace(position="none", mask="none"))
    np.testing.assert_allclose(said(model, SWAPPED)[:, -1], said(model, IDS)[:, -1], **SAME)


def test_rotary_scores_depend_on_the_distance_alone() -> None:
    cosine, sine = rotary(20, 8, 100.0)
    rng = np.random.default_rng(0)
    q, k = rng.standard_normal((2, 8))

    def turned(x: Any, position: int) -> Any:
        half = np.concatenate([x[4:], x[:4]])  # the minus is in the sine
        return x * cosine[position] + half * sine[position]

    for distance in range(5):
        scores = [turned(q, start + distance) @ turned(k, start) for start in range(10)]
        np.testing.assert_allclose(scores, scores[0], rtol=1e-4)


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(ValueError, match=r"reads 10 tokens at most.*Received: 11 tokens"):
        model_of("gpt").attention(np.ones(11, "int32"))
