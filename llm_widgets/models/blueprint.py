"""A model's parts in order, with shapes and parameters as expressions of its named sizes: what all counts come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from llm_widgets.models.bert import BERTSpec
from llm_widgets.models.expressions import Expression, size
from llm_widgets.models.lstm_classifier import LSTMClassifierSpec
from llm_widgets.models.named_sizes import B, C, D, E, F, H, K, L, M, N, R, T, V, Y
from llm_widgets.models.spec import Spec
from llm_widgets.models.t5 import T5Spec
from llm_widgets.models.transformer_spec import TransformerSpec

ONE = Expression("", (1,))
NOTHING = Expression("", (0,))


@dataclass(frozen=True)
class PlannedPart:
    """A `Part` of a diagram with expressions in place of numbers.

    Args:
        matrix: the weights by which each token is multiplied: of all parameters, those in matrices.
    """

    id: str
    kind: str
    shape: tuple[Expression, ...]
    parameters: Expression = NOTHING
    row: str = ""
    detail: str = ""
    step: str = ""
    matrix: Expression = NOTHING


@dataclass(frozen=True)
class PlannedSection:
    """A `Section` of a diagram, with the number of its copies as an expression."""

    name: str
    parts: tuple[PlannedPart, ...]
    count: Expression = ONE
    column: int = 0


class Edge(NamedTuple):
    """A connection besides the order of the parts: "around" a step, "memory" (to the other text), or "tied"."""

    start: str
    end: str
    kind: str


@dataclass(frozen=True)
class Blueprint:
    """What `blueprint` gives."""

    sections: tuple[PlannedSection, ...]
    edges: tuple[Edge, ...] = ()

    def parts(self) -> list[tuple[PlannedPart, PlannedSection]]:
        """All parts in order, each with the section in which it stands."""
        return [(part, section) for section in self.sections for part in section.parts]

    def count_parameters(self) -> Expression:
        """Of all copies of all parts."""
        return sum((part.parameters * section.count for part, section in self.parts()), NOTHING)


def blueprint(spec: Spec) -> Blueprint:
    """The parts of any model of the kit; only the switches of `spec` matter, not its sizes (see `named_sizes`).

    Raises:
        TypeError: the spec is of no family of the kit.

    Example:
        >>> from llm_widgets.models import GPT2_SMALL
        >>> plan = blueprint(GPT2_SMALL)
        >>> str(plan.sections[1].parts[1].parameters), str(plan.sections[1].count)
        ('(C + 1)·H·D', 'L')
    """
    if isinstance(spec, T5Spec):
        return _two_columns(spec)
    if isinstance(spec, TransformerSpec):
        return _one_column(spec)
    if isinstance(spec, LSTMClassifierSpec):
        return Blueprint((PlannedSection("", tuple(_chain(spec))),))
    raise TypeError(f"A diagram is drawn of the kit's own specs. Received: {type(spec).__name__}")


def _chain(spec: LSTMClassifierSpec) -> list[PlannedPart]:
    parts = [
        PlannedPart("tokens", "Input", (B, T), NOTHING, "tokens"),
        PlannedPart("embedding", "Embedding", (B, T, E), V * E, "embedding"),
    ]
    width, directions = E, 2 if spec.bidirectional else 1
    kind = "Bidirectional LSTM" if spec.bidirectional else "LSTM"
    for number in range(1, len(spec.lstm_units) + 1):
        units, name = size(f"U{number}"), f"lstm_{number}"
        # Four gates, each with weights from the input and from the layer's own last output, and a bias.
        parameters = 4 * directions * units * (width + units + 1)
        matrix = 4 * directions * units * (width + units)
        width = directions * units
        shape = (B, width) if number == len(spec.lstm_units) else (B, T, width)
        parts.append(PlannedPart(name, kind, shape, parameters, name, matrix=matrix))
    if spec.dropout:
        parts.append(PlannedPart("dropout", "Dropout", (B, width), NOTHING, "dropout"))
    return [*parts, PlannedPart("probability", "Dense", (B, ONE), width + 1, "probability", matrix=width)]


def _one_column(spec: TransformerSpec) -> Blueprint:
    start = [PlannedPart("ids", "ids", (B, T), NOTHING, "ids"), _embedding(spec)]
    if isinstance(spec, BERTSpec) and spec.num_token_types:
        start.append(PlannedPart("token_types", "token_types", (B, T, C), N * C, "token_types"))
    start += _before_blocks(spec)
    block = _block(spec)
    end = _last_norm(spec)
    end += _bert_head(spec) if isinstance(spec, BERTSpec) else [_logits(spec)]
    sections = (
        PlannedSection("", tuple(start)),
        PlannedSection("block", tuple(block), L),
        PlannedSection("", tuple(end)),
    )
    tied = [Edge("embedding", "logits", "tied")] if spec.tied and any(part.id == "logits" for part in end) else []
    return Blueprint(sections, (*_around(block), *tied))


def _two_columns(spec: T5Spec) -> Blueprint:
    left = [
        PlannedPart("ids", "ids", (B, T), NOTHING, "ids"),
        _embedding(spec),
        *_before_blocks(spec, "encoder_", False),
    ]
    reads = _block(spec, "encoder_", causal=False)
    right = [PlannedPart("decoder_ids", "ids", (B, T), NOTHING, "decoder_ids"), _shared(spec)]
    right += _before_blocks(spec, "decoder_", True)
    writes = _block(spec, "decoder_", causal=True, padding=False, cross=True)
    encoded = _last_norm(spec, "encoder_")
    sections = (
        PlannedSection("", tuple(left)),
        PlannedSection("block", tuple(reads), L),
        *([PlannedSection("", tuple(encoded))] if encoded else []),
        PlannedSection("", tuple(right), column=1),
        PlannedSection("block", tuple(writes), M, column=1),
        PlannedSection("", (*_last_norm(spec, "decoder_"), _logits(spec)), column=1),
    )
    last = (encoded or reads)[-1].id
    edges = [Edge(last, f"decoder_block.cross_{name}", "memory") for name in ("key", "value")]
    tied = [Edge("embedding", "logits", "tied")] if spec.tied else []
    return Blueprint(sections, (*_around(reads), *_around(writes), *edges, *tied))


def _embedding(spec: TransformerSpec) -> PlannedPart:
    return PlannedPart("embedding", "embedding", (B, T, C), V * C, "embedding")


def _shared(spec: TransformerSpec) -> PlannedPart:
    """The decoder looks its tokens up in the encoder's table, where it is counted."""
    return PlannedPart("decoder_embedding", "embedding", (B, T, C), NOTHING, "embedding", "shared")


