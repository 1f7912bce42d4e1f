"""What an embedding map shows: which tokens, in which order, and what is known of them beside their vectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.analysis.embedding_table import occurrences
from llm_widgets.i18n import t
from llm_widgets.training import Run, Workbench
from llm_widgets.training.replay import Replay
from llm_widgets.widgets._base import as_workbench, run_or_model
from llm_widgets.widgets._words import whole_text

MOST = 2_000  # points
MAX_NAME = 200  # characters of one
Pair = tuple[tuple[str, ...], NDArray[np.float32]]


@dataclass(frozen=True)
class Points:
    """The N points of a map, the commonest first.

    Args:
        names: of the points. ids: their rows in the table [N]. total: how many rows could have been shown.
        kind: what colours them: "polarity" (share of positive texts), "count" (how often they occur) or "none".
        count: how often each occurs in the training text [N]. texts, positive: in how many texts, and in how many
            positive ones [N]; these three are empty where nothing is known.
        importance: the points, those first that should have a label [N].
        missing: words that were asked for and are not in the vocabulary.
    """

    names: tuple[str, ...]
    ids: NDArray[np.int64]
    total: int
    kind: str
    count: NDArray[np.int64]
    texts: NDArray[np.int64]
    positive: NDArray[np.int64]
    importance: NDArray[np.int64]
    missing: tuple[str, ...] = ()

    @property
    def values(self) -> NDArray[np.float32]:
        """What colours the points [N]; empty for "none"."""
        if self.kind == "polarity":
            return (self.positive / np.maximum(self.texts, 1)).astype(np.float32)
        return self.count.astype(np.float32) if self.kind == "count" else np.zeros(0, np.float32)


def read_source(source: Any) -> tuple[Workbench | None, Any, Pair | None]:
    """A workbench to follow, or a finished model, or names with vectors: one of the three.

    Raises:
        ValueError: it is none of these, or names and vectors do not go together.
    """
    if isinstance(source, (Workbench, Run, Replay)):
        return as_workbench(source), None, None
    bench, model = run_or_model(source)
    if bench is not None or model is not None:
        return bench, model, None
    if isinstance(source, (tuple, list)) and len(source) == 2:
        return None, None, _pair(*source)
    raise ValueError(
        t(
            "An embedding map needs a run or its workbench, a LanguageModel, or a pair (names, vectors). "
            "Received: {source}",
            source=repr(source)[:80],
        )
    )


def _pair(names: Any, vectors: Any) -> Pair:
    read = () if isinstance(names, (str, bytes)) else tuple(whole_text(name, MAX_NAME) for name in names)
    table = np.asarray(vectors, np.float32)
    if table.ndim != 2 or len(table) != len(read):
        raise ValueError(
            t(
                "A pair is names and as many vectors [N, C]. Received: {names} names, vectors of shape {shape}",
                names=len(read),
                shape=table.shape,
            )
        )
    if not np.isfinite(table).all():
        raise ValueError(t("A vector holds finite numbers only. Received: {value}", value=repr(vectors)[:80]))
    return read, table.copy()


def points_of(source: Any, pair: Pair | None, words: Sequence[str] | None) -> Points:
    """The points of a run, of a model or of a pair: `words`, or the commonest.

    Args:
        source: a `Run`, a `LanguageRun` or a `LanguageModel`; None where there is a pair.
    """
    none = np.zeros(0, np.int64)
    if pair is not None:
        names, count, texts, positive = pair[0], none, none, none
        order = np.arange(len(names))
    else:
        names = source.tokenizer.vocabulary
        count, texts, positive, order = _known(source, len(names))
    missing: tuple[str, ...] = ()
    if words is None:
        chosen = order[:MOST]
    else:
        chosen, missing = _rows_of(names, words)
        chosen = chosen[:MOST]
    kind = "polarity" if len(texts) else "count" if len(count) else "none"
    count, texts, positive = (known[chosen] if len(known) else none for known in (count, texts, positive))
    return Points(
        names=tuple(whole_text(names[row], MAX_NAME) for row in chosen),
        ids=chosen,
        total=len(order),
        kind=kind,
        count=count,
        texts=texts,
        positive=positive,
        importance=_importance(count, texts, positive, len(chosen)),
        missing=missing,
    )


def _known(source: Any, size: int) -> tuple[NDArray[np.int64], ...]:
    """Occurrences, texts, positive texts of each id, and the ids to show, the commonest first."""
    tokenizer, none = source.tokenizer, np.zeros(0, np.int64)
    if isinstance(source, Run):
        count, texts, positive = occurrences(source.ids("train"), source.corpus.train.labels, size)
        special: tuple[int, ...] = (tokenizer.PAD_ID, tokenizer.UNKNOWN_ID)
    else:
        special = tuple(tokenizer.special_ids)
        texts = positive = none
        if not hasattr(source, "ids"):  # a finished model: its text is not here, but merges are numbered as they came
            return none, none, none, np.setdiff1d(np.arange(size), special)
        count = np.bincount(source.ids("train"), minlength=size)[:size]
    order = np.argsort(-count, kind="stable")
    return count, texts, positive, order[(count[order] > 0) & ~np.isin(order, special)]


def _rows_of(names: Sequence[str], words: Iterable[str]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The rows of words, each once, in the given order, and the words that have none."""
    place = {whole_text(name, MAX_NAME): row for row, name in reversed(list(enumerate(names)))}
    found: dict[int, None] = {}
    missing: list[str] = []
    for word in (whole_text(word, MAX_NAME) for word in words):
        row = next((place[form] for form in (word, word.lower()) if form in place), None)
        if row is None:
            missing.append(word)
        else:
            found[row] = None
    return np.array([*found], np.int64), tuple(missing)


def _importance(
    count: NDArray[np.int64], texts: NDArray[np.int64], positive: NDArray[np.int64], N: int
) -> NDArray[np.int64]:
    """Those first whose texts are unlike the others by more than chance explains; else the commonest."""
    if not len(texts):
        return np.argsort(-count, kind="stable") if len(count) else np.arange(N)
    share = np.clip(positive.sum() / max(1, texts.sum()), 1e-9, 1 - 1e-9)
    surprise = np.abs(positive - share * texts) / np.sqrt(np.maximum(texts, 1) * share * (1 - share))  # in deviations
    return np.argsort(-surprise, kind="stable")
