"""Vectors compared by their directions: cosine similarity, nearest neighbours and analogies, in the full space.

Reference:
    Mikolov, Yih and Zweig (2013), Linguistic Regularities in Continuous Space Word Representations (analogies by vector
    offsets and cosine); Levy and Goldberg (2014), Linguistic Regularities in Sparse and Explicit Word Representations
    (the three given words are left out of the answers).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from llm_widgets.analysis.projection import StableProjection as StableProjection
from llm_widgets.i18n import t


@dataclass(frozen=True)
class Neighbour:
    """One vector that lies near.

    Args:
        index: its row. cosine: of the angle between both, from -1 to 1.
    """

    index: int
    cosine: float


def cosine_similarity(a: ArrayLike, b: ArrayLike) -> Any:
    """The cosine of the angle between vectors: 1 the same direction, 0 at right angles, -1 opposite.

    A vector of zeros has no direction: its cosine with any other is 0.

    Args:
        a: one vector [C] or several [N, C]. b: one vector [C] or several [M, C].

    Returns:
        A float for two vectors, else float64 [N], [M] or [N, M].

    Raises:
        ValueError: the vectors have different sizes, or hold what is not a finite number.

    Example:
        >>> cosine_similarity([1.0, 0.0], [1.0, 1.0])
        0.7071067811865475
    """
    first, second = _vectors(a), _vectors(b)
    if first.shape[-1] != second.shape[-1]:
        raise ValueError(
            t("Both vectors need the same size. Received: {a} and {b}", a=first.shape[-1], b=second.shape[-1])
        )
    found = np.clip(unit(first) @ unit(second).T, -1.0, 1.0)
    return float(found) if found.ndim == 0 else found


def nearest(vectors: ArrayLike, to: int | ArrayLike, k: int = 10) -> list[Neighbour]:
    """The k vectors whose directions are nearest, the nearest first; a row is no neighbour of itself.

    Args:
        vectors: [N, C]. to: a row's number, or a vector [C]. k: how many, at most.

    Raises:
        ValueError: a row that is not there, a vector of another size, or a k below 0.

    Example:
        >>> nearest([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]], 0, k=1)[0].index
        1
    """
    table = _table(vectors)
    if isinstance(to, (int, np.integer)) and not isinstance(to, bool):
        row = _row(to, len(table))
        return _best(table, table[row], k, [row])
    return _best(table, _vectors(to), k, [])


def analogy(vectors: ArrayLike, a: int, b: int, c: int, k: int = 10) -> list[Neighbour]:
    """What is to `c` as `b` is to `a`: the k vectors nearest to b - a + c, each of the three at length 1 first.

    The three themselves are left out, as is the custom; without that, `b` or `c` would most often be the answer.

    Args:
        vectors: [N, C]. a, b, c: rows' numbers. k: how many, at most.

    Raises:
        ValueError: a row that is not there, or a k below 0.

    Example:
        >>> table = [[1.0, 0.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 1.0, 1.0]]  # man, king, woman, queen
        >>> analogy(table, 0, 1, 2, k=1)[0].index
        3
    """
    table = _table(vectors)
    rows = [_row(row, len(table)) for row in (a, b, c)]
    first, second, third = unit(table[rows])
    return _best(table, second - first + third, k, rows)


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each vector at length 1; zeros stay zeros."""
    # Divided by the largest entry first: squares of tiny and of huge numbers would become 0 or infinite.
    largest = np.abs(vectors).max(axis=-1, keepdims=True, initial=0.0)
    scaled = vectors / np.where(largest > 0, largest, 1.0)
    lengths = np.sqrt((scaled * scaled).sum(axis=-1, keepdims=True))
    found: NDArray[np.float64] = scaled / np.where(lengths > 0, lengths, 1.0)
    return found


def _best(table: NDArray[np.float64], target: NDArray[np.float64], k: int, without: list[int]) -> list[Neighbour]:
    if k < 0:
        raise ValueError(t("The number of neighbours must be 0 or more. Received: {k}", k=k))
    if target.ndim != 1:
        raise ValueError(t("Neighbours are looked for one vector at a time. Received: {shape}", shape=target.shape))
    cosines = np.asarray(cosine_similarity(table, target))  # [N]
    # Stable: of equal ones the commoner token, which comes first in most tables.
    order = [int(row) for row in np.argsort(-cosines, kind="stable")[: k + len(without)] if row not in without]
    return [Neighbour(row, float(cosines[row])) for row in order[:k]]


def _vectors(values: ArrayLike) -> NDArray[np.float64]:
    found = np.asarray(values, np.float64)
    if found.ndim not in (1, 2):
        raise ValueError(t("Give one vector [C], or several [N, C]. Received: {shape}", shape=found.shape))
    if not np.isfinite(found).all():
        raise ValueError(t("A vector holds finite numbers only. Received: {value}", value=repr(values)[:80]))
    return found


def _table(vectors: ArrayLike) -> NDArray[np.float64]:
    found = _vectors(vectors)
    if found.ndim != 2:
        raise ValueError(t("Give several vectors [N, C]. Received: {shape}", shape=found.shape))
    return found


def _row(row: int | np.integer[Any], count: int) -> int:
    if not 0 <= row < count:
        raise ValueError(t("There is no such row. Received: {row} of {count}", row=row, count=count))
    return int(row)
