"""One small model of each family, and some that mix the switches of several: what the laws are tried on."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from llm_widgets.models import BERTSpec, GPTSpec, LlamaSpec, T5Spec, TransformerSpec

V, T = 20, 7
SIZES: dict[str, Any] = {
    "vocabulary_size": V,
    "d_model": 16,
    "num_layers": 2,
    "num_heads": 4,
    "d_ff": 24,
    "max_length": 10,
    "relative_buckets": 8,
    "relative_distance": 16,
}
SPECS: dict[str, TransformerSpec] = {
    "gpt": GPTSpec(**SIZES),
    "llama": LlamaSpec(**SIZES, num_key_value_heads=2),
    "bert": BERTSpec(**SIZES),
    "t5": T5Spec(**SIZES),
    "post-norm relative rms": GPTSpec(
        **SIZES, norm_place="after", position="relative", normalization="rms", feed_forward="relu",
        num_key_value_heads=1,
    ),
    "sinusoidal without biases": LlamaSpec(**SIZES, position="sinusoidal", normalization="layer", tied=False),
    "rotary with cross attention": T5Spec(
        **SIZES, position="rotary", use_bias=True, normalization="layer", norm_place="after", num_key_value_heads=2,
        feed_forward="swiglu", num_decoder_layers=1, d_head=6,
    ),
}  # fmt: skip
# Where each new shape is compiled, one model that writes and one that reads, too: that all families compute what
# `transformers` does is tested on each backend anyway.
TRIED = tuple(SPECS) if keras.backend.backend() == "torch" else ("gpt", "t5")
IDS: NDArray[np.int32] = np.random.default_rng(0).integers(1, V, (3, T)).astype("int32")
OTHER: NDArray[np.int32] = np.random.default_rng(1).integers(1, V, (3, 5)).astype("int32")


def rough(spec: TransformerSpec, seed: int = 0) -> Any:
    """The model of `spec` with weights so large that whatever reaches an output moves it visibly."""
    model = spec.build(seed)
    rng = np.random.default_rng(seed)
    model.set_weights([w + 0.3 * rng.standard_normal(w.shape).astype("float32") for w in model.get_weights()])
    return model


def said(model: Any, ids: NDArray[np.int32], other: NDArray[np.int32] = OTHER) -> NDArray[np.float32]:
    """What the model says about ids [B, T]: [B, T, V]; those of T5 are what it writes while it reads `other`."""
    inputs = {"ids": other, "decoder_ids": ids} if isinstance(model.spec, T5Spec) else ids
    return np.asarray(model.predict_on_batch(inputs))


def seen(model: Any, ids: NDArray[np.int32], other: NDArray[np.int32] = OTHER) -> list[NDArray[np.float32]]:
    """All attention of that pass."""
    if isinstance(model.spec, T5Spec):
        return [weights for kind in model.attention(other, ids).values() for weights in kind]
    weights: list[NDArray[np.float32]] = model.attention(ids)
    return weights
