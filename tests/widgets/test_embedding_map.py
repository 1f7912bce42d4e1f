"""The embedding map: its vectors are the model's own, its plane scikit-learn's, and it follows a training."""

from __future__ import annotations

import numpy as np
import pytest
import traitlets
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from llm_widgets import corpora
from llm_widgets.models import GPTSpec, LanguageModel
from llm_widgets.training import LanguageRun, Replay
from llm_widgets.widgets import EmbeddingMap
from llm_widgets.widgets._embedding_source import MOST
from llm_widgets.widgets.export import to_html
from tests.widgets.conftest import BAD, GOOD, tell, until

SPEC = GPTSpec(vocabulary_size=64, d_model=16, num_layers=1, num_heads=2, max_length=16)
TEXT = "the cat sat on the mat and the dog sat on the log. " * 60


@pytest.fixture(scope="module")
def pair():
    rng = np.random.default_rng(0)
    return [f"word {i}" for i in range(300)], rng.normal(size=(300, 12)) * np.linspace(3, 0.3, 12)


def unpacked(buffer, top):
    return ((np.frombuffer(buffer, np.uint16).reshape(-1, 2) / 65535) * 2 - 1) * top


def test_a_pair_is_shown_in_scikit_learns_plane_with_its_neighbours(pair, hear):
    names, vectors = pair
    view = EmbeddingMap((names, vectors))
    page = hear(view)
    tell(view, type="hello")
    (begin, buffers), theirs = page.of("begin")[-1], PCA(2).fit(vectors)
    expected = theirs.transform(vectors)
    points = unpacked(buffers[0], begin["tops"][0])
    for axis in range(2):
        assert min(abs(points[:, axis] - s * expected[:, axis]).max() for s in (1, -1)) < 1e-3
    assert begin["share"] == pytest.approx(theirs.explained_variance_ratio_.sum(), rel=1e-4)
    assert (begin["names"], begin["kind"], begin["steps"], begin["dims"]) == (tuple(names), "none", (0,), 12)
    np.testing.assert_allclose(view.positions(), points, atol=1e-3)
    view.choose("word 7")
    found = page.newest("nearest")
    distances, rows = NearestNeighbors(n_neighbors=11, metric="cosine").fit(vectors).kneighbors(vectors[7:8])
    assert (found["row"], found["rows"]) == (7, rows[0, 1:].tolist())
    np.testing.assert_allclose(found["cosines"], 1 - distances[0, 1:], atol=1e-5)
    assert (view.chosen, view.word) == (7, "word 7")
    view.chosen = 10**9
    assert view.word is None
    with pytest.raises(ValueError, match="no such point"):
        view.choose("nobody")
    html = to_html(view)
    assert "word 299" in html
    assert page.of("begin")
    view.close()


def test_odd_pairs_are_shown_or_refused_in_words():
    hostile = ["<img src=x onerror=alert(1)>", "\ud800", "\0", "مرحبا", "", "x" * 5000]
    view = EmbeddingMap((hostile, np.eye(6, 3)), words=[*hostile, "absent"])
    assert view.names[1] == "�"
    assert len(view.names[5]) == 200
    assert view._frames.points.missing == ("absent",)
    assert EmbeddingMap(([], np.zeros((0, 4))))._waiting == "empty"
    assert len(EmbeddingMap((["a", "b"], [[1.0], [2.0]])).positions()) == 2
    many = EmbeddingMap((map(str, range(MOST + 5)), np.random.default_rng(0).normal(size=(MOST + 5, 3))))
    assert len(many.names) == MOST
    for names, vectors in ((["a"], np.zeros((2, 3))), ("ab", np.zeros((2, 3))), (["a"], [1.0])):
        with pytest.raises(ValueError, match="as many vectors"):
            EmbeddingMap((names, vectors))
    with pytest.raises(ValueError, match="finite"):
        EmbeddingMap((["a"], [[np.nan, 1.0]]))
    for nothing in (None, 5, "reviews", (1, 2, 3)):
        with pytest.raises(ValueError, match=r"names, vectors.*Received"):
            EmbeddingMap(nothing)
    with pytest.raises(traitlets.TraitError):
        view.step = "x"


