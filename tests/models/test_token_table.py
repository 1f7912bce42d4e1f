"""Embedding tables from files, from models and from runs are the ones that the models themselves look up."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from llm_widgets.models import BERTSpec, GPTSpec, LanguageModel, LlamaSpec, pretrained, shipped
from llm_widgets.models.token_table import stored_table, table_of
from llm_widgets.tokenizers import TextTokenizer
from tests.models.pretrained.small import save

TOKENIZER = TextTokenizer.train("a rose is a rose")
SIZES = {"vocabulary_size": TOKENIZER.vocabulary_size, "d_model": 8, "num_heads": 2, "num_layers": 1, "max_length": 6}


@pytest.mark.parametrize("name", ["alice", "tang"])
def test_a_shipped_table_is_the_models_own(name):
    stored, own = stored_table(name), table_of(shipped(name))
    np.testing.assert_array_equal(stored.vectors, own.vectors)
    np.testing.assert_array_equal(stored.positions, own.positions)
    assert stored.tokenizer == own.tokenizer


def test_rows_and_places_are_what_goes_into_the_model():
    """E[id] + P[place], by our arithmetic and by the model's own first step."""
    from llm_widgets.models.layers.transformer import as_arrays, as_ids

    table, ids = stored_table("alice"), stored_table("alice").tokenizer.ids("a mad tea-party")

    def first(model):
        with model.reading():
            return as_arrays([model.stack._with_positions(model.embed(as_ids(ids)), 0, len(ids))])[0][0]

    found = table.vectors[ids] + table.positions[: len(ids)]
    np.testing.assert_allclose(found, shipped("alice").call(first), atol=1e-6)


def test_no_backend_is_loaded_for_a_stored_table(run_python):
    said = run_python(
        "import sys; from llm_widgets.models.token_table import stored_table; stored_table('alice');"
        "print([m for m in ('torch', 'keras', 'jax', 'tensorflow') if m in sys.modules])"
    )
    assert said.strip() == "[]"


@pytest.fixture
def run_python():
    import subprocess

    return lambda code: subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_an_added_model_is_read_from_its_file(tmp_path, monkeypatch):
    monkeypatch.setenv("LLM_WIDGETS_MODELS", str(tmp_path / "models"))
    theirs = save("bert-none", tmp_path / "small")
    pretrained.add("small", folder=tmp_path / "small")
    stored, own = stored_table("small"), table_of(pretrained.load("small"))
    state = theirs.state_dict()
    np.testing.assert_array_equal(stored.vectors, state["embeddings.word_embeddings.weight"].numpy())
    places = state["embeddings.position_embeddings.weight"] + state["embeddings.token_type_embeddings.weight"][0]
    for table in (stored, own):
        np.testing.assert_allclose(table.positions, places.numpy(), atol=1e-7)
    np.testing.assert_array_equal(stored.vectors, own.vectors)
    (tmp_path / "models" / "small" / "weights.safetensors").write_bytes(b"broken")
    with pytest.raises(pretrained.ModelError, match="Received"):
        stored_table("small")


def test_models_with_other_places_or_none():
    sinus = LanguageModel("s", GPTSpec(**SIZES, position="sinusoidal").build(), TOKENIZER)
    assert table_of(sinus).positions[0].tolist() == [0, 1] * 4
    assert table_of(LanguageModel("l", LlamaSpec(**SIZES).build(), TOKENIZER)).positions is None
    plain = LanguageModel("b", BERTSpec(**SIZES, head="none", num_token_types=0).build(), TOKENIZER)
    assert table_of(plain).positions.shape == (6, 8)
    with pytest.raises(ValueError, match="no embedding table"):
        table_of(LanguageModel("x", object(), TOKENIZER))


def test_unknown_names_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("LLM_WIDGETS_MODELS", str(tmp_path))
    for name in ("nobody", "../alice", ""):
        with pytest.raises((ValueError, pretrained.ModelError), match="Received"):
            stored_table(name)
