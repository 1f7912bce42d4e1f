"""Our Adam makes the steps of Keras's; on every backend."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from llm_widgets.models.layers.adam import Adam


def trained(optimizer: Any, steps: int = 6) -> list[Any]:
    rng = np.random.default_rng(0)
    inputs = keras.Input((3,))
    hidden = keras.layers.Dense(5, activation="tanh", kernel_initializer=keras.initializers.GlorotUniform(seed=1))(
        inputs
    )
    model = keras.Model(
        inputs, keras.layers.Dense(1, kernel_initializer=keras.initializers.GlorotUniform(seed=2))(hidden)
    )
    model.compile(optimizer, "mse")
    for _ in range(steps):
        x = rng.standard_normal((8, 3)).astype("float32")
        model.train_on_batch(x, x.sum(1, keepdims=True) ** 2)
    return [np.array(w) for w in model.get_weights()]


ARGUMENTS: list[dict[str, Any]] = [
    {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
    {},
    {"global_clipnorm": 0.1, "weight_decay": 0.01},
    {"amsgrad": True},
    {"learning_rate": "schedule"},
]


# On the other backends it is Keras's own.
@pytest.mark.parametrize("arguments", ARGUMENTS if keras.backend.backend() == "torch" else ARGUMENTS[:1])
def test_same_steps_as_keras(arguments: dict[str, Any]) -> None:
    def made(kind: Any) -> Any:
        settings = dict(arguments)
        if settings.get("learning_rate") == "schedule":
            settings["learning_rate"] = keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
        return kind(**settings)

    ours, theirs = trained(made(Adam)), trained(made(keras.optimizers.Adam))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_comes_back_from_its_configuration() -> None:
    optimizer = keras.optimizers.deserialize(keras.optimizers.serialize(Adam(0.25)))
    assert type(optimizer) is Adam
    assert float(optimizer.learning_rate) == 0.25
