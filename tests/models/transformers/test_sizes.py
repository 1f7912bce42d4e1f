"""A Transformer's memory is known before it is built, and its presets are specs."""

from __future__ import annotations

import re

import keras
import pytest

from llm_widgets.models import (
    BERTSpec,
    GPTSpec,
    LlamaSpec,
    ModelTooLargeError,
    T5Spec,
    TransformerSpec,
    preset_changes,
)
from tests.models._peak import estimated_over_measured

FAMILIES = (GPTSpec, BERTSpec, T5Spec, LlamaSpec)


@pytest.mark.parametrize("family", FAMILIES)
def test_more_of_anything_needs_more(family: type[TransformerSpec]) -> None:
    spec = family()
    total = spec.estimate_memory(8).total
    assert total < spec.estimate_memory(9).total
    for name in ("vocabulary_size", "d_model", "num_layers", "max_length"):
        assert total < spec.replace(**{name: 2 * getattr(spec, name)}).estimate_memory(8).total, name
    assert total < spec.replace(dropout=0.1).estimate_memory(8).total


@pytest.mark.parametrize(
    ("spec", "batch", "label"),
    [
        (GPTSpec(vocabulary_size=1_000_000, max_length=4), 1, "Vocabulary"),
        (GPTSpec(num_layers=100, d_model=60, max_length=4), 128, "Width"),
        (GPTSpec(max_length=4096, position="relative"), 1, "Context"),
        (GPTSpec(), 10_000, "Batch size"),
    ],
)
def test_a_refusal_names_a_size_that_helps(spec: GPTSpec, batch: int, label: str) -> None:
    available = 100_000_000
    with pytest.raises(ModelTooLargeError) as caught:
        spec.check_fits(batch, available)
    told = re.search(r"Lower “(.+)”, to (\d+) or less", str(caught.value))
    assert told is not None
    assert told[1] == label
    names = {field.label: field.name for field in spec.DESCRIBED}
    if told[1] == "Batch size":
        spec.check_fits(int(told[2]), available)
    else:
        spec.replace(**{names[told[1]]: int(told[2])}).check_fits(batch, available)


def test_a_lowered_width_is_still_shared_among_the_heads() -> None:
    assert GPTSpec(d_model=60, num_heads=12).lowered("d_model", 30).d_model == 24
    assert LlamaSpec(d_model=48, num_heads=4).lowered("d_model", 20).d_model == 16
    assert LlamaSpec(d_model=48, num_heads=4).lowered("d_model", 1).d_model == 8


@pytest.mark.parametrize("family", FAMILIES)
def test_presets_grow_and_fit(family: type[TransformerSpec]) -> None:
    specs = [family(vocabulary_size=500).replace(**sizes) for sizes in preset_changes(family).values()]
    counts = [spec.count_parameters() for spec in specs]
    assert counts == sorted(counts)
    # JAX and TensorFlow keep five times the attention scores for the way back, torch's kernel none.
    torch = keras.backend.backend() == "torch"
    for spec in specs:
        spec.check_fits(32, 1_000_000_000 if torch else 1_500_000_000)


_SETUP = """
from llm_widgets.models import Adam, GPTSpec as Spec, TokenCrossentropy
def step(spec, batch):
    model = spec.build(0)
    model.compile(Adam(), TokenCrossentropy())  # as a run does
    ids = rng.integers(1, spec.vocabulary_size, (batch, spec.max_length)).astype("int32")
    for _ in range(3):
        model.train_on_batch(ids, ids)
    return model
def small(spec):  # dropout is the libraries' own
    return spec.replace(vocabulary_size=50, d_model=2 * spec.num_heads, num_layers=1, max_length=8)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spec", "batch"),
    [
        (GPTSpec(vocabulary_size=500, d_model=128, num_layers=4, max_length=128), 32),
        (GPTSpec(vocabulary_size=500, num_layers=4, num_heads=8, max_length=128, dropout=0.1), 32),
        (GPTSpec(vocabulary_size=20_000, num_layers=1), 32),
        # Here each score that is counted wrongly shows: 268 MB for one number each.
        (GPTSpec(vocabulary_size=100, num_layers=4, num_heads=8, max_length=512), 8),
        (GPTSpec(vocabulary_size=100, num_layers=4, num_heads=8, max_length=512, position="relative"), 8),
    ],
    ids=["medium", "dropout", "wide vocabulary", "long context", "learned distances"],
)
def test_near_what_a_step_takes(spec: GPTSpec, batch: int) -> None:
    assert 0.5 < estimated_over_measured(_SETUP, spec.to_text(), batch) < 2
