"""Our LSTM equals Keras's and one in NumPy, forward and backward, for masks of every form, on every backend."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llm_widgets.models.layers.lstm import LSTM
from tests.models.layers.lstm_reference import numpy_lstm, results_and_gradients

TORCH = keras.backend.backend() == "torch"
# The other backends run Keras's own layer and compile each shape anew: a few examples are enough there.
EXAMPLES = settings(
    max_examples=80 if TORCH else 3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
CLOSE = {"rtol": 1e-5, "atol": 1e-5}


def pair(units: int, x: Any, **options: Any) -> tuple[Any, Any]:
    """Our layer and Keras's with the same weights, none of which is 0."""
    layers = LSTM(units, seed=3, **options), keras.layers.LSTM(units, seed=3, **options)
    for layer in layers:
        layer.build(x.shape)
    rng = np.random.default_rng(units)
    weights = [rng.normal(0, 0.4, w.shape).astype(x.dtype) for w in layers[0].get_weights()]
    for layer in layers:
        layer.set_weights(weights)
    return layers


def assert_same(units: int, x: Any, call: dict[str, Any], **options: Any) -> None:
    ours, kerass = pair(units, x, **options)
    for mine, theirs in zip(
        results_and_gradients(ours, x, **call), results_and_gradients(kerass, x, **call), strict=True
    ):
        assert len(mine) == len(theirs)
        for a, b in zip(mine, theirs, strict=True):
            np.testing.assert_allclose(a, b, **CLOSE)


@st.composite
def batches(draw: Any) -> tuple[Any, Any]:
    """Inputs [B, T, C] and a mask [B, T]: full, padded on either side, with holes, or with rows of nothing."""
    B, T, C = draw(st.integers(1, 4)), draw(st.integers(1, 7)), draw(st.integers(1, 4))
    x = np.random.default_rng(draw(st.integers(0, 99))).normal(size=(B, T, C)).astype("float32")
    kind = draw(st.sampled_from(["full", "right", "left", "holes", "none"]))
    if kind == "holes":
        mask = np.array(draw(st.lists(st.booleans(), min_size=B * T, max_size=B * T))).reshape(B, T)
    elif kind in ("right", "left"):
        lengths = np.array(draw(st.lists(st.integers(0, T), min_size=B, max_size=B)))
        mask = np.arange(T) < lengths[:, None]
        mask = mask[:, ::-1].copy() if kind == "left" else mask
    else:
        mask = np.full((B, T), kind == "full")
    return x, mask


@EXAMPLES
@given(
    batch=batches(),
    units=st.integers(1, 5),
    masked=st.booleans(),
    go_backwards=st.booleans(),
    return_sequences=st.booleans(),
    return_state=st.booleans(),
    use_bias=st.booleans(),
    zero_output_for_mask=st.booleans(),
    started=st.booleans(),
)
def test_equals_keras_forward_and_backward(
    batch: Any, units: int, masked: bool, started: bool, **options: bool
) -> None:
    x, mask = batch
    call: dict[str, Any] = {"mask": keras.ops.convert_to_tensor(mask)} if masked else {}
    if started:
        rng = np.random.default_rng(units)
        states = [rng.normal(size=(len(x), units)).astype("float32") for _ in range(2)]
        call["initial_state"] = [keras.ops.convert_to_tensor(s) for s in states]
    assert_same(units, x, call, **options)


@EXAMPLES
@given(batch=batches(), units=st.integers(1, 5))
def test_equals_the_equations(batch: Any, units: int) -> None:
    x, mask = batch
    layer, _ = pair(units, x, return_sequences=True, return_state=True)
    outputs, h, c = (keras.ops.convert_to_numpy(o) for o in layer(x, mask=keras.ops.convert_to_tensor(mask)))
    expected = numpy_lstm(x, mask, layer.get_weights())
    for mine, theirs in zip((outputs, h, c), expected, strict=True):
        np.testing.assert_allclose(mine, theirs, **CLOSE)


MASKS = {
    "holes": [[1, 0, 1, 0, 1], [0, 1, 0, 0, 0]],
    "one row of nothing": [[0, 0, 0, 0, 0], [1, 0, 0, 0, 0]],
    "full": [[1, 1, 1, 1, 1], [1, 1, 1, 1, 1]],
    "right": [[1, 1, 0, 0, 0], [1, 1, 1, 1, 0]],
    "left": [[0, 0, 0, 1, 1], [0, 1, 1, 1, 1]],
    "nothing": [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0]],
}


