"""PyTorch's activations by our names."""

from __future__ import annotations

import torch
import torch.nn.functional as F

THEIR_ACTIVATIONS = {
    "identity": lambda z: z * 1,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "tanh": torch.tanh,
    "gelu": F.gelu,
    "gelu_tanh": lambda z: F.gelu(z, approximate="tanh"),
    "silu": F.silu,
}
