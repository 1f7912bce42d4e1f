"""The 50,000 film reviews of the documents, fetched by Keras's own loader when they are asked for.

Keras checks each file by its hash and rebuilds the arrays with an unpickler that allows NumPy arrays and nothing else,
so nothing that was put into a file can run. Nothing is fetched before `load("imdb")` or `fetch("imdb")` is called.

Reference:
    Maas, A. et al. (2011). Learning Word Vectors for Sentiment Analysis. ACL.
"""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from llm_widgets.corpora.corpus import Card, Corpus, Split
from llm_widgets.corpora.splits import rank, text_key
from llm_widgets.i18n import t

# The files' names and hashes as Keras knows them; `tests/corpora/test_imdb.py` holds them against Keras's source.
FILES = {
    "imdb.npz": ("sha256", "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"),
    "imdb_word_index.json": ("md5", "bfafd718b763782e994055a2d397834f"),
}
ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
VALIDATION_SHARE = 0.2
# Keras writes 1 where a review starts and 2 for a word outside `num_words`; its words begin at 3 (numbered from 1).
START, OUTSIDE, INDEX_FROM = 1, 2, 3
# A word that is left out; a tokenizer never learns this sign, so it reads as an unknown word.
UNREADABLE = "\ufffd"
_SECONDS = 20.0
_fetching = threading.Lock()

CARD = Card(
    title={"en": "IMDB film reviews", "zh": "IMDB 影评"},
    description={
        "en": (
            "50,000 film reviews from IMDB, half for training and half for the test; those with 4 stars of 10 or "
            "fewer are negative, those with 7 or more positive. The words are lower case, without punctuation."
        ),
        "zh": (
            "来自 IMDB 的 50,000 条影评，训练、测试各半；十星制中 4 星及以下记为负面，7 星及以上记为正面。"
            "单词均为小写，没有标点。"
        ),
    },
    licence="not stated; for research and teaching",
    source=f"keras.datasets.imdb, {ORIGIN}imdb.npz",
    citation=(
        "Maas, A. L. et al. (2011). Learning Word Vectors for Sentiment Analysis. Proceedings of the 49th Annual "
        "Meeting of the Association for Computational Linguistics."
    ),
    sha256=FILES["imdb.npz"][1],
    notes=(
        {
            "en": "Reviews with 5 or 6 stars are not in it, so every review is clearly for or against.",
            "zh": "5 星和 6 星的影评没有收入，因此每条评论的态度都很鲜明。",
        },
        {
            "en": 'The words are numbered already: "br" is left over from line breaks in the web pages.',
            "zh": "单词已事先编号；其中的 “br” 是网页换行标记的残留。",
        },
        {
            "en": "Keras numbered the words by counting training and test reviews together.",
            "zh": "Keras 是把训练集和测试集合在一起统计词频来编号的。",
        },
    ),
)


class DownloadError(ConnectionError):
    """A file that was asked for could not be fetched; the message says how to put it there by hand."""


def cache_folder() -> Path:
    """Where Keras keeps its data sets; known without importing Keras."""
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras").expanduser()
    if home.is_dir() and not os.access(home, os.W_OK):  # Keras goes elsewhere then
        home = Path("/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir()) / ".keras"
    return home / "datasets"


def is_present() -> bool:
    """Whether both files are there."""
    return all((cache_folder() / name).is_file() for name in FILES)


def is_intact() -> bool:
    """Whether both files are there and are the ones that Keras knows."""
    return is_present() and all(
        hashlib.new(kind, (cache_folder() / name).read_bytes(), usedforsecurity=False).hexdigest() == wanted
        for name, (kind, wanted) in FILES.items()
    )


def fetch_imdb() -> Path:
    """Fetches both files into Keras's folder, unless they are there, and returns the folder.

    Raises:
        DownloadError: there is no network, or it does not reach the server.
    """
    _read(num_words=None)
    return cache_folder()


def load_imdb(*, num_words: int | None = 10_000, seed: int = 0) -> Corpus:
    """The reviews as text again, validation taken from the training half, the test half untouched.

    Args:
        num_words: only words whose number in Keras is below this are kept, as in the documents; None keeps all.
        seed: another seed takes other reviews for validation.

    Raises:
        DownloadError: the files are not there and cannot be fetched.
        ValueError: `num_words` is below 10.
    """
    if num_words is not None and num_words < 10:
        raise ValueError(t("Keep at least 10 words. Received: num_words={count}", count=num_words))
    (x_train, y_train), (x_test, y_test), word_index = _read(num_words)
    words = {number + INDEX_FROM: word for word, number in word_index.items()}
    test = Split(tuple(_text(ids, words) for ids in x_test), np.asarray(y_test, np.int8))
    seen = {text_key(text) for text in test.texts}
    texts: list[str] = []
    labels: list[int] = []
    for ids, label in zip(x_train, y_train, strict=True):
        text = _text(ids, words)
        # A review that stands in both halves stays in the test half alone, and one that stands twice only once.
        if (key := text_key(text)) not in seen:
            seen.add(key)
            texts.append(text)
            labels.append(int(label))
    validation = _validation(texts, labels, seed)
    parts = [
        Split(
            tuple(text for text, mine in zip(texts, validation, strict=True) if mine == wanted),
            np.array([label for label, mine in zip(labels, validation, strict=True) if mine == wanted], np.int8),
        )
        for wanted in (False, True)
    ]
    return Corpus("imdb", "en", parts[0], parts[1], test, ("negative", "positive"), CARD)


def _validation(texts: Sequence[str], labels: Sequence[int], seed: int) -> list[bool]:
    chosen: set[int] = set()
    for label in (0, 1):
        members = [i for i, own in enumerate(labels) if own == label]
        members.sort(key=lambda i: rank(seed, texts[i]))
        chosen.update(members[: round(VALIDATION_SHARE * len(members))])
    return [i in chosen for i in range(len(texts))]


def _text(ids: Sequence[int], words: Mapping[int, str]) -> str:
    return " ".join(
        UNREADABLE if number == OUTSIDE else words.get(number, UNREADABLE) for number in ids if number > START
    )


def _through_keras(num_words: int | None) -> Any:
    import keras

    # Without a number Keras leaves out the rarest word: it takes the highest id itself for the limit.
    limit = num_words or sys.maxsize
    train, test = keras.datasets.imdb.load_data(num_words=limit, index_from=INDEX_FROM)
    return train, test, keras.datasets.imdb.get_word_index()


def _read(num_words: int | None) -> Any:
    with _fetching, _short_patience():
        try:
            return _through_keras(num_words)
        except Exception as error:
            if is_intact():  # then it was not the network
                raise
            files = ", ".join(f"{ORIGIN}{name} ({kind} {wanted})" for name, (kind, wanted) in FILES.items())
            raise DownloadError(
                t(
                    "The IMDB reviews could not be fetched. The course's own reviews need no network: "
                    'load("reviews"). Or fetch these files where there is a network: {files}, and put them into '
                    "{folder}. Received: {error}",
                    files=files,
                    folder=cache_folder(),
                    error=error,
                )
            ) from error


@contextmanager
def _short_patience() -> Iterator[None]:
    """Behind some firewalls a connection neither opens nor fails; Keras would wait for minutes."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
