"""A spec refuses what cannot be built, counts what Keras counts, and comes back from data and text as it was."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_widgets import i18n
from llm_widgets.models import FIELDS, PRESETS, LSTMClassifierSpec

BY_NAME = {field.name: field for field in FIELDS}

specs = st.builds(
    LSTMClassifierSpec,
    vocabulary_size=st.integers(2, 1_000_000),
    embedding_dim=st.integers(1, 16_384),
    lstm_units=st.lists(st.integers(1, 16_384), min_size=1, max_size=4).map(tuple),
    dropout=st.floats(0, 0.95),
    sequence_length=st.integers(1, 10_000),
    bidirectional=st.booleans(),
)


def test_the_documents_own_models() -> None:
    assert PRESETS["document_en"].count_parameters() == 10_000 * 32 + 4 * 128 * (32 + 128 + 1) + 129 == 402_561
    zh = 10_000 * 32 + 4 * 128 * (32 + 128 + 1) + 4 * 64 * (128 + 64 + 1) + 65
    assert PRESETS["document_zh"].count_parameters() == zh == 451_905


@given(specs)
def test_text_and_data_come_back(spec: LSTMClassifierSpec) -> None:
    assert LSTMClassifierSpec.from_text(spec.to_text()) == spec
    assert LSTMClassifierSpec.from_dict(spec.to_dict()) == spec
    assert spec.replace(**spec.to_dict()) == spec
    assert hash(spec.replace()) == hash(spec)
    assert re.fullmatch(r"[a-z0-9_?=&.\-+]+", spec.to_text())  # nothing that a link would have to escape


@pytest.mark.parametrize("name", ["vocabulary_size", "embedding_dim", "sequence_length", "lstm_units"])
@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        10**12,
        pytest.param(10**5000, id="huge"),
        math.nan,
        math.inf,
        64.0,
        "64",
        b"64",
        True,
        None,
        [],
        {},
        np.bool_(True),
    ],
)
def test_impossible_sizes_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"{name}.*Received: {name}="):
        LSTMClassifierSpec(**{name: value})


@pytest.mark.parametrize(
    "value", [(), (0,), (128, -1), (128, "64"), (1,) * 5, (10**12,), ((64,),), (True,), [math.nan]]
)
def test_impossible_layers_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"lstm_units.*Received: lstm_units="):
        LSTMClassifierSpec(lstm_units=value)


@pytest.mark.parametrize("value", [-0.1, 1.0, 0.96, math.nan, math.inf, "0.5", True, None, [0.1]])
def test_impossible_dropout_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"dropout must be a number from 0.0 to 0.95. Received: dropout="):
        LSTMClassifierSpec(dropout=value)


@pytest.mark.parametrize("value", [0, 1, "true", None, 0.0])
def test_only_true_and_false_are_a_truth(value: Any) -> None:
    with pytest.raises(ValueError, match=r"bidirectional must be True or False. Received: bidirectional="):
        LSTMClassifierSpec(bidirectional=value)


def test_a_long_wrong_value_does_not_fill_the_page() -> None:
    with pytest.raises(ValueError, match="Received") as caught:
        LSTMClassifierSpec(vocabulary_size="9" * 100_000)  # type: ignore[arg-type]
    assert len(str(caught.value)) < 300


def test_numpy_numbers_and_lists_become_plain() -> None:
    spec = LSTMClassifierSpec(np.int64(50), np.int32(8), [np.int64(4), 3], np.float32(0.5), np.uint8(9), np.bool_(True))  # type: ignore[arg-type]
    assert spec == LSTMClassifierSpec(50, 8, (4, 3), 0.5, 9, True)
    assert {type(value) for value in spec.to_dict().values()} == {int, list, float, bool}


def test_one_number_is_one_layer() -> None:
    assert LSTMClassifierSpec(lstm_units=64).lstm_units == (64,)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lstm-classifier",
        "gpt?embedding_dim=32",
        "lstm-classifier?embedding_dim",
        "lstm-classifier?embedding_dim=32&embedding_dim=32",
        "lstm-classifier?embeding_dim=32",
        "lstm-classifier?embedding_dim=",
        "lstm-classifier?embedding_dim=3e1",
        "lstm-classifier?embedding_dim=٣٢",
        "lstm-classifier?embedding_dim=-32",
        "lstm-classifier?lstm_units=128--64",
        "lstm-classifier?lstm_units=128-",
        "lstm-classifier?dropout=nan",
        "lstm-classifier?dropout=1e400",
        "lstm-classifier?bidirectional=1",
        "lstm-classifier?vocabulary_size=" + "9" * 10_000,
        "lstm-classifier?" + "&" * 3,
        "<img src=x onerror=alert(1)>",
        None,
        7,
    ],
)
def test_text_of_another_form_is_refused(text: Any) -> None:
    with pytest.raises(ValueError, match="Received: "):
        LSTMClassifierSpec.from_text(text)


@given(st.text(max_size=200))
def test_any_text_is_a_spec_or_a_value_error(text: str) -> None:
    for candidate in (text, "lstm-classifier?" + text, "lstm-classifier?dropout=" + text):
        try:
            LSTMClassifierSpec.from_text(candidate)
        except ValueError as error:
            assert "Received: " in str(error)  # noqa: PT017


def test_fields_that_are_missing_keep_their_defaults() -> None:
    assert LSTMClassifierSpec.from_text(" lstm-classifier?lstm_units=64\n") == LSTMClassifierSpec(lstm_units=(64,))
    assert LSTMClassifierSpec.from_text("lstm-classifier?") == LSTMClassifierSpec()
    assert LSTMClassifierSpec.from_dict({}) == LSTMClassifierSpec()


def test_a_misspelled_field_is_answered_with_the_right_one() -> None:
    with pytest.raises(TypeError, match="did you mean “lstm_units”"):
        LSTMClassifierSpec().replace(lstm_unit=(64,))
    with pytest.raises(ValueError, match="did you mean “dropout”"):
        LSTMClassifierSpec.from_dict({"droput": 0.1})
    with pytest.raises(ValueError, match="it has vocabulary_size, "):
        LSTMClassifierSpec.from_dict({"zzz": 1})
    with pytest.raises(ValueError, match="dictionary"):
        LSTMClassifierSpec.from_dict([1])  # type: ignore[arg-type]


def test_a_spec_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        LSTMClassifierSpec().dropout = 0.5  # type: ignore[misc]


@given(specs, st.integers(1, 64))
def test_shapes_follow_from_one_layer_to_the_next(spec: LSTMClassifierSpec, batch: int) -> None:
    rows = spec.layer_rows(batch)
    assert rows[0].output_shape == (batch, spec.sequence_length)
    assert rows[-1].output_shape == (batch, 1)
    assert [row.kind for row in rows].count("Dropout") == (spec.dropout > 0)
    assert len({row.name for row in rows}) == len(rows)
    assert sum(row.parameters for row in rows) == spec.count_parameters()
    lstms = [row for row in rows if row.name.startswith("lstm_")]
    directions = 2 if spec.bidirectional else 1
    assert [row.output_shape[-1] for row in lstms] == [directions * units for units in spec.lstm_units]
    assert all(len(row.output_shape) == 3 for row in lstms[:-1])
    assert len(lstms[-1].output_shape) == 2


def test_refusals_speak_the_learners_language() -> None:
    i18n.set_language("zh")
    with pytest.raises(ValueError, match=r"整数。收到.embedding_dim=0"):
        LSTMClassifierSpec(embedding_dim=0)


def test_fields_are_the_specs_own() -> None:
    default = LSTMClassifierSpec()
    assert list(BY_NAME) == list(default.to_dict())
    for field in FIELDS:
        assert field.minimum <= field.maximum <= field.limit
        assert i18n.catalogue("zh")[field.label]
        assert i18n.catalogue("zh")[field.help]
        ends = [field.minimum, field.maximum, field.limit]
        convert = {"int": int, "sizes": lambda n: (int(n),), "float": float, "bool": bool}[field.kind]
        for end in ends:
            assert getattr(default.replace(**{field.name: convert(end)}), field.name) == convert(end)
