"""An embedding as what it is: a table, from which a text's tokens take their rows."""

from __future__ import annotations

import contextlib
import threading
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import NDArray

from llm_widgets.models.token_table import TokenTable
from llm_widgets.widgets._computed import ComputedWidget, plain
from llm_widgets.widgets._keywords import check_keywords
from llm_widgets.widgets._table_source import LiveTable, finished_table, largest
from llm_widgets.widgets._words import whole_text

MAX_CHARACTERS = 200  # of the text
MAX_TOKENS = 24  # whose rows are shown
STRIP = 50_000  # numbers of the table that are drawn at most, in whole rows
TEXTS = {"en": "the cat and the hat", "zh": "春眠不觉晓春风"}


class EmbeddingLookup(ComputedWidget):
    """A text, its tokens, their ids, and the rows of the embedding table that they take: [T, C].

    Beside it the same rows as a product of one-hot rows and the table, computed; and what is added for the place in the
    text, where the model adds something. While a run learns, its rows move.

    Args:
        source: a `LanguageModel`; a `LanguageRun`, a `Run` or a workbench; the name of a model on this machine
            ("alice", "tang", "minilm"), whose table alone is read, without a backend; `WordVectors`, or names and
            vectors [V, C]. None: the shipped GPT of the language.
        text: what is looked up.
        tokenizer: for names and vectors: what has `encode(text)` with ids of their rows; None: words are looked for
            among the names.
        settings: chosen (the token that is looked at, counted from 0), positions (whether they are added).

    Raises:
        ValueError: the source has no table.

    Example:
        >>> lookup = EmbeddingLookup("alice", "tea time")
        >>> lookup.ids
        (38, 37, 39, 36, 38, 43, 56, 37)
        >>> lookup.rows.shape, bool((lookup.rows[0] == lookup.rows[4]).all())  # the same token, the same row
        ((8, 96), True)
        >>> lookup.positions = True
        >>> bool((lookup.rows[0] == lookup.rows[4]).all())
        False

    Reference:
        Bengio et al. (2003), A Neural Probabilistic Language Model, JMLR 3, section 2: the mapping C.
    """

    _front = "embedding_lookup"
    SETTINGS: ClassVar[tuple[str, ...]] = ("text", "chosen", "positions")

    # The text whose tokens are looked up.
    text = traitlets.Unicode().tag(sync=True)
    # The token that is looked at, counted from 0.
    chosen = traitlets.Int(0).tag(sync=True)
    # Whether what the model has for each place is added.
    positions = traitlets.Bool(False).tag(sync=True)
    # The rows of the table that are drawn, float32 [R, C] as bytes, and their ids.
    _strip = traitlets.Bytes(b"").tag(sync=True)
    _strip_ids: Any = traitlets.List().tag(sync=True)

    def __init__(self, source: Any = None, text: str | None = None, *, tokenizer: Any = None, **settings: Any) -> None:
        check_keywords(EmbeddingLookup, settings, EmbeddingLookup.SETTINGS)
        self._lock = threading.RLock()
        self.table: TokenTable | None = finished_table(source, tokenizer)
        self._live: LiveTable | None = None
        self._encoding: Any = None
        if text is None:
            text = TEXTS["zh" if self.table is not None and self.table.language == "zh" else "en"]
        super().__init__(text=text, **settings)
        self._draw_strip()
        if self.table is None:
            self._live = LiveTable(source, self._renew, self.send)

    @property
    def ids(self) -> tuple[int, ...]:
        """The rows that the text takes; -1 for a word that has none."""
        return () if self._encoding is None else tuple(self._encoding.ids[:MAX_TOKENS])

    @property
    def rows(self) -> NDArray[np.float32]:
        """What goes on into the model, float32 [T, C]: the rows, with what is added for each place where that is on."""
        if self.table is None:
            return np.zeros((0, 0), np.float32)
        ids = np.asarray(self.ids, np.int64)
        rows = np.where(ids[:, None] >= 0, self.table.vectors[np.maximum(ids, 0)], np.float32(0))  # [T, C]
        if self.positions and self.table.positions is not None:
            places = min(len(ids), len(self.table.positions))
            rows[:places] += self.table.positions[:places]
        found: NDArray[np.float32] = rows
        return found

    def _fit(self) -> None:
        with self._lock:
            table = self.table
            self._encoding = None if table is None else table.tokenizer.encode(self.text)
            self.chosen = min(self.chosen, max(len(self.ids) - 1, 0))
            if table is not None and table.positions is None:
                self.positions = False

    def _compute(self) -> dict[str, Any]:
        table, encoding = self.table, self._encoding
        if table is None or encoding is None:
            return {"waiting": True}
        ids, vectors = np.asarray(self.ids, np.int64), table.vectors
        one_hot = (ids[:, None] == np.arange(len(vectors))).astype(np.float32)  # [T, V]
        product = one_hot @ vectors  # [T, C]
        taken = np.where(ids[:, None] >= 0, vectors[np.maximum(ids, 0)], np.float32(0))
        places = None if table.positions is None else table.positions[: len(ids)]
        found: dict[str, Any] = plain(
            {
                "name": table.name,
                "size": vectors.shape,
                "tokens": encoding.tokens[:MAX_TOKENS],
                "ids": ids,
                "known": encoding.known[:MAX_TOKENS],
                "count": len(encoding.ids),
                "table_rows": np.round(taken.astype(np.float64), 6),
                "rows": np.round(self.rows.astype(np.float64), 6),
                "places": None if places is None else np.round(places.astype(np.float64), 6),
                "apart": float(np.abs(product - taken).max(initial=0.0)),
                "top": largest(vectors),
                "live": self._live is not None,
            }
        )
        return found

    def _refresh(self) -> None:
        with self._lock:
            super()._refresh()

    def _renew(self, table: TokenTable) -> None:
        """A run has learned; on the worker's thread."""
        with self._lock, self.hold_sync():
            self.table = table
            self._draw_strip()
            self._refresh()

    def _draw_strip(self) -> None:
        """The whole table, or every so many rows of a long one."""
        if self.table is None:
            return
        rows, width = self.table.vectors.shape
        most = max(64, STRIP // width)
        ids = np.arange(rows) if rows <= most else np.unique(np.linspace(0, rows - 1, most).astype(np.int64))
        self._strip_ids = ids.tolist()
        self._strip = np.ascontiguousarray(self.table.vectors[ids], "<f4").tobytes()

    @traitlets.validate("text")
    def _whole_text(self, proposal: Any) -> str:
        return whole_text(proposal["value"], MAX_CHARACTERS)

    @traitlets.validate("chosen")
    def _counted(self, proposal: Any) -> int:
        return max(0, int(proposal["value"]))

    def close(self) -> None:
        """Takes the widget off the page; a run goes on."""
        with contextlib.suppress(AttributeError):
            if self._live is not None:
                self._live.end()
        super().close()
