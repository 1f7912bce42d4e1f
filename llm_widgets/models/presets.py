"""Each family's presets: a few sizes to begin with, under names."""

from __future__ import annotations

from typing import Any

from llm_widgets.models.lstm_classifier import PRESETS, LSTMClassifierSpec
from llm_widgets.models.spec import Spec
from llm_widgets.models.transformer_spec import TransformerSpec

# A step on 32 texts takes two cores a hundredth, a twentieth and a third of a second, at a vocabulary of some hundreds.
TRANSFORMER_SIZES: dict[str, dict[str, int]] = {
    "tiny": {"d_model": 32, "num_layers": 1, "num_heads": 2, "max_length": 32},
    "small": {"d_model": 64, "num_layers": 2, "num_heads": 4, "max_length": 64},
    "medium": {"d_model": 128, "num_layers": 4, "num_heads": 4, "max_length": 128},
}


def preset_changes(family: type[Spec]) -> dict[str, dict[str, Any]]:
    """For each preset of a family the fields that it sets; the others stay as they are.

    A Transformer's vocabulary is its tokenizer's, and its switches are what the learner compares: no preset sets them.

    Example:
        >>> from llm_widgets.models import GPTSpec
        >>> GPTSpec(norm_place="after").replace(**preset_changes(GPTSpec)["tiny"]).count_parameters()
        21984
    """
    if issubclass(family, LSTMClassifierSpec):
        return {name: spec.to_dict() for name, spec in PRESETS.items()}
    if issubclass(family, TransformerSpec):
        # Widths of one's own would not go with other sizes: 0 makes them follow.
        follow = dict.fromkeys(("num_key_value_heads", "d_ff"), 0)
        return {name: sizes | follow for name, sizes in TRANSFORMER_SIZES.items()}
    return {}
