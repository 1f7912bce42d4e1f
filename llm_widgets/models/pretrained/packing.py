"""Packs the matrices of a mapped model while Keras is still being imported."""

from __future__ import annotations

import json
import math
import os
import struct
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from llm_widgets._runtime import give_back_memory, prepare_environment, usable_cores

_THREADS = 4
_PART_ROWS = 4096
_PARTS = {  # of which matrices each kernel of a block is made
    "qkv_kernel": ("self_attn.q", "self_attn.k", "self_attn.v"),
    "out_kernel": ("self_attn.o",),
    "up_kernel": ("mlp.gate", "mlp.up"),
    "down_kernel": ("mlp.down",),
}


class Packing:
    """Packs all matrices of a weights file in threads; nothing where torch has no such products.

    Args:
        path: what `write_arrays` made of a decoder's weights. It is read, not mapped: what was read of a mapped file
            counts as memory of the process.
        blocks: the whole numbers of a quantized model of the Llama kind, as `convert` writes them; None: it has none.
    """

    def __init__(self, path: Path, blocks: Path | None = None) -> None:
        self._made: dict[str, list[Future[Any]]] = {}
        prepare_environment()
        # A laboratory imports Keras in a thread: half-way there, the environment says what it will choose.
        chosen = getattr(getattr(sys.modules.get("keras"), "backend", None), "backend", None)
        if (chosen() if chosen else os.environ["KERAS_BACKEND"]) != "torch":
            return
        from llm_widgets.models.layers._torch_packed import can_pack

        if not can_pack():
            return
        pool = ThreadPoolExecutor(min(_THREADS, usable_cores()), thread_name_prefix="pack")
        quantized = _quantized(blocks) if blocks is not None and blocks.is_file() else {}
        for name, offset, shape in _matrices(path):
            if blocks is not None and _place(name) in quantized:
                self._made[name] = [pool.submit(_pack_blocks, quantized[_place(name)], blocks)]
                continue
            table = _last(name) == "embedding"
            # A table of the vocabulary is packed a few rows at a time, so that it never lies in memory as a whole.
            size = _PART_ROWS if table else shape[0]
            self._made[name] = [
                pool.submit(_pack, path, offset + 4 * start * shape[1], (min(size, shape[0] - start), shape[1]), table)
                for start in range(0, shape[0], size)
            ]
        pool.shutdown(wait=False)

    def weights(self) -> dict[str, list[Any]]:
        """The packed matrices, by the path of their variable, when all are ready."""
        ready = {name: [part.result() for part in parts] for name, parts in self._made.items()}
        give_back_memory()
        return ready


def _matrices(path: Path) -> list[tuple[str, int, tuple[int, int]]]:
    """Name, place in the file and shape of each matrix that a decoder multiplies by, the largest first."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header: dict[str, Any] = json.loads(file.read(length))
    output = "output" if any(_last(name) == "output" for name in header) else "embedding"
    found = [
        (name, 8 + length + about["data_offsets"][0], (about["shape"][0], about["shape"][1]))
        for name, about in header.items()
        if name != "__metadata__" and (_last(name).endswith("_kernel") or _last(name) == output)
    ]
    return sorted(found, key=lambda one: -math.prod(one[2]))


def _quantized(path: Path) -> dict[str, list[str]]:
    """Which matrices of 4 bits make up each kernel, by block and kernel ("1/qkv_kernel")."""
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        names = set(file.keys())
    found: dict[str, list[str]] = {}
    number = 0
    while f"{(stem := f'model.layers.{number}.')}mlp.up_proj.weight.codes" in names:
        for kernel, parts in _PARTS.items():
            each = [f"{stem}{part}_proj.weight" for part in parts]
            if all(f"{name}.minima" in names for name in each):
                found[f"{number + 1}/{kernel}"] = each
        number += 1
    return found


def _place(name: str) -> str:
    """ "1/qkv_kernel" of "llama/stack/block_1/qkv_kernel"."""
    return name.rpartition("/block_")[2]


def _pack_blocks(names: list[str], path: Path) -> Any:
    import torch
    from safetensors import safe_open

    from llm_widgets.models.layers._torch_packed import pack_blocks

    with safe_open(path, "pt") as file:
        arrays = [
            torch.cat([file.get_tensor(f"{name}.{kind}") for name in names]) for kind in ("codes", "scales", "minima")
        ]
    return pack_blocks(*arrays)


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _pack(path: Path, offset: int, shape: tuple[int, int], table: bool) -> Any:
    from llm_widgets.models.layers._torch_packed import pack

    size = math.prod(shape)
    read, turned = _buffers(size)
    with path.open("rb", buffering=0) as file:
        file.seek(offset)
        if file.readinto(memoryview(read[:size].numpy()).cast("B")) != 4 * size:
            raise OSError(f"{path} is shorter than it says.")
    matrix = read[:size].view(shape)
    return pack(matrix if table else matrix.T, turned)


def _buffers(size: int) -> tuple[Any, Any]:
    """Room for two matrices, this thread's own: taken anew for each, it would stay with the process in pieces."""
    import torch

    found = getattr(_own, "buffers", None)
    if found is None or len(found[0]) < size:
        found = _own.buffers = (torch.empty(size), torch.empty(size))
    return found


_own = threading.local()
