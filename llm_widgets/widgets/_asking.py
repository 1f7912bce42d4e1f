"""How the next-token explorer asks its model: at once where it learns, and without reading twice where it does not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.models import Askable
from llm_widgets.models.beam import Read

ALL_SCORES = 2_000_000  # of a text that are looked at in one pass
ROOM = 128  # tokens that are written before a text is read again from its beginning


class Asking:
    """Asks the model of now for the next token.

    Args:
        source: gives what is asked.
        live: its weights change, so that nothing that was read before may be used again.
    """

    def __init__(self, source: Callable[[], Askable], live: bool) -> None:
        self.source, self._live = source, live
        self._read: Read | None = None

    @property
    def limit(self) -> int:
        """How many tokens the model reads."""
        return int(self.source().spec.max_length)

    def forget(self) -> None:
        """The model is another one, or its weights have changed."""
        self._read = None

    def after(self, texts: NDArray[np.int32]) -> NDArray[np.float32]:
        """Logits [B, V] after texts [B, T]."""
        return self.source().call(lambda model: self._after(model, texts))

    def along(self, text: NDArray[np.int32]) -> tuple[NDArray[np.float32], float]:
        """Logits after each token of a text [T] while the model learns, [T, V]; else after the last alone, [1, V].

        Returns:
            the logits, and the seconds that the model took.
        """

        def ask(model: Any) -> tuple[NDArray[np.float32], float]:
            began = time.perf_counter()
            if self._live and len(text) * model.spec.vocabulary_size <= ALL_SCORES:
                logits = _each(model, text)
            else:
                logits = self._after(model, text[None])
            return logits, time.perf_counter() - began

        return self.source().call(ask)

    def _after(self, model: Any, texts: NDArray[np.int32]) -> NDArray[np.float32]:
        if self._live:
            logits: NDArray[np.float32] = model.after(texts, texts)
            return logits
        if self._read is None:
            self._read = Read(model, min(model.spec.max_length, texts.shape[1] + ROOM))
        return self._read.next_logits(texts)


def _each(model: Any, text: NDArray[np.int32]) -> NDArray[np.float32]:
    from llm_widgets.models.layers.transformer import as_arrays, as_ids

    with model.reading():
        logits: NDArray[np.float32] = as_arrays([model.call(as_ids(text))])[0][0]
    return logits
