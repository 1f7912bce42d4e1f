"""A folder that `transformers` saved becomes a model of ours that says and sees the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from llm_widgets.models import pretrained
from tests.models.pretrained.small import V, make, save
from tests.models.transformers.reference import arrays, assert_same_attention, tensor

IDS = np.random.default_rng(0).integers(4, V, (2, 9)).astype("int32")
WRITTEN = np.random.default_rng(1).integers(1, V, (2, 5)).astype("int32")
ENCODERS = ("bert", "bert-class", "bert-none")


def said(model: Any) -> Any:
    """What our model says."""
    t5 = model.spec.PREFIX == "t5"
    return np.asarray(model.predict_on_batch({"ids": IDS, "decoder_ids": WRITTEN} if t5 else IDS))


def asked(model: Any, family: str) -> tuple[Any, list[Any]]:
    """What theirs says and sees."""
    with torch.no_grad():
        if family.startswith("t5"):
            output = model(input_ids=tensor(IDS), decoder_input_ids=tensor(WRITTEN))
            seen = (*output.encoder_attentions, *output.decoder_attentions, *output.cross_attentions)
            return output.logits.numpy(), arrays(seen)
        output = model(tensor(IDS))
        return (output.last_hidden_state if family == "bert-none" else output.logits).numpy(), arrays(output.attentions)


@pytest.mark.parametrize("family", ["gpt2", "llama", "t5", "t5-wide", *ENCODERS])
def test_the_same_logits_and_attention(family: str, tmp_path: Path, models: Path) -> None:
    theirs = save(family, tmp_path / "saved")
    assert pretrained.add("mine", folder=tmp_path / "saved") == models / "mine"
    mine = pretrained.load("mine")
    logits, seen = asked(theirs, family)
    np.testing.assert_allclose(said(mine.model), logits, rtol=0, atol=1e-4)
    t5 = family.startswith("t5")
    ours = mine.model.attention(IDS, WRITTEN) if t5 else mine.model.attention(IDS)
    assert_same_attention([w for kind in ours.values() for w in kind] if t5 else ours, map(torch.tensor, seen))
    assert not t5 or mine.spec.d_head == (6 if family == "t5-wide" else 0)


def test_in_several_files_and_in_half_precision(tmp_path: Path) -> None:
    for kind in (torch.float16, torch.bfloat16):
        theirs = make("gpt2").to(kind)
        folder = tmp_path / str(kind)
        save("gpt2", folder)
        (folder / "model.safetensors").unlink()
        theirs.save_pretrained(folder, max_shard_size="12KB")
        assert len(list(folder.glob("model-*.safetensors"))) > 1
        pretrained.add("halves", folder=folder)
        logits, _ = asked(theirs.float(), "gpt2")
        np.testing.assert_allclose(said(pretrained.load("halves").model), logits, rtol=0, atol=1e-4)


def test_the_names_of_old_files_are_known(tmp_path: Path) -> None:
    theirs = save("bert", tmp_path)
    path = tmp_path / "model.safetensors"
    renamed = {
        name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): value
        for name, value in load_file(path).items()
    }
    assert any("gamma" in name for name in renamed)
    save_file(renamed, path)
    pretrained.add("old", folder=tmp_path)
    np.testing.assert_allclose(said(pretrained.load("old").model), asked(theirs, "bert")[0], rtol=0, atol=1e-4)


def test_the_name_is_that_of_the_folder(tmp_path: Path) -> None:
    save("gpt2", tmp_path / "My GPT (2)")
    assert pretrained.add(folder=tmp_path / "My GPT (2)").name == "my-gpt-2-"


def test_what_a_learner_changes_stays_in_memory(tmp_path: Path) -> None:
    save("gpt2", tmp_path / "saved")
    pretrained.add("mine", folder=tmp_path / "saved")
    first, second = pretrained.load("mine"), pretrained.load("mine")
    before = said(second.model)
    first.model.set_weights([weight + 1 for weight in first.model.get_weights()])
    assert not np.allclose(said(first.model), before)
    np.testing.assert_array_equal(said(second.model), before)
    np.testing.assert_array_equal(said(pretrained.load("mine").model), before)
    assert pretrained.is_intact("mine")


def test_it_can_be_trained_on(tmp_path: Path) -> None:
    save("gpt2", tmp_path / "saved")
    pretrained.add("mine", folder=tmp_path / "saved")
    model = pretrained.load("mine").model
    model.compile(optimizer="adam", loss="mse")
    before = said(model)
    model.fit(IDS, np.zeros((*IDS.shape, V), np.float32), epochs=2, verbose=0)
    assert np.abs(said(model)).mean() < np.abs(before).mean()
    assert pretrained.is_intact("mine")


def refuse(folder: Path, words: str) -> None:
    with pytest.raises(pretrained.ModelError, match=words):
        pretrained.add("refused", folder=folder)
    assert [*pretrained.models_folder().iterdir()] == []


def change(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


class TestRefusals:
    @pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt"])
    def test_pickled_weights(self, name: str, tmp_path: Path) -> None:
        save("gpt2", tmp_path)
        (tmp_path / "model.safetensors").rename(tmp_path / name)
        refuse(tmp_path, "pickled")

    def test_no_weights_no_config_no_tokenizer(self, tmp_path: Path) -> None:
        for name, words in (
            ("tokenizer.json", "cannot be read.*tokenizer.json"),
            ("config.json", "cannot be read.*config.json"),
            ("model.safetensors", "has no weights"),
        ):
            save("gpt2", tmp_path)
            (tmp_path / name).unlink()
            refuse(tmp_path, words)
        with pytest.raises(pretrained.ModelError, match="no such folder"):
            pretrained.add("refused", folder=tmp_path / "nowhere")

    @pytest.mark.parametrize("name", ["../model.safetensors", "/etc/model.safetensors", "model.bin"])
    def test_an_index_that_leads_elsewhere(self, name: str, tmp_path: Path) -> None:
        save("gpt2", tmp_path / "inside")
        (tmp_path / "model.safetensors").write_bytes(b"")
        (tmp_path / "inside/model.safetensors.index.json").write_text(json.dumps({"weight_map": {"wte.weight": name}}))
        refuse(tmp_path / "inside", "cannot be read.*index")

    def test_a_missing_shard(self, tmp_path: Path) -> None:
        save("gpt2", tmp_path, max_shard_size="12KB")
        next(iter(tmp_path.glob("model-*"))).unlink()
        refuse(tmp_path, "missing.*model-")

    @pytest.mark.parametrize("size", [0, 7, 1000, -10])
    def test_a_damaged_file(self, size: int, tmp_path: Path) -> None:
        save("gpt2", tmp_path)
        path = tmp_path / "model.safetensors"
        path.write_bytes(path.read_bytes()[:size])
        refuse(tmp_path, "cannot be read.*safetensors")

    @pytest.mark.parametrize(
        ("family", "changes", "words"),
        [
            ("gpt2", {"model_type": "mamba"}, "gpt2, bert, t5, llama.*model_type=mamba"),
            ("gpt2", {"n_embd": 18}, "not divisible"),
            ("gpt2", {"n_layer": 3}, "lacks"),
            ("gpt2", {"vocab_size": V + 1}, "shape"),
            ("gpt2", {"n_head": None}, "whole number"),
            ("gpt2", {"activation_function": "swish"}, "blocks lack.*activation_function='swish'"),
            ("gpt2", {"scale_attn_by_inverse_layer_idx": True}, "blocks lack"),
            ("bert", {"position_embedding_type": "relative_key"}, "blocks lack"),
            ("t5", {"feed_forward_proj": "gated-gelu"}, "blocks lack.*gated-gelu"),
            ("t5", {"d_kv": 8}, "shape"),
            ("t5", {"num_heads": None}, "whole number"),
            ("llama", {"rope_parameters": {"rope_type": "llama3"}}, "blocks lack.*llama3"),
            ("llama", {"attention_bias": True}, "blocks lack"),
            ("llama", {"head_dim": 8}, "shape"),
            ("llama", {"head_dim": "8"}, "whole number"),
        ],
    )
    def test_a_model_that_our_blocks_cannot_be(
        self, family: str, changes: dict[str, Any], words: str, tmp_path: Path
    ) -> None:
        save(family, tmp_path)
        change(tmp_path / "config.json", **changes)
        refuse(tmp_path, words)

    def test_a_config_that_lacks_a_value(self, tmp_path: Path) -> None:
        save("gpt2", tmp_path)
        path = tmp_path / "config.json"
        data = json.loads(path.read_text())
        del data["n_embd"]
        path.write_text(json.dumps(data))
        refuse(tmp_path, "lacks a value.*n_embd")
        path.write_text("[" * 100_000)
        refuse(tmp_path, "cannot be read.*config.json")

    def test_a_tokenizer_of_another_model(self, tmp_path: Path) -> None:
        save("gpt2", tmp_path)
        path = tmp_path / "tokenizer.json"
        data = json.loads(path.read_text())
        data["model"]["vocab"]["far"] = V
        path.write_text(json.dumps(data))
        refuse(tmp_path, f"more ids than the model.*{V}")
        for text in ("", "{}", "[]", '{"added_tokens": [], "model": {"vocab": 3}}'):
            path.write_text(text)
            refuse(tmp_path, "no tokenizer")
