"""GPT, the decoder: each token sees itself and those before it, and the model learns to say the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from llm_widgets.models.transformer_spec import TransformerSpec

if TYPE_CHECKING:
    from llm_widgets.models.layers.decoder import Decoder


@dataclass(frozen=True, repr=False)
class GPTSpec(TransformerSpec):
    """A decoder as GPT-2 is built: learned positions, layer normalization before each step, tanh GELU, tied output.

    Args:
        vocabulary_size, d_model, num_layers, num_heads, max_length, …: see `TransformerSpec`.

    Raises:
        ValueError: a value is of the wrong type, outside its range, or does not go with another.

    Example:
        >>> spec = GPTSpec(vocabulary_size=100, d_model=64, num_layers=2, num_heads=4, max_length=64)
        >>> spec.count_parameters()
        110592
        >>> GPTSpec(num_heads=3)
        Traceback (most recent call last):
        ValueError: d_model=64 is not divisible by num_heads=3. Choose a d_model that is, such as 63. Received: ...

    Reference:
        Radford et al. (2019), Language Models are Unsupervised Multitask Learners.
    """

    PREFIX: ClassVar[str] = "gpt"

    def build(self, seed: int = 0) -> Decoder:
        """The Keras model, uncompiled: int32 ids [B, T] in, float32 logits [B, T, V] out.

        Args:
            seed: the same seed gives the same weights, whatever else draws random numbers meanwhile.
        """
        from llm_widgets.models.build import build_transformer

        return build_transformer(self, seed)  # type: ignore[no-any-return]


GPT2_SMALL = GPTSpec(vocabulary_size=50_257, d_model=768, num_layers=12, num_heads=12, max_length=1024)
