"""The documents' text classifier, Embedding → LSTM → Dense(1, sigmoid), as one frozen spec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from llm_widgets.models.fields import FIELDS, Field
from llm_widgets.models.spec import LayerRow as LayerRow
from llm_widgets.models.spec import Spec

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class LSTMClassifierSpec(Spec):
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

    PREFIX: ClassVar[str] = "lstm-classifier"
    EXAMPLE: ClassVar[str] = "embedding_dim=32&lstm_units=128-64"
    DESCRIBED: ClassVar[tuple[Field, ...]] = FIELDS
    SHRINKS: ClassVar[tuple[str, ...]] = ("lstm_units", "embedding_dim", "vocabulary_size", "sequence_length")

    vocabulary_size: int = 10_000
    embedding_dim: int = 32
    lstm_units: tuple[int, ...] = (128,)
    dropout: float = 0.0
    sequence_length: int = 100
    bidirectional: bool = False

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

    def lowered(self, name: str, size: int) -> Self:
        """A copy with a size lowered; of the LSTM layers, those that are larger."""
        if name == "lstm_units":
            return self.replace(lstm_units=tuple(min(units, size) for units in self.lstm_units))
        return super().lowered(name, size)

    def build(self, seed: int = 0) -> keras.Model:
        """The Keras model, uncompiled: int32 ids [B, T] in, float32 probabilities of "positive" [B, 1] out.

        Args:
            seed: the same seed gives the same weights, whatever else draws random numbers meanwhile.
        """
        from llm_widgets.models.build import build

        return build(self, seed)


PRESETS: dict[str, LSTMClassifierSpec] = {
    "document_en": LSTMClassifierSpec(embedding_dim=32, lstm_units=(128,)),
    "document_zh": LSTMClassifierSpec(embedding_dim=32, lstm_units=(128, 64)),
}
