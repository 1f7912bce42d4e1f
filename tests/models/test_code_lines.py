"""The lines of Keras run, and make what the diagram says: shapes, and as many parameters."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from llm_widgets.models import BERTSpec, GPTSpec, LlamaSpec, LSTMClassifierSpec, T5Spec
from llm_widgets.models.code_lines import program
from llm_widgets.models.diagram import diagram

SIZES = {
    "vocabulary_size": 30, "d_model": 16, "num_layers": 2, "num_heads": 4, "d_ff": 24, "max_length": 8,
    "relative_buckets": 8, "relative_distance": 16,
}  # fmt: skip
SPECS: list[Any] = [
    GPTSpec(**SIZES),
    GPTSpec(**SIZES, norm_place="after", position="relative", num_key_value_heads=2, feed_forward="swiglu"),
    GPTSpec(**SIZES, position="sinusoidal", mask="causal_padding", use_bias=False, scale_attention=False),
    LlamaSpec(**SIZES, num_key_value_heads=1, tied=False),
    BERTSpec(**SIZES),
    BERTSpec(**SIZES, head="class", num_classes=3, num_token_types=0, tied=False),
    T5Spec(**SIZES, num_decoder_layers=3),
    LlamaSpec(**SIZES, d_head=6),
    LSTMClassifierSpec(lstm_units=(8, 4), dropout=0.1, vocabulary_size=30),
    LSTMClassifierSpec(lstm_units=(8,), bidirectional=True, vocabulary_size=30),
]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.to_text()[:60])
def test_the_program_is_the_model(spec: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    learned: list[int] = []
    real = keras.Variable.__init__

    def counted(self: Any, *args: Any, **kwargs: Any) -> None:
        real(self, *args, **kwargs)
        if self.trainable and "seed" not in self.path:
            learned.append(int(np.prod(self.shape)))

    monkeypatch.setattr(keras.Variable, "__init__", counted)
    made: dict[str, Any] = {}
    exec(program(spec, batch_size=3), made)
    assert tuple(made["x"].shape) == diagram(spec, 3).parts()[-1][0].shape
    assert sum(learned) == spec.count_parameters()
