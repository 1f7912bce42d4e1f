"""Hugging Face's `config.json` read as a spec of ours; what our blocks cannot do is refused by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from llm_widgets.i18n import t
from llm_widgets.models.bert import BERTSpec
from llm_widgets.models.gpt import GPTSpec
from llm_widgets.models.llama import LlamaSpec
from llm_widgets.models.pretrained.errors import ModelError
from llm_widgets.models.t5 import T5Spec
from llm_widgets.models.transformer_spec import TransformerSpec

Config = Mapping[str, Any]
_FUNCTIONS = {"relu": "relu", "gelu": "gelu", "gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh"}


def spec_of(config: Config, names: Collection[str]) -> TransformerSpec:
    """The spec of a model.

    Args:
        config: what its `config.json` says.
        names: those of its arrays: they tell which head it has.

    Raises:
        ModelError: the family is another, or has a part that our blocks lack.
    """
    kind = str(config.get("model_type"))
    if kind not in _FAMILIES:
        raise ModelError(
            t(
                "Models of these kinds can be read: {kinds}. Received: model_type={kind}",
                kinds=", ".join(_FAMILIES),
                kind=kind,
            )
        )
    try:
        return _FAMILIES[kind](config, names)
    except KeyError as error:
        raise ModelError(t("The file config.json lacks a value. Received: no {name}", name=error)) from error
    except ValueError as error:
        raise ModelError(t("The file config.json has a value that is impossible here. {error}", error=error)) from error


def _need(config: Config, name: str, usual: Any) -> None:
    """Refuses a value that none of our blocks can have."""
    value = config.get(name, usual)
    if value != usual:
        raise ModelError(
            t("This model has a part that our blocks lack. Received: {name}={value!r}", name=name, value=value)
        )


def _function(config: Config, name: str, usual: str) -> str:
    value = config.get(name, usual)
    if value not in _FUNCTIONS:
        _need(config, name, usual)
    return _FUNCTIONS[value]


def _head_width(width: Any, d_model: Any, num_heads: Any) -> Any:
    """`d_head`: 0 where the heads share the model's width, as most do."""
    shared = all(isinstance(size, int) for size in (width, d_model, num_heads)) and width * num_heads == d_model
    return 0 if not width or shared else width


def _gpt2(config: Config, names: Collection[str]) -> GPTSpec:
    for name, usual in (("scale_attn_by_inverse_layer_idx", False), ("add_cross_attention", False)):
        _need(config, name, usual)
    return GPTSpec(
        vocabulary_size=config["vocab_size"],
        d_model=config["n_embd"],
        num_layers=config["n_layer"],
        num_heads=config["n_head"],
        d_ff=config.get("n_inner") or 0,
        max_length=config["n_positions"],
        feed_forward=_function(config, "activation_function", "gelu_new"),
        norm_epsilon=config.get("layer_norm_epsilon", 1e-5),
        scale_attention=config.get("scale_attn_weights", True),
        tied=config.get("tie_word_embeddings", True),
    )


def _bert(config: Config, names: Collection[str]) -> BERTSpec:
    _need(config, "position_embedding_type", "absolute")
    _need(config, "is_decoder", False)
    has = {name.removeprefix("bert.") for name in names}
    head = "masked" if "cls.predictions.transform.dense.weight" in has else "none"
    if {"classifier.weight", "pooler.dense.weight"} <= has:
        head = "class"
    return BERTSpec(
        vocabulary_size=config["vocab_size"],
        d_model=config["hidden_size"],
        num_layers=config["num_hidden_layers"],
        num_heads=config["num_attention_heads"],
        d_ff=config["intermediate_size"],
        max_length=config["max_position_embeddings"],
        feed_forward=_function(config, "hidden_act", "gelu"),
        norm_epsilon=config.get("layer_norm_eps", 1e-12),
        num_token_types=config.get("type_vocab_size", 2),
        tied=config.get("tie_word_embeddings", True),
        head=head,
        num_classes=len(config.get("id2label") or {0: "", 1: ""}),
    )


def _t5(config: Config, names: Collection[str]) -> T5Spec:
    _need(config, "feed_forward_proj", "relu")
    return T5Spec(
        vocabulary_size=config["vocab_size"],
        d_model=config["d_model"],
        num_layers=config["num_layers"],
        num_decoder_layers=config.get("num_decoder_layers") or 0,
        num_heads=config["num_heads"],
        d_head=_head_width(config["d_kv"], config["d_model"], config["num_heads"]),
        d_ff=config["d_ff"],
        max_length=config.get("n_positions", 512),
        norm_epsilon=config.get("layer_norm_epsilon", 1e-6),
        relative_buckets=config.get("relative_attention_num_buckets", 32),
        relative_distance=config.get("relative_attention_max_distance", 128),
        tied=config.get("tie_word_embeddings", True),
    )


def _llama(config: Config, names: Collection[str]) -> LlamaSpec:
    rotary = config.get("rope_parameters") or config.get("rope_scaling") or {}
    _need({"rope_type": rotary.get("rope_type", rotary.get("type", "default"))}, "rope_type", "default")
    for name, usual in (("hidden_act", "silu"), ("attention_bias", False), ("mlp_bias", False)):
        _need(config, name, usual)
    return LlamaSpec(
        vocabulary_size=config["vocab_size"],
        d_model=config["hidden_size"],
        num_layers=config["num_hidden_layers"],
        num_heads=config["num_attention_heads"],
        num_key_value_heads=config.get("num_key_value_heads") or 0,
        d_head=_head_width(config.get("head_dim"), config["hidden_size"], config["num_attention_heads"]),
        d_ff=config["intermediate_size"],
        max_length=config["max_position_embeddings"],
        norm_epsilon=config.get("rms_norm_eps", 1e-6),
        rotary_base=float(rotary.get("rope_theta") or config.get("rope_theta") or 10_000.0),
        tied=config.get("tie_word_embeddings", False),
    )


_FAMILIES = {"gpt2": _gpt2, "bert": _bert, "t5": _t5, "llama": _llama}
