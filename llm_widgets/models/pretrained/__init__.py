"""Models that others trained, kept on this machine in a form that loads at once.

Example:
    >>> from llm_widgets.models import pretrained
    >>> pretrained.add("minilm")  # once, with a network  # doctest: +SKIP
    >>> pretrained.load("minilm").spec.num_layers  # doctest: +SKIP
    6
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_widgets.models.pretrained.errors import ModelError
from llm_widgets.models.pretrained.known import KNOWN, KnownModel
from llm_widgets.models.pretrained.library import Entry, add, available, remove
from llm_widgets.models.pretrained.store import is_here, is_intact, models_folder, names

if TYPE_CHECKING:
    from llm_widgets.models.pretrained.loading import PretrainedModel as PretrainedModel
    from llm_widgets.models.pretrained.loading import load as load
    from llm_widgets.models.pretrained.tokenizer import PretrainedTokenizer as PretrainedTokenizer

__all__ = [
    "KNOWN",
    "Entry",
    "KnownModel",
    "ModelError",
    "PretrainedModel",
    "PretrainedTokenizer",
    "add",
    "available",
    "is_here",
    "is_intact",
    "load",
    "models_folder",
    "names",
    "remove",
]
_LATER = {"PretrainedModel": "loading", "load": "loading", "PretrainedTokenizer": "tokenizer"}


def __getattr__(name: str) -> object:
    import importlib

    if name in _LATER:
        return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {__all__}")
