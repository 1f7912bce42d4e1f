"""Logistic regression on sparse rows: what scikit-learn's `LogisticRegression` does, without loading scikit-learn.

With SciPy's statistics, which it brings along, that takes 50 MB and seconds; what is needed of it is one sum and its
gradient. SciPy's L-BFGS gets the settings that scikit-learn gives it.

Reference:
    Liu, D. C. and Nocedal, J. (1989). On the Limited Memory BFGS Method for Large Scale Optimization.
    Mathematical Programming 45.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


class Logistic(NamedTuple):
    """Weights float32 [V] and bias that were learned."""

    weights: NDArray[np.float32]
    bias: float

    def __call__(self, rows: csr_matrix) -> NDArray[np.float64]:
        """The probability of class 1 for each row, float64 [N]."""
        from scipy.special import expit

        found: NDArray[np.float64] = expit((rows @ self.weights).astype(np.float64) + self.bias)
        return found


def fit_logistic(rows: csr_matrix, labels: NDArray[np.int8], C: float) -> Logistic:
    """Minimizes the mean loss plus |weights|² / (2 C N); the bias is free.

    Args:
        rows: float32 [N, V]. labels: 0 or 1, [N]; both must be there.
        C: how little large weights cost.
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    count, size = rows.shape
    cost, columns, right = 1 / (C * count), rows.T, labels.astype(np.float64)

    def loss(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = at[:size]
        # In float32, or a copy of all rows in float64 would be made each time.
        score = (rows @ weights.astype(np.float32)).astype(np.float64) + at[size]  # [N]
        error = (expit(score) - right) / count
        slope = np.empty(size + 1)
        slope[:size] = columns @ error.astype(np.float32)
        slope[:size] += cost * weights
        slope[size] = error.sum()
        return float(np.mean(np.logaddexp(0, score) - right * score) + cost / 2 * (weights @ weights)), slope

    options = {"maxiter": 1_000, "maxls": 50, "gtol": 1e-4, "ftol": 64 * np.finfo(float).eps}
    at = minimize(loss, np.zeros(size + 1), jac=True, method="L-BFGS-B", options=options).x
    return Logistic(at[:size].astype(np.float32), float(at[size]))
