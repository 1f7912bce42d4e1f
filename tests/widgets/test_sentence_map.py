"""Sentences by their words at once, by an encoder when it is there, and with words about it when it is not."""

from __future__ import annotations

import re

import numpy as np
import pytest

from llm_widgets import SentenceMap, pretrained
from llm_widgets.analysis import count_vectors, sentence_vectors
from llm_widgets.models import pretrained as store
from tests.models.pretrained.small import save

TEXTS = ["The dog bit the man.", "The man bit the dog.", "a quick brown fox"]


@pytest.fixture
def models(tmp_path, monkeypatch):
    monkeypatch.setenv("LLM_WIDGETS_MODELS", str(tmp_path / "models"))
    return tmp_path


def test_without_the_model_the_words_are_there(models, until):
    view = SentenceMap(TEXTS)
    assert (view._encoder, view._why) == ("missing", "llm-widgets models add minilm")
    assert view.cosines is None
    assert view._found["bytes"] == 91_000_000
    counts = count_vectors(TEXTS)
    np.testing.assert_allclose(view.word_cosines, counts @ counts.T, atol=1e-6)
    points = np.array(view._found["points"])  # three points lie on a plane: nothing is lost
    distance = np.linalg.norm(points[:, None] - points[None], axis=-1)
    np.testing.assert_allclose(distance**2, 2 - 2 * counts @ counts.T, atol=1e-6)
    assert view._found["share"] == pytest.approx(1)
    view.words = "vectors"
    until(lambda: not view._found["waits"])
    assert view.word_cosines[0, 1] == pytest.approx(1)
    assert 0 < view.word_cosines[0, 2] < 0.999


def test_with_an_encoder_and_when_it_comes_later(models, until):
    view = SentenceMap(TEXTS, "later-small")
    assert view._encoder == "missing"
    save("bert-none", models / "small")
    store.add("later-small", folder=models / "small")
    view._on_look({})
    until(lambda: view._encoder == "ready" and view.cosines is not None)
    vectors = sentence_vectors(pretrained("later-small"), TEXTS)
    np.testing.assert_allclose(view._found["cosines"], vectors @ vectors.T, atol=1e-4)
    before = np.array(view._found["points"])
    view.sentences = [*TEXTS[:2], "a quick brown dog"]
    until(lambda: view._found["cosines"] is not None and view._found["sentences"][2] == "a quick brown dog")
    # Turned so that they move little: the two that stayed are not mirrored.
    after = np.array(view._found["points"])
    assert np.linalg.norm(after - before) <= np.linalg.norm(after * [1, -1] - before) + 1e-9
    view.close()


def test_a_damaged_model_is_told(models, until):
    save("bert-none", models / "small")
    store.add("broken", folder=models / "small")
    (models / "models" / "broken" / "tokenizer.json").write_text("{}" + " " * 100_000)
    view = SentenceMap(TEXTS, "broken")
    until(lambda: view._encoder in ("failed", "missing"))
    assert view._why
    assert view._found["words"][0][1] == pytest.approx(1)


def test_odd_sentences_and_settings(models):
    view = SentenceMap(["", "\ud800\0", "x" * 10_000, "😀 <b>", "مرحبا", "狗咬了人。"])
    assert np.isfinite(view.word_cosines).all()
    assert view.word_cosines[0, 0] == 1
    assert max(map(len, view.sentences)) == 200
    view.change(pair=[5, -3])
    assert view.pair == [5, 0]
    view.sentences = ["same", "same"]
    assert view.pair == [1, 0]
    assert view._found["share"] == 1
    for odd in ([], ["one"], ["x"] * 9):
        with pytest.raises(ValueError, match="There are 2 to 8 sentences"):
            view.change(sentences=odd)
    assert view.sentences == ["same", "same"]
    with pytest.raises(ValueError, match="encoder such as MiniLM"):
        SentenceMap(TEXTS, object())
    with pytest.raises(ValueError, match="Received"):
        SentenceMap(TEXTS, "../minilm")


def test_the_names_of_the_ready_made_sentences_are_chinese_in_a_chinese_page(models):
    view = SentenceMap(TEXTS, "not-here")
    titles = [one["title"] for one in view._presets.values()]
    assert not set(titles) & set(view._labels)
    view._switch_language("zh")
    assert all(re.search("[\u4e00-\u9fff]", view._labels[title]) for title in titles)
