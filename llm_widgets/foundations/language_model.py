"""A whole language model, small enough to look at every number: forward, loss, back, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from llm_widgets.foundations._arrays import Array, numbers, settled, shown, whole
from llm_widgets.foundations.activations import gelu, gelu_derivative
from llm_widgets.foundations.attention import Attention, attention_backward, scaled_dot_product_attention
from llm_widgets.foundations.language_passes import FeedForward, Ids, LanguageBackward, LanguageForward
from llm_widgets.foundations.losses import Loss, cross_entropy_from_logits
from llm_widgets.foundations.normalization import Normalized, rms_norm, rms_norm_backward
from llm_widgets.foundations.probabilities import softmax

STANDARD_DEVIATION = 0.05


@dataclass(frozen=True, eq=False)
class TinyLanguageModel:
    """A causal language model of one block with one head; cannot be changed, `with_parameters` gives a new one.

    Token embedding + position embedding; RMS norm, causal self-attention, residual; RMS norm, feed-forward network
    with GELU, residual; RMS norm, output to the vocabulary.

    Args:
        vocabulary_size: V.
        context: T, how many tokens it reads at most.
        d_model: C, numbers in the vector of a token.
        d_ff: F, hidden units of the feed-forward network.
        parameters: all numbers that are learned, in one row, [P]; see `shapes`. `initial` draws them.

    Raises:
        ValueError: a size is below 1; there are not as many parameters as the sizes need.

    Example:
        >>> model = TinyLanguageModel.initial(vocabulary_size=5, context=4, d_model=8, d_ff=16)
        >>> forward = model.forward([[1, 2, 3, 4]])
        >>> forward.probabilities.shape
        (1, 4, 5)
        >>> backward = model.backward(forward, [[2, 3, 4, 0]])
        >>> bool(abs(backward.loss.value - np.log(5)) < 0.1)
        True
        >>> backward.weights["W_q"].shape
        (8, 8)

    Reference:
        Radford et al. (2019), Language Models are Unsupervised Multitask Learners (the block, norm before each part);
        Touvron et al. (2023), LLaMA (RMS norm).
    """

    vocabulary_size: int
    context: int
    d_model: int
    d_ff: int
    parameters: Array

    def __post_init__(self) -> None:
        for name in ("vocabulary_size", "context", "d_model", "d_ff"):
            object.__setattr__(self, name, whole(name, getattr(self, name), 1))
        object.__setattr__(self, "parameters", numbers("parameters", self.parameters, ndim=1))
        if self.parameters.size != self.parameter_count:
            raise ValueError(
                f"A model of these sizes has {self.parameter_count} parameters. Received: {self.parameters.size}"
            )

    @classmethod
    def initial(
        cls, vocabulary_size: int, context: int = 8, d_model: int = 16, d_ff: int = 32, *, seed: int = 0
    ) -> TinyLanguageModel:
        """Weights drawn from a normal distribution around 0 (standard deviation 0.05), biases 0, gains 1.

        Args:
            vocabulary_size, context, d_model, d_ff: as in the class.
            seed: the same one, the same weights.
        """
        rng = np.random.default_rng(whole("seed", seed))
        shapes = _shapes(*(whole("each size", size, 1) for size in (vocabulary_size, context, d_model, d_ff)))
        parts = []
        for name, shape in shapes.items():
            if name.startswith("norm"):
                parts.append(np.ones(shape))
            elif name.startswith("b_"):
                parts.append(np.zeros(shape))
            else:
                parts.append(rng.normal(0, STANDARD_DEVIATION, shape).ravel())
        return cls(vocabulary_size, context, d_model, d_ff, np.concatenate(parts))

    @cached_property
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """The shape of each tensor of weights by its name, in the order of `parameters`."""
        return MappingProxyType(_shapes(self.vocabulary_size, self.context, self.d_model, self.d_ff))

    @property
    def parameter_count(self) -> int:
        """P."""
        return sum(int(np.prod(shape)) for shape in self.shapes.values())

    @cached_property
    def weights(self) -> Mapping[str, Array]:
        """Each tensor of weights by its name."""
        return MappingProxyType(self.parts(self.parameters))

    def parts(self, row: Array) -> dict[str, Array]:
        """One number for each parameter, [P], as tensors of the weights' shapes: views of the same numbers."""
        found, at = {}, 0
        for name, shape in self.shapes.items():
            size = int(np.prod(shape))
            found[name] = row[at : at + size].reshape(shape)
            at += size
        return found

    def place(self, name: str, *index: int) -> int:
        """Where one number of a tensor stands in `parameters`.

        Raises:
            ValueError: there is no such tensor, or no such number in it.

        Example:
            >>> model = TinyLanguageModel.initial(5)
            >>> bool(model.parameters[model.place("W_q", 0, 1)] == model.weights["W_q"][0, 1])
            True
        """
        shape = self.shapes.get(name)
        if shape is None or len(index) != len(shape) or any(not 0 <= i < n for i, n in zip(index, shape, strict=True)):
            raise ValueError(f"Choose a number of one of {dict(self.shapes)}. Received: {name}{list(index)}")
        at = 0
        for other, size in self.shapes.items():
            if other == name:
                break
            at += int(np.prod(size))
        return at + int(np.ravel_multi_index(index, shape))

    def with_parameters(self, parameters: ArrayLike) -> TinyLanguageModel:
        """This model with other numbers, in the order of `parameters`."""
        return TinyLanguageModel(
            self.vocabulary_size, self.context, self.d_model, self.d_ff, numbers("parameters", parameters)
        )

    def forward(self, ids: ArrayLike) -> LanguageForward:
        """From token ids [B, T] to the probabilities of what comes next at each position, [B, T, V].

        Raises:
            ValueError: an id is none of the vocabulary; more tokens than the context; numbers overflow on the way.
        """
        x, w = self.checked_ids(ids), self.weights
        with np.errstate(over="ignore", invalid="ignore"):
            tokens, positions, embedded = self.embed(x)
            norm_1 = rms_norm(embedded, w["norm_1"])
            attention = self.attend(norm_1)
            mixed = attention.output @ w["W_o"]  # [B, T, C] @ [C, C]
            after_attention = settled("A sum", embedded + mixed)
            norm_2 = rms_norm(after_attention, w["norm_2"])
            feed_forward = self.feed(norm_2)
            after_feed_forward = settled("A sum", after_attention + feed_forward.output)
            norm_3 = rms_norm(after_feed_forward, w["norm_3"])
            logits = settled("A logit", norm_3.output @ w["W_out"])  # [B, T, C] @ [C, V]
            probabilities = settled("A probability", softmax(logits))
        return LanguageForward(
            x, tokens, positions, embedded, norm_1, attention, settled("A mix", mixed), after_attention, norm_2,
            feed_forward, after_feed_forward, norm_3, logits, probabilities,
        )  # fmt: skip

    def embed(self, ids: Ids) -> tuple[Array, Array, Array]:
        """Looks up a vector for each id [B, T] and one for each place, and adds them: [B, T, C], [T, C], [B, T, C]."""
        tokens = self.weights["token_embedding"][ids]  # [B, T, C]
        positions = self.weights["position_embedding"][: ids.shape[1]]  # [T, C]
        embedded = tokens + positions
        return settled("A vector", tokens), positions, settled("A sum", embedded)

    def attend(self, norm_1: Normalized) -> Attention:
        """Queries, keys and values of each position, [B, T, C], and what causal self-attention makes of them."""
        q = norm_1.output @ self.weights["W_q"]  # [B, T, C] @ [C, C]
        k = norm_1.output @ self.weights["W_k"]
        v = norm_1.output @ self.weights["W_v"]
        return scaled_dot_product_attention(q, k, v, causal=True)

    def feed(self, norm_2: Normalized) -> FeedForward:
        """The feed-forward network at each position, [B, T, C] to [B, T, C]."""
        hidden = norm_2.output @ self.weights["W_1"] + self.weights["b_1"]  # [B, T, F]
        active = gelu(hidden)
        output = active @ self.weights["W_2"] + self.weights["b_2"]  # [B, T, C]
        return FeedForward(
            norm_2.output, settled("A hidden unit", hidden), settled("A hidden unit", active), settled("A sum", output)
        )

    def loss(self, ids: ArrayLike, targets: ArrayLike) -> Loss:
        """The cross-entropy of what comes next: targets [B, T] are the ids one place further on."""
        return cross_entropy_from_logits(self.forward(ids).logits, targets)

    def backward(self, forward: LanguageForward, targets: ArrayLike) -> LanguageBackward:
        """From the loss back to every tensor of weights.

        Args:
            forward: what `forward` of this model gave.
            targets: the id that really comes next, at each position, [B, T].

        Raises:
            ValueError: the targets have another shape than the ids, or one is none of the vocabulary.
        """
        f, w = forward, self.weights
        loss = cross_entropy_from_logits(f.logits, targets)
        d = {}
        d_logits = loss.gradient  # [B, T, V]: (probability − 1 where it is the target) / (B·T)
        d["W_out"] = _outer(f.norm_3.output, d_logits)
        d_after_feed_forward, d["norm_3"] = rms_norm_backward(f.norm_3, d_logits @ w["W_out"].T)
        # A residual sends its gradient both ways: along, and through the network beside it.
        d["W_2"], d["b_2"] = _outer(f.feed_forward.active, d_after_feed_forward), d_after_feed_forward.sum((0, 1))
        d_hidden = d_after_feed_forward @ w["W_2"].T * gelu_derivative(f.feed_forward.hidden)
        d["W_1"], d["b_1"] = _outer(f.feed_forward.input, d_hidden), d_hidden.sum((0, 1))
        through, d["norm_2"] = rms_norm_backward(f.norm_2, d_hidden @ w["W_1"].T)
        d_after_attention = d_after_feed_forward + through
        d["W_o"] = _outer(f.attention.output, d_after_attention)
        attention = attention_backward(f.attention, d_after_attention @ w["W_o"].T)
        into = attention.dq, attention.dk, attention.dv
        for name, d_part in zip(("W_q", "W_k", "W_v"), into, strict=True):
            d[name] = _outer(f.norm_1.output, d_part)
        d_normed = sum(d_part @ w[name].T for name, d_part in zip(("W_q", "W_k", "W_v"), into, strict=True))
        through, d["norm_1"] = rms_norm_backward(f.norm_1, d_normed)
        d_embedded = d_after_attention + through
        d["token_embedding"] = np.zeros(self.shapes["token_embedding"])
        np.add.at(d["token_embedding"], f.ids, d_embedded)  # a token that stands twice gets both gradients
        d["position_embedding"] = np.zeros(self.shapes["position_embedding"])
        d["position_embedding"][: f.ids.shape[1]] = d_embedded.sum(0)
        gradient = settled("A gradient", np.concatenate([d[name].ravel() for name in self.shapes]))
        kept = (
            settled("A gradient", one)
            for one in (d_logits, d_after_feed_forward, d_hidden, d_after_attention, d_embedded)
        )
        d_logits, d_after_feed_forward, d_hidden, d_after_attention, d_embedded = kept
        return LanguageBackward(
            loss, d_logits, d_after_feed_forward, d_hidden, d_after_attention, attention, d_embedded,
            MappingProxyType(self.parts(gradient)), gradient,
        )  # fmt: skip

    def checked_ids(self, ids: ArrayLike) -> Ids:
        """Ids as whole numbers, [B, T].

        Raises:
            ValueError: they are no matrix, more than the context, or one is none of the vocabulary.
        """
        given = numbers("ids", ids, ndim=2)
        if given.shape[1] > self.context:
            raise ValueError(f"The model reads {self.context} tokens at most. Received: {given.shape[1]}")
        if (given != np.floor(given)).any() or (given < 0).any() or (given >= self.vocabulary_size).any():
            raise ValueError(f"An id is a whole number from 0 to {self.vocabulary_size - 1}. Received: {shown(ids)}")
        return given.astype(np.intp)


def _shapes(V: int, T: int, C: int, F: int) -> dict[str, tuple[int, ...]]:
    return {
        "token_embedding": (V, C), "position_embedding": (T, C),
        "norm_1": (C,), "W_q": (C, C), "W_k": (C, C), "W_v": (C, C), "W_o": (C, C),
        "norm_2": (C,), "W_1": (C, F), "b_1": (F,), "W_2": (F, C), "b_2": (C,),
        "norm_3": (C,), "W_out": (C, V),
    }  # fmt: skip


def _outer(x: Array, d_y: Array) -> Array:
    """∂L/∂W of y = x·W: [..., n]ᵀ·[..., m], summed over batch and positions."""
    result: Array = x.reshape(-1, x.shape[-1]).T @ d_y.reshape(-1, d_y.shape[-1])
    return result
