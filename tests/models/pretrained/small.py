"""Small models with random weights and real tokenizers, saved by `transformers` as any model is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    BertModel,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
)

from tests.models.transformers.reference import randomized

TEXT = ["The animal didn't cross the street because it was too tired.", "A cat sat on a mat; the cat slept. 你好"]
V = 320


def byte_tokenizer(*special: str) -> Tokenizer:
    """As GPT-2's and SmolLM2's: pieces of bytes, merged."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=V, special_tokens=list(special), initial_alphabet=sorted(alphabet), show_progress=False
    )
    tokenizer.train_from_iterator(TEXT, trainer)
    return tokenizer


def word_tokenizer() -> Tokenizer:
    """As BERT's: words in lower case, cut into pieces."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(
        TEXT, trainers.WordPieceTrainer(vocab_size=60, special_tokens=special, show_progress=False)
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=8)
    return tokenizer


def sentence_tokenizer() -> Tokenizer:
    """As T5's: pieces with a probability, spaces written as ▁, an end."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    special = ["<pad>", "</s>", "<unk>", "<extra_id_0>"]
    trainer = trainers.UnigramTrainer(vocab_size=80, special_tokens=special, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(TEXT, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return tokenizer


_BERT: dict[str, Any] = {
    "vocab_size": V, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 24,
    "max_position_embeddings": 20, "attn_implementation": "eager", "output_attentions": True,
}  # fmt: skip


def make(family: str) -> Any:
    """The model of `transformers`."""
    eager: dict[str, Any] = {"attn_implementation": "eager", "output_attentions": True}
    end: dict[str, Any] = {"bos_token_id": 0, "eos_token_id": 0}
    if family == "gpt2":
        config = GPT2Config(vocab_size=V, n_embd=16, n_layer=2, n_head=4, n_positions=20, **end, **eager)
        return randomized(GPT2LMHeadModel(config))
    if family == "llama":
        config = LlamaConfig(
            vocab_size=V, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, max_position_embeddings=20, tie_word_embeddings=True, **end, **eager,
            rope_parameters={"rope_type": "default", "rope_theta": 100.0},
        )  # fmt: skip
        return randomized(LlamaForCausalLM(config))
    if family in ("t5", "t5-wide"):  # T5 3B and 11B have heads that together are wider than the model
        config = T5Config(
            vocab_size=V, d_model=16, d_kv=4 if family == "t5" else 6, d_ff=24, num_layers=2, num_decoder_layers=1,
            num_heads=4, n_positions=20, relative_attention_num_buckets=8, relative_attention_max_distance=16,
            decoder_start_token_id=0, **eager,
        )  # fmt: skip
        return randomized(T5ForConditionalGeneration(config))
    heads = {"bert": BertForMaskedLM, "bert-class": BertForSequenceClassification, "bert-none": BertModel}
    return randomized(heads[family](BertConfig(**_BERT, num_labels=3)))


def tokenizer_of(family: str) -> Tokenizer:
    """A tokenizer of the family's kind."""
    if family.startswith("bert"):
        return word_tokenizer()
    return sentence_tokenizer() if family.startswith("t5") else byte_tokenizer("<|endoftext|>")


def save(family: str, folder: Path, **options: Any) -> Any:
    """Saves a model with its tokenizer, and returns it."""
    model = make(family)
    model.save_pretrained(folder, **options)
    tokenizer_of(family).save(str(folder / "tokenizer.json"))
    return model
