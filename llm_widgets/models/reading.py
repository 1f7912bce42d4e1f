"""What must be done before a model is read from outside its own `fit`."""

from __future__ import annotations

from typing import Any


def synchronize(model: Any) -> None:
    """On JAX the newest weights lie outside the model during a fit; this brings them back."""
    import keras

    if keras.backend.backend() == "jax":
        model.jax_state_sync()
