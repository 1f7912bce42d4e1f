"""Tiny models of `transformers` with random weights: the outside reference."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

State = dict[str, NDArray[np.float32]]


def randomized(model: Any, seed: int = 0) -> Any:
    """The model with all weights random: biases and scales too, so that none can be forgotten unseen."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.copy_(noise * 0.2 if parameter.dim() > 1 else 1 + 0.3 * noise)
    return model.eval()


def state_of(model: Any) -> State:
    """Its weights by name, as NumPy arrays."""
    return {name: tensor.detach().numpy().copy() for name, tensor in model.state_dict().items()}


def tensor(ids: NDArray[np.int32]) -> Any:
    """Ids as torch wants them."""
    return torch.from_numpy(ids.astype("int64"))


def arrays(tensors: Any) -> list[NDArray[np.float32]]:
    """torch's tensors as NumPy arrays."""
    return [t.detach().numpy() for t in tensors]


def assert_same_attention(ours: list[NDArray[np.float32]], theirs: Any, tolerance: float = 1e-5) -> None:
    """Layer by layer, head by head."""
    for a, b in zip(ours, arrays(theirs), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance)
