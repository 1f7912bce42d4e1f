"""Published models have the published counts: as their papers say, and exactly as another library builds them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from llm_widgets.models.published import PUBLISHED

SCALES = {"M": 10**6, "B": 10**9}


@pytest.mark.parametrize("name", [name for name, model in PUBLISHED.items() if model.said])
def test_the_count_is_the_published_one(name: str) -> None:
    model = PUBLISHED[name]
    assert model.source
    assert model.note
    last = re.search(r"([\d,.]+)([MB])$", model.said)
    assert last is not None
    said = float(last[1].replace(",", "")) * SCALES[last[2]]
    count = model.spec.count_parameters()
    if model.rounded:
        assert abs(count - said) <= model.rounded / 2
    else:  # the note says how the name differs from the count
        assert f"{count / 10**6:.0f} million" in model.note or f"{count / 10**9:.1f} billion" in model.note


# The two large ones have heads of 128 numbers, which together are wider than the model (their config.json).
LARGE_T5 = {
    "t5-3b": {"num_heads": 32, "d_kv": 128, "d_ff": 16_384},
    "t5-11b": {"num_heads": 128, "d_kv": 128, "d_ff": 65_536},
}


def reference(name: str) -> Any:
    """The same model by `transformers`, without memory for its weights."""
    import torch
    import transformers as hf

    spec: Any = PUBLISHED[name].spec
    C, L, H, V, T = spec.d_model, spec.num_layers, spec.num_heads, spec.vocabulary_size, spec.max_length
    with torch.device("meta"):
        if name.startswith("gpt"):
            return hf.GPT2LMHeadModel(hf.GPT2Config(vocab_size=V, n_positions=T, n_embd=C, n_layer=L, n_head=H))
        if name.startswith("bert"):
            sizes = {"hidden_size": C, "num_hidden_layers": L, "num_attention_heads": H, "intermediate_size": 4 * C}
            return hf.BertModel(hf.BertConfig(vocab_size=V, max_position_embeddings=T, **sizes))
        if name.startswith("t5"):
            sizes = {"d_model": C, "d_kv": 64, "d_ff": 4 * C, "num_layers": L, "num_heads": H} | LARGE_T5.get(name, {})
            return hf.T5ForConditionalGeneration(hf.T5Config(vocab_size=V, tie_word_embeddings=True, **sizes))
        sizes = {"hidden_size": C, "num_hidden_layers": L, "num_attention_heads": H, "intermediate_size": spec.d_ff}
        config = hf.LlamaConfig(
            vocab_size=V, num_key_value_heads=spec.key_value_heads, tie_word_embeddings=spec.tied, **sizes
        )
        return hf.LlamaForCausalLM(config)


@pytest.mark.parametrize(
    "name",
    ["gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl", "gpt3", "bert-base", "bert-large", "t5-small", "t5-base",
     "t5-large", "t5-3b", "t5-11b", "llama2-7b", "llama2-70b", "smollm2-135m"],
)  # fmt: skip
def test_the_count_is_that_of_another_library(name: str) -> None:
    model = reference(name)
    model.tie_weights() if hasattr(model, "tie_weights") else None
    count = sum({id(p): p.numel() for p in model.parameters()}.values())
    assert PUBLISHED[name].spec.count_parameters() == count


def test_each_name_is_one_model() -> None:
    assert len({model.spec.to_text() for model in PUBLISHED.values()}) == len(PUBLISHED)
    assert all(model.spec.__class__.from_text(model.spec.to_text()) == model.spec for model in PUBLISHED.values())
