"""A GGUF file of the Llama kind, under Hugging Face's names: as float32, or as the small whole numbers it keeps.

Reference:
    The GGUF format and its quantization types Q4_1 and Q8_0: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t

BLOCK = 32  # neighbours in a row that share a scale
_NAMES = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_IN_BLOCK = re.compile(r"blk\.(\d+)\.(\w+)\.weight")


class Blocks(NamedTuple):
    """A matrix [R, C] as its file keeps it: value = code · scale + minimum, where 32 neighbours in a row share both.

    Args:
        codes: whole numbers, [R, C]: uint8 from 0 to 15 (Q4_1), or int8 (Q8_0).
        scales: float16, [R, C / 32].
        minima: float16, [R, C / 32]; None for Q8_0, whose values lie around 0.
    """

    codes: NDArray[Any]
    scales: NDArray[np.float16]
    minima: NDArray[np.float16] | None

    def values(self) -> NDArray[np.float32]:
        """The matrix, float32 [R, C]."""
        rows, columns = self.codes.shape
        values = self.codes.reshape(rows, -1, BLOCK).astype(np.float32)
        values *= self.scales.astype(np.float32)[..., None]
        if self.minima is not None:
            values += self.minima.astype(np.float32)[..., None]
        return values.reshape(rows, columns)


class GGUFFile(Mapping[str, NDArray[np.float32]]):
    """A file, mapped into memory: each array is made when it is asked for, `file[name]`, float32.

    Queries and keys have the order of rows in which Hugging Face (and our blocks) turn them: the first half of a head's
    numbers with the second; llama.cpp turns neighbours, and its files are sorted for that.

    Args:
        path: the file.

    Raises:
        ValueError: it is no GGUF file, of another family, or has tensors that have no name here.

    Example:
        >>> file = GGUFFile(Path("model.gguf"))  # doctest: +SKIP
        >>> file["model.embed_tokens.weight"].shape  # doctest: +SKIP
        (49152, 576)
        >>> file.blocks("model.layers.0.mlp.up_proj.weight").codes.max()  # doctest: +SKIP
        15
    """

    def __init__(self, path: Path) -> None:
        from gguf import GGUFReader

        try:
            self._reader: Any = GGUFReader(path)
        except (ValueError, IndexError, KeyError, OverflowError) as error:
            raise ValueError(t("This is no GGUF file. Received: {path}: {error}", path=path, error=error)) from error
        family = self.field("general.architecture")
        if family != "llama":
            raise ValueError(t("Only GGUF files of the Llama kind are read. Received: {family}", family=family))
        self._tensors = {_hugging_face(tensor.name): tensor for tensor in self._reader.tensors}

    def field(self, name: str, default: Any = None) -> Any:
        """A value of the file's metadata, such as "llama.block_count"."""
        found = self._reader.fields.get(name)
        return default if found is None else found.contents()

    def __iter__(self) -> Iterator[str]:
        return iter(self._tensors)

    def __len__(self) -> int:
        return len(self._tensors)

    def kind(self, name: str) -> str:
        """How the file keeps an array: "F32", "Q4_1", "Q8_0", …"""
        return str(self._tensors[name].tensor_type.name)

    def shape(self, name: str) -> tuple[int, ...]:
        """Of an array, without making it."""
        return tuple(int(size) for size in reversed(self._tensors[name].shape))

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        if self.kind(name) in ("Q4_1", "Q8_0"):
            return self.blocks(name).values()
        from gguf import dequantize

        tensor = self._tensors[name]
        values = np.asarray(dequantize(tensor.data, tensor.tensor_type), np.float32)
        order = self._order(name, len(values))
        return values if order is None else values[order]

    def blocks(self, name: str) -> Blocks:
        """A matrix that is kept as Q4_1 or Q8_0, in the same order of rows.

        Raises:
            ValueError: it is kept otherwise.
        """
        kind, data = self.kind(name), self._tensors[name].data  # data: uint8 [R, bytes]
        if kind not in ("Q4_1", "Q8_0"):
            raise ValueError(t("Only Q4_1 and Q8_0 come in blocks. Received: {name} of {kind}", name=name, kind=kind))
        rows = len(data)
        order = self._order(name, rows)
        if order is not None:
            data = data[order]
        if kind == "Q8_0":  # a scale, then 32 signed bytes
            each = data.reshape(rows, -1, 2 + BLOCK)
            return Blocks(_plain(each[..., 2:], np.int8).reshape(rows, -1), _halves(each[..., :2]), None)
        each = data.reshape(rows, -1, 4 + BLOCK // 2)  # scale, minimum, then 16 bytes of two codes each
        pairs = each[..., 4:]
        codes = np.concatenate([pairs & 15, pairs >> 4], axis=-1).reshape(rows, -1)
        return Blocks(codes, _halves(each[..., :2]), _halves(each[..., 2:4]))

    def _order(self, name: str, rows: int) -> NDArray[np.int64] | None:
        """For queries and keys: which row of the file is which of Hugging Face's."""
        heads = {
            "q_proj": self.field("llama.attention.head_count"),
            "k_proj": self.field("llama.attention.head_count_kv", self.field("llama.attention.head_count")),
        }.get(name.split(".")[-2])
        return None if heads is None else np.arange(rows).reshape(heads, -1, 2).swapaxes(1, 2).ravel()


def _plain(data: NDArray[np.uint8], kind: Any) -> NDArray[Any]:
    return np.ascontiguousarray(data).view(kind)


def _halves(data: NDArray[np.uint8]) -> NDArray[np.float16]:
    """Pairs of bytes [..., 2] as float16 [...]."""
    return _plain(data, np.dtype("<f2"))[..., 0]


def _hugging_face(name: str) -> str:
    found = _IN_BLOCK.fullmatch(name)
    stem = found[2] if found else name.removesuffix(".weight")
    if stem not in _NAMES:
        raise ValueError(t("A tensor of the GGUF file has no place in a Llama. Received: {name}", name=name))
    return f"model.layers.{found[1]}.{_NAMES[stem]}.weight" if found else f"{_NAMES[stem]}.weight"
