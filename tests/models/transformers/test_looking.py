"""What looks into a pass: states, heads that are changed, gradients. On every backend."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from llm_widgets.models.layers.gradient import gradient
from llm_widgets.models.layers.stack import Watch
from llm_widgets.models.layers.transformer import as_arrays, as_ids
from tests.models.transformers.family import SPECS, TRIED, T, V

DECODERS = [name for name in TRIED if type(SPECS[name]).__name__ in ("GPTSpec", "LlamaSpec")]
IDS = np.random.default_rng(0).integers(1, V, (2, T)).astype("int32")


def logits(model, watch=None):
    with model.reading():
        return as_arrays([model.read(model.embed(as_ids(IDS)), model.seen(as_ids(IDS)), watch=watch)])[0]


@pytest.mark.parametrize("name", DECODERS)
def test_the_last_state_is_what_the_model_says(name):
    model = SPECS[name].build()
    watch = Watch(weights=False, states=True)
    said = logits(model, watch)
    np.testing.assert_allclose(said, model.predict_on_batch(IDS), rtol=0, atol=1e-5)
    assert len(watch.states) == SPECS[name].num_layers + 1
    assert watch.own is None
    with model.reading():
        last = as_arrays([model.logits(model.stack.last_norm(watch.states[-1]))])[0]
    np.testing.assert_allclose(last, said, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", DECODERS)
def test_a_head_that_mixes_nothing_is_one_without_rows_in_the_output_matrix(name):
    spec = SPECS[name]
    model = spec.build()

    def without_second(layer, mixed):
        keep = np.ones((1, spec.num_heads, 1, 1), "float32")
        keep[0, 1] = float(layer != 1)
        return mixed * ops.convert_to_tensor(keep)

    found = logits(model, Watch(weights=False, mixes=without_second))
    kernel = model.stack.blocks[1].out_kernel
    array = np.array(ops.convert_to_numpy(kernel))
    array[spec.head_dim : 2 * spec.head_dim] = 0.0
    kernel.assign(array)
    np.testing.assert_allclose(found, logits(model), rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", DECODERS)
def test_the_gradient_is_that_of_finite_differences(name):
    model = SPECS[name].build()
    tokens = as_ids(IDS[:1])
    with model.reading():
        x = as_arrays([model.embed(tokens)])[0] * 20  # the first weights are small: differences would drown in rounding

    def said(x):
        scores = model.read(x, model.seen(tokens))[0, -1]
        return scores[3] - ops.logsumexp(scores)

    value, slope = gradient(said, ops.convert_to_tensor(x))
    slope = as_arrays([slope])[0]
    direction = np.random.default_rng(1).normal(size=x.shape).astype("float32")
    step = 1e-2
    with model.reading():
        up, down = (float(said(ops.convert_to_tensor(x + sign * step * direction))) for sign in (1, -1))
    assert (slope * direction).sum() == pytest.approx((up - down) / (2 * step), rel=2e-2, abs=2e-3)
    assert float(value) < 0
