"""A small encoder with random weights, written to a folder without `transformers`, whose import takes seconds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

CONFIG = {
    "model_type": "bert", "vocab_size": 80, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
    "intermediate_size": 32, "max_position_embeddings": 32, "type_vocab_size": 2,
}  # fmt: skip
TEXT = ["The dog bit the man.", "The man bit the dog.", "It rains, and a cat sat on a mat."]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def save_encoder(folder: Path) -> Path:
    """Writes what `save_pretrained` writes for a BERT without a head: config.json, safetensors, tokenizer.json."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    rng, C, F = np.random.default_rng(0), 16, 32
    tables = {"word": CONFIG["vocab_size"], "position": CONFIG["max_position_embeddings"], "token_type": 2}
    shapes: dict[str, tuple[int, ...]] = {f"embeddings.{of}_embeddings.weight": (n, C) for of, n in tables.items()}
    layer = "encoder.layer.0"
    for name, rows, columns in (
        *((f"attention.self.{part}", C, C) for part in ("query", "key", "value")),
        ("attention.output.dense", C, C), ("intermediate.dense", F, C), ("output.dense", C, F),
    ):  # fmt: skip
        shapes |= {f"{layer}.{name}.weight": (rows, columns), f"{layer}.{name}.bias": (rows,)}
    arrays = {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}
    for norm in ("embeddings", f"{layer}.attention.output", f"{layer}.output"):
        arrays |= {
            f"{norm}.LayerNorm.weight": np.ones(C, np.float32),
            f"{norm}.LayerNorm.bias": np.zeros(C, np.float32),
        }
    save_file(arrays, folder / "model.safetensors")
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=CONFIG["vocab_size"], special_tokens=SPECIAL, show_progress=False)
    tokenizer.train_from_iterator(TEXT, trainer)
    ends = [("[CLS]", 2), ("[SEP]", 3)]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder
