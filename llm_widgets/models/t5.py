"""T5, the encoder-decoder: one text is read both ways, another is written while looking at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from llm_widgets.i18n import N_
from llm_widgets.models.fields import Field
from llm_widgets.models.spec import LayerRow
from llm_widgets.models.transformer_fields import TRANSFORMER_FIELDS, size_field
from llm_widgets.models.transformer_spec import TransformerSpec

if TYPE_CHECKING:
    from llm_widgets.models.layers.encoder_decoder import EncoderDecoder


@dataclass(frozen=True, repr=False)
class T5Spec(TransformerSpec):
    """An encoder and a decoder as T5 has them: relative position bias, RMS normalization, ReLU, scores not scaled.

    Args:
        vocabulary_size, d_model, num_layers, num_heads, …: see `TransformerSpec`. The mask "causal_padding" means that
            the decoder sees no later token and none sees the padding (id 0) of the text that is read. The decoder's own
            text begins with id 0.
        num_decoder_layers: blocks of the decoder; 0: as many as `num_layers`, those of the encoder.

    Raises:
        ValueError: a value is of the wrong type, outside its range, or does not go with another.

    Example:
        >>> T5_SMALL.count_parameters()
        60506624

    Reference:
        Raffel et al. (2020), Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer.
    """

    PREFIX: ClassVar[str] = "t5"
    DESCRIBED: ClassVar[tuple[Field, ...]] = (
        *TRANSFORMER_FIELDS,
        size_field(
            "num_decoder_layers",
            0,
            12,
            N_("Decoder layers"),
            N_("How many Transformer blocks the decoder has. 0: as many as the encoder."),
            N_("layers"),
            200,
            "linear",
            zero=N_("0: as many as the encoder"),
        ),
    )

    mask: str = "causal_padding"
    position: str = "relative"
    normalization: str = "rms"
    feed_forward: str = "relu"
    use_bias: bool = False
    scale_attention: bool = False
    norm_epsilon: float = 1e-6
    num_decoder_layers: int = 0

    @property
    def decoder_layers(self) -> int:
        """Blocks of the decoder."""
        return self.num_decoder_layers or self.num_layers

    def layer_rows(self, batch: int | None = None) -> list[LayerRow]:
        """The layers in order, with shapes for `batch` pairs of texts (None: not known yet)."""
        return [
            *self.ids_and_embedding(batch),
            *self.stack_rows(batch, "encoder_"),
            LayerRow("decoder_ids", "Input", (batch, self.max_length), 0),
            *self.stack_rows(batch, "decoder_", self.decoder_layers, cross=True),
            self.logits_row(batch),
        ]

    def build(self, seed: int = 0) -> EncoderDecoder:
        """The Keras model, uncompiled: a dictionary of int32 "ids" [B, S] and "decoder_ids" [B, T] in, float32 logits
        [B, T, V] out.

        Args:
            seed: the same seed gives the same weights, whatever else draws random numbers meanwhile.
        """
        from llm_widgets.models.build import build_transformer

        return build_transformer(self, seed)  # type: ignore[no-any-return]


T5_SMALL = T5Spec(vocabulary_size=32_128, d_model=512, num_layers=6, num_heads=8, max_length=512)
