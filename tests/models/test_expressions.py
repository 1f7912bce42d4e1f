"""Formulas of named sizes are the arithmetic that they are written as."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llm_widgets.models import BERT_BASE, GPT2_SMALL, SMOLLM2_135M, T5_SMALL, LSTMClassifierSpec
from llm_widgets.models.expressions import Expression, size
from llm_widgets.models.named_sizes import named_sizes

A, B = size("A"), size("B")
NUMBERS = st.integers(-50, 50)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_sums_and_products_are_those_of_numbers(a: int, b: int, n: int, m: int) -> None:
    sizes = {"A": a, "B": b}
    assert ((A + n) * (B + m) * A + n * B + m).value(sizes) == (a + n) * (b + m) * a + n * b + m
    assert (n * A * m + 0 * B + 1 * B).value(sizes) == n * a * m + b
    assert sum([A, B, A], Expression("", (n,))).value(sizes) == 2 * a + b + n


def test_what_changes_nothing_is_left_out() -> None:
    assert str(1 * A + 0 * B + 0) == "A"
    assert str(2 * (A + 1) * A * 3) == "6·(A + 1)·A"
    assert str((A + 0) * (B / A)) == "A·(B/A)"
    assert (2 * A * B + 3).data() == ["+", ["*", 2, "A", "B"], 3]
    assert (A * 0 + 0).data() == 0


def test_a_quotient_stays_whole_where_it_can() -> None:
    assert repr((A / B).value({"A": 12, "B": 4})) == "3"
    assert (A / B).value({"A": 1, "B": 2}) == 0.5


def test_the_letters_stand_for_the_spec_s_own_sizes() -> None:
    for spec in (GPT2_SMALL, BERT_BASE, T5_SMALL, SMOLLM2_135M, GPT2_SMALL.replace(d_ff=5, num_key_value_heads=3)):
        found = named_sizes(spec)
        assert (found["K"], found["D"], found["F"]) == (spec.key_value_heads, spec.head_dim, spec.feed_forward_dim)
    assert named_sizes(T5_SMALL)["M"] == 6
    assert named_sizes(T5_SMALL.replace(num_decoder_layers=2))["M"] == 2
    assert named_sizes(LSTMClassifierSpec(lstm_units=(128, 64)))["U2"] == 64
