"""How wrong a prediction is, as one number, and which way each predicted number should move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from llm_widgets.foundations._arrays import Array, numbers, settled, shown
from llm_widgets.foundations.activations import sigmoid
from llm_widgets.foundations.probabilities import log_softmax


@dataclass(frozen=True, eq=False)
class Loss:
    """A loss with what it is made of.

    Attributes:
        value: the loss.
        terms: what each prediction adds before the mean is taken, [...]; for logits [..., V] one a row, [...].
        gradient: ∂value/∂prediction, in the prediction's shape.
    """

    value: float
    terms: Array
    gradient: Array


def half_squared_error(prediction: ArrayLike, target: ArrayLike) -> Loss:
    """½ Σ (y − t)²: its gradient is y − t alone. What the Chinese document (section 4.2) calls MSE.

    Args:
        prediction: y, [...].
        target: t, of the same shape.

    Raises:
        ValueError: shapes differ; a number is missing, NaN or infinite.

    Example:
        >>> loss = half_squared_error([1.5], [2.0])
        >>> loss.value, loss.gradient
        (0.125, array([-0.5]))
    """
    y, t = _same_shape(prediction, target)
    with np.errstate(over="ignore"):
        terms = (y - t) ** 2 / 2
        return _loss(terms.sum(), terms, y - t)


def mean_squared_error(prediction: ArrayLike, target: ArrayLike) -> Loss:
    """The mean of (y − t)².

    Args:
        prediction: y, [...].
        target: t, of the same shape.

    Raises:
        ValueError: shapes differ; a number is missing, NaN or infinite.

    Example:
        >>> loss = mean_squared_error([1.0, 4.0], [2.0, 2.0])
        >>> loss.value, loss.gradient
        (2.5, array([-1.,  2.]))
    """
    y, t = _same_shape(prediction, target)
    with np.errstate(over="ignore"):
        terms = (y - t) ** 2
        return _loss(terms.mean(), terms, 2 * (y - t) / y.size)


def binary_cross_entropy(prediction: ArrayLike, target: ArrayLike) -> Loss:
    """The mean of −t·log p − (1 − t)·log(1 − p).

    A logarithm below −100 counts as −100 and p(1 − p) as 1e-12 at least, as in PyTorch: a wrong p of exactly 0 or 1
    costs 100, not infinity. `binary_cross_entropy_from_logits` needs no such limit.

    Args:
        prediction: p, probabilities, [...].
        target: t, from 0 to 1, of the same shape.

    Raises:
        ValueError: shapes differ; a number lies outside 0 to 1.

    Example:
        >>> loss = binary_cross_entropy([0.5, 1.0], [1.0, 1.0])
        >>> round(loss.value, 4), loss.gradient
        (0.3466, array([-1.,  0.]))
        >>> binary_cross_entropy([0.0], [1.0]).value
        100.0
    """
    p, t = _same_shape(prediction, target)
    _within_0_and_1("prediction", p)
    _within_0_and_1("target", t)
    with np.errstate(divide="ignore"):  # log 0, and then the limit
        log_p, log_q = np.maximum(np.log(p), -100.0), np.maximum(np.log1p(-p), -100.0)
    terms = -t * log_p - (1 - t) * log_q + 0.0
    return _loss(terms.mean(), terms, (p - t) / np.maximum(p * (1 - p), 1e-12) / p.size)


def binary_cross_entropy_from_logits(prediction: ArrayLike, target: ArrayLike) -> Loss:
    """`binary_cross_entropy` of σ(z), in one: log(1 + eᶻ) − t·z, which is exact however large z is.

    Args:
        prediction: z, logits, [...].
        target: t, from 0 to 1, of the same shape.

    Raises:
        ValueError: shapes differ; a target lies outside 0 to 1.

    Example:
        >>> loss = binary_cross_entropy_from_logits([1e4], [0.0])
        >>> loss.value, loss.gradient
        (10000.0, array([1.]))
    """
    z, t = _same_shape(prediction, target)
    _within_0_and_1("target", t)
    terms = np.maximum(z, 0) - t * z + np.log1p(np.exp(-np.abs(z)))
    return _loss(terms.mean(), terms, (sigmoid(z) - t) / z.size)


def cross_entropy_from_logits(prediction: ArrayLike, target: ArrayLike) -> Loss:
    """The mean of −Σ t·log softmax(z): what a language model minimizes.

    Args:
        prediction: z, logits, [..., V].
        target: class ids (whole numbers) [...], or probabilities [..., V] whose rows sum to 1.

    Raises:
        ValueError: the shapes do not fit; an id is no class; a row of probabilities does not sum to 1.

    Example:
        >>> loss = cross_entropy_from_logits([[0.0, 0.0], [0.0, 0.0]], [0, 1])
        >>> round(loss.value, 4), loss.gradient
        (0.6931, array([[-0.25,  0.25],
               [ 0.25, -0.25]]))

    Reference:
        Goodfellow, Bengio and Courville (2016), Deep Learning, section 6.2.2.3.
    """
    z = numbers("logits", prediction)
    log_p = log_softmax(z)  # [..., V]
    t = _class_probabilities(z, target)  # [..., V]
    terms = -(t * log_p).sum(-1) + 0.0  # [...]
    return _loss(terms.mean(), terms, (np.exp(log_p) - t) / max(terms.size, 1))


LOSSES: Mapping[str, Callable[[ArrayLike, ArrayLike], Loss]] = MappingProxyType(
    {
        loss.__name__: loss
        for loss in (
            half_squared_error,
            mean_squared_error,
            binary_cross_entropy,
            binary_cross_entropy_from_logits,
            cross_entropy_from_logits,
        )
    }
)


def loss_named(name: str) -> Callable[[ArrayLike, ArrayLike], Loss]:
    """The one of `LOSSES` with this name.

    Raises:
        ValueError: there is none.
    """
    if name not in LOSSES:
        raise ValueError(f"A loss is one of {', '.join(LOSSES)}. Received: loss={name!r}")
    return LOSSES[name]


def _class_probabilities(z: Array, target: ArrayLike) -> Array:
    given = numbers("target", target)
    if given.shape == z.shape:
        if (given < 0).any() or not np.allclose(given.sum(-1), 1):
            raise ValueError(f"Each row of target probabilities must sum to 1. Received: target={shown(target)}")
        return given
    classes = z.shape[-1]
    if given.shape != z.shape[:-1]:
        raise ValueError(
            "Targets are class ids, one for each row of logits, or probabilities in the logits' shape. "
            f"Received: logits of shape {z.shape}, target of shape {given.shape}"
        )
    if (given != np.floor(given)).any() or (given < 0).any() or (given >= classes).any():
        raise ValueError(f"A class id is a whole number from 0 to {classes - 1}. Received: target={shown(target)}")
    one_hot: Array = np.zeros_like(z)  # not rows of np.eye: a vocabulary of 50,257 would take 20 GB
    np.put_along_axis(one_hot, given.astype(np.intp)[..., None], 1.0, axis=-1)
    return one_hot


def _same_shape(prediction: ArrayLike, target: ArrayLike) -> tuple[Array, Array]:
    y, t = numbers("prediction", prediction), numbers("target", target)
    if y.shape != t.shape:  # NumPy would spread one over the other, and the loss would be of other pairs
        raise ValueError(
            f"Prediction and target need the same shape. Received: prediction of shape {y.shape}, target of {t.shape}"
        )
    return y, t


def _within_0_and_1(name: str, value: Array) -> None:
    if (value < 0).any() or (value > 1).any():
        raise ValueError(f"Each {name} must lie between 0 and 1. Received: {name}={shown(value)}")


def _loss(value: float | np.floating, terms: Array, gradient: Array) -> Loss:
    return Loss(
        float(settled("The loss", np.asarray(value))), settled("The loss", terms), settled("Its gradient", gradient)
    )
