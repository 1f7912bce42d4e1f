"""From a model's scores to the next token: temperature, top-k, top-p."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from llm_widgets.foundations.probabilities import softmax


def next_token_probabilities(
    logits: ArrayLike, *, temperature: float = 1.0, top_k: int | None = None, top_p: float = 1.0
) -> NDArray[np.float64]:
    """What `sample` draws from.

    Args:
        logits: scores of the vocabulary, [..., V].
        temperature: scores are divided by it; 0 leaves the highest score alone (the first of equal ones).
        top_k: only so many tokens with the highest scores stay; None: all. Ties at the limit stay.
        top_p: of these only the most likely ones stay that together reach this probability; the first always does.

    Returns:
        float64 [..., V]; each row sums to 1.

    Raises:
        ValueError: a value is out of range, or a score is NaN or infinite.

    Example:
        >>> next_token_probabilities([2.0, 1.0, 0.0], temperature=0)
        array([1., 0., 0.])
        >>> next_token_probabilities([2.0, 1.0, 0.0], top_k=2).round(3)
        array([0.731, 0.269, 0.   ])

    Reference:
        Fan, Lewis and Dauphin (2018), Hierarchical Neural Story Generation (top-k); Holtzman et al. (2020), The Curious
        Case of Neural Text Degeneration (top-p).
    """
    scores = np.asarray(logits, np.float64)
    if not np.isfinite(scores).all():
        raise ValueError(f"Every score must be a finite number. Received: logits={logits!r}")
    if not (temperature >= 0 and 0 < top_p <= 1 and (top_k is None or top_k >= 1)):
        raise ValueError(
            "Temperature is 0 or more, top_k at least 1, top_p above 0 and at most 1. "
            f"Received: temperature={temperature}, top_k={top_k}, top_p={top_p}"
        )
    if temperature == 0:
        one: NDArray[np.float64] = np.zeros_like(scores)
        np.put_along_axis(one, scores.argmax(-1)[..., None], 1.0, axis=-1)
        return one
    # Subtract first: a low temperature would overflow, a difference of scores only underflows to 0.
    with np.errstate(over="ignore"):  # to minus infinity, which is right
        scores = (scores - scores.max(-1, keepdims=True)) / max(temperature, np.finfo(np.float64).tiny)
    if top_k is not None and top_k < scores.shape[-1]:
        limit = np.partition(scores, -top_k, axis=-1)[..., -top_k, None]
        scores = np.where(scores >= limit, scores, -np.inf)
    p = softmax(scores)
    if top_p < 1:
        order = np.argsort(-p, axis=-1, kind="stable")
        falling = np.take_along_axis(p, order, -1)
        before = falling.cumsum(-1) - falling  # what the more likely ones reach without this one
        stays = np.empty(p.shape, bool)
        np.put_along_axis(stays, order, before < top_p, axis=-1)
        p = np.where(stays, p, 0.0)
        p /= p.sum(-1, keepdims=True)
    return p


def sample(logits: ArrayLike, rng: np.random.Generator, **choice: Any) -> NDArray[np.int32]:
    """One token a row, drawn by `next_token_probabilities`.

    Args:
        logits: [..., V].
        rng: where chance comes from: the same generator, the same tokens.
        choice: temperature, top_k, top_p.

    Returns:
        int32 [...].

    Example:
        >>> int(sample([0.0, 9.0, 0.0], np.random.default_rng(0), temperature=0))
        1
    """
    p = next_token_probabilities(logits, **choice)
    upto = p.cumsum(-1)
    draw = rng.random(p.shape[:-1])[..., None] * upto[..., -1:]
    chosen: NDArray[np.int32] = (upto > draw).argmax(-1).astype(np.int32)
    return chosen
