"""A model as what can be drawn of it: its parts in order, with shapes and parameters, and how they are connected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from llm_widgets.models.bert import BERTSpec
from llm_widgets.models.spec import Spec
from llm_widgets.models.t5 import T5Spec
from llm_widgets.models.transformer_spec import TransformerSpec

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Part:
    """One box.

    Args:
        id: names it within the diagram, such as "block.query".
        kind: what it is: "ids", "embedding", "positions", "norm", "query", "weights", "add" …
        shape: of what leaves it; None is the batch.
        parameters: that it learns, of one copy.
        row: the name of its row in `layer_rows`; of a block, what that name begins with.
        detail: which kind of it: the mask, the positions, the normalization, the function.
        step: parts of one step of a block stand side by side with a way around them, which ends in its "add".
    """

    id: str
    kind: str
    shape: Shape
    parameters: int = 0
    row: str = ""
    detail: str = ""
    step: str = ""


@dataclass(frozen=True)
class Section:
    """Parts one after the other.

    Args:
        name: "" or "block".
        parts: from the text on.
        count: how many copies of it stand one after the other.
        column: 0, or 1 for the decoder of a T5.
    """

    name: str
    parts: tuple[Part, ...]
    count: int = 1
    column: int = 0


class Edge(NamedTuple):
    """A connection besides the order of the parts: "around" a step, "memory" (to the other text), or "tied"."""

    start: str
    end: str
    kind: str


@dataclass(frozen=True)
class Diagram:
    """What `diagram` gives; see `Section`, `Part` and `Edge`."""

    sections: tuple[Section, ...]
    edges: tuple[Edge, ...] = ()

    def parts(self) -> list[tuple[Part, int]]:
        """All parts in order, with the number of their copies."""
        return [(part, section.count) for section in self.sections for part in section.parts]

    def count_parameters(self) -> int:
        """Of all copies of all parts."""
        return sum(part.parameters * count for part, count in self.parts())


def diagram(spec: Spec, batch: int | None = None) -> Diagram:
    """The parts of any model of the kit.

    Args:
        spec: of a Transformer; another model is drawn as the chain of its layers.
        batch: rows in a batch, for the shapes; None: not known yet.

    Example:
        >>> from llm_widgets.models import GPTSpec
        >>> drawn = diagram(GPTSpec(vocabulary_size=100, d_model=64, num_layers=2, num_heads=4, max_length=32))
        >>> [section.name for section in drawn.sections], drawn.sections[1].count
        (['', 'block', ''], 2)
        >>> drawn.sections[1].parts[1].id, drawn.sections[1].parts[1].shape
        ('block.query', (None, 4, 32, 16))
    """
    if isinstance(spec, T5Spec):
        return _two_columns(spec, batch)
    if isinstance(spec, TransformerSpec):
        return _one_column(spec, batch)
    rows = spec.layer_rows(batch)
    return Diagram((Section("", tuple(Part(r.name, r.kind, r.output_shape, r.parameters, r.name) for r in rows)),))


def _one_column(spec: TransformerSpec, batch: int | None) -> Diagram:
    B, T, C = batch, spec.max_length, spec.d_model
    start = [Part("ids", "ids", (B, T), 0, "ids"), _embedding(spec, B)]
    if isinstance(spec, BERTSpec) and spec.num_token_types:
        start.append(Part("token_types", "token_types", (B, T, C), spec.num_token_types * C, "token_types"))
    start += _before_blocks(spec, B)
    block = _block(spec, B)
    end = _last_norm(spec, B)
    end += _bert_head(spec, B) if isinstance(spec, BERTSpec) else [_logits(spec, B)]
    sections = Section("", tuple(start)), Section("block", tuple(block), spec.num_layers), Section("", tuple(end))
    tied = [Edge("embedding", "logits", "tied")] if spec.tied and any(part.id == "logits" for part in end) else []
    return Diagram(sections, (*_around(block), *tied))


def _two_columns(spec: T5Spec, B: int | None) -> Diagram:
    T = spec.max_length
    left = [Part("ids", "ids", (B, T), 0, "ids"), _embedding(spec, B), *_before_blocks(spec, B, "encoder_", False)]
    reads = _block(spec, B, "encoder_", causal=False)
    right = [Part("decoder_ids", "ids", (B, T), 0, "decoder_ids"), _shared(spec, B)]
    right += _before_blocks(spec, B, "decoder_", True)
    writes = _block(spec, B, "decoder_", causal=True, padding=False, cross=True)
    encoded = _last_norm(spec, B, "encoder_")
    sections = (
        Section("", tuple(left)),
        Section("block", tuple(reads), spec.num_layers),
        *([Section("", tuple(encoded))] if encoded else []),
        Section("", tuple(right), column=1),
        Section("block", tuple(writes), spec.decoder_layers, column=1),
        Section("", (*_last_norm(spec, B, "decoder_"), _logits(spec, B)), column=1),
    )
    last = (encoded or reads)[-1].id
    edges = [Edge(last, f"decoder_block.cross_{name}", "memory") for name in ("key", "value")]
    tied = [Edge("embedding", "logits", "tied")] if spec.tied else []
    return Diagram(sections, (*_around(reads), *_around(writes), *edges, *tied))


def _embedding(spec: TransformerSpec, B: int | None) -> Part:
    V, C = spec.vocabulary_size, spec.d_model
    return Part("embedding", "embedding", (B, spec.max_length, C), V * C, "embedding")


def _shared(spec: TransformerSpec, B: int | None) -> Part:
    """The decoder looks its tokens up in the encoder's table, where it is counted."""
    return Part("decoder_embedding", "embedding", (B, spec.max_length, spec.d_model), 0, "embedding", "shared")


