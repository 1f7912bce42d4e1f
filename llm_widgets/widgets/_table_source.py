"""Where a widget's table of vectors comes from: a model's file, a run that learns, or names with vectors."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from llm_widgets import i18n
from llm_widgets.analysis import WordVectors
from llm_widgets.i18n import t
from llm_widgets.models.token_table import TokenTable, read_table, stored_table, table_of
from llm_widgets.tokenizers import Encoding, Tokenizer
from llm_widgets.training import LanguageRun, Run, Workbench
from llm_widgets.widgets._base import as_workbench
from llm_widgets.widgets._ticker import SHARE, follow
from llm_widgets.widgets._worker import Worker

PAUSE = 0.5  # seconds between two looks at a table that learns, at least
_SHIPPED = {"en": "alice", "zh": "tang"}


def stored_of_language() -> TokenTable:
    """The table of the shipped GPT of the learner's language."""
    return stored_table(_SHIPPED.get(i18n.get_language(), "alice"))


def finished_table(source: Any, tokenizer: Any = None) -> TokenTable | None:
    """The table of what does not learn; None for a run.

    Raises:
        ValueError: this has no table.
    """
    if source is None:
        return stored_of_language()
    if isinstance(source, (Workbench, Run, LanguageRun)):
        return None
    if isinstance(source, TokenTable):
        return source
    if isinstance(source, str):
        return stored_table(source)
    if isinstance(source, (WordVectors, tuple)) and len(tuple(source)) == 2:
        vectors = source if isinstance(source, WordVectors) else WordVectors(*source)
        return TokenTable("", tokenizer or NamedTokens(vectors), vectors.vectors)
    if all(hasattr(source, name) for name in ("tokenizer", "call")):
        return table_of(source, str(getattr(source, "name", "")), str(getattr(source, "language", "")))
    raise ValueError(
        t(
            "This takes a model, a run, the name of a model, or names with their vectors. Received: {value}",
            value=repr(source)[:80],
        )
    )


class NamedTokens:
    """Cuts a text into words and finds each among the names of a table: their row is their id.

    Args:
        vectors: names, and how a text is cut into such.
    """

    def __init__(self, vectors: WordVectors) -> None:
        self._vectors = vectors
        self.vocabulary = vectors.names

    def encode(self, text: str) -> Encoding:
        """The words; one that has no row has the id -1."""
        cut = Tokenizer.train([text], unit=self._vectors.unit or "words", lowercase=False).encode(text)
        rows = [self._vectors.find(token) for token in cut.tokens]
        return Encoding(
            ids=tuple(-1 if row is None else row for row in rows),
            tokens=cut.tokens,
            known=tuple(row is not None for row in rows),
            offsets=cut.offsets,
        )


class LiveTable:
    """Copies the table of a run again while it learns, at most so often that it loses 3 % of its time.

    Args:
        source: a run or its workbench.
        new: called with each copy, on a thread of its own; held weakly.
    """

    def __init__(self, source: Any, new: Callable[[TokenTable], None], failed: Callable[..., None]) -> None:
        self.workbench = as_workbench(source)
        self._new, self._failed = weakref.WeakMethod(new), weakref.WeakMethod(failed)
        self._worker = Worker(self, "table", PAUSE)
        self._seen: tuple[Any, ...] = ()
        self._unfollow = follow(self.workbench, self)
        self._worker.ask()

    def _refresh(self) -> None:
        run = self.workbench.run
        if (run.id, run.log.generation, run.log.batch_count) != self._seen:
            self._worker.ask()

    def _answer(self) -> None:
        run, new = self.workbench.run, self._new()
        if new is None:
            return
        seen = (run.id, run.log.generation, run.log.batch_count)
        spent = 0.0

        def read(model: Any) -> Any:  # building a model, and waiting for a batch to end, cost the training nothing
            nonlocal spent
            began = time.perf_counter()
            try:
                return read_table(model)
            finally:
                spent = time.perf_counter() - began

        vectors, positions = run.call(read)
        began = time.thread_time()
        new(TokenTable("", run.tokenizer, vectors, positions, run.corpus.language))
        self._seen = seen
        self._worker.pause = max(PAUSE, (spent + time.thread_time() - began) / SHARE)

    def send(self, content: Any, buffers: Any = None) -> None:
        """What went wrong goes to the page."""
        failed = self._failed()
        if failed is not None:
            failed(content)

    def end(self) -> None:
        """Copies no more."""
        self._unfollow()
        self._worker.end()


def largest(values: Any) -> float:
    """The ends of a scale of colours that holds nearly all of them: the 99.5th percentile of the sizes."""
    found = float(np.percentile(np.abs(values), 99.5)) if np.size(values) else 0.0
    return found or 1.0