def _before_blocks(spec: TransformerSpec, prefix: str = "", causal: bool | None = None) -> list[PlannedPart]:
    parts = []
    if spec.position in ("learned", "sinusoidal"):
        parameters = T * C if spec.position == "learned" else NOTHING
        parts.append(
            PlannedPart(f"{prefix}positions", "positions", (B, T, C), parameters, f"{prefix}positions", spec.position)
        )
    if spec.position == "relative":
        table, both = R * H, not (spec.causal if causal is None else causal)
        detail = "both" if both else "back"
        row = f"{prefix}relative_bias"
        parts.append(PlannedPart(row, "relative_bias", (ONE, H, T, T), table, row, detail))
    if spec.norm_place == "after":
        parts.append(_norm(spec, f"{prefix}norm", f"{prefix}norm"))
    return parts


def _last_norm(spec: TransformerSpec, prefix: str = "") -> list[PlannedPart]:
    return [_norm(spec, f"{prefix}norm", f"{prefix}norm")] if spec.norm_place == "before" else []


def _norm_parameters(spec: TransformerSpec) -> Expression:
    return C * (2 if spec.normalization == "layer" and spec.use_bias else 1)


def _norm(spec: TransformerSpec, id: str, row: str, step: str = "") -> PlannedPart:
    shape = (B, T, C)
    return PlannedPart(id, "norm", shape, _norm_parameters(spec), row, spec.normalization, step)


def _logits(spec: TransformerSpec) -> PlannedPart:
    own = NOTHING if spec.tied else C * V
    return PlannedPart("logits", "logits", (B, T, V), own, "logits", "tied" if spec.tied else "own", matrix=C * V)


