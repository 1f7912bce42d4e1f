"""A token's numbers brought to one scale."""

from __future__ import annotations

from typing import Any

from llm_widgets.models.layers import ops
from llm_widgets.models.transformer_spec import TransformerSpec

Norm = tuple[Any, Any]  # the weights scale [C] and shift [C]; None where there is no shift


def add_norm(layer: Any, spec: TransformerSpec, name: str) -> Norm:
    """Makes the weights of one normalization in `layer`."""
    shift = None
    scale = layer.add_weight(shape=(spec.d_model,), initializer="ones", name=f"{name}_scale")
    if spec.normalization == "layer" and spec.use_bias:
        shift = layer.add_weight(shape=(spec.d_model,), initializer="zeros", name=f"{name}_shift")
    return scale, shift


def normalize(x: Any, norm: Norm, spec: TransformerSpec) -> Any:
    """x [..., C] normalized as the spec says."""
    scale, shift = norm
    if spec.normalization == "rms":
        return ops.rms_norm(x, scale, spec.norm_epsilon)
    return ops.layer_norm(x, scale, shift, spec.norm_epsilon)
