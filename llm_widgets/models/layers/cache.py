"""Keys and values of the tokens that were read already, so that a new token need not read them again."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops as k_ops
from numpy.typing import NDArray

from llm_widgets.models.layers import ops
from llm_widgets.models.transformer_spec import TransformerSpec


class Cache:
    """What one stack remembers of a text: room for `size` tokens, of which `length` are filled.

    Args:
        spec: of the model.
        layers: blocks of the stack.
        batch: texts side by side, B.
        size: the most tokens that it will hold, S.
    """

    def __init__(self, spec: TransformerSpec, layers: int, batch: int, size: int) -> None:
        self.length = 0
        self.size = size
        self.ids = np.zeros((batch, size), np.int32)  # what was read; 0 where nothing was yet
        shape = (batch, spec.key_value_heads, size, spec.head_dim)
        self.own: list[tuple[Any, Any]] = [(k_ops.zeros(shape), k_ops.zeros(shape)) for _ in range(layers)]
        self.cross: list[tuple[Any, Any] | None] = [None] * layers  # of another text, once they are computed
        self.memory: Any = None  # that text, [B, S, C], and where it is no padding
        self.memory_seen: Any = None

    def keys_after(self, new: int) -> int:
        """How many keys the next `new` tokens are shown: those that are filled, or the whole room (see `ops.write`)."""
        return self.length + new if ops.TORCH else self.size

    def extend(self, layer: int, k: Any, v: Any) -> tuple[Any, Any]:
        """Adds keys and values [B, K, T, D] of new tokens; returns those of all tokens, [B, K, S, D] each."""
        keys, values = self.own[layer]
        keys, all_keys = ops.write(keys, k, self.length)
        values, all_values = ops.write(values, v, self.length)
        self.own[layer] = (keys, values)
        return all_keys, all_values

    def select(self, rows: list[int]) -> None:
        """The texts at these places, in this order, go on: beams are dropped and doubled."""
        if rows == list(range(len(self.ids))):
            return
        self.ids = self.ids[rows]
        places = k_ops.convert_to_tensor(np.array(rows, np.int32))
        self.own = [(k_ops.take(k, places, axis=0), k_ops.take(v, places, axis=0)) for k, v in self.own]

    def note(self, ids: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Adds the ids [B, T] of new tokens; returns where a key is no padding, [B, S]."""
        T = ids.shape[1]
        self.ids[:, self.length : self.length + T] = ids
        seen: NDArray[np.bool_] = self.ids[:, : self.keys_after(T)] != 0
        return seen
