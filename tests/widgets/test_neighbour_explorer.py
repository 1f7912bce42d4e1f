"""The explorer's answers are those of the vectors, custom and all; unknown words get suggestions."""

from __future__ import annotations

import numpy as np
import pytest

from llm_widgets import NeighbourExplorer
from llm_widgets.analysis import WordVectors
from llm_widgets.models.token_table import stored_table
from llm_widgets.widgets.neighbour_explorer import K, review_vectors, words_of


@pytest.fixture(scope="module")
def explorer():
    return NeighbourExplorer()


def test_answers_are_the_vectors_own(explorer):
    vectors = review_vectors("en")
    explorer.word = " Good"
    assert explorer.neighbours == vectors.nearest("good", K)
    lengths = vectors.vectors / np.linalg.norm(vectors.vectors, axis=1, keepdims=True)
    cosines = lengths @ lengths[vectors.index("good")]
    assert vectors.names[int(np.argsort(-cosines)[1])] == explorer.neighbours[0][0]
    assert explorer._found["near"]["answers"][0]["shared"] == vectors.shared_contexts("good", "great", 5)
    explorer.change(a="film", b="films", c="movie")
    assert explorer.answers[0][0] == "movies"
    assert not {"film", "films", "movie"} & {word for word, _ in explorer.answers}
    explorer.include = True
    assert explorer.answers[0][0] in ("films", "movie")
    assert explorer._found["analogy"]["answers"][0]["given"]
    explorer.include = False


def test_unknown_and_odd_words(explorer):
    explorer.change(word="goood", a="films", b="kingg", c="kingg")
    assert "good" in explorer._found["near"]["missing"][0]["near"]
    assert [one["word"] for one in explorer._found["analogy"]["missing"]] == ["kingg"]
    assert (explorer.neighbours, explorer.answers) == ([], [])
    for odd in ("", "\ud800", "😀", "x" * 100_000, "<b>", "\0"):
        explorer.word = odd
        assert explorer._found["near"]["missing"]
        assert len(explorer.word) <= 60
    explorer.change(word="good", a="is", b="was", c="are")
    assert "were" in {word for word, _ in explorer.answers}


def test_sources():
    two = NeighbourExplorer((("one", "two"), [[1.0, 0.0], [0.0, 0.0]]))
    assert two.neighbours == [("two", 0.0)]
    assert NeighbourExplorer(WordVectors((), np.zeros((0, 3)))).neighbours == []
    tang = NeighbourExplorer("tang", "月")
    assert len(tang.neighbours) == K
    words = words_of(stored_table("alice"))
    assert {"a", "z"} <= {*words.names}
    assert not {" ", "[PAD]", "!"} & {*words.names}
    with pytest.raises(ValueError, match="Received"):
        NeighbourExplorer(object())
    with pytest.raises(TypeError, match="did you mean"):
        NeighbourExplorer(words, includ=True)
