"""What a model is made of before it is ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

if TYPE_CHECKING:
    from llm_widgets.models.pretrained.gguf_reader import GGUFFile
    from llm_widgets.models.transformer_spec import TransformerSpec

# Told what is done ("fetch" or "convert"), and how many bytes of how many.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Source:
    """Spec, weights and tokenizer of a model.

    Args:
        spec: sizes and switches.
        state: arrays by Hugging Face's names, each made when it is asked for.
        tokenizer: as the `tokenizers` library writes it.
        ids: "pad", "unknown" and "end", as far as the files say.
        chat: how a conversation is written for it: {"format": "chatml", "system": …}; {} where it holds none.
        blocks: the file itself, where it keeps whole numbers.
    """

    spec: TransformerSpec
    state: Mapping[str, NDArray[Any]]
    tokenizer: str
    ids: Mapping[str, int] = field(default_factory=dict)
    chat: Mapping[str, str] = field(default_factory=dict)
    blocks: GGUFFile | None = None
