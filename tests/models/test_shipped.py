"""The models that come with the kit: they are what their cards say, on every backend, and damage is noticed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from llm_widgets import corpora
from llm_widgets._resources import folder
from llm_widgets.models import GPTSpec
from llm_widgets.models.shipped import SHIPPED, DamagedWeightsError, load_shipped, shipped, shipped_card
from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.training import NGramModel
from llm_widgets.training.windows import Windows


@pytest.fixture(scope="module", params=SHIPPED)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def model(name):
    return shipped(name)


def nats(model, text):
    """Mean loss by the formula, of windows in order."""
    ids = model.tokenizer.ids(text)
    rows = Windows(ids, length=model.spec.max_length, batch_size=1).in_order()
    logits = np.concatenate(
        [
            model.call(lambda built, part=part: np.asarray(built.predict_on_batch(part[:, :-1]), np.float64))
            for part in np.array_split(rows, 8)
        ]
    )
    logits -= logits.max(-1, keepdims=True)
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -np.take_along_axis(log_p, rows[:, 1:, None], -1).mean()


def test_it_is_as_good_as_its_card_says(name, model):
    card = shipped_card(name)
    text = corpora.load(name, language=None).validation
    assert nats(model, text) == pytest.approx(card["results"]["validation"]["loss"], abs=2e-3)
    assert abs(card["results"]["validation"]["lost_by_float16"]) < 1e-3, "half the digits cost nothing"


def test_the_cards_baselines_are_those_of_the_text(name):
    card = shipped_card(name)
    corpus = corpora.load(name, language=None)
    tokenizer = TextTokenizer.from_json((folder("data") / "models" / name / "tokenizer.json").read_text("utf-8"))
    bigram = NGramModel.fit(
        tokenizer.ids(corpus.train),
        order=2,
        vocabulary_size=tokenizer.vocabulary_size,
        impossible=tokenizer.special_ids,
    )
    found = bigram.bits_per_character(corpus.validation, tokenizer)
    assert card["baselines"]["validation"]["Bigram"] == pytest.approx(found, abs=1e-3)
    assert card["corpus"]["fingerprint"] == corpus.fingerprint


def test_its_page_says_whether_it_beats_the_best_n_gram(name):
    card = shipped_card(name)
    page = (folder("data") / "models" / name / "README.md").read_text("utf-8")
    for split in ("validation", "test"):
        beaten = card["results"][split]["bits_per_character"] < min(card["baselines"][split].values())
        assert f"n {split} it {'beats' if beaten else 'does not beat'} the best n-gram" in page


def test_it_is_small_and_whole(name, model):
    place = folder("data") / "models" / name
    assert {path.name for path in place.iterdir()} == {
        "LICENSE.txt",
        "README.md",
        "card.json",
        "tokenizer.json",
        "weights.safetensors",
    }
    assert (place / "weights.safetensors").stat().st_size < 3_000_000
    assert model.tokenizer.vocabulary_size == model.spec.vocabulary_size
    assert model.spec.count_parameters() == shipped_card(name)["parameters"]


def test_another_library_reads_it_and_says_the_same(name, model):
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    from safetensors.torch import load_file

    spec = model.spec
    config = transformers.GPT2Config(
        vocab_size=spec.vocabulary_size,
        n_positions=spec.max_length,
        n_embd=spec.d_model,
        n_layer=spec.num_layers,
        n_head=spec.num_heads,
    )
    theirs = transformers.GPT2LMHeadModel(config).eval()
    state = load_file(folder("data") / "models" / name / "weights.safetensors")
    left_out, unknown = theirs.transformer.load_state_dict({k: v.float() for k, v in state.items()}, strict=False)
    assert (left_out, unknown) == ([], [])
    ids = model.tokenizer.ids(corpora.load(name, language=None).test[:20])[None]
    with torch.no_grad():
        expected = theirs(torch.from_numpy(ids).long()).logits.numpy()
    ours = model.call(lambda built: np.asarray(built.predict_on_batch(ids)))
    np.testing.assert_allclose(ours, expected, atol=2e-3)


def test_each_call_gives_a_model_of_its_own(model, name):
    again = shipped(name)
    assert again.model is not model.model
    assert again.spec == model.spec


@pytest.fixture
def copy(name, tmp_path):
    return shutil.copytree(folder("data") / "models" / name, tmp_path / name)


@pytest.mark.parametrize("file", ["weights.safetensors", "tokenizer.json"])
def test_damage_is_refused(name, copy, file):
    data = bytearray((copy / file).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / file).write_bytes(data)
    with pytest.raises(DamagedWeightsError, match=f"damaged.*Received: .*{file}"):
        load_shipped(copy, shipped_card(name))


def test_a_name_that_is_none_is_refused():
    for name in ("../alice", "", None, "bob"):
        with pytest.raises(ValueError, match=r"Choose one of alice, tang\. Received: "):
            shipped(name)


@pytest.mark.parametrize("backend", ["torch", "tensorflow", "jax"])
def test_every_backend_loads_it(backend):
    code = """
import json
import numpy as np
from llm_widgets.models.shipped import shipped
model = shipped("alice")
ids = model.tokenizer.ids("Alice was beginning to get very ")[None]
print(json.dumps(np.asarray(model.call(lambda built: built.after(ids, ids)))[0].tolist()))
"""
    environment = os.environ | {"KERAS_BACKEND": backend}
    out = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=300, check=True
    ).stdout
    logits = json.loads(out.splitlines()[-1])
    model = shipped("alice")
    ids = model.tokenizer.ids("Alice was beginning to get very ")[None]
    np.testing.assert_allclose(logits, model.call(lambda built: built.after(ids, ids))[0], atol=1e-3)


def test_the_script_makes_such_a_folder(tmp_path):
    from tools.make_weights import Recipe, make

    line = "the cat sat on the mat and the dog sat on the log. "
    settings = {"learning_rate": 1e-2, "batch_size": 8, "epochs": 3, "schedule": "cosine", "seed": 0}
    recipe = Recipe({"d_model": 16, "num_layers": 1, "num_heads": 2, "max_length": 16}, settings, ("the ",))
    make("alice", tmp_path / "cat", recipe, corpora.text(line * 60))
    card = json.loads((tmp_path / "cat" / "card.json").read_text("utf-8"))
    model = load_shipped(tmp_path / "cat", card)
    assert isinstance(model.spec, GPTSpec)
    assert card["steps"] == 3 * 19
    assert nats(model, corpora.text(line * 60).test) == pytest.approx(card["results"]["test"]["loss"], abs=1e-3)
