"""A folder as Hugging Face's `save_pretrained` writes it: `config.json`, safetensors, `tokenizer.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t
from llm_widgets.models.pretrained.chat import chat_of
from llm_widgets.models.pretrained.errors import ModelError
from llm_widgets.models.pretrained.hf_config import spec_of
from llm_widgets.models.pretrained.source import Source

ONE_FILE, INDEX = "model.safetensors", "model.safetensors.index.json"
PATTERNS = ("config.json", "tokenizer.json", "tokenizer_config.json", ONE_FILE, INDEX, "model-*.safetensors")
_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")


def read_folder(folder: Path) -> Source:
    """Opens a folder; the arrays are read one by one later.

    Raises:
        ModelError: a file is missing, damaged or could run code, or the model has a part that our blocks lack.
    """
    if not folder.is_dir():
        raise ModelError(t("There is no such folder. Received: {path}", path=folder))
    state = SafeTensors(weight_files(folder))
    config = read_json(folder / "config.json")
    path = folder / "tokenizer.json"
    try:
        tokenizer = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error
    template = {}
    if (folder / "tokenizer_config.json").is_file():
        template = read_json(folder / "tokenizer_config.json")
    named = {"pad": "pad_token_id", "end": "eos_token_id"}
    ids = {ours: number for ours, theirs in named.items() if (number := _one(config.get(theirs))) is not None}
    return Source(spec_of(config, state), state, tokenizer, ids, chat_of(template.get("chat_template")))


def _one(value: Any) -> int | None:
    """One id, where there may be a list of them."""
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, int) and value >= 0 else None


def weight_files(folder: Path) -> tuple[Path, ...]:
    """The safetensors files of a folder.

    Raises:
        ModelError: there are none, one of several is missing, or there are only such as could run code.
    """
    if (folder / INDEX).is_file():
        index = read_json(folder / INDEX).get("weight_map")
        names = sorted({str(name) for name in index.values()}) if isinstance(index, dict) else []
        # A name may not lead out of the folder.
        if not names or any(Path(name).name != name or not name.endswith(".safetensors") for name in names):
            raise _unreadable(folder / INDEX, names[:3])
        missing = [name for name in names if not (folder / name).is_file()]
        if missing:
            raise ModelError(t("A file of the weights is missing. Received: {path}", path=folder / missing[0]))
        return tuple(folder / name for name in names)
    if (folder / ONE_FILE).is_file():
        return (folder / ONE_FILE,)
    pickled = sorted(path.name for pattern in _PICKLED for path in folder.glob(pattern))
    if pickled:
        raise ModelError(
            t(
                "These weights are pickled: whoever opens such a file runs the program that may hide in it, so it is "
                "not opened here. Get the model as safetensors, or have `transformers` write it: "
                "model.save_pretrained(folder). Received: {path}",
                path=folder / pickled[0],
            )
        )
    raise ModelError(
        t(
            "The folder has no weights: neither {one} nor {index}. Received: {path}",
            one=ONE_FILE,
            index=INDEX,
            path=folder,
        )
    )


def read_json(path: Path) -> dict[str, Any]:
    """An object of a JSON file.

    Raises:
        ModelError: the file is missing or is none.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, error) from error
    if not isinstance(data, dict):
        raise _unreadable(path, type(data).__name__)
    return data


def _unreadable(path: Path, reason: object) -> ModelError:
    return ModelError(t("This file cannot be read. Received: {path}: {reason}", path=path, reason=reason))


class SafeTensors(Mapping[str, NDArray[Any]]):
    """The arrays of some safetensors files, as float32, each read when it is asked for.

    Raises:
        ModelError: a file is damaged.
    """

    def __init__(self, paths: tuple[Path, ...]) -> None:
        import ml_dtypes  # noqa: F401  tells NumPy about bfloat16
        from safetensors import SafetensorError, safe_open

        self._files: dict[str, Any] = {}
        for path in paths:
            try:
                file = safe_open(path, "np")
            except (SafetensorError, OSError) as error:
                raise _unreadable(path, error) from error
            self._files |= dict.fromkeys([*file.keys()], file)  # type: ignore[no-untyped-call]
        # Of old the scale and shift of a normalization had other names.
        self._names = {_renamed(name): name for name in self._files}

    def __getitem__(self, name: str) -> NDArray[Any]:
        array = self._files[self._names[name]].get_tensor(self._names[name])
        return array if array.dtype == np.float32 else np.asarray(array).astype(np.float32)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _renamed(name: str) -> str:
    for old, new in (("LayerNorm.gamma", "LayerNorm.weight"), ("LayerNorm.beta", "LayerNorm.bias")):
        if name.endswith(old):
            return name.removesuffix(old) + new
    return name
