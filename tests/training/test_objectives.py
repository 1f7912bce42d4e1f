"""What language models are asked, as laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.training.objectives import corrupt_spans, mask_tokens, next_token, restore_spans

FIRST, PAD, MASK = TextTokenizer.FIRST_ID, TextTokenizer.PAD_ID, TextTokenizer.MASK_ID
SENTINELS = set(TextTokenizer.SENTINEL_IDS)
shapes = st.tuples(st.integers(1, 6), st.integers(2, 150))
seeds = st.integers(0, 2**32)


def draw(shape: tuple[int, int], seed: int, low: int = FIRST, high: int = 200) -> np.ndarray:
    return np.random.default_rng(seed).integers(low, high, shape, dtype=np.int32)


@given(shapes, seeds)
def test_targets_are_the_inputs_moved_by_one(shape: tuple[int, int], seed: int) -> None:
    windows = draw(shape, seed, low=0, high=40)
    batch = next_token(windows)
    assert (batch.inputs == windows[:, :-1]).all()
    assert (batch.targets == windows[:, 1:]).all()
    assert (batch.inputs[:, 1:] == batch.targets[:, :-1]).all()
    assert (batch.weights == (batch.targets != PAD)).all()


@given(shapes, seeds, st.floats(0.01, 0.99))
def test_what_is_not_asked_for_stays_and_does_not_count(shape: tuple[int, int], seed: int, share: float) -> None:
    ids = draw(shape, seed, low=0)  # special tokens among them
    batch = mask_tokens(ids, np.random.default_rng(seed), vocabulary_size=200, share=share)
    asked = batch.weights == 1
    assert set(np.unique(batch.weights)) <= {0, 1}
    assert (batch.inputs[~asked] == ids[~asked]).all()
    assert (batch.targets[~asked] == PAD).all()
    assert (batch.targets[asked] == ids[asked]).all()
    assert (ids[asked] >= FIRST).all()
    may = (ids >= FIRST).sum(1)
    expected = np.where(may > 0, np.maximum(1, np.rint(share * may)), 0)
    assert (asked.sum(1) == expected).all()
    assert ((batch.inputs == ids) | (batch.inputs == MASK) | (batch.inputs >= FIRST)).all()


def test_a_loss_with_the_weights_does_not_see_the_rest() -> None:
    ids = draw((8, 64), 0)
    batch = mask_tokens(ids, np.random.default_rng(1), vocabulary_size=200)
    logits = np.random.default_rng(2).normal(size=(8, 64, 200))

    def loss(logits: np.ndarray) -> float:
        log = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
        return -(np.take_along_axis(log, batch.targets[..., None], -1)[..., 0] * batch.weights).sum()

    changed = np.where(batch.weights[..., None] == 0, logits + np.arange(200), logits)
    assert loss(changed) == pytest.approx(loss(logits))


def test_masked_tokens_have_the_shares_of_the_paper() -> None:
    ids = draw((400, 200), 3)
    batch = mask_tokens(ids, np.random.default_rng(4), vocabulary_size=200)
    asked = batch.weights == 1
    count = int(asked.sum())
    assert count == 400 * 30  # 15 % of 200, in every row
    hidden = batch.inputs[asked] == MASK
    kept = batch.inputs[asked] == ids[asked]
    # A random piece is by chance the same one once in 164 times. Five standard deviations of 12,000 draws.
    same = 0.1 / (200 - FIRST)
    for found, share in ((hidden, 0.8), (kept, 0.1 + same), (~hidden & ~kept, 0.1 - same)):
        assert abs(found.mean() - share) < 5 * np.sqrt(share * (1 - share) / count)
    other = batch.inputs[asked][~hidden & ~kept]
    assert other.min() == FIRST
    assert other.max() == 199
    places = asked.mean(0)  # every place is asked for as often
    assert np.abs(places - 0.15).max() < 5 * np.sqrt(0.15 * 0.85 / 400)


@given(shapes, seeds, st.floats(0.01, 0.99), st.floats(3.0, 20.0))
def test_spans_can_be_put_back(shape: tuple[int, int], seed: int, share: float, mean_span: float) -> None:
    ids = draw(shape, seed)
    try:
        batch = corrupt_spans(ids, np.random.default_rng(seed), share=share, mean_span=mean_span)
    except ValueError:
        assert share * shape[1] / mean_span > 30
        return
    out = min(max(1, round(share * shape[1])), shape[1] - 1)
    for row, inputs, targets in zip(ids, batch.inputs, batch.targets, strict=True):
        assert (restore_spans(inputs, targets) == row).all()
        marks = [number for number in inputs.tolist() if number in SENTINELS]
        assert marks == list(TextTokenizer.SENTINEL_IDS[: len(marks)])
        assert [n for n in targets.tolist() if n in SENTINELS] == list(TextTokenizer.SENTINEL_IDS[: len(marks) + 1])
        assert len(targets) == out + len(marks) + 1
        assert len(inputs) == len(row) - out + len(marks)
        assert targets[-1] == TextTokenizer.SENTINEL_IDS[len(marks)]
        places = np.flatnonzero(np.isin(inputs, list(SENTINELS)))
        assert (np.diff(places) > 1).all()  # two spans never touch
    assert (batch.decoder_inputs[:, 1:] == batch.targets[:, :-1]).all()
    assert (batch.decoder_inputs[:, 0] == PAD).all()


def test_spans_have_the_shares_of_the_paper() -> None:
    ids = np.tile(np.arange(100, 300, dtype=np.int32), (500, 1))
    batch = corrupt_spans(ids, np.random.default_rng(0))
    assert batch.targets.shape == (500, 30 + 10 + 1)  # 15 % of 200 in spans of 3, and the last sentinel
    assert batch.inputs.shape == (500, 170 + 10)
    taken = np.array([np.isin(row, targets) for row, targets in zip(ids, batch.targets, strict=True)])
    assert np.abs(taken.mean(0) - 0.15).max() < 0.1  # every place, the first and the last too
    assert taken[:, 0].any()
    assert not taken[:, 0].all()
    assert taken[:, -1].any()
    assert not taken[:, -1].all()


def test_the_same_seed_gives_the_same_batch() -> None:
    ids = draw((4, 60), 0)
    for corrupt in (lambda rng: mask_tokens(ids, rng, vocabulary_size=200), lambda rng: corrupt_spans(ids, rng)):
        one, two, other = (corrupt(np.random.default_rng(seed)) for seed in (1, 1, 2))
        assert (one.inputs == two.inputs).all()
        assert (one.targets == two.targets).all()
        assert not (one.inputs == other.inputs).all()


def test_a_sentinel_that_was_not_answered_stays() -> None:
    inputs, targets = np.array([50, 4, 51, 5]), np.array([4, 60, 61, 6])
    assert restore_spans(inputs, targets).tolist() == [50, 60, 61, 51, 5]
    assert restore_spans(inputs, np.array([70, 6])).tolist() == [50, 4, 51, 5]


def test_wrong_numbers_are_refused_in_words() -> None:
    ids, rng = draw((2, 900), 0), np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"sentinels for 31 spans.*Received: 45 spans"):
        corrupt_spans(ids, rng)
    with pytest.raises(ValueError, match="share=1"):
        corrupt_spans(ids, rng, share=1)
    with pytest.raises(ValueError, match="mean_span=0"):
        corrupt_spans(ids, rng, mean_span=0)
    with pytest.raises(ValueError, match="share=0"):
        mask_tokens(ids, rng, vocabulary_size=200, share=0)
    with pytest.raises(ValueError, match="vocabulary_size=36"):
        mask_tokens(ids, rng, vocabulary_size=36)
    for wrong in (ids[0], ids.astype(float), ids[:, :1]):
        with pytest.raises(ValueError, match=r"rows of 2 or more.*Received"):
            next_token(wrong)
