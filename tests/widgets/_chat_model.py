"""A small chat model with random weights and a real tokenizer, for tests."""

from __future__ import annotations

from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from llm_widgets.models import LanguageModel, LlamaSpec
from llm_widgets.models.pretrained.tokenizer import PretrainedTokenizer

TEXT = ["system user assistant Be kind.", "What is the capital of Japan? The capital of Japan is Tokyo.", "你好 😀"]
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
V = 300


def chat_model(max_length: int = 96, **spec: Any) -> LanguageModel:
    """Two layers of the Llama kind; which language it holds conversations in is anybody's guess."""
    library = Tokenizer(models.BPE())
    library.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    library.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=V,
        special_tokens=[AddedToken(piece, special=True) for piece in SPECIAL],
        initial_alphabet=alphabet,
        show_progress=False,
    )
    library.train_from_iterator(TEXT, trainer)
    chat = {"format": "chatml", "system": "Be kind."}
    tokenizer = PretrainedTokenizer(library.to_str(), size=V, ids={"end": 2}, chat=chat)
    settings = {"d_model": 16, "num_layers": 2, "num_heads": 4, "num_key_value_heads": 2, "tied": True} | spec
    model = LlamaSpec(vocabulary_size=V, max_length=max_length, **settings).build(seed=3)
    return LanguageModel("small", model, tokenizer)
