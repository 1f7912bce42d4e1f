"""What a step needs is near what it takes, and what does not fit is refused with a way out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_widgets.models import LSTMClassifierSpec, ModelTooLargeError
from llm_widgets.models.memory import USABLE, readable
from tests.models._peak import estimated_over_measured

MB = 1_000_000


def test_parts_add_up() -> None:
    estimate = LSTMClassifierSpec().estimate_memory(32)
    parameters = 4 * LSTMClassifierSpec().count_parameters()
    assert (estimate.weights, estimate.gradients, estimate.optimizer) == (parameters, parameters, 2 * parameters)
    assert estimate.total == 4 * parameters + estimate.activations


@given(
    st.sampled_from(["vocabulary_size", "embedding_dim", "sequence_length", "lstm_units"]),
    st.integers(2, 5_000),
    st.booleans(),
)
def test_more_of_anything_needs_more(name: str, size: int, bidirectional: bool) -> None:
    def total(value: int, batch: int = 8) -> int:
        value_of = (value,) if name == "lstm_units" else value
        return LSTMClassifierSpec(bidirectional=bidirectional).replace(**{name: value_of}).estimate_memory(batch).total

    assert total(size) < total(2 * size)
    assert total(size) < total(size, batch=9)


@pytest.mark.parametrize("batch_size", [0, -1, 2.0, "32", None, True, 10**12])
def test_impossible_batches_are_refused(batch_size: object) -> None:
    with pytest.raises(ValueError, match="batch_size"):
        LSTMClassifierSpec().estimate_memory(batch_size)  # type: ignore[arg-type]


def test_what_fits_is_let_through() -> None:
    spec = LSTMClassifierSpec()
    need = spec.estimate_memory().total
    spec.check_fits(available=int(need / USABLE) + 1)
    with pytest.raises(ModelTooLargeError):
        spec.check_fits(available=int(need / USABLE) - 100)
    spec.check_fits()  # this machine can train the documents' own model


@pytest.mark.parametrize(
    ("spec", "batch", "label"),
    [
        (LSTMClassifierSpec(vocabulary_size=1_000_000, embedding_dim=256, sequence_length=4), 1, "Vocabulary"),
        (LSTMClassifierSpec(vocabulary_size=1_000_000, embedding_dim=16_384, sequence_length=4), 1, "Embedding width"),
        (LSTMClassifierSpec(lstm_units=(16_384, 64), sequence_length=10), 1, "LSTM units"),
        (LSTMClassifierSpec(vocabulary_size=10, sequence_length=10_000), 2, "Sequence length"),
        (LSTMClassifierSpec(vocabulary_size=10, sequence_length=50), 5000, "Batch size"),
    ],
)
def test_a_refusal_names_a_size_that_helps(spec: LSTMClassifierSpec, batch: int, label: str) -> None:
    available = 100 * MB
    with pytest.raises(ModelTooLargeError, match=r"needs about .* and 80\.0 MB can be used") as caught:
        spec.check_fits(batch, available)
    told = re.search(r"Lower “(.+)”, to ([\d-]+) or less", str(caught.value))
    assert told is not None
    assert told[2] in str(caught.value)
    names = {
        "Vocabulary": "vocabulary_size",
        "Embedding width": "embedding_dim",
        "LSTM units": "lstm_units",
        "Sequence length": "sequence_length",
    }
    sizes = tuple(int(size) for size in told[2].split("-"))
    if told[1] == "Batch size":
        batch = sizes[0]
    else:
        spec = spec.replace(**{names[told[1]]: sizes if told[1] == "LSTM units" else sizes[0]})
    spec.check_fits(batch, available)  # what the message says is true


def test_sizes_in_words() -> None:
    assert [readable(n) for n in (0, 999, 1_700_000, 366_000_000_000, 2 * 10**15)] == [
        "0 B", "999 B", "1.7 MB", "366 GB", "2000 TB",
    ]  # fmt: skip


_SETUP = """
from llm_widgets.models import LSTMClassifierSpec as Spec
def step(spec, batch):
    model = spec.build(0)
    model.compile("adam", "binary_crossentropy")
    x = rng.integers(1, spec.vocabulary_size, (batch, spec.sequence_length)).astype("int32")
    for _ in range(3):
        model.train_on_batch(x, rng.integers(0, 2, (batch, 1)).astype("float32"))
    return model
def small(spec):  # Keras's serialization of a bidirectional layer is the libraries' own
    return Spec(vocabulary_size=50, lstm_units=(3, 2), sequence_length=5, bidirectional=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spec", "batch"),
    [
        (LSTMClassifierSpec(vocabulary_size=500, lstm_units=(256,), sequence_length=300), 64),
        (LSTMClassifierSpec(vocabulary_size=100_000, embedding_dim=128, lstm_units=(8,), sequence_length=5), 4),
        (LSTMClassifierSpec(vocabulary_size=500, lstm_units=(128, 128), sequence_length=200, bidirectional=True), 48),
    ],
    ids=["long", "wide vocabulary", "deep"],
)
def test_near_what_a_step_takes(spec: LSTMClassifierSpec, batch: int) -> None:
    assert 0.5 < estimated_over_measured(_SETUP, spec.to_text(), batch) < 2
