"""The fields that all Transformer families share, and the sizes that follow from them."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass
from typing import ClassVar, Self

from llm_widgets.i18n import t
from llm_widgets.models.fields import Field
from llm_widgets.models.spec import LayerRow, Spec
from llm_widgets.models.transformer_fields import TRANSFORMER_FIELDS


@dataclass(frozen=True, repr=False)
class TransformerSpec(Spec):
    """The base of `GPTSpec`, `BERTSpec`, `T5Spec` and `LlamaSpec`: one block with the switches in which they differ.

    Args:
        vocabulary_size: different token ids, V.
        d_model: numbers for each token, C; must be divisible by `num_heads` where `d_head` is 0.
        num_layers: blocks on top of one another.
        num_heads: attention patterns a layer, H.
        num_key_value_heads: heads with keys and values of their own, K; `num_heads` must be divisible by it.
            0: as many as `num_heads`.
        d_head: numbers of one head, D; the heads together need not be as wide as the model. 0: `d_model / num_heads`.
        d_ff: width of the feed-forward step, F. 0: four times `d_model`.
        max_length: the most tokens that are read at once.
        dropout: share of numbers set to zero in training.
        mask: "causal", "padding" (token id 0 is seen by none), "causal_padding" (both), or "none".
        position: "learned", "sinusoidal", "rotary", "relative" (T5's bias), or "none".
        normalization: "layer" or "rms".
        norm_place: "before" (each step of a block reads normalized numbers; one more normalization at the end) or
            "after" (the sum after each step is normalized; one more normalization after the embedding).
        feed_forward: "relu", "gelu", "gelu_tanh" (the approximation that GPT-2 was trained with) or "swiglu".
        use_bias: matrices and layer normalizations have biases.
        tied: the embedding table is also the output's.
        scale_attention: scores are divided by the square root of a head's width.
        norm_epsilon: what is added to the variance.
        rotary_base: the base of the rotary angles.
        relative_buckets: groups of distances that the relative bias tells apart.
        relative_distance: the distance from which on all share the last group.

    Raises:
        ValueError: a value is of the wrong type, outside its range, or does not go with another.
    """

    DESCRIBED: ClassVar[tuple[Field, ...]] = TRANSFORMER_FIELDS
    EXAMPLE: ClassVar[str] = "d_model=64&num_layers=2&num_heads=4"
    SHRINKS: ClassVar[tuple[str, ...]] = ("d_model", "num_layers", "max_length", "vocabulary_size")
    MULTIPLES: ClassVar[dict[str, str]] = {"d_model": "num_heads", "num_heads": "num_key_value_heads"}

    vocabulary_size: int = 256
    d_model: int = 64
    num_layers: int = 2
    num_heads: int = 4
    num_key_value_heads: int = 0
    d_head: int = 0
    d_ff: int = 0
    max_length: int = 64
    dropout: float = 0.0
    mask: str = "causal"
    position: str = "learned"
    normalization: str = "layer"
    norm_place: str = "before"
    feed_forward: str = "gelu_tanh"
    use_bias: bool = True
    tied: bool = True
    scale_attention: bool = True
    norm_epsilon: float = 1e-5
    rotary_base: float = 10_000.0
    relative_buckets: int = 32
    relative_distance: int = 128

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.d_head:
            self._check_divisible("d_model", self.d_model, "num_heads", self.num_heads)
        self._check_divisible("num_heads", self.num_heads, "num_key_value_heads", self.key_value_heads)
        if self.position == "rotary" and self.head_dim % 2:
            raise ValueError(
                t(
                    "Rotary positions turn pairs of numbers, so each head needs an even number of them; here it has "
                    "{head_dim}. Choose another d_head, d_model or num_heads. Received: {spec}",
                    head_dim=self.head_dim,
                    spec=repr(self),
                )
            )
        if self.position == "relative":
            self._check_buckets()

    def _check_divisible(self, name: str, value: int, other: str, divisor: int) -> None:
        if value % divisor:
            raise ValueError(
                t(
                    "{name}={value} is not divisible by {other}={divisor}. Choose a {name} that is, such as {better}. "
                    "Received: {spec}",
                    name=name,
                    value=value,
                    other=other,
                    divisor=divisor,
                    better=divisor * max(1, round(value / divisor)),
                    spec=repr(self),
                )
            )

    def _check_buckets(self) -> None:
        # Half of the groups look ahead where a model looks both ways; half of those are single distances.
        if self.relative_buckets % 4 or self.relative_distance <= self.relative_buckets // 2:
            raise ValueError(
                t(
                    "Relative positions need relative_buckets that is divisible by 4, and relative_distance above half "
                    "of it, such as 32 and 128. Received: {spec}",
                    spec=repr(self),
                )
            )

    def __repr__(self) -> str:
        """As it would be written: the fields that are not the family's defaults."""
        defaults = {field.name: field.default for field in dataclasses.fields(self)}
        values = {name: getattr(self, name) for name in self._names()}
        changed = (f"{name}={value!r}" for name, value in values.items() if value != defaults[name])
        return f"{type(self).__name__}({', '.join(changed)})"

    # --- sizes that follow ---------------------------------------------------------------------------------

    @property
    def key_value_heads(self) -> int:
        """Heads with keys and values of their own, K."""
        return self.num_key_value_heads or self.num_heads

    @property
    def head_dim(self) -> int:
        """Numbers of one head, D."""
        return self.d_head or self.d_model // self.num_heads

    @property
    def feed_forward_dim(self) -> int:
        """Width of the feed-forward step, F."""
        return self.d_ff or 4 * self.d_model

    @property
    def causal(self) -> bool:
        """Whether no token sees a later one."""
        return self.mask in ("causal", "causal_padding")

    @property
    def hides_padding(self) -> bool:
        """Whether no token sees token id 0."""
        return self.mask in ("padding", "causal_padding")

    def norm_parameters(self) -> int:
        """Parameters of one normalization."""
        return self.d_model * (2 if self.normalization == "layer" and self.use_bias else 1)

    def block_parameters(self, cross: bool = False) -> int:
        """Parameters of one block; `cross`: it also attends to another text."""
        bias = int(self.use_bias)
        C, F = self.d_model, self.feed_forward_dim
        q, kv = self.num_heads * self.head_dim, 2 * self.key_value_heads * self.head_dim
        attention = (C + bias) * (q + kv) + (q + bias) * C  # queries, keys and values; output
        inner = 2 * F if self.feed_forward == "swiglu" else F
        feed_forward = (C + bias) * inner + (F + bias) * C
        return (1 + cross) * (attention + self.norm_parameters()) + feed_forward + self.norm_parameters()

    def stack_rows(
        self, batch: int | None, prefix: str = "", layers: int | None = None, cross: bool = False
    ) -> list[LayerRow]:
        """From positions to the last normalization: what is between the embedding and the output."""
        shape = (batch, self.max_length, self.d_model)
        rows = []
        if self.position == "learned":
            rows.append(LayerRow(f"{prefix}positions", "Learned positions", shape, self.max_length * self.d_model))
        if self.position == "relative":
            table = self.relative_buckets * self.num_heads
            rows.append(LayerRow(f"{prefix}relative_bias", "Relative bias", shape, table))
        norm = LayerRow(f"{prefix}norm", "Normalization", shape, self.norm_parameters())
        rows += [norm] if self.norm_place == "after" else []
        for number in range(1, (layers or self.num_layers) + 1):
            parameters = self.block_parameters(cross)
            rows.append(LayerRow(f"{prefix}block_{number}", "Transformer block", shape, parameters))
        return rows + ([norm] if self.norm_place == "before" else [])

    def ids_and_embedding(self, batch: int | None) -> list[LayerRow]:
        """The two rows with which each family begins."""
        T, C, V = self.max_length, self.d_model, self.vocabulary_size
        return [LayerRow("ids", "Input", (batch, T), 0), LayerRow("embedding", "Embedding", (batch, T, C), V * C)]

    def logits_row(self, batch: int | None) -> LayerRow:
        """The scores of all tokens; a tied table is counted where it stands, at the embedding."""
        V = self.vocabulary_size
        return LayerRow("logits", "Dense", (batch, self.max_length, V), 0 if self.tied else self.d_model * V)

    def layer_rows(self, batch: int | None = None) -> list[LayerRow]:
        """The layers in order, with shapes for `batch` texts (None: not known yet)."""
        return [*self.ids_and_embedding(batch), *self.stack_rows(batch), self.logits_row(batch)]

    def kept_scores(self) -> int:
        """How many numbers a step keeps for each pair of positions that a head scores; all of these as measured."""
        if self.dropout:
            return 8  # as scores, as shares, masked, and as gradients of each
        if os.environ.get("KERAS_BACKEND", "torch") != "torch":
            return 5  # JAX 5.1, TensorFlow 5.8
        # torch's kernel goes through the scores piece by piece and keeps none, unless a distance's weight is learned.
        return 2 if self.position == "relative" else 0

    def lowered(self, name: str, size: int) -> Self:
        """A copy with a size lowered; a width is shared among the heads, so it goes to a multiple of them."""
        if name == "d_model" and not self.d_head:
            share = self.num_heads * (2 if self.position == "rotary" else 1)
            size = max(share, size - size % share)
        return super().lowered(name, size)