# Other backends compile each layer anew: the two forms that have something of all others.
@pytest.mark.parametrize("mask", list(MASKS.values())[: None if TORCH else 2], ids=list(MASKS)[: None if TORCH else 2])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_each_form_of_mask(mask: list[list[int]], return_sequences: bool) -> None:
    x = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    call = {"mask": keras.ops.convert_to_tensor(np.array(mask, bool))}
    assert_same(4, x, call, return_sequences=return_sequences)


def test_gradients_equal_finite_differences() -> None:
    x = np.random.default_rng(1).normal(size=(2, 4, 2)).astype("float32")
    mask = np.array([[1, 0, 1, 1], [1, 1, 0, 0]], bool)
    layer, _ = pair(3, x, return_sequences=True)
    (outputs,), (_, kernel, recurrent, bias) = results_and_gradients(layer, x, mask=keras.ops.convert_to_tensor(mask))
    weights = layer.get_weights()
    rng = np.random.default_rng(7)
    cotangent = rng.normal(size=outputs.shape).astype("float32")

    def loss(changed: list[Any]) -> float:
        return float((numpy_lstm(x, mask, changed)[0] * cotangent).sum())  # float64

    step = 1e-6
    for number, gradient in enumerate((kernel, recurrent, bias)):
        expected = np.zeros_like(gradient, dtype=np.float64)
        for place in np.ndindex(*gradient.shape):
            ends = []
            for sign in (step, -step):
                changed = [w.astype(np.float64) for w in weights]
                changed[number][place] += sign
                ends.append(loss(changed))
            expected[place] = (ends[0] - ends[1]) / (2 * step)
        np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "options",
    [
        {"activation": "relu"},
        {"recurrent_activation": "hard_sigmoid"},
        {"unroll": True},
        {"implementation": 1},
        {"use_cudnn": False},
    ],
    ids=lambda options: next(iter(options)),
)
def test_what_the_kernel_cannot_is_left_to_keras(options: dict[str, Any]) -> None:
    x = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    mask = keras.ops.convert_to_tensor(np.array([[1, 1, 0, 1, 1], [1, 1, 1, 1, 0]], bool))
    assert_same(4, x, {"mask": mask}, **options)


@pytest.mark.parametrize(
    "options", [{"dropout": 0.4}, {"recurrent_dropout": 0.4}, {"dropout": 0.3, "recurrent_dropout": 0.3}]
)
@pytest.mark.parametrize("masked", [False, True])
def test_dropout_draws_what_keras_draws(options: dict[str, float], masked: bool) -> None:
    x = np.random.default_rng(0).normal(size=(3, 5, 4)).astype("float32")
    mask = keras.ops.convert_to_tensor(np.array([[1, 1, 0, 1, 1]] * 3, bool)) if masked else None
    ours, kerass = pair(4, x, **options)
    trained = [keras.ops.convert_to_numpy(layer(x, mask=mask, training=True)) for layer in (ours, kerass)]
    np.testing.assert_allclose(*trained, **CLOSE)
    still = keras.ops.convert_to_numpy(ours(x, mask=mask))
    assert not np.allclose(trained[0], still)


def test_stateful_goes_on_where_it_stopped() -> None:
    x = np.random.default_rng(0).normal(size=(2, 6, 3)).astype("float32")
    ours, kerass = pair(4, x, stateful=True, return_sequences=True)
    for part in (x[:, :3], x[:, 3:]):
        results = [keras.ops.convert_to_numpy(layer(part)) for layer in (ours, kerass)]
        np.testing.assert_allclose(*results, **CLOSE)
    whole, _ = pair(4, x, return_sequences=True)
    np.testing.assert_allclose(results[0], keras.ops.convert_to_numpy(whole(x))[:, 3:], **CLOSE)


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("masked", [False, True] if TORCH else [True])
def test_bidirectional(return_sequences: bool, masked: bool) -> None:
    x = np.random.default_rng(0).normal(size=(3, 5, 4)).astype("float32")
    mask = np.array([[1, 1, 0, 1, 1], [1, 1, 1, 0, 0], [0, 0, 0, 0, 0]], bool)
    call = {"mask": keras.ops.convert_to_tensor(mask)} if masked else {}
    layers = [
        keras.layers.Bidirectional(kind(3, return_sequences=return_sequences)) for kind in (LSTM, keras.layers.LSTM)
    ]
    for layer in layers:
        layer.build(x.shape)
    layers[1].set_weights(layers[0].get_weights())
    for mine, theirs in zip(*(results_and_gradients(layer, x, **call) for layer in layers), strict=True):
        for a, b in zip(mine, theirs, strict=True):
            np.testing.assert_allclose(a, b, **CLOSE)


