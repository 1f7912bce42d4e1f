"""The layer designer with a GPT: the spec's own fields, switches folded away, refusals in the learner's words."""

from __future__ import annotations

import pytest

from llm_widgets import i18n
from llm_widgets.models import BERTSpec, GPTSpec, LlamaSpec, LSTMClassifierSpec, T5Spec, preset_changes
from llm_widgets.widgets import LayerDesigner
from tests.widgets._bench import Bench
from tests.widgets.conftest import tell

SPEC = GPTSpec(vocabulary_size=96, d_model=64, num_layers=2, num_heads=4, max_length=32)


@pytest.fixture
def bench():
    return Bench(SPEC)


@pytest.fixture
def designer(bench):
    widget = LayerDesigner(bench)
    yield widget
    widget.close()


def refused(designer, heard, **change):
    messages = heard(designer)
    tell(designer, type="propose", spec={**designer.spec, **change}, turn="a-1")
    return messages.of("answer")[-1]["refused"]


def test_the_fields_are_the_specs_own_and_those_that_matter_come_first(designer):
    assert [f["name"] for f in designer._fields] == list(SPEC.to_dict())
    first = [f["name"] for f in designer._fields if not f["seldom"]]
    assert first == [
        "vocabulary_size", "d_model", "num_layers", "num_heads", "max_length", "dropout", "mask", "position",
    ]  # fmt: skip
    assert designer._facts["parameters"] == SPEC.count_parameters() == sum(r[3] for r in designer._facts["rows"])
    assert designer._facts["memory"] == SPEC.estimate_memory(32).total


@pytest.mark.parametrize(
    "change",
    [
        {"num_heads": 8},
        {"d_model": 128},
        {"position": "rotary", "rotary_base": 500},
        {"mask": "none", "normalization": "rms", "norm_place": "after", "feed_forward": "swiglu"},
        {"num_key_value_heads": 2, "d_ff": 100},
        {"use_bias": False, "tied": False, "scale_attention": False},
    ],
)
def test_sizes_and_switches_reach_the_workbench(designer, bench, heard, change):
    assert refused(designer, heard, **change) is None
    assert bench.spec == SPEC.replace(**change)
    assert designer.value == bench.spec.to_text()


def test_a_width_that_the_heads_cannot_share_is_refused_by_its_label(bench, designer, heard):
    bench.propose(SPEC.replace(num_heads=16))
    refusal = refused(designer, heard, num_heads=16, d_model=72)
    assert refusal.startswith("“Width” (d_model) = 72 is not divisible by “Heads” (num_heads) = 16.")
    assert "Received" not in refusal
    i18n.set_language("zh")
    assert refused(designer, heard, num_heads=16, d_model=72).startswith("“宽度”（d_model）= 72 不能被")
    assert bench.spec.d_model == designer.spec["d_model"] == 64


def test_what_this_machine_cannot_train_is_refused_and_nothing_changes(designer, bench, heard):
    assert "machine" in refused(designer, heard, d_model=16_384, num_layers=200, max_length=100_000)
    assert bench.spec == SPEC


@pytest.mark.parametrize("spec", [SPEC, LSTMClassifierSpec()])
def test_another_familys_text_is_refused_in_words(spec, heard):
    designer = LayerDesigner(Bench(spec))
    other = {GPTSpec: LSTMClassifierSpec(), LSTMClassifierSpec: SPEC}[type(spec)]
    messages = heard(designer)
    tell(designer, type="paste", text=other.to_text(), turn="a-1")
    refusal = messages.of("answer")[0]["refused"]
    assert f"another family, {other.PREFIX}" in refusal
    assert f"{spec.PREFIX}?{spec.EXAMPLE}" in refusal
    assert designer.value == spec.to_text()
    with pytest.raises(ValueError, match="another family"):
        designer.value = other.to_text()
    tell(designer, type="paste", text=spec.to_text(), turn="a-2")
    assert messages.of("answer")[1]["refused"] is None


def test_presets_set_sizes_and_leave_the_vocabulary_and_the_switches(designer, bench, heard):
    assert list(designer._presets) == ["tiny", "small", "medium"] == list(preset_changes(GPTSpec))
    bench.propose(SPEC.replace(norm_place="after", num_key_value_heads=1))
    for sizes in designer._presets.values():
        assert refused(designer, heard, norm_place="after", **sizes) is None
        assert (bench.spec.vocabulary_size, bench.spec.norm_place) == (96, "after")


@pytest.mark.parametrize("family", [GPTSpec, BERTSpec, T5Spec, LlamaSpec])
def test_every_family_has_a_designer_with_words_in_both_languages(family):
    i18n.set_language("zh")
    designer = LayerDesigner(Bench(family()))
    for field in family.DESCRIBED:
        assert len(field.words) == len(field.choices)
        for word in (field.label, field.help, field.unit, field.zero, *field.words):
            assert not word or designer._labels[word]
    assert designer.value == family().to_text()
