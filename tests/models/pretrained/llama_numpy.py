"""A Llama's forward pass in NumPy straight from a GGUF file, in the file's own order: it shares no line with ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFReader, dequantize
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class LlamaNumPy:
    """Logits and attention of one text, in float64; a matrix is made when it is used, and thrown away."""

    def __init__(self, path: Path) -> None:
        self.reader = GGUFReader(path)
        self.tensors = {tensor.name: tensor for tensor in self.reader.tensors}
        self.layers, self.heads, self.groups, self.width = (
            self.value(name)
            for name in ("block_count", "attention.head_count", "attention.head_count_kv", "rope.dimension_count")
        )
        self.base, self.epsilon = self.value("rope.freq_base"), self.value("attention.layer_norm_rms_epsilon")

    def value(self, name: str) -> Any:
        return self.reader.fields[f"llama.{name}"].contents()

    def weight(self, name: str, rows: int | None = None) -> NDArray[np.float32]:
        """A matrix, or its first rows."""
        tensor = self.tensors[f"{name}.weight"]
        return np.asarray(dequantize(tensor.data[:rows], tensor.tensor_type), np.float32)

    def norm(self, x: Floats, name: str) -> Floats:
        return np.asarray(x / np.sqrt(np.square(x).mean(-1, keepdims=True) + self.epsilon) * self.weight(name))

    def turn(self, x: Floats) -> Floats:
        """[T, H, D]: neighbours in a head are the two parts of a complex number, which is turned."""
        rate = self.base ** -(np.arange(0, self.width, 2) / self.width)
        angle = np.arange(len(x))[:, None, None] * rate
        turned = (x[..., 0::2] + 1j * x[..., 1::2]) * np.exp(1j * angle)
        return np.stack([turned.real, turned.imag], -1).reshape(x.shape)

    def __call__(self, ids: NDArray[np.int32]) -> tuple[Floats, list[Floats]]:
        """Logits [T, V], and one array [H, T, T] a layer."""
        table = self.weight("token_embd")
        x, seen = table[ids].astype(np.float64), []
        hidden = np.triu(np.full((len(ids), len(ids)), -np.inf), 1)
        for layer in range(self.layers):
            place = f"blk.{layer}."
            y = self.norm(x, place + "attn_norm")
            q, k, v = ((y @ self.weight(f"{place}attn_{part}").T).reshape(len(ids), -1, self.width) for part in "qkv")
            k, v = (np.repeat(part, self.heads // self.groups, 1) for part in (self.turn(k), v))
            scores = np.einsum("thd,shd->hts", self.turn(q), k) / np.sqrt(self.width) + hidden
            weights = np.exp(scores - scores.max(-1, keepdims=True))
            weights /= weights.sum(-1, keepdims=True)
            seen.append(weights)
            mixed = np.einsum("hts,shd->thd", weights, v).reshape(x.shape)
            x = x + mixed @ self.weight(place + "attn_output").T
            y = self.norm(x, place + "ffn_norm")
            gate = y @ self.weight(place + "ffn_gate").T
            up = y @ self.weight(place + "ffn_up").T
            x = x + (gate / (1 + np.exp(-gate)) * up) @ self.weight(place + "ffn_down").T
        x = self.norm(x, "output_norm")
        parts = [x @ part.T.astype(np.float64) for part in np.array_split(table, 16)]
        return np.concatenate(parts, -1), seen
