"""Specs of Transformers refuse what cannot be built, count in closed form, and come back from data and text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_widgets import i18n
from llm_widgets.models import BERTSpec, GPTSpec, LlamaSpec, LSTMClassifierSpec, T5Spec, TransformerSpec
from llm_widgets.models.transformer_fields import (
    FEED_FORWARDS,
    MASKS,
    NORM_PLACES,
    NORMALIZATIONS,
    POSITIONS,
)

FAMILIES: tuple[type[TransformerSpec], ...] = (GPTSpec, BERTSpec, T5Spec, LlamaSpec)
every = pytest.mark.parametrize("family", FAMILIES)


@st.composite
def specs(draw: Any, small: bool = False) -> TransformerSpec:
    """Any spec that can be built; `small`: in a moment."""
    family = draw(st.sampled_from(FAMILIES))
    key_value_heads = draw(st.integers(1, 3))
    heads = key_value_heads * draw(st.integers(1, 3))
    fields: dict[str, Any] = {
        "vocabulary_size": draw(st.integers(2, 30 if small else 1_000_000)),
        "d_model": heads * 2 * draw(st.integers(1, 3)),
        "num_layers": draw(st.integers(1, 2 if small else 200)),
        "num_heads": heads,
        "num_key_value_heads": draw(st.sampled_from([0, key_value_heads])),
        "d_head": draw(st.sampled_from([0, 0, 2, 6])),
        "d_ff": draw(st.integers(0, 9)),
        "max_length": draw(st.integers(1, 9 if small else 1_000_000)),
        "dropout": draw(st.floats(0, 0.95)),
        "mask": draw(st.sampled_from(sorted(MASKS))),
        "position": draw(st.sampled_from(sorted(POSITIONS))),
        "normalization": draw(st.sampled_from(sorted(NORMALIZATIONS))),
        "norm_place": draw(st.sampled_from(sorted(NORM_PLACES))),
        "feed_forward": draw(st.sampled_from(sorted(FEED_FORWARDS))),
        "use_bias": draw(st.booleans()),
        "tied": draw(st.booleans()),
        "scale_attention": draw(st.booleans()),
        "norm_epsilon": draw(st.floats(1e-12, 1e-3)),
        "rotary_base": draw(st.floats(1.0, 1e6)),
        "relative_buckets": draw(st.sampled_from([4, 8, 32])),
        "relative_distance": draw(st.integers(17, 200)),
    }
    if family is BERTSpec:
        fields["head"] = draw(st.sampled_from(["masked", "class", "pooled", "none"]))
        fields |= {"num_token_types": draw(st.integers(0, 3)), "num_classes": draw(st.integers(1, 4))}
    if family is T5Spec:
        fields["num_decoder_layers"] = draw(st.integers(0, 2))
    return family(**fields)


@given(specs())
def test_text_and_data_come_back(spec: TransformerSpec) -> None:
    family = type(spec)
    assert family.from_text(spec.to_text()) == spec
    assert family.from_dict(spec.to_dict()) == spec
    assert spec.replace(**spec.to_dict()) == spec
    assert hash(spec.replace()) == hash(spec)
    assert eval(repr(spec)) == spec
    assert re.fullmatch(r"[a-z0-9_?=&.\-+]+", spec.to_text())  # nothing that a link would have to escape


@given(specs(), st.integers(1, 64))
def test_rows_have_names_of_their_own_and_add_up(spec: TransformerSpec, batch: int) -> None:
    rows = spec.layer_rows(batch)
    assert rows[0].output_shape == (batch, spec.max_length)
    assert len({row.name for row in rows}) == len(rows)
    assert sum(row.parameters for row in rows) == spec.count_parameters()
    assert all(row.output_shape[0] == batch for row in rows)
    assert f"{spec.count_parameters():,}" in spec.summary()


@every
def test_fields_are_the_specs_own(family: type[TransformerSpec]) -> None:
    default = family()
    assert list(default.to_dict()) == [field.name for field in family.DESCRIBED]
    for field in family.DESCRIBED:
        assert field.minimum <= field.maximum <= field.limit
        assert i18n.catalogue("zh")[field.label]
        assert i18n.catalogue("zh")[field.help]
        assert not field.unit or i18n.catalogue("zh")[field.unit]
        for word in field.choices:
            assert getattr(default.replace(**{field.name: word}), field.name) == word


@every
def test_what_does_not_go_together_is_refused(family: type[TransformerSpec]) -> None:
    name = family.__name__
    with pytest.raises(ValueError, match=rf"d_model=50 is not divisible by num_heads=4\..*: {name}\(d_model=50\)$"):
        family(d_model=50, num_heads=4)
    with pytest.raises(ValueError, match=r"num_heads=4 is not divisible by num_key_value_heads=3\. .*such as 3\."):
        family(num_key_value_heads=3)
    with pytest.raises(ValueError, match=r"pairs of numbers.*here it has 3\. .*Received: "):
        family(d_model=12, position="rotary")
    for wrong in ({"relative_buckets": 6}, {"relative_distance": 16}):
        with pytest.raises(ValueError, match=r"relative_buckets .* divisible by 4.*Received: "):
            family(position="relative", **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [field.name for field in GPTSpec.DESCRIBED if field.kind == "choice"])
@pytest.mark.parametrize("value", ["", "Causal", "LEARNED", 0, None, True, ["causal"], b"none"])
def test_other_words_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"{name} must be one of .*Received: {name}="):
        GPTSpec(**{name: value})


@pytest.mark.parametrize("name", [field.name for field in T5Spec.DESCRIBED if field.kind == "int"])
@pytest.mark.parametrize("value", [-1, 10**12, 4.0, "4", True, None])
def test_impossible_sizes_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"{name} must be a whole number.*Received: {name}="):
        T5Spec(**{name: value})


@pytest.mark.parametrize(
    "text",
    ["", "gpt", "llama?d_model=64", "gpt?d_model=64&d_model=64", "gpt?dmodel=64", "gpt?mask=", "gpt?d_model=50"],
)
def test_text_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Received: "):
        GPTSpec.from_text(text)


def test_the_message_shows_a_text_of_its_own_family() -> None:
    with pytest.raises(ValueError, match=re.escape("looks like bert?d_model=64&num_layers=2&num_heads=4.")):
        BERTSpec.from_text("bert")


def test_a_misspelled_field_is_answered_with_the_right_one() -> None:
    with pytest.raises(TypeError, match="did you mean “num_heads”"):
        GPTSpec().replace(num_head=2)
    with pytest.raises(ValueError, match="did you mean “num_decoder_layers”"):
        T5Spec.from_dict({"decoder_layers": 2})


def test_sizes_that_follow_change_with_what_they_follow() -> None:
    spec = GPTSpec(d_model=64, num_heads=4)
    assert (spec.feed_forward_dim, spec.key_value_heads, spec.head_dim) == (256, 4, 16)
    wider = spec.replace(d_model=128, num_heads=8)
    assert (wider.feed_forward_dim, wider.key_value_heads, wider.head_dim) == (512, 8, 16)


@every
def test_heads_with_a_width_of_their_own_need_not_share_the_models(family: type[TransformerSpec]) -> None:
    spec = family(d_model=50, num_heads=4, d_head=12)
    assert (spec.head_dim, spec.lowered("d_model", 33).d_model) == (12, 33)
    shared = family(d_model=64, num_heads=4)
    assert shared.replace(d_head=16).count_parameters() == shared.count_parameters()
    with pytest.raises(ValueError, match=r"pairs of numbers.*here it has 5\. Choose another d_head"):
        family(position="rotary", d_head=5)
    with pytest.raises(ValueError, match="d_model=50 is not divisible"):
        spec.replace(d_head=0)


def test_specs_of_two_families_are_never_equal() -> None:
    assert GPTSpec() != LlamaSpec()
    assert GPTSpec().replace(**LlamaSpec().to_dict()) != LlamaSpec()
    assert isinstance(LSTMClassifierSpec(), type(GPTSpec()).__mro__[2])


def test_refusals_speak_the_learners_language() -> None:
    i18n.set_language("zh")
    with pytest.raises(ValueError, match=r"d_model=50 不能被 num_heads=4 整除.*收到"):
        GPTSpec(d_model=50)
