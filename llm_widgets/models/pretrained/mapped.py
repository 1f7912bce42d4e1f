"""Weights in a file that is mapped into memory: one array for each weight of a model, in the model's own layout.

The file is a plain safetensors file, so that other programs can read it. It is written array by array, because the
library's own function wants all of them in memory at once.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t
from llm_widgets.models.pretrained.errors import ModelError

_KINDS = {"float32": "F32", "float16": "F16", "uint8": "U8", "int8": "I8"}
_LINE = 64  # bytes: where arrays begin, so that the processor reads whole lines of its cache

Shapes = Mapping[str, tuple[str, tuple[int, ...]]]  # name: the type of its numbers, its shape


def write_arrays(
    path: Path,
    shapes: Shapes,
    arrays: Iterable[NDArray[Any]],
    done: Callable[[int, int], None] = lambda written, total: None,
) -> None:
    """Writes a safetensors file without holding more than one array.

    Args:
        path: the file.
        shapes: what comes, in this order.
        arrays: the arrays themselves.
        done: told how many bytes of how many are written.

    Raises:
        ValueError: an array is not of the type or shape that was announced.
    """
    header: dict[str, Any] = {}
    end = 0
    for name, (kind, shape) in shapes.items():
        size = math.prod(shape) * np.dtype(kind).itemsize
        header[name] = {"dtype": _KINDS[kind], "shape": list(shape), "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % _LINE)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        written = 0
        for (name, (kind, shape)), array in zip(shapes.items(), arrays, strict=True):
            if array.dtype != kind or array.shape != shape:
                raise ValueError(f"{name} is announced as {kind} {shape}. Received: {array.dtype} {array.shape}")
            plain = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
            file.write(plain.data.cast("B") if plain.size else b"")
            written += plain.nbytes
            done(written, end)


def map_weights(model: Any, path: Path) -> None:
    """Lets a model read its weights from a file; with torch nothing is copied, and what is changed stays in memory.

    Args:
        model: a model of ours, built `blank` or otherwise.
        path: what `write_arrays` made of its weights.

    Raises:
        ModelError: the file has not the arrays of this model.
    """
    import keras
    from safetensors import SafetensorError, safe_open

    native = keras.backend.backend() == "torch"
    try:
        with safe_open(path, "pt" if native else "np") as file:
            names = set(file.keys())
            for variable in model.weights:
                shape = tuple(file.get_slice(variable.path).get_shape()) if variable.path in names else None
                if shape != tuple(variable.shape):
                    raise _foreign(path, f"{variable.path}: {shape}, {tuple(variable.shape)}")
                array = file.get_tensor(variable.path)
                if native:
                    variable.value.data = array  # the parameter stays the one that Keras and torch know
                else:
                    variable.assign(array)
    except (SafetensorError, OSError) as error:
        raise _foreign(path, error) from error


def _foreign(path: Path, reason: object) -> ModelError:
    return ModelError(
        t(
            "This file does not hold the weights of the model. Add the model again: llm-widgets models add. "
            "Received: {path}: {reason}",
            path=path,
            reason=reason,
        )
    )