def test_it_follows_the_classifier_from_its_start_and_knows_each_words_texts(bench, hear, corpus):
    view = EmbeddingMap(bench)
    page = hear(view)
    until(lambda: view.steps == (0,) and view._waiting == "")
    start = bench.run.call(lambda model: model.get_layer("embedding").get_weights()[0].copy())
    ids = [bench.run.tokenizer.vocabulary.index(name) for name in view.names]
    np.testing.assert_array_equal(view.vectors(), start[ids])
    tell(view, type="hello")
    begin, buffers = page.of("begin")[-1]
    texts = dict(zip(begin["names"], begin["texts"], strict=True))
    shares = dict(zip(begin["names"], np.frombuffer(buffers[-1], np.float32), strict=True))
    for word in ("great", "dull", "film", "a"):
        labels = [label for text, label in zip(*vars(corpus.train).values(), strict=True) if word in text.split()]
        assert texts[word] == len(labels)
        assert shares[word] == pytest.approx(np.mean(labels))
    assert {begin["names"][i] for i in begin["importance"][:4]} <= {*GOOD, *BAD}
    view.choose("great")
    bench.start()
    until(lambda: bench.run.state.ended and view.steps[-1] == bench.run.log.batch_count)
    until(lambda: view._rested and view._about)
    table = bench.run.call(lambda model: model.get_layer("embedding").get_weights()[0])
    np.testing.assert_array_equal(view.vectors(), table[ids])
    np.testing.assert_array_equal(view.vectors(0), start[ids])
    assert view.word == "great"
    assert page.newest("nearest")["step"] > 0
    expected = PCA(2).fit_transform(view.vectors())
    left, _, right = np.linalg.svd(view.positions().T @ expected)
    far = np.abs(expected).max()
    assert np.abs(view.positions() @ (left @ right) - expected).max() < 0.1 * far  # it has come to rest near there
    view.step = 0
    tell(view, type="want", generation=view._frames.generation, step=0)
    (message, points) = page.of("maps")[-1]
    np.testing.assert_allclose(unpacked(points[0], message["tops"][0]), view.positions(0), atol=1e-4 * far)
    bench.reset()
    until(lambda: view.steps == (0,) and view.step is None)
    assert view.word == "great"
    view.close()


def test_language_models_while_they_learn_and_after(hear):
    run = LanguageRun(SPEC, corpora.text(TEXT), batch_size=8, epochs=1)
    view = EmbeddingMap(run, words=["t", "Q", "a", "t"])
    until(lambda: view.steps)
    assert view.names == ("t", "a")
    assert view._frames.points.missing == ("Q",)
    run.start()
    run.wait(60)
    until(lambda: view.steps[-1] == run.log.batch_count)
    ids = [run.tokenizer.vocabulary.index(name) for name in "ta"]
    np.testing.assert_array_equal(view.vectors(), run.call(lambda model: model.get_weights()[0])[ids])
    view.close()
    model = LanguageModel("tiny", SPEC.build(seed=0), run.tokenizer)
    finished = EmbeddingMap(model)
    until(lambda: finished.steps)
    assert (finished._frames.points.kind, finished._trains) == ("none", False)
    assert set(finished.names) <= set(run.tokenizer.vocabulary)
    finished.close()


def test_a_recording_says_that_it_has_no_vectors(bench, tmp_path):
    bench.start()
    until(lambda: bench.run.log.batch_count)
    bench.stop()
    bench.run.wait(30)
    view = EmbeddingMap(Replay.load(bench.run.save(tmp_path / "run.zip")))
    until(lambda: view._waiting == "recorded")
    assert view.names == ()
    with pytest.raises(ValueError, match="no map yet"):
        view.vectors()
    view.close()
