"""How a number changes with a tensor: each backend's own gradient, under one name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras


def gradient(fn: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    """The number `fn(x)`, and its gradient with respect to the tensor x, of x's shape.

    Nothing is added to the gradients of a model's weights: it may be asked in mid-training.

    Example:
        >>> value, slope = gradient(lambda x: keras.ops.sum(x * x), keras.ops.convert_to_tensor([1.0, 3.0]))
        >>> float(value), keras.ops.convert_to_numpy(slope).tolist()
        (10.0, [2.0, 6.0])
    """
    backend = keras.backend.backend()
    if backend == "torch":
        import torch

        with torch.enable_grad():
            x = x.detach().requires_grad_(True)
            value = fn(x)
            (slope,) = torch.autograd.grad(value, x)
        return value.detach(), slope
    if backend == "jax":
        import jax

        return jax.value_and_grad(fn)(x)
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(x)
            value = fn(x)
        return value, tape.gradient(value, x)
    raise NotImplementedError(f"Gradients need PyTorch, JAX or TensorFlow. Received: backend={backend}")
