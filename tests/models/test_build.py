"""A built model is what its spec says, and its weights depend on the seed alone; on every backend."""

from __future__ import annotations

import threading
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_widgets.models import PRESETS, LSTMClassifierSpec
from llm_widgets.models.layers.lstm import LSTM

TORCH = keras.backend.backend() == "torch"
SMALL = LSTMClassifierSpec(vocabulary_size=30, embedding_dim=4, lstm_units=(6, 5), dropout=0.4, sequence_length=8)
IDS = np.array([[3, 4, 5, 0, 0, 0, 0, 0], [9, 8, 7, 6, 5, 4, 3, 2], [0] * 8], dtype="int32")
LABELS = np.array([[1.0], [0.0], [1.0]], dtype="float32")


@settings(max_examples=30 if TORCH else 3, deadline=None, derandomize=True)
@given(
    st.builds(
        LSTMClassifierSpec,
        vocabulary_size=st.integers(2, 300),
        embedding_dim=st.integers(1, 40),
        lstm_units=st.lists(st.integers(1, 40), min_size=1, max_size=4).map(tuple),
        dropout=st.sampled_from([0.0, 0.3]),
        sequence_length=st.integers(1, 20),
        bidirectional=st.booleans(),
    )
)
def test_counts_and_shapes_are_keras_own(spec: LSTMClassifierSpec) -> None:
    model = spec.build()
    assert model.count_params() == spec.count_parameters()
    rows = spec.layer_rows()
    assert model.input_shape == rows[0].output_shape
    assert [layer.name for layer in model.layers] == [row.name for row in rows[1:]]
    assert [layer.count_params() for layer in model.layers] == [row.parameters for row in rows[1:]]
    assert [tuple(layer.output.shape) for layer in model.layers] == [row.output_shape for row in rows[1:]]


def test_takes_ids_and_gives_probabilities() -> None:
    model = SMALL.build()
    assert model.inputs[0].dtype == "int32"
    output = model.predict(IDS, verbose=0)
    assert output.shape == (3, 1)
    assert output.dtype == np.float32
    assert ((output > 0) & (output < 1)).all()
    assert type(model.get_layer("lstm_1")) is LSTM


def test_padding_changes_no_prediction() -> None:
    short = SMALL.replace(sequence_length=3)
    models = SMALL.build(5), short.build(5)
    ids = np.array([[3, 4, 5]], dtype="int32")
    padded = np.pad(ids, ((0, 0), (0, 5)))
    a, b = models[0].predict(padded, verbose=0), models[1].predict(ids, verbose=0)
    np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def weights(spec: LSTMClassifierSpec, seed: int) -> list[Any]:
    return [np.array(w) for w in spec.build(seed).get_weights()]


def test_same_seed_same_weights_whatever_else_draws() -> None:
    spec = SMALL.replace(bidirectional=True)
    first = weights(spec, 11)
    keras.utils.set_random_seed(123)
    done = threading.Event()

    def draw() -> None:
        while not done.is_set():
            keras.random.normal((10,))
            np.random.rand()  # noqa: NPY002

    thread = threading.Thread(target=draw)
    thread.start()
    try:
        second = weights(spec, 11)
    finally:
        done.set()
        thread.join()
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


def test_another_seed_changes_every_matrix() -> None:
    spec = SMALL.replace(bidirectional=True, dropout=0.0)
    for a, b in zip(weights(spec, 1), weights(spec, 2), strict=True):
        assert a.ndim == 1 or not np.allclose(a, b)  # biases start at 0 and 1


def test_no_two_matrices_start_alike() -> None:
    spec = LSTMClassifierSpec(vocabulary_size=8, embedding_dim=16, lstm_units=(8, 8), bidirectional=True)
    matrices = [w for w in weights(spec, 0) if w.ndim == 2]
    for i, a in enumerate(matrices):
        for b in matrices[:i]:
            assert a.shape != b.shape or not np.allclose(a, b)


def test_a_layer_more_leaves_the_first_as_it_was() -> None:
    one, two = SMALL.replace(lstm_units=(6,)).build(4), SMALL.replace(lstm_units=(6, 5)).build(4)
    for name in ("embedding", "lstm_1"):
        for a, b in zip(one.get_layer(name).get_weights(), two.get_layer(name).get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)


def test_same_seed_same_curve() -> None:
    curves = []
    for _ in range(2):
        model = SMALL.build(3)
        model.compile(optimizer="adam", loss="binary_crossentropy")
        curves.append([float(model.train_on_batch(IDS, LABELS)) for _ in range(4)])
    assert curves[0] == curves[1]
    assert curves[0][-1] != curves[0][0]


@pytest.mark.parametrize("seed", [-1, 2**63, 1.0, "1", None, True])
def test_impossible_seeds_are_refused(seed: Any) -> None:
    with pytest.raises(ValueError, match="seed must be a whole number"):
        SMALL.build(seed)


@pytest.mark.parametrize("name", list(PRESETS))
def test_presets_learn(name: str) -> None:
    spec = PRESETS[name].replace(vocabulary_size=30, sequence_length=8)
    model = spec.build(0)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    losses = [float(model.train_on_batch(IDS[:2], LABELS[:2])) for _ in range(15)]
    assert losses[-1] < losses[0] / 2
