"""A GGUF file that the `gguf` package wrote becomes the Llama that it was made from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
from gguf import GGMLQuantizationType as Kind

from llm_widgets.models import load_state, pretrained
from llm_widgets.models.pretrained.gguf_reader import GGUFFile
from llm_widgets.models.pretrained.gguf_source import read_gguf
from tests.models.pretrained.small import V, byte_tokenizer
from tests.models.transformers.reference import State, randomized, state_of, tensor

LAYERS, HEADS, GROUPS, WIDTH, INNER = 2, 4, 2, 64, 96
SIGNS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
NAMES = {
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}  # fmt: skip


def llama() -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=V, hidden_size=WIDTH, intermediate_size=INNER, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        num_key_value_heads=GROUPS, max_position_embeddings=20, rms_norm_eps=1e-5, tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": 100.0}, attn_implementation="eager",
        output_attentions=True, bos_token_id=None, eos_token_id=None,
    )  # fmt: skip
    return randomized(LlamaForCausalLM(config))


def theirs_name(name: str) -> str:
    """llama.cpp's name of one of Hugging Face's."""
    stem = name.removesuffix(".weight")
    if not stem.startswith("model.layers."):
        return NAMES[stem] + ".weight"
    _, _, number, rest = stem.split(".", 3)
    return f"blk.{number}.{NAMES[rest]}.weight"


def turned(name: str, array: Any) -> Any:
    """llama.cpp's order of the rows of queries and keys, as its converter makes it."""
    heads = {"q_proj": HEADS, "k_proj": GROUPS}.get(name.split(".")[-2])
    if heads is None:
        return array
    rows, columns = array.shape
    return array.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def write(path: Path, state: State, kinds: dict[str, Kind], architecture: str = "llama", pre: str = "smollm") -> None:
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_block_count(LAYERS)
    writer.add_context_length(20)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(GROUPS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(100.0)
    library = json.loads(byte_tokenizer(*SIGNS).to_str())["model"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    pieces = [*library["vocab"], *(f"unused{i}" for i in range(V - len(library["vocab"])))]
    writer.add_token_list(pieces)
    writer.add_token_types([3 if piece in SIGNS else 1 for piece in pieces])
    writer.add_token_merges([" ".join(pair) for pair in library["merges"]])
    writer.add_eos_token_id(2)
    writer.add_chat_template("{{ '<|im_start|>system\nBe kind.<|im_end|>\n' }}{{ '<|im_start|>' + message['role'] }}")
    for name, array in state.items():
        kind = kinds.get(name.split(".")[-2], Kind.F32)
        data = gguf.quantize(np.ascontiguousarray(turned(name, array)), kind)
        writer.add_tensor(theirs_name(name), data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.fixture(scope="module")
def theirs() -> Any:
    return llama()


def state(model: Any) -> State:
    return {name: array for name, array in state_of(model).items() if name != "lm_head.weight"}


def test_plain_numbers_come_back_in_hugging_faces_order(theirs: Any, tmp_path: Path) -> None:
    write(tmp_path / "a.gguf", state(theirs), {"up_proj": Kind.F16})
    file = GGUFFile(tmp_path / "a.gguf")
    assert set(file) == set(state(theirs))
    for name, array in state(theirs).items():
        expected = array.astype("float16") if "up_proj" in name else array
        np.testing.assert_array_equal(file[name], expected)
    source = read_gguf(tmp_path / "a.gguf")
    ours = source.spec.build()
    load_state(ours, source.state)
    ids = np.random.default_rng(0).integers(0, V, (2, 9)).astype("int32")
    np.testing.assert_allclose(
        ours.predict_on_batch(ids), theirs(tensor(ids)).logits.detach().numpy(), rtol=0, atol=2e-2
    )  # half precision in a few matrices


def test_blocks_hold_the_same_numbers(theirs: Any, tmp_path: Path) -> None:
    kinds = {"q_proj": Kind.Q4_1, "down_proj": Kind.Q4_1, "embed_tokens": Kind.Q8_0, "k_proj": Kind.Q8_0}
    write(tmp_path / "a.gguf", state(theirs), kinds)
    file = GGUFFile(tmp_path / "a.gguf")
    for name, array in state(theirs).items():
        kind = kinds.get(name.split(".")[-2])
        if kind is None:
            with pytest.raises(ValueError, match=r"Only Q4_1 and Q8_0.*F32"):
                file.blocks(name)
            continue
        # Each row is quantized by itself, so that their order does not matter.
        expected = gguf.dequantize(gguf.quantize(array, kind), kind)
        np.testing.assert_array_equal(file[name], expected)
        blocks = file.blocks(name)
        assert blocks.codes.shape == array.shape == file.shape(name)
        assert (blocks.minima is None) == (kind == Kind.Q8_0)


def test_it_is_added_with_its_tokenizer_and_its_chat(theirs: Any, tmp_path: Path, models: Path) -> None:
    from llm_widgets.models.pretrained.convert import convert

    write(tmp_path / "a.gguf", state(theirs), {})
    folder = tmp_path / "converted"
    folder.mkdir()
    told: list[tuple[str, int, int]] = []
    about = {"name": "tiny", "licence": "", "language": "en", "source": ""}
    convert(read_gguf(tmp_path / "a.gguf"), folder, about, lambda *each: told.append(each))
    assert told[-1][0] == "convert"
    assert told[-1][1] == told[-1][2] == 4 * read_gguf(tmp_path / "a.gguf").spec.count_parameters()
    config = json.loads((folder / "config.json").read_text())
    assert config["chat"] == {"format": "chatml", "system": "Be kind."}
    tokenizer = pretrained.PretrainedTokenizer(
        (folder / "tokenizer.json").read_text(), size=V, ids=config["ids"], chat=config["chat"]
    )
    assert tokenizer.END_ID == 2
    assert tokenizer.special_ids == (0, 1, 2)
    assert tokenizer.encode("a12").tokens[-2:] == ("1", "2")  # each digit alone


def test_what_is_no_llama_is_refused(theirs: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    for data in (b"", b"GGUF", b"\x00" * 100, b"GGUF" + b"\xff" * 200):
        path.write_bytes(data)
        with pytest.raises(pretrained.ModelError, match="cannot be read"):
            read_gguf(path)
    with pytest.raises(pretrained.ModelError, match="cannot be read"):
        read_gguf(tmp_path / "nowhere.gguf")
    write(path, state(theirs), {}, architecture="gpt2")
    with pytest.raises(pretrained.ModelError, match=r"Llama kind.*gpt2"):
        read_gguf(path)
    write(path, state(theirs), {}, pre="llama-bpe")
    with pytest.raises(pretrained.ModelError, match="llama-bpe"):
        read_gguf(path)
