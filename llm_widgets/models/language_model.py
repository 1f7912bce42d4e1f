"""A model that can be asked, with the tokenizer that it learned with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from llm_widgets.models.transformer_spec import TransformerSpec
    from llm_widgets.tokenizers import Encoding

T = TypeVar("T")


class Reads(Protocol):
    """What a tokenizer must have so that one can look into its model; `TextTokenizer` has it."""

    PAD_ID: int
    UNKNOWN_ID: int
    END_ID: int

    @property
    def vocabulary_size(self) -> int: ...
    @property
    def vocabulary(self) -> tuple[str, ...]: ...
    @property
    def special_ids(self) -> tuple[int, ...]: ...
    def ids(self, text: str) -> NDArray[np.int32]: ...
    def encode(self, text: str) -> Encoding: ...
    def decode(self, ids: Iterable[int]) -> str: ...


class Askable(Protocol):
    """What every widget that looks into a language model needs: a `LanguageModel` has it, and a `LanguageRun`."""

    @property
    def spec(self) -> TransformerSpec: ...
    @property
    def tokenizer(self) -> Reads: ...
    def call(self, fn: Callable[[Any], T]) -> T: ...


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """A model that has learned, and its tokenizer.

    Args:
        name: what it is called.
        model: built from a `TransformerSpec`.
        tokenizer: cuts text as the model learned it.
        language: "en", "zh", or "" for any.
        source: where the weights are from, and under which licence.

    Example:
        >>> from llm_widgets.models import GPTSpec
        >>> from llm_widgets.tokenizers import TextTokenizer
        >>> tokenizer = TextTokenizer.train("a rose is a rose")
        >>> spec = GPTSpec(vocabulary_size=tokenizer.vocabulary_size, d_model=8, num_heads=2, max_length=8)
        >>> rose = LanguageModel("rose", spec.build(seed=0), tokenizer)
        >>> ids = rose.tokenizer.ids("a rose")[None]
        >>> rose.call(lambda model: model.after(ids, ids)).shape == (1, tokenizer.vocabulary_size)
        True
    """

    name: str
    model: Any = field(repr=False)
    tokenizer: Reads
    language: str = ""
    source: str = ""
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False, repr=False)

    @property
    def spec(self) -> TransformerSpec:
        """Of the model."""
        spec: TransformerSpec = self.model.spec
        return spec

    def call(self, fn: Callable[[Any], T]) -> T:
        """`fn(model)`, one caller at a time: threads of several widgets may ask at once."""
        with self._lock:
            return fn(self.model)
