"""Sentences compared by a real encoder, and by their words alone."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import NDArray

from llm_widgets import i18n
from llm_widgets.analysis.sentence_vectors import (
    check_sentence_encoder,
    count_vectors,
    mean_vectors,
    sentence_vectors,
    words_in,
)
from llm_widgets.i18n import t
from llm_widgets.models import pretrained
from llm_widgets.training._turn import in_background
from llm_widgets.widgets._computed import ComputedWidget, plain
from llm_widgets.widgets._keywords import check_keywords
from llm_widgets.widgets._sentence_presets import PRESETS
from llm_widgets.widgets._words import for_a_learner, whole_text
from llm_widgets.widgets._worker import Worker
from llm_widgets.widgets.neighbour_explorer import review_vectors

LEAST, MOST = 2, 8  # sentences
LONGEST = 200  # characters of one
KEPT = 500  # sentences whose vectors are remembered
_HAN = re.compile(r"[\u3400-\u9fff]")
_loaded: dict[str, Any] = {}


class SentenceMap(ComputedWidget):
    """Sentences, the cosine of each two as MiniLM sees them, and beside it what their words alone say; nearest pairs,
    and a plane on which near sentences lie near.

    MiniLM is loaded where it is on this machine, beside the page; until then, and where it is not, the words are there.

    Args:
        sentences: 2 to 8; None: pairs with the same meaning in other words, and with the same words.
        model: an encoder such as `lw.pretrained("minilm")`, or the name of one that `llm-widgets models add` has put on
            this machine; None: "minilm".
        settings: words ("counts": which words stand in a sentence; "vectors": the mean of word vectors from the
            reviews), pair (the two sentences that are looked at, counted from 0).

    Raises:
        ValueError: there are fewer than 2 or more than 8 sentences, or the model is no encoder.

    Example:
        >>> view = SentenceMap(["The dog bit the man.", "The man bit the dog.", "It rains."])
        >>> view.word_cosines.round(2).tolist()
        [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]

    Reference:
        Reimers and Gurevych (2019), Sentence-BERT, EMNLP; Wang et al. (2020), MiniLM, NeurIPS.
    """

    _front = "sentence_map"
    SETTINGS: ClassVar[tuple[str, ...]] = ("sentences", "words", "pair")

    # The sentences that are compared.
    sentences: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
    # What the words say: "counts" or "vectors".
    words = traitlets.Enum(["counts", "vectors"], "counts").tag(sync=True)
    # The two sentences that are looked at, counted from 0.
    pair: Any = traitlets.List(traitlets.Int(), [0, 1]).tag(sync=True)
    # "ready", "loading", "missing" or "failed", and why.
    _encoder = traitlets.Unicode("loading").tag(sync=True)
    _why = traitlets.Unicode().tag(sync=True)
    _presets: Any = traitlets.Dict().tag(sync=True)

    def __init__(self, sentences: Sequence[str] | None = None, model: Any = None, **settings: Any) -> None:
        check_keywords(SentenceMap, settings, SentenceMap.SETTINGS)
        self._lock = threading.RLock()
        self._worker = Worker(self, "sentences", 0.02)
        self._model: Any = None
        self._opening = False
        self.model_name = model or "minilm" if isinstance(model, str | None) else str(getattr(model, "name", ""))
        if not isinstance(model, str | None):
            check_sentence_encoder(model)
            self._model = model
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._word_vectors: dict[str, Any] = {}
        self._plane: NDArray[np.float64] | None = None
        if sentences is None:
            sentences = PRESETS["chinese" if i18n.get_language() == "zh" else "mixed"][1]
        presets = {name: {"title": title, "sentences": list(texts)} for name, (title, texts) in PRESETS.items()}
        encoder, why = self._find_encoder()
        super().__init__(
            sentences=[str(text) for text in sentences], _presets=presets, _encoder=encoder, _why=why, **settings
        )

    @property
    def cosines(self) -> NDArray[np.float64] | None:
        """The cosine of each two sentences for the encoder, [N, N]; None while it is not there."""
        with self._lock:
            vectors = [self._vectors.get(text) for text in self.sentences]
        known = [vector for vector in vectors if vector is not None]
        return _cosines(np.array(known)) if known and len(known) == len(vectors) else None

    @property
    def word_cosines(self) -> NDArray[np.float64]:
        """The same of the words alone, [N, N]."""
        return _cosines(self._of_words())

    def _translations(self, language: str) -> dict[str, str]:
        known = i18n.catalogue(language)
        titles = [title for title, _ in PRESETS.values()]
        return super()._translations(language) | {title: known[title] for title in titles if title in known}

    def _find_encoder(self) -> tuple[str, str]:
        if self._model is None and not pretrained.is_here(self.model_name):
            return "missing", f"llm-widgets models add {self.model_name}"
        return "loading", ""

    def _of_words(self) -> NDArray[np.float32]:
        vectors = self._word_vectors.get(self._language()) if self.words == "vectors" else None
        return count_vectors(self.sentences) if vectors is None else mean_vectors(vectors, self.sentences)

    def _language(self) -> str:
        return "zh" if 2 * sum(bool(_HAN.search(text)) for text in self.sentences) > len(self.sentences) else "en"

    def _fit(self) -> None:
        last = len(self.sentences) - 1
        first, second = (min(max(i, 0), last) for i in (*self.pair, 0, 1)[:2])
        self.pair = [first, second]

    def _compute(self) -> dict[str, Any]:
        cosines, of_words = self.cosines, self._of_words()
        waits = self.words == "vectors" and self._language() not in self._word_vectors
        if waits or (cosines is None and self._encoder in ("ready", "loading")):
            self._worker.ask()
        vectors = of_words if cosines is None else np.array([self._vectors[text] for text in self.sentences])
        points, share = self._on_a_plane(vectors.astype(np.float64))
        found: dict[str, Any] = plain(
            {
                "sentences": list(self.sentences),
                "cosines": None if cosines is None else np.round(cosines, 4),
                "words": np.round(_cosines(of_words), 4),
                "word_lists": words_in(self.sentences),
                "points": points,
                "share": share,
                "name": self.model_name,
                "bytes": next((known.bytes for known in pretrained.KNOWN if known.name == self.model_name), None),
                "size": None if cosines is None else vectors.shape[1],
                "waits": waits,
                "unknown": None if cosines is None else self._unknown(),
            }
        )
        return found

    def _on_a_plane(self, vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        """The two directions in which the sentences differ most, [N, 2], turned so that points move little."""
        middle = vectors - vectors.mean(axis=0)
        left, values, _ = np.linalg.svd(middle, full_matrices=False)
        points = np.zeros((len(vectors), 2))
        points[:, : len(values[:2])] = (left * values)[:, :2]
        if self._plane is not None and self._plane.shape == points.shape:
            u, _, v = np.linalg.svd(points.T @ self._plane)  # the turn that brings them nearest (Procrustes)
            points = points @ u @ v
        self._plane = points
        whole = float((values**2).sum())
        return points, float((values[:2] ** 2).sum()) / whole if whole > 1e-12 else 1.0

    def _unknown(self) -> float | None:
        """The share of Chinese characters for which the encoder has no token; None where there are none."""
        tokenizer = self._model.tokenizer
        han = [
            known
            for text in self.sentences
            for token, known in zip(*_tokens(tokenizer, text), strict=True)
            if _HAN.search(token)
        ]
        return 1 - sum(han) / len(han) if han else None

    # The slow part, on the worker's thread

    def _answer(self) -> None:
        language = self._language()
        if self.words == "vectors" and language not in self._word_vectors:
            self._word_vectors[language] = review_vectors(language)
            self._refresh()
        if self._encoder not in ("loading", "ready"):
            return
        if self._model is not None:
            self._told(self._encode)
        elif not self._opening:
            self._opening = True
            # It imports a backend: the interpreter's exit must wait for that.
            in_background(lambda: self._told(self._open_encoder), "sentences")

    def _told(self, step: Callable[[], None]) -> None:
        """Does a step; what goes wrong is told on the page."""
        try:
            step()
        except Exception as error:  # a damaged file, or a backend that is not there
            with self._lock, self.hold_sync():
                self._encoder, self._why = "failed", for_a_learner(error)
        self._refresh()

    def _open_encoder(self) -> None:
        try:
            if self.model_name not in _loaded:
                _loaded[self.model_name] = pretrained.load(self.model_name)
            check_sentence_encoder(_loaded[self.model_name])
            self._model = _loaded[self.model_name]
        finally:
            self._opening = False
        self._encode()

    def _encode(self) -> None:
        new = [text for text in dict.fromkeys(self.sentences) if text not in self._vectors]
        found = dict(zip(new, sentence_vectors(self._model, new), strict=True))
        with self._lock:
            if len(self._vectors) > KEPT:
                self._vectors = {text: self._vectors[text] for text in self.sentences if text in self._vectors}
            self._vectors.update(found)
            self._encoder = "ready"

    def _refresh(self) -> None:
        with self._lock:
            super()._refresh()

    def _on_look(self, content: Any) -> None:
        """The learner has added the model meanwhile."""
        with self._lock, self.hold_sync():
            self._encoder, self._why = self._find_encoder()
            self._refresh()

    @traitlets.validate("sentences")
    def _check_sentences(self, proposal: Any) -> list[str]:
        texts = [whole_text(text, LONGEST) for text in proposal["value"]]
        if not LEAST <= len(texts) <= MOST:
            raise ValueError(
                t("There are {least} to {most} sentences. Received: {count}", least=LEAST, most=MOST, count=len(texts))
            )
        return texts

    def close(self) -> None:
        """Takes the widget off the page."""
        self._worker.end()
        super().close()


def _cosines(vectors: NDArray[Any]) -> NDArray[np.float64]:
    """Of rows of length 1; a row of zeros has a cosine of 0 with all others, and of 1 with itself."""
    found = np.clip(vectors.astype(np.float64) @ vectors.astype(np.float64).T, -1, 1)
    np.fill_diagonal(found, 1.0)
    return found


def _tokens(tokenizer: Any, text: str) -> tuple[Sequence[str], Sequence[bool]]:
    encoding = tokenizer.encode(text)
    return encoding.tokens, encoding.known
