"""The sizes of a spec under the letters of formulas: B, T, C, V, H, K, D, F, L …, and where each comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from llm_widgets.models.bert import BERTSpec
from llm_widgets.models.expressions import Expression, size
from llm_widgets.models.lstm_classifier import LSTMClassifierSpec
from llm_widgets.models.spec import Spec
from llm_widgets.models.t5 import T5Spec
from llm_widgets.models.transformer_spec import TransformerSpec

# The batch, the tokens of a text, a token's numbers, the vocabulary, heads, key-value heads, a head's numbers, the
# feed-forward width, layers, the decoder's layers, groups of distances, token types, classes.
B, T, C, V, H, K, D, F, L, M, R, N, Y = (size(name) for name in "BTCVHKDFLMRNY")
E = size("E")  # the LSTM's embedding


@dataclass(frozen=True)
class SizeSource:
    """Where a size comes from: a field of the spec, an entry of a field, or other sizes.

    Args:
        field: of the spec; "" where the size follows from others alone.
        layer: which entry of the field; −1: the field is one number.
        otherwise: what it is without a field, or where the field is 0; None: the field is never 0.
    """

    field: str = ""
    layer: int = -1
    otherwise: Expression | None = None


def size_sources(spec: Spec) -> dict[str, SizeSource]:
    """Each letter of the spec's formulas but B, those first from which others follow.

    Raises:
        TypeError: the spec is of no family of the kit.
    """
    if isinstance(spec, TransformerSpec):
        found = {
            "T": SizeSource("max_length"),
            "C": SizeSource("d_model"),
            "V": SizeSource("vocabulary_size"),
            "L": SizeSource("num_layers"),
            "H": SizeSource("num_heads"),
            "K": SizeSource("num_key_value_heads", otherwise=H),
            "D": SizeSource("d_head", otherwise=C / H),
            "F": SizeSource("d_ff", otherwise=4 * C),
        }
        if spec.position == "relative":
            found["R"] = SizeSource("relative_buckets")
        if isinstance(spec, T5Spec):
            found["M"] = SizeSource("num_decoder_layers", otherwise=L)
        if isinstance(spec, BERTSpec):
            found |= {"N": SizeSource("num_token_types"), "Y": SizeSource("num_classes")}
        return found
    if isinstance(spec, LSTMClassifierSpec):
        found = {
            "T": SizeSource("sequence_length"),
            "E": SizeSource("embedding_dim"),
            "V": SizeSource("vocabulary_size"),
        }
        return found | {f"U{i + 1}": SizeSource("lstm_units", i) for i in range(len(spec.lstm_units))}
    raise TypeError(f"Formulas are known for the kit's own specs. Received: {type(spec).__name__}")


def named_sizes(spec: Spec) -> dict[str, int]:
    """The numbers behind the letters.

    Example:
        >>> from llm_widgets.models import GPT2_SMALL
        >>> named_sizes(GPT2_SMALL)
        {'T': 1024, 'C': 768, 'V': 50257, 'L': 12, 'H': 12, 'K': 12, 'D': 64, 'F': 3072}
    """
    found: dict[str, int] = {}
    for name, source in size_sources(spec).items():
        value: Any = getattr(spec, source.field) if source.field else 0
        if source.layer >= 0:
            value = value[source.layer]
        found[name] = value if value or source.otherwise is None else source.otherwise.value(found)
    return found
