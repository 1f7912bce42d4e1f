"""The torch kernel's own tests: against torch.nn.LSTM, and that it is used at all."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from llm_widgets.models.layers import lstm as module

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.skipif(keras.backend.backend() != "torch", reason="tests of the torch backend alone")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_equals_torch_nn_lstm(dtype: str) -> None:
    x = np.random.default_rng(0).normal(size=(3, 6, 4)).astype(dtype)
    ours = module.LSTM(5, return_sequences=True, dtype=dtype)
    ours.build(x.shape)
    kernel, recurrent, bias = (torch.tensor(w) for w in ours.get_weights())
    theirs = torch.nn.LSTM(4, 5, batch_first=True, dtype=getattr(torch, dtype))
    theirs.load_state_dict(
        {"weight_ih_l0": kernel.T, "weight_hh_l0": recurrent.T, "bias_ih_l0": bias, "bias_hh_l0": bias * 0}
    )
    expected = theirs(torch.tensor(x))[0].detach().numpy()
    np.testing.assert_allclose(keras.ops.convert_to_numpy(ours(x)), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("options", "used"),
    [({}, True), ({"dropout": 0.5}, True), ({"unroll": True}, False), ({"recurrent_dropout": 0.5}, False)],
)
def test_the_kernel_is_used(options: dict[str, object], used: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    kernel = torch.lstm
    monkeypatch.setattr(torch, "lstm", lambda *args: calls.append(1) or kernel(*args))
    module.LSTM(3, **options)(np.zeros((2, 4, 3), "float32"), training=True)
    assert bool(calls) is used


def test_only_the_longest_row_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = []
    kernel = torch.lstm
    monkeypatch.setattr(torch, "lstm", lambda x, *args: lengths.append(x.shape[1]) or kernel(x, *args))
    mask = np.arange(50) < np.array([[3], [7]])
    module.LSTM(3)(np.zeros((2, 50, 3), "float32"), mask=torch.tensor(mask))
    assert lengths == [7]


def test_learning_shapes_runs_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keras's own loop took most of a second for this, longer than a learner waits for a slider."""
    steps = []
    step = keras.layers.LSTMCell.call
    monkeypatch.setattr(keras.layers.LSTMCell, "call", lambda *a, **k: steps.append(1) or step(*a, **k))
    model = keras.Sequential([keras.Input((50, 3)), module.LSTM(4), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.train_on_batch(np.zeros((2, 50, 3), "float32"), np.zeros((2, 1), "float32"))
    assert not steps
