"""A tiny language model with random weights, ours and the same as one of `transformers`."""

from __future__ import annotations

from typing import Any

import numpy as np
from transformers import GPT2Config, GPT2LMHeadModel

from llm_widgets.models import GPTSpec, LlamaSpec, load_state
from llm_widgets.models.language_model import LanguageModel
from llm_widgets.tokenizers import TextTokenizer
from tests.models.transformers.reference import randomized, state_of, tensor

TEXT = "the cat sat on the mat"
TOKENIZER = TextTokenizer.train(TEXT * 3)
SIZES: dict[str, Any] = {
    "vocabulary_size": TOKENIZER.vocabulary_size,
    "d_model": 16,
    "num_layers": 3,
    "num_heads": 4,
    "max_length": 32,
}
IDS = TOKENIZER.ids(TEXT)


def gpt2() -> tuple[LanguageModel, Any]:
    """The same weights in our blocks and in GPT-2's own."""
    config = GPT2Config(
        vocab_size=TOKENIZER.vocabulary_size, n_embd=16, n_layer=3, n_head=4, n_positions=32,
        attn_implementation="eager", bos_token_id=3, eos_token_id=3,
    )  # fmt: skip
    theirs = randomized(GPT2LMHeadModel(config))
    model = GPTSpec(**SIZES).build()
    load_state(model, state_of(theirs))
    return LanguageModel("tiny", model, TOKENIZER), theirs


def llama() -> LanguageModel:
    """One of the Llama kind, whose heads share keys and values."""
    spec = LlamaSpec(**SIZES, num_key_value_heads=2)
    model = spec.build(seed=1)
    rng = np.random.default_rng(0)
    for weight in model.weights:
        weight.assign(rng.normal(0.3 if weight.shape == (16,) else 0, 0.3, weight.shape).astype("float32"))
    return LanguageModel("tiny llama", model, TOKENIZER)


def losses_of(theirs: Any) -> float:
    """The mean loss of the text, in nats a token, as `transformers` computes it."""
    ids = tensor(IDS[None])
    return float(theirs(ids, labels=ids).loss.detach())
