"""Vectors of sentences, against `transformers`, scikit-learn and the figures that sentence-transformers publishes."""

from __future__ import annotations

import numpy as np
import pytest

from llm_widgets.analysis import WordVectors, count_vectors, mean_vectors, sentence_vectors
from llm_widgets.models import GPTSpec, pretrained
from tests.models.pretrained.small import save

SENTENCES = ["a cat sat", "the quick brown fox jumps over the lazy dog " * 4, "", "🙂\ud800\0"]


@pytest.fixture
def models(tmp_path, monkeypatch):
    folder = tmp_path / "models"
    monkeypatch.setenv("LLM_WIDGETS_MODELS", str(folder))
    return folder


def test_the_mean_of_the_tokens_is_that_of_transformers(models, tmp_path):
    """Padding counts for nothing: each sentence alone in their model gives the vector of all together in ours."""
    torch = pytest.importorskip("torch")
    theirs = save("bert-none", tmp_path / "small")
    pretrained.add("small", folder=tmp_path / "small")
    ours = pretrained.load("small")
    found = sentence_vectors(ours, SENTENCES)
    for text, vector in zip(SENTENCES, found, strict=True):
        ids = ours.tokenizer.ids(text)
        kept = ids if len(ids) <= 20 else np.append(ids[:19], ids[-1])
        with torch.no_grad():
            expected = theirs(torch.tensor(kept[None].astype("int64"))).last_hidden_state[0].mean(0).numpy()
        np.testing.assert_allclose(vector, expected / np.linalg.norm(expected), atol=1e-5)
    assert sentence_vectors(ours, []).shape == (0, 16)


def test_other_models_are_refused():
    class Said:
        spec = GPTSpec(vocabulary_size=10)

    for odd in (Said(), None, "minilm"):
        with pytest.raises(ValueError, match="encoder such as MiniLM"):
            sentence_vectors(odd, ["a"])


@pytest.mark.skipif(not pretrained.is_here("minilm"), reason="MiniLM is not on this machine")
def test_minilm_gives_the_published_similarities():
    """The first example of the documentation of sentence-transformers 3 (www.sbert.net, Quickstart)."""
    texts = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
    vectors = sentence_vectors(pretrained.load("minilm"), texts)
    published = [[1, 0.6660, 0.1046], [0.6660, 1, 0.1411], [0.1046, 0.1411, 1]]
    np.testing.assert_allclose(vectors @ vectors.T, published, atol=1e-4)


def test_word_counts_are_those_of_scikit_learn():
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.metrics.pairwise import cosine_similarity

    texts = ["The dog bit the man.", "The man bit the dog!", "She sat on the bank.", "A bank, a man", "12 + 3"]
    theirs = cosine_similarity(CountVectorizer(token_pattern=r"(?u)\b[^\W\d]+\b").fit_transform(texts))
    ours = count_vectors(texts)
    np.testing.assert_allclose(ours @ ours.T, theirs, atol=1e-6)
    assert count_vectors(["狗咬了人。", "人咬了狗。"]) @ count_vectors(["狗咬了人。", "人咬了狗。"]).T == pytest.approx(
        1
    )
    assert not count_vectors(["", "\ud800"]).any()


def test_the_mean_of_word_vectors_leaves_out_what_has_none():
    vectors = WordVectors(("cat", "dog", "sun"), [[1, 0, 0], [2, 2, 0], [0, 0, 3]])
    found = mean_vectors(vectors, ["Cat!", "the cat, a dog", "nothing known", ""])
    np.testing.assert_allclose(found[0], [1, 0, 0])
    between = np.array([1 + 0.5**0.5, 0.5**0.5, 0])
    np.testing.assert_allclose(found[1], between / np.linalg.norm(between), rtol=1e-6)
    assert not found[2:].any()
