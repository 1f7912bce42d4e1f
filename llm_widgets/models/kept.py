"""What a training step keeps of one text until its gradients are computed, in numbers, as measured."""

from __future__ import annotations

from llm_widgets.models.expressions import Expression, size
from llm_widgets.models.lstm_classifier import LSTMClassifierSpec
from llm_widgets.models.named_sizes import C, D, E, F, H, K, L, M, T, V
from llm_widgets.models.spec import Spec
from llm_widgets.models.t5 import T5Spec
from llm_widgets.models.transformer_spec import TransformerSpec


def kept_numbers(spec: Spec) -> Expression:
    """Floating-point numbers that a training step keeps for one text, besides parameters.

    Raises:
        TypeError: the spec is of no family of the kit.
    """
    if isinstance(spec, TransformerSpec):
        return _transformer(spec)
    if isinstance(spec, LSTMClassifierSpec):
        return _lstm(spec)
    raise TypeError(f"What is kept is known for the kit's own specs. Received: {type(spec).__name__}")


def _transformer(spec: TransformerSpec) -> Expression:
    drops = 2 * bool(spec.dropout)
    # For each position: what comes in, normalized and summed (3 C), queries, mixed and side by side (3 H D), keys and
    # values, and a mask and a result for each place that drops.
    attention = (3 + drops) * C + 3 * H * D + 2 * K * D + spec.kept_scores() * H * T
    # What comes in, normalized and summed (3 C), then the wide step before and after its function.
    feed_forward = (3 + drops) * C + (4 if spec.feed_forward == "swiglu" else 2) * F
    # A block of a T5's decoder has two attentions.
    attentions, feed_forwards = (L + 2 * M, L + M) if isinstance(spec, T5Spec) else (L, L)
    # The scores of all tokens, their logarithms and the gradients of both; the embedded text and its gradient.
    ends = 4 * V + 2 * C
    return T * (attentions * attention + feed_forwards * feed_forward + ends)


def _lstm(spec: LSTMClassifierSpec) -> Expression:
    directions = 2 if spec.bidirectional else 1
    width, numbers = E, 2 * E  # the embedded review and its gradient
    for layer in range(1, len(spec.lstm_units) + 1):
        units = size(f"U{layer}")
        # For each position a direction keeps four gates, the cell state, its tanh and the output (7 U), and the way
        # back makes the gates' gradients and the output's (5 U) and its share of the input's gradient.
        numbers = numbers + directions * (12 * units + width)
        width = directions * units
    return T * numbers
