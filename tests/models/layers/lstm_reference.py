"""An LSTM in NumPy, written from the equations, and gradients with each backend's own means."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def numpy_lstm(
    x: Array, mask: Array, weights: list[Array], h: Array | None = None, c: Array | None = None
) -> tuple[Array, Array, Array]:
    """Outputs [B, T, U] and the last states; a masked step repeats the output before it (0 at first) and keeps states.

    Reference: Hochreiter and Schmidhuber (1997); the forget gate is from Gers, Schmidhuber and Cummins (2000).
    """
    W, R, *bias = (np.asarray(w, dtype=np.float64) for w in weights)
    B, T, _ = x.shape
    U = R.shape[0]
    b = bias[0] if bias else np.zeros(4 * U)
    h = np.zeros((B, U)) if h is None else h.astype(np.float64)
    c = np.zeros((B, U)) if c is None else c.astype(np.float64)
    output = np.zeros((B, U))
    outputs = np.zeros((B, T, U))
    for t in range(T):
        i, f, g, o = np.split(x[:, t] @ W + h @ R + b, 4, axis=1)
        c_new = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h_new = sigmoid(o) * np.tanh(c_new)
        keep = mask[:, t, None]
        c, h, output = np.where(keep, c_new, c), np.where(keep, h_new, h), np.where(keep, h_new, output)
        outputs[:, t] = output
    return outputs, h, c


def results_and_gradients(layer: Any, x: Array, **call: Any) -> tuple[list[Array], list[Array]]:
    """All outputs of `layer(x, **call)`, and the gradients of their weighted sum for x and for each weight."""

    def total(outputs: Any) -> Any:
        rng = np.random.default_rng(7)  # weights that differ, so that no gradient cancels
        parts = []
        for output in keras.tree.flatten(outputs):
            weight = keras.ops.convert_to_tensor(rng.normal(size=output.shape).astype(x.dtype))
            parts.append(keras.ops.sum(output * weight))
        return sum(parts[1:], parts[0])

    backend = keras.backend.backend()
    layer(x, **call)  # builds it
    variables = layer.trainable_variables
    if backend == "torch":
        import torch

        tensor = torch.tensor(x, requires_grad=True)
        outputs = layer(tensor, **call)
        wanted = [tensor, *(v.value for v in variables)]
        gradients = torch.autograd.grad(total(outputs), wanted, allow_unused=True)
        gradients = [torch.zeros_like(w) if g is None else g for w, g in zip(wanted, gradients, strict=True)]
    elif backend == "tensorflow":
        import tensorflow as tf

        tensor = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(tensor)
            outputs = layer(tensor, **call)
            loss = total(outputs)
        wanted = [tensor, *(v.value for v in variables)]
        gradients = tape.gradient(loss, wanted, unconnected_gradients="zero")
    else:
        import jax

        fixed = [v.value for v in layer.non_trainable_variables]

        def loss_of(tensor: Any, values: Any) -> Any:
            outputs, _ = layer.stateless_call(values, fixed, tensor, **call)
            return total(outputs), outputs

        (_, outputs), (first, rest) = jax.value_and_grad(loss_of, argnums=(0, 1), has_aux=True)(
            jax.numpy.asarray(x), [v.value for v in variables]
        )
        gradients = [first, *rest]
    to_numpy = keras.ops.convert_to_numpy
    return [to_numpy(o) for o in keras.tree.flatten(outputs)], [np.asarray(to_numpy(g)) for g in gradients]
