"""What a model costs: operations as PyTorch counts them, a cache as it is built, and the figures of the literature."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from llm_widgets.models import BERTSpec, GPTSpec, LlamaSpec, LSTMClassifierSpec, T5Spec
from llm_widgets.models.cost_formulas import cost_formulas
from llm_widgets.models.cost_rules import chinchilla_flops, kaplan_flops
from llm_widgets.models.costs import costs
from llm_widgets.models.published import PUBLISHED

SIZES = {"vocabulary_size": 30, "d_model": 16, "num_layers": 2, "num_heads": 4, "d_ff": 24, "max_length": 8}
DISTANCES = {"relative_buckets": 8, "relative_distance": 16}
SPECS: dict[str, Any] = {
    "gpt": GPTSpec(**SIZES),
    "gpt with all switches": GPTSpec(
        **SIZES, **DISTANCES, norm_place="after", position="relative", feed_forward="swiglu", use_bias=False
    ),
    "llama": LlamaSpec(**SIZES, num_key_value_heads=2, tied=False),
    "bert": BERTSpec(**SIZES),
    "bert for classes": BERTSpec(**SIZES, head="class", num_classes=3),
    "t5": T5Spec(**SIZES, **DISTANCES, num_decoder_layers=3),
    "t5 with wide heads": T5Spec(**SIZES, **DISTANCES, d_head=6, num_key_value_heads=2),
}
WRITERS = [name for name in SPECS if "bert" not in name]
BATCH = 3
torch_only = pytest.mark.skipif(os.environ.get("KERAS_BACKEND", "torch") != "torch", reason="counts torch's operations")


def counted(compute: Any) -> int:
    """Operations of the matrix products, by PyTorch."""
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    # Attention as the matrix products that it is written as: a fused kernel computes the scores again on the way back.
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        compute()
    return int(counter.get_total_flops())


def inputs_of(spec: Any, length: int) -> Any:
    ids = np.random.default_rng(0).integers(1, spec.vocabulary_size, (BATCH, length)).astype("int32")
    return {"ids": ids, "decoder_ids": ids} if isinstance(spec, T5Spec) else ids


@torch_only
@pytest.mark.parametrize("name", SPECS)
def test_operations_are_those_that_torch_counts(name: str) -> None:
    spec = SPECS[name]
    model, found = spec.build(), costs(spec, BATCH)
    inputs = inputs_of(spec, spec.max_length)
    outputs = []
    assert counted(lambda: outputs.append(model(inputs, training=True))) == found.forward
    assert counted(lambda: outputs[0].sum().backward()) == 2 * found.forward
    assert found.step == 3 * found.forward
    assert sum(part.copies * part.forward for part in found.parts) == found.forward


@torch_only
@pytest.mark.parametrize("name", WRITERS)
def test_inference_with_a_cache_and_without(name: str) -> None:
    spec, P = SPECS[name], 6
    model, found = spec.build(), costs(spec, BATCH, tokens=P)
    ids = np.random.default_rng(0).integers(1, spec.vocabulary_size, (BATCH, P)).astype("int32")
    caches: list[Any] = []
    begun = counted(lambda: caches.append(model.start(ids, P)))
    first = counted(lambda: model.step(ids[:, :-1], caches[0]))
    assert counted(lambda: model.step(ids[:, -1:], caches[0])) == found.cached
    assert counted(lambda: model.after(ids, ids)) == found.uncached
    arrays = [*caches[0].own, *(both for both in caches[0].cross if both is not None)]
    assert sum(np.asarray(part).nbytes for both in arrays for part in both) == found.cache
    if isinstance(spec, T5Spec):  # the other text's keys and values are computed when its answer begins
        assert begun < found.prefill < begun + first
    else:
        assert begun == 0
        assert counted(lambda: model.step(ids, model.start(ids, P))) == found.prefill


@torch_only
def test_the_documents_classifier_counts_its_gates_alone() -> None:
    spec = LSTMClassifierSpec(vocabulary_size=20, embedding_dim=8, lstm_units=(6, 4), sequence_length=5)
    found = costs(spec, BATCH)
    # The weights of the matrices, once for each token and the last ones once for each text.
    assert found.forward == 2 * BATCH * (5 * (4 * 6 * (8 + 6) + 4 * 4 * (6 + 4)) + 4)
    assert (found.cache, found.cached, found.uncached) == (None, None, None)


def test_memory_is_the_measured_estimate_and_follows_the_type() -> None:
    for spec in (GPTSpec(), T5Spec(), LSTMClassifierSpec(lstm_units=(8, 4))):
        assert costs(spec, 32).training_memory == spec.estimate_memory(32).total
    small, half, whole = (costs(GPTSpec(), 2, dtype=dtype) for dtype in ("float32", "bfloat16", "int4"))
    assert (whole.weights, half.weights) == (small.weights / 8, small.weights / 2)
    # 16 bytes a parameter in mixed precision, too (Rajbhandari et al. 2020, section 3.1).
    each = (half.weights + half.gradients + half.optimizer) / half.parameters
    assert each == (small.weights + small.gradients + small.optimizer) / small.parameters == 16
    assert whole.training_memory is None


def test_the_cache_of_gpt3_is_two_numbers_for_each_layer_head_and_token() -> None:
    spec = PUBLISHED["gpt3"].spec
    assert costs(spec, dtype="bfloat16").cache == 2 * 96 * 12_288 * 2048 * 2
    shared = PUBLISHED["llama2-70b"].spec
    assert costs(shared).cache == costs(shared.replace(num_key_value_heads=0)).cache / 8


# Brown et al. (2020), table D.1: operations of training on 300 billion tokens (T5: 1,000 billion), by the rule.
TABLE_D1 = {
    "gpt3-small": 2.25e20, "gpt3-medium": 6.41e20, "gpt3-large": 1.37e21, "gpt3-xl": 2.38e21, "gpt3-2.7b": 4.77e21,
    "gpt3-6.7b": 1.20e22, "gpt3-13b": 2.31e22, "gpt3": 3.14e23, "t5-small": 1.80e20, "t5-base": 6.60e20,
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE_D1)
def test_the_rule_gives_the_published_operations(name: str) -> None:
    model = PUBLISHED[name]
    assert costs(model.spec, run_tokens=model.tokens).rule == pytest.approx(TABLE_D1[name], rel=0.015)


# Hoffmann et al. (2022), table A4: layers, width, heads, and what appendix F gives over 6·N·D.
TABLE_A4 = [
    (10, 640, 10, 1.03), (20, 1024, 16, 1.10), (24, 1280, 10, 1.08), (26, 1792, 14, 1.04), (28, 2048, 16, 1.03),
    (40, 3584, 28, 0.99),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "width", "heads", "ratio"), TABLE_A4)
def test_appendix_f_and_what_is_counted_here(layers: int, width: int, heads: int, ratio: float) -> None:
    spec = GPTSpec(vocabulary_size=32_000, d_model=width, num_layers=layers, num_heads=heads, max_length=2048)
    # Their models have C² + 2·C more parameters in each block, for relative positions, and an output of their own.
    parameters = layers * (13 * width**2 + 15 * width) + 2 * width + 32_000 * width
    assert chinchilla_flops(spec, ends=False) / (6 * parameters * 2048) == pytest.approx(ratio, abs=0.006)
    # They count the softmax (3·H·T² in each layer) and the embedding as a product, too; else it is the same.
    more = 3 * (layers * 3 * heads * 2048**2 + 2 * 2048 * 32_000 * width)
    assert chinchilla_flops(spec) - more == costs(spec).step
    # Kaplan et al. leave out the scores and one of attention's two products.
    left = 3 * 2 * (32_000 * width + layers * 2048 * width)
    assert kaplan_flops(spec) + left == costs(spec).token


def test_nothing_in_a_formula_but_named_sizes() -> None:
    for spec in SPECS.values():
        known = set("BTCVHKDFLMRNYPZ") | {
            f"bytes_{kind}" for kind in ("weight", "gradient", "optimizer", "activation", "cache")
        }
        for formula in cost_formulas(spec).values():
            assert names(formula.data()) <= known


def names(data: Any) -> set[str]:
    if isinstance(data, list):
        return set().union(*(names(part) for part in data[1:]))
    return {data} if isinstance(data, str) else set()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"batch_size": 0}, "batch_size must be a whole number"),
        ({"tokens": 9}, "tokens must be a whole number from 1 to 8"),
        ({"run_tokens": -1}, "run_tokens must be"),
        ({"dtype": "float8"}, "one of the types float32, bfloat16, int8, int4.* Received: 'float8'"),
    ],
)
def test_impossible_costs_are_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        costs(SPECS["gpt"], **wrong)