def _before_blocks(spec: TransformerSpec, B: int | None, prefix: str = "", causal: bool | None = None) -> list[Part]:
    T, C = spec.max_length, spec.d_model
    parts = []
    if spec.position in ("learned", "sinusoidal"):
        parameters = T * C if spec.position == "learned" else 0
        parts.append(
            Part(f"{prefix}positions", "positions", (B, T, C), parameters, f"{prefix}positions", spec.position)
        )
    if spec.position == "relative":
        table, both = spec.relative_buckets * spec.num_heads, not (spec.causal if causal is None else causal)
        detail = "both" if both else "back"
        row = f"{prefix}relative_bias"
        parts.append(Part(row, "relative_bias", (1, spec.num_heads, T, T), table, row, detail))
    if spec.norm_place == "after":
        parts.append(_norm(spec, B, f"{prefix}norm", f"{prefix}norm"))
    return parts


def _last_norm(spec: TransformerSpec, B: int | None, prefix: str = "") -> list[Part]:
    return [_norm(spec, B, f"{prefix}norm", f"{prefix}norm")] if spec.norm_place == "before" else []


def _norm(spec: TransformerSpec, B: int | None, id: str, row: str, step: str = "") -> Part:
    shape = (B, spec.max_length, spec.d_model)
    return Part(id, "norm", shape, spec.norm_parameters(), row, spec.normalization, step)


def _logits(spec: TransformerSpec, B: int | None) -> Part:
    V = spec.vocabulary_size
    own = 0 if spec.tied else spec.d_model * V
    return Part("logits", "logits", (B, spec.max_length, V), own, "logits", "tied" if spec.tied else "own")


def _bert_head(spec: BERTSpec, B: int | None) -> list[Part]:
    T, C, V, bias = spec.max_length, spec.d_model, spec.vocabulary_size, int(spec.use_bias)
    parts = []
    if spec.head == "masked":
        own = bias * V + (0 if spec.tied else C * V)
        parts = [
            Part("head", "head", (B, T, C), (C + bias) * C, "head", "gelu"),
            _norm(spec, B, "head_norm", "head_norm"),
            Part("logits", "logits", (B, T, V), own, "logits", "tied" if spec.tied else "own"),
        ]
    if spec.head in ("class", "pooled"):
        parts.append(Part("pooler", "pooler", (B, C), (C + bias) * C, "pooler", "tanh"))
    if spec.head == "class":
        parts.append(Part("classes", "classes", (B, spec.num_classes), (C + bias) * spec.num_classes, "classes"))
    return parts


