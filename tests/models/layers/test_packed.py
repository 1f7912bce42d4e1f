"""Packed matrices: the products that torch gives, against NumPy, and models that answer as they did."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import keras
import numpy as np
import pytest

from llm_widgets.models import BERTSpec, GPTSpec, LlamaSpec
from llm_widgets.models.generation import generate
from llm_widgets.models.layers.packed import PackedMatrix, can_pack, pack

if not can_pack():
    pytest.skip("needs torch with FBGEMM, which there is for x86 alone", allow_module_level=True)

import torch

from llm_widgets.models.layers._torch_packed import pack as pack_halves
from llm_widgets.models.layers._torch_packed import pack_blocks, packed_product
from llm_widgets.models.pretrained.mapped import write_arrays
from llm_widgets.models.pretrained.packing import Packing

LLAMA = LlamaSpec(vocabulary_size=50, d_model=32, num_layers=2, num_heads=4, num_key_value_heads=2, max_length=12)
SPECS = {
    "llama": LLAMA,
    "llama, output of its own": LLAMA.replace(tied=False),
    "gpt": GPTSpec(vocabulary_size=50, d_model=32, num_layers=2, num_heads=4, max_length=12),
}
IDS = np.array([[7, 3, 11, 3]], np.int32)


@pytest.mark.parametrize("inputs", [3, 512, 576, 1000, 1024])
@pytest.mark.parametrize("rows", [1, 5])
def test_a_product_of_halves_is_that_of_numpy(inputs, rows):
    rng = np.random.default_rng(inputs)
    weight, x = rng.standard_normal((48, inputs)).astype("f4"), rng.standard_normal((1, rows, inputs)).astype("f4")
    parts = [pack_halves(torch.tensor(weight[:32])), pack_halves(torch.tensor(weight[32:]))]
    found = packed_product(torch.tensor(x), parts).numpy()
    exact = x @ weight.astype(np.float16).astype("f8").T
    assert found.shape == (1, rows, 48)
    np.testing.assert_allclose(found, exact, atol=0.05)
    np.testing.assert_allclose(found, x @ weight.T, atol=0.1)


def test_a_product_of_blocks_is_that_of_their_values():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 16, (64, 96)).astype("u1")
    scales, minima = rng.uniform(0.01, 0.02, (64, 3)).astype("f2"), rng.uniform(-0.2, -0.1, (64, 3)).astype("f2")
    x = rng.standard_normal((2, 96)).astype("f4")
    values = codes * np.repeat(scales, 32, 1).astype("f4") + np.repeat(minima, 32, 1).astype("f4")
    packed = pack_blocks(*map(torch.tensor, (codes, scales, minima)))
    found = packed_product(torch.tensor(x), [packed]).numpy()
    np.testing.assert_allclose(found, x @ values.T, rtol=0.02, atol=0.02)


@pytest.mark.parametrize("name", SPECS)
def test_a_packed_model_answers_as_it_did(name):
    model = SPECS[name].build(seed=1)
    for weight in model.weights:  # larger than those that training starts from
        weight.assign(weight * 8 if len(weight.shape) == 2 else weight)
    logits, weights = model.after(IDS, IDS), model.attention(IDS)
    written = generate(model, IDS, 6)
    count = model.count_params()
    assert pack(model)
    assert pack(model), "twice is as good as once"
    np.testing.assert_allclose(model.after(IDS, IDS), logits, rtol=1e-2, atol=1e-2 * np.abs(logits).max())
    for a, b in zip(model.attention(IDS), weights, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-2)
    assert (generate(model, IDS, 6) == written).all()
    assert (generate(model, IDS, 6, use_cache=False) == generate(model, IDS, 6)).all()
    assert (model.count_params(), tuple(model.stack.blocks[0].up_kernel.shape)) == (
        count,
        tuple(model.stack.blocks[0].up_kernel.value.shape),
    )


def test_gradients_go_through_float32_and_training_is_refused():
    model = LLAMA.build(seed=1)
    x = torch.randn(1, 3, 32, requires_grad=True)
    before = model.logits(x)
    pack(model)
    assert isinstance(model.embedding, PackedMatrix)
    torch.testing.assert_close(model.logits(x), before)
    model.logits(x).sum().backward()
    assert x.grad is not None
    model.compile(optimizer="sgd", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    with pytest.raises(ValueError, match=r"asked, not trained.*packed=False"):
        model.train_on_batch(IDS, IDS)


def test_other_models_stay_as_they_are():
    model = BERTSpec(vocabulary_size=20, d_model=8, num_heads=2, max_length=6).build(seed=0)
    assert not pack(model)
    assert not model.packed


def test_a_file_is_packed_without_its_model(tmp_path: Path):
    model = LLAMA.build(seed=1)
    path = tmp_path / "weights.safetensors"
    shapes = {variable.path: ("float32", tuple(variable.shape)) for variable in model.weights}
    write_arrays(path, shapes, (np.asarray(keras.ops.convert_to_numpy(v)) for v in model.weights))
    ready = Packing(path).weights()
    assert len(ready) == 1 + 2 * 4
    logits = model.after(IDS, IDS)
    pack(model, ready)
    assert model.stack.blocks[1].down_kernel.weights is ready["llama/stack/block_2/down_kernel"]
    np.testing.assert_allclose(model.after(IDS, IDS), logits, atol=1e-3)


def test_a_file_is_packed_while_another_thread_is_still_importing_keras(tmp_path: Path, monkeypatch):
    path = tmp_path / "weights.safetensors"
    write_arrays(path, {"llama/stack/block_1/up_kernel": ("float32", (8, 8))}, iter([np.eye(8, dtype=np.float32)]))
    half_way = types.ModuleType("keras")  # as `sys.modules` has it until its import ends
    monkeypatch.setitem(sys.modules, "keras", half_way)
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert list(Packing(path).weights()) == ["llama/stack/block_1/up_kernel"]
