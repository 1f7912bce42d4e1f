"""What a tiny language model keeps of its way forward and of its way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llm_widgets.foundations._arrays import Array
from llm_widgets.foundations.attention import Attention, AttentionBackward
from llm_widgets.foundations.losses import Loss
from llm_widgets.foundations.normalization import Normalized

Ids = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class FeedForward:
    """The feed-forward network at each position: hidden = input·W_1 + b_1, active = gelu(hidden), active·W_2 + b_2."""

    input: Array
    hidden: Array
    active: Array
    output: Array


@dataclass(frozen=True, eq=False)
class LanguageForward:
    """The way forward through a `TinyLanguageModel`, step by step.

    Attributes:
        ids: what was read, [B, T].
        tokens: the row of the embedding table for each id, [B, T, C].
        positions: the vector of each place, [T, C].
        embedded: tokens + positions, [B, T, C].
        norm_1: before attention.
        attention: q, k and v [B, T, C], scores and weights [B, T, T], output [B, T, C].
        mixed: attention.output·W_o, [B, T, C].
        after_attention: embedded + mixed, [B, T, C].
        norm_2: before the feed-forward network.
        feed_forward: hidden and active [B, T, F], output [B, T, C].
        after_feed_forward: after_attention + feed_forward.output, [B, T, C].
        norm_3: before the output.
        logits: norm_3·W_out, [B, T, V].
        probabilities: softmax of each row, [B, T, V].
    """

    ids: Ids
    tokens: Array
    positions: Array
    embedded: Array
    norm_1: Normalized
    attention: Attention
    mixed: Array
    after_attention: Array
    norm_2: Normalized
    feed_forward: FeedForward
    after_feed_forward: Array
    norm_3: Normalized
    logits: Array
    probabilities: Array


@dataclass(frozen=True, eq=False)
class LanguageBackward:
    """The way back: the gradient of the loss for what the way forward made, and for each tensor of weights.

    Attributes:
        loss: the cross-entropy; its `terms` [B, T] are the loss at each position.
        logits, after_feed_forward, hidden, after_attention, embedded: ∂L/∂ of these, in their shapes.
        attention: … of what attention made.
        weights: ∂L/∂ of each tensor of `TinyLanguageModel.weights`, by its name.
        gradient: the same in one row, in the order of `TinyLanguageModel.parameters`, [P].
    """

    loss: Loss
    logits: Array
    after_feed_forward: Array
    hidden: Array
    after_attention: Array
    attention: AttentionBackward
    embedded: Array
    weights: Mapping[str, Array]
    gradient: Array
