"""Splits: nothing in two of them, the same shares for each label, the same for ever."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from llm_widgets.corpora.splits import assign_splits, group_keys, text_key

rows = st.dictionaries(st.text(), st.integers(0, 1), max_size=200)


@given(rows, st.integers(0, 5))
def test_every_label_is_divided_in_the_same_shares(labels: dict[str, int], seed: int) -> None:
    places = assign_splits(list(labels), list(labels.values()), seed=seed)
    for label in (0, 1):
        counts = Counter(place for place, own in zip(places, labels.values(), strict=True) if own == label)
        n = counts.total()
        for place, share in enumerate((0.70, 0.15, 0.15)):
            assert abs(counts[place] - share * n) <= 1


@given(rows, st.randoms())
def test_the_order_of_the_texts_does_not_matter(labels: dict[str, int], random: object) -> None:
    shuffled = list(labels)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first = dict(zip(labels, assign_splits(list(labels), list(labels.values())), strict=True))
    assert first == dict(zip(shuffled, assign_splits(shuffled, [labels[k] for k in shuffled]), strict=True))


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 1))))
def test_texts_with_one_key_stay_together(pairs: list[tuple[str, int]]) -> None:
    places = assign_splits([key for key, _ in pairs], [label for _, label in pairs])
    by_key: dict[str, set[int]] = {}
    for (key, _), place in zip(pairs, places, strict=True):
        by_key.setdefault(key, set()).add(place)
    assert all(len(found) == 1 for found in by_key.values())


def test_the_shares_are_those_of_scikit_learn() -> None:
    labels = [0] * 613 + [1] * 387
    keys = [f"text {i}" for i in range(1000)]
    ours = Counter(zip(assign_splits(keys, labels), labels, strict=True))
    rest, test = train_test_split(range(1000), test_size=0.15, stratify=labels, random_state=0)
    train, validation = train_test_split(
        rest, test_size=0.15 / 0.85, stratify=[labels[i] for i in rest], random_state=0
    )
    for place, members in enumerate((train, validation, test)):
        for label in (0, 1):
            assert abs(ours[place, label] - sum(labels[i] == label for i in members)) <= 1


def test_another_seed_divides_otherwise_and_the_present_one_never_changes() -> None:
    keys = [f"text {i}" for i in range(20)]
    places = assign_splits(keys, [0, 1] * 10)
    # A literal: recordings and the course's numbers rest on it.
    assert "".join(map(str, places)) == "01000000200010022002"
    assert places != assign_splits(keys, [0, 1] * 10, seed=1)


@pytest.mark.parametrize("shares", [(0.5, 0.5, 0.5), (1.2, -0.1, -0.1)])
def test_shares_must_be_shares(shares: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="Received"):
        assign_splits(["a"], [0], fractions=shares)


def test_a_key_ignores_case_width_and_punctuation_only() -> None:
    assert text_key("Ｖery  good!") == text_key("very good") == "verygood"
    assert text_key("很好。") == text_key("很好！")
    assert text_key("not good") != text_key("good")
    assert text_key("!!!") != text_key("???")


def test_groups_are_chains_of_shared_runs() -> None:
    texts = ["abcdefgh", "efghijkl", "ijklmnop", "qrstuvwx", "xy", "XY!"]
    keys = group_keys(texts, 4)
    assert keys[0] == keys[1] == keys[2]
    assert keys[4] == keys[5]
    assert len(set(keys)) == 3


@given(st.lists(st.text(max_size=30)), st.integers(1, 8))
def test_groups_hold_all_texts_that_share_a_run(texts: list[str], run: int) -> None:
    keys = group_keys(texts, run)
    for i, first in enumerate(texts):
        for j, second in enumerate(texts):
            one, two = text_key(first), text_key(second)
            runs = {one[k : k + run] for k in range(len(one) - run + 1)}
            if one == two or any(piece in two for piece in runs):
                assert keys[i] == keys[j]