def _block(
    spec: TransformerSpec,
    B: int | None,
    prefix: str = "",
    *,
    causal: bool | None = None,
    padding: bool | None = None,
    cross: bool = False,
) -> list[Part]:
    """The parts of one block, step after step; `padding`: whether padding is hidden, None: as the spec says."""
    hides = spec.hides_padding if padding is None else padding
    mask = {(True, True): "causal_padding", (True, False): "causal", (False, True): "padding"}.get(
        (spec.causal if causal is None else causal, hides), "none"
    )
    parts = _step(spec, B, prefix, "attention", _attention(spec, B, prefix, mask))
    if cross:
        seen = "padding" if spec.hides_padding else "none"
        parts += _step(spec, B, prefix, "cross", _attention(spec, B, prefix, seen, "cross_"))
    return parts + _step(spec, B, prefix, "feed_forward", _feed_forward(spec, B, prefix))


def _step(spec: TransformerSpec, B: int | None, prefix: str, step: str, inner: list[Part]) -> list[Part]:
    row = f"{prefix}block"
    add = Part(f"{row}.{step}_add", "add", (B, spec.max_length, spec.d_model), 0, row, "", step)
    if spec.norm_place == "before":
        return [_norm(spec, B, f"{row}.{step}_norm", row, step), *inner, add]
    return [*inner, add, _norm(spec, B, f"{row}.{step}_norm", row)]


def _attention(spec: TransformerSpec, B: int | None, prefix: str, mask: str, cross: str = "") -> list[Part]:
    T, C, H, K, D = spec.max_length, spec.d_model, spec.num_heads, spec.key_value_heads, spec.head_dim
    row, step, bias = f"{prefix}block", "cross" if cross else "attention", int(spec.use_bias)
    shared = "shared" if K < H else ""
    scaled = "" if spec.scale_attention else " unscaled"
    parts = [
        Part(f"{row}.{cross}query", "query", (B, H, T, D), (C + bias) * C, row, "", step),
        Part(f"{row}.{cross}key", "key", (B, K, T, D), (C + bias) * K * D, row, shared, step),
        Part(f"{row}.{cross}value", "value", (B, K, T, D), (C + bias) * K * D, row, shared, step),
        Part(f"{row}.{cross}weights", "weights", (B, H, T, T), 0, row, mask + scaled, step),
        Part(f"{row}.{cross}output", "output", (B, T, C), (C + bias) * C, row, "", step),
    ]
    if spec.position == "rotary" and not cross:
        parts.insert(3, Part(f"{row}.rotary", "rotary", (B, H, T, D), 0, "positions", "rotary", step))
    return parts


def _feed_forward(spec: TransformerSpec, B: int | None, prefix: str) -> list[Part]:
    T, C, F, bias = spec.max_length, spec.d_model, spec.feed_forward_dim, int(spec.use_bias)
    row, step = f"{prefix}block", "feed_forward"
    inner = 2 * F if spec.feed_forward == "swiglu" else F
    return [
        Part(f"{row}.up", "up", (B, T, inner), (C + bias) * inner, row, "", step),
        Part(f"{row}.activation", "activation", (B, T, F), 0, row, spec.feed_forward, step),
        Part(f"{row}.down", "down", (B, T, C), (F + bias) * C, row, "", step),
    ]


def _around(parts: Iterable[Part]) -> list[Edge]:
    """The way around each step of a block: from its first part to its "add"."""
    first: dict[str, str] = {}
    edges = []
    for part in parts:
        if part.step:
            first.setdefault(part.step, part.id)
            if part.kind == "add":
                edges.append(Edge(first[part.step], part.id, "around"))
    return edges
