"""Reverse-mode automatic differentiation: numbers that remember what they were made from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, Union

import numpy as np
from numpy.typing import ArrayLike

from llm_widgets.foundations._arrays import Array, numbers, settled, shown
from llm_widgets.foundations._pulls import Pull, matmul_pulls, power_pulls
from llm_widgets.foundations.activations import activation_named
from llm_widgets.foundations.autodiff_graph import backward_steps, topological_order
from llm_widgets.foundations.probabilities import log_softmax, log_softmax_backward, softmax, softmax_backward

Operand: TypeAlias = Union["Value", float, Array]


class Value:
    """An array (or a single number) in a graph of operations.

    `+ - * / ** @`, `exp`, `log`, `sum`, `mean`, `T` and the activations give new values; nothing is changed in place
    but `grad`. NumPy's broadcasting holds, and its gradient is summed back. Numbers and arrays beside a value are
    constants, which get no gradient. Unlike PyTorch, a second `backward` replaces gradients and adds nothing to them.

    Args:
        data: a number or array of finite numbers.
        name: what the graph calls it.

    Attributes:
        data: float64 [...], cannot be written to.
        grad: ∂(output)/∂(this) in the shape of data, after `backward`.
        op: "" for an input, "constant", or the operation that made it.
        parents: what it was made from.
        pulls: for each parent, from the gradient of this to that of the parent.

    Raises:
        ValueError: data is no finite number; an operation whose result is none (log of 0, a division by 0, an overflow)
            or whose shapes do not fit.

    Example:
        >>> a, b = Value(2.0), Value(3.0)
        >>> loss = (a * b + 1) ** 2
        >>> loss.backward()
        >>> float(loss), float(a.grad), float(b.grad)
        (49.0, 42.0, 28.0)

    Reference:
        Baydin, Pearlmutter, Radul and Siskind (2018), Automatic Differentiation in Machine Learning: a Survey; the
        shape of the class after Karpathy's micrograd.
    """

    __slots__ = ("data", "grad", "name", "op", "parents", "pulls")
    # So that array * value comes here, and not to NumPy, which would make an array of values.
    __array_ufunc__ = None

    def __init__(self, data: ArrayLike, name: str = "") -> None:
        self.data: Array = numbers("data", data)
        self.name = name
        self.op = ""
        self.grad: Array | None = None
        self.parents: tuple[Value, ...] = ()
        self.pulls: tuple[Pull, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    def __repr__(self) -> str:
        return f"Value({self.data.tolist()!r}{', op=' + repr(self.op) if self.op else ''})"

    def __float__(self) -> float:
        return float(self.data)

    def backward(self, gradient: ArrayLike | None = None) -> None:
        """Writes `grad` into every value that this one was made from, and into itself.

        Args:
            gradient: ∂L/∂(this), in its shape; None: 1, for a single number.

        Raises:
            ValueError: not a single number and no gradient given; the gradient has another shape.
        """
        order = topological_order(self)
        for step in list(backward_steps(self, gradient)):  # all or none: a gradient on the way may overflow
            order[step.node].grad = step.gradient

    def __add__(self, other: Operand) -> Value:
        return _binary("+", self, other, np.add, lambda a, b, out: (lambda g: g, lambda g: g))

    def __sub__(self, other: Operand) -> Value:
        return _binary("-", self, other, np.subtract, lambda a, b, out: (lambda g: g, lambda g: -g))

    def __mul__(self, other: Operand) -> Value:
        return _binary("*", self, other, np.multiply, lambda a, b, out: (lambda g: g * b, lambda g: g * a))

    def __truediv__(self, other: Operand) -> Value:
        other = _value(other)
        if (other.data == 0).any():
            raise ValueError(f"Division by 0 has no result. Received: divisor {shown(other)}")
        return _binary("/", self, other, np.divide, lambda a, b, out: (lambda g: g / b, lambda g: -g * out / b))

    def __pow__(self, exponent: Operand) -> Value:
        exponent = _value(exponent)
        base, power = _broadcast("**", self, exponent)
        if (
            ((base < 0) & (power != np.floor(power))).any()
            or ((base == 0) & (power < 0)).any()
            or (exponent.op != "constant" and (base < 0).any())  # its derivative needs log(base)
        ):
            raise ValueError(
                "A power of a negative number needs a whole constant exponent, and one of 0 no negative exponent. "
                f"Received: {shown(self)} ** {shown(exponent)}"
            )
        return _binary("**", self, exponent, np.power, power_pulls)

    def __matmul__(self, other: Operand) -> Value:
        other = _value(other)
        if self.data.ndim == 0 or other.data.ndim == 0:
            raise ValueError(f"@ needs vectors or matrices. Received: shapes {self.shape} and {other.shape}")
        return _binary("@", self, other, np.matmul, matmul_pulls)

    def __neg__(self) -> Value:
        return _made("neg", -self.data, self, lambda g: -g)

    def __radd__(self, other: float | Array) -> Value:
        return _value(other) + self

    def __rsub__(self, other: float | Array) -> Value:
        return _value(other) - self

    def __rmul__(self, other: float | Array) -> Value:
        return _value(other) * self

    def __rtruediv__(self, other: float | Array) -> Value:
        return _value(other) / self

    def __rpow__(self, other: float | Array) -> Value:
        return _value(other) ** self

    def __rmatmul__(self, other: Array) -> Value:
        return _value(other) @ self

    @property
    def T(self) -> Value:
        """The last two axes exchanged."""
        if self.data.ndim < 2:
            raise ValueError(f"T needs a matrix. Received: shape {self.shape}")
        return _made("T", self.data.swapaxes(-1, -2), self, lambda g: g.swapaxes(-1, -2))

    def exp(self) -> Value:
        with np.errstate(over="ignore"):
            out = np.exp(self.data)
        return _made("exp", out, self, lambda g: g * out)

    def log(self) -> Value:
        if (self.data <= 0).any():
            raise ValueError(f"A logarithm needs numbers above 0. Received: {shown(self)}")
        return _made("log", np.log(self.data), self, lambda g: g / self.data)

    def sum(self, axis: int | None = None, *, keepdims: bool = False) -> Value:
        """Over all elements, or over one axis."""
        if axis is not None and not -self.data.ndim <= axis < self.data.ndim:
            raise ValueError(f"There is no such axis. Received: axis={axis}, shape {self.shape}")

        def pull(g: Array) -> Array:
            spread = g if axis is None or keepdims else np.expand_dims(g, axis)
            return np.broadcast_to(spread, self.shape)

        return _made("sum", self.data.sum(axis, keepdims=keepdims), self, pull)

    def mean(self, axis: int | None = None, *, keepdims: bool = False) -> Value:
        """The sum over all elements, or over one axis, by their count."""
        total = self.sum(axis, keepdims=keepdims)
        return total / (self.data.size / total.data.size)

    def softmax(self) -> Value:
        """Over the last axis."""
        p = softmax(self.data)
        return _made("softmax", p, self, lambda g: softmax_backward(p, g))

    def log_softmax(self) -> Value:
        """Over the last axis."""
        log_p = log_softmax(self.data)
        return _made("log_softmax", log_p, self, lambda g: log_softmax_backward(np.exp(log_p), g))

    def activate(self, name: str) -> Value:
        """One of `ACTIVATIONS`, by its name."""
        activation = activation_named(name)
        out = activation.function(self.data)
        return _made(name, out, self, lambda g: g * activation.derivative(self.data))

    def sigmoid(self) -> Value:
        return self.activate("sigmoid")

    def relu(self) -> Value:
        return self.activate("relu")

    def tanh(self) -> Value:
        return self.activate("tanh")

    def gelu(self) -> Value:
        return self.activate("gelu")

    def silu(self) -> Value:
        return self.activate("silu")


def _value(operand: Operand) -> Value:
    if isinstance(operand, Value):
        return operand
    constant = Value(operand)
    constant.op = "constant"
    return constant


def _made(op: str, data: Any, parent: Value, pull: Pull) -> Value:
    return _new(op, data, (parent,), (pull,))


def _broadcast(op: str, a: Value, b: Value) -> tuple[Array, Array]:
    try:
        left, right = np.broadcast_arrays(a.data, b.data)
    except ValueError:
        raise ValueError(f"The shapes do not fit for {op}. Received: {a.shape} and {b.shape}") from None
    return left, right


def _binary(
    op: str, left: Value, right: Operand, compute: np.ufunc, pulls: Callable[[Array, Array, Array], tuple[Pull, Pull]]
) -> Value:
    right = _value(right)
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            out = compute(left.data, right.data)
    except ValueError:
        raise ValueError(f"The shapes do not fit for {op}. Received: {left.shape} and {right.shape}") from None
    return _new(op, out, (left, right), pulls(left.data, right.data, out))


def _new(op: str, data: Any, parents: tuple[Value, ...], pulls: tuple[Pull, ...]) -> Value:
    value = Value.__new__(Value)
    value.data = settled(f"The result of {op}", data)
    value.name, value.op, value.grad, value.parents, value.pulls = "", op, None, parents, pulls
    return value
