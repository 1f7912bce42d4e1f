"""The documents' text classifier, Embedding → LSTM → Dense(1, sigmoid), as one frozen spec."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_widgets.i18n import t
from llm_widgets.models.checks import checked, shown
from llm_widgets.models.fields import FIELDS

if TYPE_CHECKING:
    import keras

    from llm_widgets.models.memory import MemoryEstimate

_PREFIX = "lstm-classifier"
_MAX_TEXT = 1000


class LayerRow(NamedTuple):
    """One layer of a model: its name, what it is, the shape that leaves it and its number of parameters."""

    name: str
    kind: str
    output_shape: tuple[int | None, ...]  # [B, T], [B, T, C] or [B, C]; B is None until it is known
    parameters: int


@dataclass(frozen=True)
class LSTMClassifierSpec:
    """All that must be known to build the classifier; wrong values are refused here.

    Args:
        vocabulary_size: different token ids, padding (0) and unknown (1) among them.
        embedding_dim: numbers for each token.
        lstm_units: numbers that each LSTM layer remembers, one entry for each layer.
        dropout: share of the last LSTM layer's outputs set to zero in training, 0 to 0.95.
        sequence_length: token ids of each review, T.
        bidirectional: each LSTM layer also reads from the end.

    Raises:
        ValueError: a value is of the wrong type or outside its range.

    Example:
        >>> spec = LSTMClassifierSpec(embedding_dim=32, lstm_units=(128, 64))
        >>> spec.count_parameters()
        451905
        >>> spec.to_text()
        'lstm-classifier?vocabulary_size=10000&embedding_dim=32&lstm_units=128-64&dropout=0.0&sequence_length=100&bidirectional=false'
    """

    vocabulary_size: int = 10_000
    embedding_dim: int = 32
    lstm_units: tuple[int, ...] = (128,)
    dropout: float = 0.0
    sequence_length: int = 100
    bidirectional: bool = False

    def __post_init__(self) -> None:
        for field in FIELDS:
            object.__setattr__(self, field.name, checked(field, getattr(self, field.name)))

    def replace(self, **changes: Any) -> LSTMClassifierSpec:
        """A copy with some fields changed; a misspelled name raises a TypeError that names the right one."""
        for name in changes:
            if name not in _NAMES:
                raise TypeError(_unknown(name))
        return dataclasses.replace(self, **changes)

    # --- as data and as text -------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Fields by name, ready for JSON."""
        return {name: _plain(getattr(self, name)) for name in _NAMES}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LSTMClassifierSpec:
        """The spec of `to_dict`; fields that are missing keep their defaults.

        Raises:
            ValueError: `data` is no mapping, has an unknown field, or a value is wrong.
        """
        if not isinstance(data, Mapping):
            raise ValueError(t("A spec is read from a dictionary of its fields. Received: {value}", value=shown(data)))
        for name in data:
            if name not in _NAMES:
                raise ValueError(_unknown(name))
        return cls(**data)

    def to_text(self) -> str:
        """The spec as one line that can be pasted into a link, a message or `from_text`."""
        return f"{_PREFIX}?" + "&".join(f"{k}={_as_text(v)}" for k, v in self.to_dict().items())

    @classmethod
    def from_text(cls, text: str) -> LSTMClassifierSpec:
        """The spec that `to_text` wrote; fields that are missing keep their defaults.

        Raises:
            ValueError: the text is not of this form, names a field twice, or a value is wrong.
        """
        from llm_widgets.models.spec_text import parse

        return cls.from_dict(parse(text, prefix=_PREFIX, limit=_MAX_TEXT))

    # --- sizes, known before anything is built -------------------------------------------------------------

    def layer_rows(self, batch: int | None = None) -> list[LayerRow]:
        """The layers in order, with shapes for `batch` reviews (None: not known yet)."""
        directions = 2 if self.bidirectional else 1
        length, width = self.sequence_length, self.embedding_dim
        rows = [
            LayerRow("tokens", "Input", (batch, length), 0),
            LayerRow("embedding", "Embedding", (batch, length, width), self.vocabulary_size * width),
        ]
        last = len(self.lstm_units)
        for number, units in enumerate(self.lstm_units, start=1):
            # Four gates, each with weights from the input and from the layer's own last output, and a bias.
            parameters = directions * 4 * units * (width + units + 1)
            width = directions * units
            shape = (batch, width) if number == last else (batch, length, width)
            kind = "Bidirectional LSTM" if self.bidirectional else "LSTM"
            rows.append(LayerRow(f"lstm_{number}", kind, shape, parameters))
        if self.dropout:
            rows.append(LayerRow("dropout", "Dropout", (batch, width), 0))
        rows.append(LayerRow("probability", "Dense", (batch, 1), width + 1))
        return rows

    def count_parameters(self) -> int:
        """The number of trainable parameters, in closed form."""
        return sum(row.parameters for row in self.layer_rows())

    def estimate_memory(self, batch_size: int = 32) -> MemoryEstimate:
        """Bytes that a training step with Adam needs; see `MemoryEstimate`."""
        from llm_widgets.models.memory import estimate_memory

        return estimate_memory(self, batch_size)

    def check_fits(self, batch_size: int = 32, available: int | None = None) -> None:
        """Refuses what this machine could not train.

        Args:
            batch_size: reviews in one step.
            available: bytes that may be used; None asks the machine.

        Raises:
            ModelTooLargeError: too large; the message names the size to lower and a value that fits.
        """
        from llm_widgets.models.memory import check_fits

        check_fits(self, batch_size, available)

    def summary(self, batch: int | None = None) -> str:
        """A table of the layers with real shapes and parameter counts, as text."""
        from llm_widgets.models.summary import summary

        return summary(self.layer_rows(batch))

    def build(self, seed: int = 0) -> keras.Model:
        """The Keras model, uncompiled: int32 ids [B, T] in, float32 probabilities of "positive" [B, 1] out.

        Args:
            seed: the same seed gives the same weights, whatever else draws random numbers meanwhile.
        """
        from llm_widgets.models.build import build

        return build(self, seed)


_NAMES = tuple(field.name for field in FIELDS)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "-".join(map(str, value)) if isinstance(value, list) else repr(value)


def _unknown(name: object) -> str:
    close = difflib.get_close_matches(str(name), _NAMES, n=1)
    if close:
        return t(
            "A spec has no field of this name; did you mean “{close}”? Received: {name}",
            close=close[0],
            name=shown(name),
        )
    return t(
        "A spec has no field of this name; it has {names}. Received: {name}",
        names=", ".join(_NAMES),
        name=shown(name),
    )


PRESETS: dict[str, LSTMClassifierSpec] = {
    "document_en": LSTMClassifierSpec(embedding_dim=32, lstm_units=(128,)),
    "document_zh": LSTMClassifierSpec(embedding_dim=32, lstm_units=(128, 64)),
}
