from __future__ import annotations

import numpy as np
import pytest

from llm_widgets.widgets._snapshots import Snapshots


def filled(count: int, **limits: int) -> Snapshots:
    kept = Snapshots(**limits)
    for step in range(count):
        kept.add(step, np.full((1, 1, 2, 2), step, np.float32))
    return kept


@pytest.mark.parametrize("count", [1, 2, 20, 21, 57, 1000])
def test_it_stays_bounded_even_and_keeps_both_ends(count):
    steps = filled(count, most=20).steps
    assert len(steps) == min(count, 20)
    assert (steps[0], steps[-1]) == (0, count - 1)
    gaps = np.diff(steps)
    if count > 40:
        assert gaps.max() <= 4 * gaps.min() + 1


def test_room_bounds_it_too_but_two_are_always_kept():
    assert len(filled(50, room=16 * 7).steps) == 7
    assert filled(50, room=1).steps == (0, 49)


def test_the_same_step_again_replaces():
    kept = filled(3)
    kept.add(2, np.full((1, 1, 2, 2), 9, np.float32))
    assert kept.steps == (0, 1, 2)
    assert kept.near(None)[1].max() == 9


@pytest.mark.parametrize(("step", "found"), [(None, 30), (0, 0), (4, 0), (5, 0), (6, 10), (99, 30), (-5, 0)])
def test_the_nearest_step_is_found(step, found):
    kept = Snapshots()
    for one in (0, 10, 20, 30):
        kept.add(one, np.zeros((1, 1, 1, 1), np.float32))
    assert kept.near(step)[0] == found


def test_a_saved_page_gets_a_spread_with_what_it_needs():
    chosen = [step for step, _ in filled(101).spread(5 * 4, 33, None)]
    assert chosen == [0, 25, 33, 50, 75, 100]