def _bert_head(spec: BERTSpec) -> list[PlannedPart]:
    bias = int(spec.use_bias)
    parts = []
    if spec.head == "masked":
        own = bias * V + (NOTHING if spec.tied else C * V)
        parts = [
            PlannedPart("head", "head", (B, T, C), (C + bias) * C, "head", "gelu", matrix=C * C),
            _norm(spec, "head_norm", "head_norm"),
            PlannedPart("logits", "logits", (B, T, V), own, "logits", "tied" if spec.tied else "own", matrix=C * V),
        ]
    if spec.head in ("class", "pooled"):
        parts.append(PlannedPart("pooler", "pooler", (B, C), (C + bias) * C, "pooler", "tanh", matrix=C * C))
    if spec.head == "class":
        parts.append(PlannedPart("classes", "classes", (B, Y), (C + bias) * Y, "classes", matrix=C * Y))
    return parts


def _block(
    spec: TransformerSpec,
    prefix: str = "",
    *,
    causal: bool | None = None,
    padding: bool | None = None,
    cross: bool = False,
) -> list[PlannedPart]:
    """The parts of one block, step after step; `padding`: whether padding is hidden, None: as the spec says."""
    hides = spec.hides_padding if padding is None else padding
    mask = {(True, True): "causal_padding", (True, False): "causal", (False, True): "padding"}.get(
        (spec.causal if causal is None else causal, hides), "none"
    )
    parts = _step(spec, prefix, "attention", _attention(spec, prefix, mask))
    if cross:
        seen = "padding" if spec.hides_padding else "none"
        parts += _step(spec, prefix, "cross", _attention(spec, prefix, seen, "cross_"))
    return parts + _step(spec, prefix, "feed_forward", _feed_forward(spec, prefix))


def _step(spec: TransformerSpec, prefix: str, step: str, inner: list[PlannedPart]) -> list[PlannedPart]:
    row = f"{prefix}block"
    add = PlannedPart(f"{row}.{step}_add", "add", (B, T, C), NOTHING, row, "", step)
    if spec.norm_place == "before":
        return [_norm(spec, f"{row}.{step}_norm", row, step), *inner, add]
    return [*inner, add, _norm(spec, f"{row}.{step}_norm", row)]


def _attention(spec: TransformerSpec, prefix: str, mask: str, cross: str = "") -> list[PlannedPart]:
    row, step, bias = f"{prefix}block", "cross" if cross else "attention", int(spec.use_bias)
    shared = "shared" if spec.key_value_heads < spec.num_heads else ""
    scaled = "" if spec.scale_attention else " unscaled"
    parts = [
        PlannedPart(f"{row}.{cross}query", "query", (B, H, T, D), (C + bias) * H * D, row, "", step, C * H * D),
        PlannedPart(f"{row}.{cross}key", "key", (B, K, T, D), (C + bias) * K * D, row, shared, step, C * K * D),
        PlannedPart(f"{row}.{cross}value", "value", (B, K, T, D), (C + bias) * K * D, row, shared, step, C * K * D),
        PlannedPart(f"{row}.{cross}weights", "weights", (B, H, T, T), NOTHING, row, mask + scaled, step),
        PlannedPart(f"{row}.{cross}output", "output", (B, T, C), (H * D + bias) * C, row, "", step, H * D * C),
    ]
    if spec.position == "rotary" and not cross:
        parts.insert(3, PlannedPart(f"{row}.rotary", "rotary", (B, H, T, D), NOTHING, "positions", "rotary", step))
    return parts


def _feed_forward(spec: TransformerSpec, prefix: str) -> list[PlannedPart]:
    bias = int(spec.use_bias)
    row, step = f"{prefix}block", "feed_forward"
    inner = 2 * F if spec.feed_forward == "swiglu" else F
    return [
        PlannedPart(f"{row}.up", "up", (B, T, inner), (C + bias) * inner, row, "", step, C * inner),
        PlannedPart(f"{row}.activation", "activation", (B, T, F), NOTHING, row, spec.feed_forward, step),
        PlannedPart(f"{row}.down", "down", (B, T, C), (F + bias) * C, row, "", step, F * C),
    ]


def _around(parts: Iterable[PlannedPart]) -> list[Edge]:
    """The way around each step of a block: from its first part to its "add"."""
    first: dict[str, str] = {}
    edges = []
    for part in parts:
        if part.step:
            first.setdefault(part.step, part.id)
            if part.kind == "add":
                edges.append(Edge(first[part.step], part.id, "around"))
    return edges
