"""IMDB through Keras's own loader, on small files in the same format; and with no network at all."""

from __future__ import annotations

import inspect
import json
import pickle
import socket
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from llm_widgets.corpora import DownloadError, available, fetch, imdb, load
from llm_widgets.corpora.splits import text_key
from llm_widgets.i18n import set_language
from llm_widgets.tokenizers import Tokenizer

WORDS = ["the", "film", "was", "good", "bad", *(f"word{i}" for i in range(95))]  # by falling frequency, from 1
N = 40


def object_array(rows: list[list[int]]) -> np.ndarray[Any, Any]:
    made = np.empty(len(rows), dtype=object)
    made[:] = rows
    return made


@pytest.fixture
def reviews() -> dict[str, Any]:
    """Numbers of words, as Keras stores them: no start, no offset."""
    rng = np.random.default_rng(0)
    x_train = [[1, 2, 3, 4 + i % 2, *rng.integers(6, 100, 5).tolist()] for i in range(N)]
    x_test = [[1, 2, 3, 4 + i % 2, *rng.integers(6, 100, 5).tolist()] for i in range(N)]
    x_test[0] = x_train[0]  # the real files share some reviews too
    x_train[2] = x_train[4]
    return {"x_train": x_train, "x_test": x_test, "y": [1, 0] * (N // 2)}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reviews: dict[str, Any]) -> Path:
    """Keras finds these files where it would look for the real ones."""
    import keras.src.datasets.imdb as loader

    np.savez(
        tmp_path / "imdb.npz",
        x_train=object_array(reviews["x_train"]),
        y_train=np.array(reviews["y"]),
        x_test=object_array(reviews["x_test"]),
        y_test=np.array(reviews["y"]),
    )
    index = {word: number for number, word in enumerate(WORDS, 1)}
    (tmp_path / "imdb_word_index.json").write_text(json.dumps(index), encoding="utf-8")
    monkeypatch.setattr(loader, "get_file", lambda fname, origin, file_hash: str(tmp_path / fname))
    return tmp_path


def words(numbers: list[int]) -> str:
    return " ".join(WORDS[number - 1] for number in numbers)


@pytest.mark.usefixtures("small")
def test_the_numbers_become_the_words_that_they_stand_for(reviews: dict[str, Any]) -> None:
    corpus = load("imdb", num_words=None)
    label_of = dict(zip(map(words, reviews["x_test"]), reviews["y"], strict=True))
    assert dict(zip(corpus.test.texts, corpus.test.labels.tolist(), strict=True)) == label_of
    trained = corpus.train.texts + corpus.validation.texts
    assert set(trained) == set(map(words, reviews["x_train"])) - {words(reviews["x_test"][0])}
    for split in corpus.splits.values():
        for text, label in zip(split.texts, split.labels, strict=True):
            assert ("good" in text.split()) == label


@pytest.mark.usefixtures("small")
def test_validation_comes_from_the_training_half_and_no_text_is_twice() -> None:
    corpus = load("imdb")
    assert len(corpus.test) == N
    assert len(corpus.train) + len(corpus.validation) == N - 2  # one is in the test half, one was there twice
    assert len(corpus.validation) == pytest.approx(0.2 * (N - 2), abs=1)
    keys = [text_key(text) for split in corpus.splits.values() for text in split.texts]
    assert len(keys) == len(set(keys))
    assert load("imdb").fingerprint == corpus.fingerprint
    assert load("imdb", seed=1).validation.texts != corpus.validation.texts


@pytest.mark.usefixtures("small")
def test_words_outside_num_words_are_unknown_to_every_tokenizer(reviews: dict[str, Any]) -> None:
    corpus = load("imdb", num_words=50)
    # Keras keeps ids below num_words, and its ids begin 3 higher than the words' numbers.
    expected = [" ".join(WORDS[n - 1] if n + 3 < 50 else imdb.UNREADABLE for n in row) for row in reviews["x_test"]]
    assert sorted(corpus.test.texts) == sorted(expected)
    tokenizer = Tokenizer.train(corpus.train.texts)
    assert imdb.UNREADABLE not in tokenizer.vocabulary
    encoding = tokenizer.encode(f"the {imdb.UNREADABLE} film")
    assert encoding.known == (True, False, True)


def test_files_and_hashes_are_those_of_keras() -> None:
    from keras.src.datasets import imdb as loader

    source = inspect.getsource(loader)
    assert imdb.ORIGIN in source
    for name, (_, wanted) in imdb.FILES.items():
        assert name in source
        assert wanted in source


def test_keras_unpickles_nothing_but_arrays(small: Path) -> None:
    """The promise of the module's first lines: a file that would run code is refused by the loader itself."""

    class Evil:
        def __reduce__(self) -> Any:
            return (Path(small / "ran").touch, ())

    np.savez(
        small / "imdb.npz",
        x_train=np.array([Evil()], dtype=object),
        y_train=np.array([0]),
        x_test=np.array([Evil()], dtype=object),
        y_test=np.array([0]),
    )
    with pytest.raises((DownloadError, pickle.UnpicklingError, ValueError)):
        load("imdb")
    assert not (small / "ran").exists()


@pytest.fixture
def no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    from keras.src.backend import config

    def refuse(*args: Any, **options: Any) -> Any:
        raise urllib.request.URLError("no network")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(config, "_KERAS_DIR", str(tmp_path))
    monkeypatch.setattr(urllib.request.OpenerDirector, "open", refuse)
    return tmp_path / "datasets"


@pytest.mark.parametrize("call", [lambda: load("imdb"), lambda: fetch("imdb")])
def test_without_a_network_the_error_says_what_to_do(no_network: Path, call: Any) -> None:
    before = socket.getdefaulttimeout()
    with pytest.raises(DownloadError) as caught:
        call()
    message = str(caught.value)
    assert isinstance(caught.value, ConnectionError)
    for part in ('load("reviews")', "imdb.npz", "imdb_word_index.json", "69664113", str(no_network), "no network"):
        assert part in message
    assert socket.getdefaulttimeout() == before
    set_language("zh")
    try:
        with pytest.raises(DownloadError, match=r"[一-龥]"):
            call()
    finally:
        set_language("en")


def test_the_folder_is_the_one_that_keras_uses(no_network: Path) -> None:
    from keras.src.backend import config

    assert imdb.cache_folder() == Path(config.keras_home()) / "datasets" == no_network
    assert not next(entry for entry in available() if entry.name == "imdb").present


@pytest.mark.parametrize("count", [0, -1, 9])
def test_too_few_words_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"num_words={count}"):
        load("imdb", num_words=count)
