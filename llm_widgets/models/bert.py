"""BERT, the encoder: each token sees all others, and the model learns to fill in hidden words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from llm_widgets.i18n import N_
from llm_widgets.models.fields import Field
from llm_widgets.models.spec import LayerRow
from llm_widgets.models.transformer_fields import TRANSFORMER_FIELDS, choice_field, size_field
from llm_widgets.models.transformer_spec import TransformerSpec

if TYPE_CHECKING:
    from llm_widgets.models.layers.encoder import Encoder

HEADS = {
    "masked": N_("hidden words"),
    "class": N_("a class"),
    "pooled": N_("one vector for the text"),
    "none": N_("nothing more"),
}


@dataclass(frozen=True, repr=False)
class BERTSpec(TransformerSpec):
    """An encoder as BERT is built: token types, normalization after each step, padding (id 0) seen by none.

    Args:
        vocabulary_size, d_model, num_layers, num_heads, max_length, …: see `TransformerSpec`.
        num_token_types: kinds of tokens, such as first and second text; 0: the model knows none.
        head: what is made of the encoded tokens: "masked" (logits of each token, [B, T, V]), "class" (logits of the
            whole text, [B, num_classes]), "pooled" (what the class is computed from, [B, C]) or "none" ([B, T, C]).
        num_classes: of the head "class".

    Raises:
        ValueError: a value is of the wrong type, outside its range, or does not go with another.

    Example:
        >>> BERTSpec(vocabulary_size=100, head="class", num_classes=3).layer_rows()[-1]
        LayerRow(name='classes', kind='Dense', output_shape=(None, 3), parameters=195)

    Reference:
        Devlin et al. (2019), BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding.
    """

    PREFIX: ClassVar[str] = "bert"
    DESCRIBED: ClassVar[tuple[Field, ...]] = (
        *TRANSFORMER_FIELDS,
        size_field(
            "num_token_types",
            0,
            4,
            N_("Token types"),
            N_("How many kinds of tokens are told apart, such as first and second text."),
            N_("types"),
            1000,
            "linear",
        ),
        choice_field(
            "head",
            HEADS,
            N_("Head"),
            N_("What is made of the encoded tokens: hidden words, a class, one vector for the text, or nothing more."),
        ),
        size_field(
            "num_classes",
            1,
            20,
            N_("Classes"),
            N_("How many classes the classifier tells apart."),
            N_("classes"),
            100_000,
            "linear",
        ),
    )

    mask: str = "padding"
    norm_place: str = "after"
    feed_forward: str = "gelu"
    norm_epsilon: float = 1e-12
    num_token_types: int = 2
    head: str = "masked"
    num_classes: int = 2

    def layer_rows(self, batch: int | None = None) -> list[LayerRow]:
        """The layers in order, with shapes for `batch` texts (None: not known yet)."""
        T, C, V = self.max_length, self.d_model, self.vocabulary_size
        bias = int(self.use_bias)
        rows = self.ids_and_embedding(batch)
        if self.num_token_types:
            rows.append(LayerRow("token_types", "Embedding", (batch, T, C), self.num_token_types * C))
        rows += self.stack_rows(batch)
        if self.head == "masked":
            shape = (batch, T, C)
            rows.append(LayerRow("head", "Dense", shape, (C + bias) * C))
            rows.append(LayerRow("head_norm", "Normalization", shape, self.norm_parameters()))
            rows.append(LayerRow("logits", "Dense", (batch, T, V), bias * V + (0 if self.tied else C * V)))
        if self.head in ("class", "pooled"):
            rows.append(LayerRow("pooler", "Dense", (batch, C), (C + bias) * C))
        if self.head == "class":
            rows.append(LayerRow("classes", "Dense", (batch, self.num_classes), (C + bias) * self.num_classes))
        return rows

    def build(self, seed: int = 0) -> Encoder:
        """The Keras model, uncompiled: int32 ids [B, T] in, or a dictionary of "ids" and "types"; see `head` for what
        comes out.

        Args:
            seed: the same seed gives the same weights, whatever else draws random numbers meanwhile.
        """
        from llm_widgets.models.build import build_transformer

        return build_transformer(self, seed)  # type: ignore[no-any-return]


BERT_BASE = BERTSpec(vocabulary_size=30_522, d_model=768, num_layers=12, num_heads=12, max_length=512)
