"""Windows of a text: each target once an epoch, and the same order for the same seed and epoch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_widgets.training.windows import Windows

sizes = st.tuples(st.integers(1, 12), st.integers(1, 7), st.integers(0, 3)).flatmap(
    lambda n: st.tuples(st.integers(n[0] + 1, 200), st.just(n[0]), st.just(n[1]), st.just(n[2]))
)


def epoch_of(windows: Windows, epoch: int) -> np.ndarray:
    return np.concatenate([windows.batch(epoch, step) for step in range(len(windows))])


@given(sizes, st.integers(0, 5))
def test_an_epoch_has_each_target_at_most_once_and_misses_little(size: tuple[int, ...], epoch: int) -> None:
    count, length, batch_size, seed = size
    windows = Windows(np.arange(count), length=length, batch_size=batch_size, seed=seed)
    rows = epoch_of(windows, epoch)
    assert rows.shape == (windows.count, length + 1)
    assert (np.diff(rows, axis=1) == 1).all()  # pieces of the text, in its order
    targets = rows[:, 1:].ravel()
    assert len(set(targets.tolist())) == len(targets)
    assert count - 1 - len(targets) < 2 * length
    assert all(len(windows.batch(epoch, step)) == batch_size for step in range(len(windows) - 1))


def test_the_order_depends_on_seed_and_epoch_alone() -> None:
    ids = np.random.default_rng(0).integers(0, 50, 5_000)
    make = lambda seed: Windows(ids, length=16, batch_size=32, seed=seed)  # noqa: E731
    one, two = make(1), make(1)
    assert (two.batch(3, 5) == epoch_of(one, 3)[5 * 32 : 6 * 32]).all()  # any batch by itself, in any order
    assert not (one.batch(0, 0) == one.batch(1, 0)).all()
    assert not (one.batch(0, 0) == make(2).batch(0, 0)).all()
    draws = [windows.generator(2, 4).random() for windows in (one, two, make(2))]
    assert draws[0] == draws[1] != draws[2]
    assert one.generator(2, 4).random() != one.generator(4, 2).random()


def test_every_token_comes_to_stand_at_every_place() -> None:
    windows = Windows(np.arange(100), length=5, batch_size=100)
    firsts = {int(row[0]) % 5 for epoch in range(40) for row in windows.batch(epoch, 0)}
    assert firsts == {0, 1, 2, 3, 4}


@given(sizes)
def test_in_order_every_window_follows_the_one_before(size: tuple[int, ...]) -> None:
    count, length, batch_size, _ = size
    rows = Windows(np.arange(count), length=length, batch_size=batch_size).in_order()
    targets = rows[:, 1:].ravel()
    assert targets.tolist() == list(range(1, len(targets) + 1))
    assert count - 1 - len(targets) < length


def test_what_cannot_be_cut_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"needs 9 tokens.*Received: ids of shape \(8,\)"):
        Windows(np.arange(8), length=8, batch_size=1)
    with pytest.raises(ValueError, match="length=0"):
        Windows(np.arange(8), length=0, batch_size=1)
    with pytest.raises(ValueError, match=r"shape \(4, 2\)"):
        Windows(np.zeros((4, 2), int), length=1, batch_size=1)
    with pytest.raises(IndexError, match="step=8"):
        Windows(np.arange(9), length=1, batch_size=1).batch(0, 8)
