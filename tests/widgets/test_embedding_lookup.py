"""The lookup's rows are the table's own, the same as one-hot rows times the table, and follow a run."""

from __future__ import annotations

import numpy as np
import pytest

from llm_widgets import EmbeddingLookup, i18n
from llm_widgets.analysis import WordVectors
from llm_widgets.models.token_table import stored_table
from llm_widgets.widgets.embedding_lookup import MAX_TOKENS


def strip_of(lookup):
    return np.frombuffer(lookup._strip, "<f4").reshape(len(lookup._strip_ids), -1)


def test_rows_are_those_of_the_table_and_of_the_product():
    table = stored_table("alice")
    lookup = EmbeddingLookup("alice", "the cat and the hat")
    ids = table.tokenizer.ids("the cat and the hat")
    one_hot = np.eye(len(table.vectors), dtype=np.float32)[ids]
    np.testing.assert_array_equal(lookup.rows, one_hot @ table.vectors)
    assert lookup._found["apart"] == 0
    np.testing.assert_allclose(lookup._found["rows"], lookup.rows, atol=1e-6)
    lookup.positions = True
    np.testing.assert_array_equal(lookup.rows, table.vectors[ids] + table.positions[: len(ids)])
    np.testing.assert_array_equal(strip_of(lookup), table.vectors)


def test_a_long_table_is_drawn_in_rows_that_are_its_own():
    lookup, table = EmbeddingLookup("tang"), stored_table("tang")
    assert len(lookup._strip) < 250_000
    assert lookup._strip_ids[0] == 0
    assert lookup._strip_ids[-1] == len(table.vectors) - 1
    np.testing.assert_array_equal(strip_of(lookup), table.vectors[lookup._strip_ids])


def test_the_language_chooses_the_model():
    i18n.set_language("zh")
    try:
        assert EmbeddingLookup()._found["name"] == "tang"
    finally:
        i18n.set_language("en")
    assert EmbeddingLookup()._found["name"] == "alice"


def test_odd_texts():
    lookup = EmbeddingLookup("alice")
    for text in ("", "\ud800", "😀\0‮", "x" * 5_000, "\r\n\t", "<b>hi</b>"):
        lookup.change(text=text, chosen=10**6)
        assert len(lookup.text) <= 200
        assert lookup.rows.shape == (min(len(lookup.text), MAX_TOKENS), 96)
        assert lookup.chosen == max(len(lookup.ids) - 1, 0)
        assert lookup._found["apart"] == 0
    lookup.text = "😀"
    assert lookup._found["known"] == [False]
    with pytest.raises(ValueError, match="Received: color"):
        lookup.change(color=3)
    for odd in (object(), 3, (1, 2, 3)):
        with pytest.raises((ValueError, TypeError), match="Received"):
            EmbeddingLookup(odd)


def test_names_with_vectors_take_words():
    names = WordVectors(("the", "king", "sees"), np.arange(9).reshape(3, 3))
    lookup = EmbeddingLookup(names, "The King sees zebras, the king")
    assert lookup.ids == (0, 1, 2, -1, -1, 0, 1)
    np.testing.assert_array_equal(lookup.rows[[0, 3]], [[0, 1, 2], [0, 0, 0]])
    lookup.positions = True  # there are none
    assert lookup.positions is False
    assert EmbeddingLookup((names.names, names.vectors), "king").ids == (1,)


def test_it_follows_a_run(workbench, until):
    lookup = EmbeddingLookup(workbench, "a good film")
    assert lookup._found == {"waiting": True}  # nothing is built before it trains
    workbench.start()
    until(lambda: "rows" in lookup._found)
    workbench.run.wait(60)
    ids = list(workbench.run.tokenizer.encode("a good film").ids)

    def own(model):
        return np.array(model.get_layer("embedding").embeddings.numpy())

    until(lambda: np.array_equal(lookup.rows, workbench.run.call(own)[ids]))
    before = own(workbench.run.spec.build(seed=workbench.run.seed))[ids]
    assert lookup.rows.shape == before.shape
    assert not np.array_equal(lookup.rows, before)
    lookup.close()
