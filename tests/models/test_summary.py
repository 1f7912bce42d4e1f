"""The table of a model's layers: real shapes, in columns, in both languages."""

from __future__ import annotations

from llm_widgets import i18n
from llm_widgets.models import PRESETS, LSTMClassifierSpec
from llm_widgets.models.summary import _width, shape_text


def test_the_documents_model() -> None:
    assert PRESETS["document_zh"].summary().splitlines() == [
        "Name         Layer      Output shape   Parameters",
        "───────────  ─────────  ─────────────  ──────────",
        "tokens       Input      B × 100                 0",
        "embedding    Embedding  B × 100 × 32      320,000",
        "lstm_1       LSTM       B × 100 × 128      82,432",
        "lstm_2       LSTM       B × 64             49,408",
        "probability  Dense      B × 1                  65",
        "───────────  ─────────  ─────────────  ──────────",
        "Total                                     451,905",
    ]


def test_columns_stand_in_line_in_chinese() -> None:
    i18n.set_language("zh")
    lines = LSTMClassifierSpec(dropout=0.5, bidirectional=True).summary(batch=32).splitlines()
    assert "输出形状" in lines[0]
    assert "32 × 100 × 32" in lines[3]
    assert len({_width(line) for line in lines}) == 1


def test_shapes_as_text() -> None:
    assert shape_text((None, 100, 32)) == "B × 100 × 32"
    assert shape_text((8, 1)) == "8 × 1"
