"""Attention as anybody has it – arrays of any framework, or lists of them – as one checked NumPy array.

No framework is imported: what can give up its gradient, its device and its data is asked to do so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t

MAX_TOKENS = 512  # on either axis
LONGEST_TOKEN = 100  # characters; a longer one is cut
_RANGE = 1e-3  # how far a weight may lie outside 0 to 1
_SUM = 0.02  # how far a row's sum may lie from 1: 512 weights in bfloat16 come to 0.99


@dataclass(frozen=True)
class AttentionWeights:
    """Checked weights, and in how many rows they are no shares of one whole."""

    weights: NDArray[np.float32]  # [L, H, T, S], within 0 and 1
    odd_rows: int = 0  # rows that sum neither to 1 nor to 0
    odd_sums: tuple[float, float] = (1.0, 1.0)  # the least and the greatest sum of these


def read_weights(attention: Any) -> AttentionWeights:
    """Attention weights as float32 [L, H, T, S]: layers, heads, queries, keys.

    Args:
        attention: an array [T, S], [H, T, S] or [L, H, T, S] of NumPy, PyTorch, JAX or TensorFlow; a list or tuple with
            one such array a layer, as Hugging Face's `output_attentions=True` gives it; nested lists. Batch axes of
            length 1 are taken away.

    Raises:
        TypeError: it is no array. ValueError: its shape or its values are not those of attention.

    Example:
        >>> read_weights([[1.0, 0.0], [0.5, 0.5]]).weights.shape
        (1, 1, 2, 2)
    """
    array = _array(attention)
    shape = array.shape
    if array.ndim == 5 and 1 in shape[:2]:
        array = array[:, 0] if shape[1] == 1 else array[0]
    if not 2 <= array.ndim <= 4:
        raise ValueError(
            t(
                "Attention is [queries, keys], [heads, queries, keys] or [layers, heads, queries, keys], with one "
                "example at a time. Received: shape={shape}",
                shape=shape,
            )
        )
    array = array.reshape((1,) * (4 - array.ndim) + array.shape)
    if 0 in shape:
        raise ValueError(t("There is no weight in this array. Received: shape={shape}", shape=shape))
    if max(array.shape[2:]) > MAX_TOKENS:
        raise ValueError(
            t("At most {most} tokens can be shown; take a part. Received: shape={shape}", most=MAX_TOKENS, shape=shape)
        )
    return _checked(array)


def _checked(array: NDArray[np.float32]) -> AttentionWeights:
    least, most = float(array.min()), float(array.max())
    if not (np.isfinite(least) and np.isfinite(most)):
        count = int((~np.isfinite(array)).sum())
        raise ValueError(t("Some weights are no finite numbers. Received: {count} of {n}", count=count, n=array.size))
    if least < -_RANGE or most > 1 + _RANGE:
        raise ValueError(
            t(
                "Attention weights lie between 0 and 1. Are these scores before the softmax, or is dropout on? "
                "Received: {least} to {most}",
                least=f"{least:.4g}",
                most=f"{most:.4g}",
            )
        )
    weights = np.clip(array, 0.0, 1.0)
    sums = weights.sum(axis=-1)
    odd = (np.abs(sums - 1) > _SUM) & (sums > 0)
    if not odd.any():
        return AttentionWeights(weights)
    return AttentionWeights(weights, int(odd.sum()), (float(sums[odd].min()), float(sums[odd].max())))


def _array(value: Any) -> NDArray[np.float32]:
    """One float32 array of whatever holds numbers."""
    if value is None:
        raise TypeError(
            t(
                "There is no attention here. A Hugging Face model gives it when it was loaded with "
                "attn_implementation='eager' and called with output_attentions=True. Received: None"
            )
        )
    if isinstance(value, (list, tuple)):
        return _stacked(value)
    # PyTorch: away from the gradient and the device; bfloat16, which NumPy does not know, to float32.
    for method in ("detach", "cpu", "float"):
        if not isinstance(value, np.ndarray) and callable(step := getattr(value, method, None)):
            value = step()
    try:
        if callable(step := getattr(value, "numpy", None)):
            value = step()
        return np.asarray(value).astype(np.float32)
    except (TypeError, ValueError) as error:
        raise TypeError(t("This is no array of numbers. Received: {value}", value=type(value).__name__)) from error


def _stacked(values: list[Any] | tuple[Any, ...]) -> NDArray[np.float32]:
    if values and all(isinstance(value, (int, float)) for value in values):
        return np.array(values, np.float32)
    parts = [_array(value) for value in values]
    shapes = list(dict.fromkeys(part.shape for part in parts))
    if len(shapes) > 1:
        raise ValueError(
            t("All layers, heads and rows must be of one size. Received: {shapes}", shapes=", ".join(map(str, shapes)))
        )
    return np.stack(parts) if parts else np.empty(0, np.float32)


def read_tokens(tokens: Iterable[str], count: int, name: str = "tokens") -> tuple[str, ...]:
    """Tokens as the page can show them, one for each of `count` rows or columns.

    The signs of tokenizers for a space or a new line at the beginning of a token (Ġ, ▁, Ċ) become what they stand for.

    Raises:
        TypeError: it is no list of strings. ValueError: there are more or fewer than `count`.
    """
    found = None if isinstance(tokens, (str, bytes)) else [*tokens] if isinstance(tokens, Iterable) else None
    if found is None or not all(isinstance(token, str) for token in found):
        raise TypeError(t("{name} must be a list of strings. Received: {value}", name=name, value=repr(tokens)[:80]))
    if len(found) != count:
        raise ValueError(
            t(
                "There must be one token for each row, and one of tokens_to (else of tokens) for each column. "
                "Received: {n} {name} for {count}",
                n=len(found),
                name=name,
                count=count,
            )
        )
    return tuple(_shown(token) for token in found)


def _shown(token: str) -> str:
    for sign, meaning in (("Ġ", " "), ("▁", " "), ("Ċ", "\n")):
        if token.startswith(sign):
            token = meaning + token[1:]
    if len(token) > LONGEST_TOKEN:
        token = token[:LONGEST_TOKEN] + "…"
    return token.encode("utf-8", "replace").decode("utf-8")  # half a character cannot be sent
