"""A built Transformer is what its spec says, and its weights depend on the seed alone; on every backend."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings

from llm_widgets.models import GPTSpec, TransformerSpec, load_state
from llm_widgets.models.layers.adam import Adam
from llm_widgets.models.layers.loss import IGNORED, TokenCrossentropy
from tests.models.test_transformer_specs import specs
from tests.models.transformers.family import IDS, OTHER, SIZES, SPECS, TRIED, T, V

TORCH = keras.backend.backend() == "torch"
every = pytest.mark.parametrize("name", TRIED)


@settings(max_examples=40 if TORCH else 2, deadline=None, derandomize=True)
@given(specs(small=True))
def test_counts_are_keras_own(spec: TransformerSpec) -> None:
    model = spec.build()
    assert model.count_params() == spec.count_parameters()
    rows = {row.name: row.parameters for row in spec.layer_rows()}
    for prefix, stack in (("", "stack"), ("encoder_", "encoder"), ("decoder_", "decoder")):
        for block in getattr(getattr(model, stack, None), "blocks", []):
            assert block.count_params() == rows[prefix + block.name]


@settings(max_examples=25 if TORCH else 1, deadline=None, derandomize=True)
@given(specs(small=True))
def test_every_spec_computes(spec: TransformerSpec) -> None:
    model = spec.build()
    ids = np.ones((2, spec.max_length), "int32")
    output = model.predict_on_batch({"ids": ids, "decoder_ids": ids} if hasattr(model, "decoder") else ids)
    assert np.isfinite(output).all()
    assert output.shape == spec.layer_rows(2)[-1].output_shape


def weights(spec: TransformerSpec, seed: int) -> list[Any]:
    return [np.array(w) for w in spec.build(seed).get_weights()]


@every
def test_the_seed_alone_decides(name: str) -> None:
    spec = SPECS[name].replace(dropout=0.1)
    first = weights(spec, 11)
    keras.utils.set_random_seed(123)
    for a, b, other in zip(first, weights(spec, 11), weights(spec, 12), strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.ndim == 1 or not np.allclose(a, other)  # biases start at 0, scales at 1
    matrices = [w for w in first if w.ndim == 2]
    for i, a in enumerate(matrices):
        for b in matrices[:i]:
            assert a.shape != b.shape or not np.allclose(a, b)


def test_a_layer_more_or_another_switch_leaves_the_other_weights_as_they_were() -> None:
    spec = GPTSpec(**SIZES)
    model = spec.build(4)
    for other in (spec.replace(num_layers=3), spec.replace(position="rotary", use_bias=False, feed_forward="relu")):
        changed = other.build(4)
        np.testing.assert_array_equal(np.array(model.embedding), np.array(changed.embedding))
        for block, twin in zip(model.stack.blocks, changed.stack.blocks, strict=False):
            a, b = np.array(block.qkv_kernel), np.array(twin.qkv_kernel)
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("seed", [-1, 2**63, 1.0, None, True])
def test_impossible_seeds_are_refused(seed: Any) -> None:
    with pytest.raises(ValueError, match="seed must be a whole number"):
        GPTSpec().build(seed)


class Reader(keras.callbacks.Callback):  # type: ignore[misc]
    """Reads the attention of one text after every batch."""

    def __init__(self, read: Any) -> None:
        super().__init__()
        self.read = read
        self.maps: list[Any] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.maps.append(self.read(self.model))


@every
def test_learns_and_shows_its_attention_in_mid_training(name: str) -> None:
    spec = SPECS[name]
    model = spec.build(1)
    two_texts = hasattr(model, "decoder")
    x: Any = {"ids": OTHER, "decoder_ids": IDS} if two_texts else IDS
    right = np.roll(IDS, -1, axis=1)
    right[:, -1] = IGNORED
    reader = Reader(lambda m: m.attention(OTHER[0], IDS[0])["cross"][0] if two_texts else m.attention(IDS[0])[0])
    model.compile(Adam(0.02), TokenCrossentropy())
    losses = model.fit(x, right, batch_size=3, epochs=12, verbose=0, callbacks=[reader]).history["loss"]
    assert losses[-1] < 0.7 * losses[0]
    assert len(reader.maps) == 12
    assert all(np.abs(a - b).max() > 0 for a, b in zip(reader.maps, reader.maps[1:], strict=False))
    # What was read in mid-training is what the finished model shows.
    np.testing.assert_allclose(reader.maps[-1], reader.read(model), rtol=0, atol=1e-6)


def test_dropout_is_for_training_alone() -> None:
    model = GPTSpec(**SIZES, dropout=0.5).build()
    calm = [keras.ops.convert_to_numpy(model(IDS, training=False)) for _ in range(2)]
    np.testing.assert_array_equal(*calm)
    a, b = (keras.ops.convert_to_numpy(model(IDS, training=True)) for _ in range(2))
    assert np.abs(a - b).max() > 0.01


def test_same_seed_same_curve() -> None:
    curves = []
    for _ in range(2):
        model = GPTSpec(**SIZES, dropout=0.5).build(3)
        model.compile(Adam(0.01), TokenCrossentropy())
        curves.append([float(model.train_on_batch(IDS, IDS)) for _ in range(3)])
    assert curves[0] == curves[1]
    assert len(set(curves[0])) == 3


def test_a_text_without_state_is_refused_before_anything_changes() -> None:
    model = SPECS["bert"].build()
    with pytest.raises(ValueError, match=r"lacks \d+ of .*Received: no embeddings\.word_embeddings\.weight"):
        load_state(model, {"wte.weight": np.zeros((V, T), "float32")})