def test_mixed_precision_equals_keras() -> None:
    x = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    layers = [kind(4, dtype="mixed_bfloat16") for kind in (LSTM, keras.layers.LSTM)]
    for layer in layers:
        layer.build(x.shape)
    layers[1].set_weights(layers[0].get_weights())
    a, b = (keras.ops.convert_to_numpy(keras.ops.cast(layer(x), "float32")) for layer in layers)
    np.testing.assert_allclose(a, b, rtol=1e-2, atol=1e-2)


def test_batch_order_does_not_matter() -> None:
    x = np.random.default_rng(0).normal(size=(5, 6, 3)).astype("float32")
    mask = np.arange(6) < np.array([[1], [6], [0], [3], [2]])
    layer, _ = pair(4, x)
    order = np.array([3, 0, 4, 2, 1])
    first = keras.ops.convert_to_numpy(layer(x, mask=keras.ops.convert_to_tensor(mask)))
    second = keras.ops.convert_to_numpy(layer(x[order], mask=keras.ops.convert_to_tensor(mask[order])))
    np.testing.assert_allclose(first[order], second, **CLOSE)


def test_padding_does_not_matter() -> None:
    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    layer, _ = pair(4, x)
    plain = keras.ops.convert_to_numpy(layer(x))
    padded = np.concatenate([x, np.full((2, 3, 3), 9.0, "float32")], axis=1)
    mask = keras.ops.convert_to_tensor(np.array([[1] * 4 + [0] * 3] * 2, bool))
    np.testing.assert_allclose(plain, keras.ops.convert_to_numpy(layer(padded, mask=mask)), **CLOSE)


def network(kind: Any) -> Any:
    return keras.Sequential(
        [
            keras.Input((6,), dtype="int32"),
            keras.layers.Embedding(20, 3, mask_zero=True),
            kind(4, return_sequences=True, name="first"),
            keras.layers.Bidirectional(kind(3), name="second"),
            keras.layers.Dense(1),
        ]
    )


IDS = np.array([[5, 3, 0, 7, 0, 0], [1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 0, 0]], dtype="int32")


@pytest.mark.parametrize("suffix", [".weights.h5", ".keras"])
@pytest.mark.parametrize(("source", "target"), [(LSTM, keras.layers.LSTM), (keras.layers.LSTM, LSTM)])
def test_weights_of_either_load_into_the_other(tmp_path: Path, suffix: str, source: Any, target: Any) -> None:
    path = str(tmp_path / f"model{suffix}")
    written, read = network(source), network(target)
    (written.save_weights if suffix == ".weights.h5" else written.save)(path)
    read.load_weights(path)
    np.testing.assert_allclose(written.predict(IDS, verbose=0), read.predict(IDS, verbose=0), **CLOSE)


def test_a_saved_model_comes_back_as_ours(tmp_path: Path) -> None:
    path = str(tmp_path / "model.keras")
    model = network(LSTM)
    model.save(path)
    loaded = keras.saving.load_model(path)
    assert type(loaded.get_layer("first")) is LSTM
    assert type(loaded.get_layer("second").backward_layer) is LSTM
    np.testing.assert_allclose(model.predict(IDS, verbose=0), loaded.predict(IDS, verbose=0), **CLOSE)


@pytest.mark.slow
def test_a_saved_model_opens_where_this_package_is_not(tmp_path: Path) -> None:
    model = network(LSTM)
    model.save(tmp_path / "model.keras")
    np.save(tmp_path / "ids.npy", IDS)
    script = """
import sys, keras, numpy as np
model = keras.saving.load_model("model.keras", custom_objects={"llm_widgets>LSTM": keras.layers.LSTM})
assert type(model.get_layer("first")) is keras.layers.LSTM
assert not any(name.startswith("llm_widgets") for name in sys.modules)
np.save("out.npy", model.predict(np.load("ids.npy"), verbose=0))
"""
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True, timeout=300)
    np.testing.assert_allclose(model.predict(IDS, verbose=0), np.load(tmp_path / "out.npy"), **CLOSE)


def test_shapes_are_known_before_any_data() -> None:
    sequence, h, c = LSTM(4, return_sequences=True, return_state=True)(keras.Input((7, 3)))
    assert (sequence.shape, h.shape, c.shape) == ((None, 7, 4), (None, 4), (None, 4))


def test_a_learning_step_equals_keras() -> None:
    """Adam after three batches: shapes by trial, loss, backward pass and update, as `fit` runs them."""
    weights = []
    for kind in (LSTM, keras.layers.LSTM):
        keras.utils.set_random_seed(0)
        model = network(kind)
        model.compile("adam", "mse")
        for step in range(3):
            model.train_on_batch(IDS, np.array([[1.0], [0.0], [float(step)]], "float32"))
        weights.append(model.get_weights())
    for a, b in zip(*weights, strict=True):
        np.testing.assert_allclose(a, b, **CLOSE)
