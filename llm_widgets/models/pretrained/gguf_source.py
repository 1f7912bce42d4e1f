"""A GGUF file of the Llama kind as a source: spec, weights and tokenizer are all in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from llm_widgets.i18n import t
from llm_widgets.models.llama import LlamaSpec
from llm_widgets.models.pretrained.chat import chat_of
from llm_widgets.models.pretrained.errors import ModelError
from llm_widgets.models.pretrained.gguf_reader import GGUFFile
from llm_widgets.models.pretrained.source import Source

_CONTROL = 3  # the type of a token that no text contains


def read_gguf(path: Path) -> Source:
    """Opens a file; the arrays are read one by one later.

    Raises:
        ModelError: it is no such file, or its tokenizer is of another kind.
    """
    try:
        file = GGUFFile(path)
        return Source(
            _spec(file), file, _tokenizer(file), _ids(file), chat_of(file.field("tokenizer.chat_template")), file
        )
    except (ValueError, OSError, TypeError) as error:
        raise ModelError(t("This file cannot be read. Received: {path}: {reason}", path=path, reason=error)) from error


def _spec(file: GGUFFile) -> LlamaSpec:
    def value(name: str, default: Any = None) -> Any:
        return file.field(f"llama.{name}", default)

    return LlamaSpec(
        vocabulary_size=value("vocab_size", len(file.field("tokenizer.ggml.tokens"))),
        d_model=value("embedding_length"),
        num_layers=value("block_count"),
        num_heads=value("attention.head_count"),
        num_key_value_heads=value("attention.head_count_kv", 0),
        d_ff=value("feed_forward_length"),
        max_length=value("context_length"),
        # Kept as float32: 1e-5 comes back as 9.999999747378752e-06.
        norm_epsilon=float(f"{value('attention.layer_norm_rms_epsilon', 1e-5):.6g}"),
        rotary_base=float(f"{value('rope.freq_base', 10_000.0):.6g}"),
        tied="lm_head.weight" not in file,
    )


def _ids(file: GGUFFile) -> dict[str, int]:
    names = {"pad": "padding", "unknown": "unknown", "end": "eos"}
    found = {ours: file.field(f"tokenizer.ggml.{theirs}_token_id") for ours, theirs in names.items()}
    return {name: int(number) for name, number in found.items() if number is not None}


def _tokenizer(file: GGUFFile) -> str:
    """The tokenizer as the `tokenizers` library writes it: pieces of bytes, merged; each digit alone.

    Raises:
        ValueError: the file's is of another kind.
    """
    from tokenizers import AddedToken, Tokenizer
    from tokenizers.decoders import ByteLevel as Decoder
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence

    kind = (file.field("tokenizer.ggml.model"), file.field("tokenizer.ggml.pre"))
    if kind != ("gpt2", "smollm"):
        raise ValueError(f"tokenizer.ggml.model, tokenizer.ggml.pre = {json.dumps(kind)}")
    pieces = file.field("tokenizer.ggml.tokens")
    merges = [tuple(merge.split(" ", 1)) for merge in file.field("tokenizer.ggml.merges")]
    library = Tokenizer(BPE({piece: number for number, piece in enumerate(pieces)}, merges))
    library.pre_tokenizer = Sequence([Digits(individual_digits=True), ByteLevel(add_prefix_space=False)])
    library.decoder = Decoder()
    kinds = file.field("tokenizer.ggml.token_type")
    special = [piece for piece, kind in zip(pieces, kinds, strict=True) if kind == _CONTROL]
    library.add_special_tokens([AddedToken(piece, special=True, normalized=False) for piece in special])
    return library.to_str()
