"""The Llama kind: a decoder with rotary positions, RMS normalization, SwiGLU and shared key-value heads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from llm_widgets.models.transformer_spec import TransformerSpec

if TYPE_CHECKING:
    from llm_widgets.models.layers.decoder import Decoder


@dataclass(frozen=True, repr=False)
class LlamaSpec(TransformerSpec):
    """A decoder as Llama and its kin are built, small chat models among them.

    Args:
        vocabulary_size, d_model, num_layers, num_heads, num_key_value_heads, …: see `TransformerSpec`.

    Raises:
        ValueError: a value is of the wrong type, outside its range, or does not go with another.

    Example:
        >>> LlamaSpec(num_heads=4, num_key_value_heads=2).block_parameters()
        61568

    Reference:
        Touvron et al. (2023), LLaMA: Open and Efficient Foundation Language Models; Ainslie et al. (2023), GQA.
    """

    PREFIX: ClassVar[str] = "llama"

    position: str = "rotary"
    normalization: str = "rms"
    feed_forward: str = "swiglu"
    use_bias: bool = False

    def build(self, seed: int = 0) -> Decoder:
        """The Keras model, uncompiled: int32 ids [B, T] in, float32 logits [B, T, V] out.

        Args:
            seed: the same seed gives the same weights, whatever else draws random numbers meanwhile.
        """
        from llm_widgets.models.build import build_transformer

        return build_transformer(self, seed)  # type: ignore[no-any-return]


SMOLLM2_135M = LlamaSpec(
    vocabulary_size=49_152,
    d_model=576,
    num_layers=30,
    num_heads=9,
    num_key_value_heads=3,
    d_ff=1536,
    max_length=8192,
    rotary_base=100_000.0,
)
