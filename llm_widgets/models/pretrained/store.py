"""Where models lie: one folder each, seen by nobody before it is whole.

NAME/weights.safetensors   the weights, in the layout of our models: loading is mapping
NAME/blocks.safetensors    of quantized models also the whole numbers as they came, under Hugging Face's names
NAME/tokenizer.json        as the `tokenizers` library writes it
NAME/config.json           the spec as text, special ids, licence, source
NAME/manifest.json         size and SHA-256 of each file
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

from llm_widgets.i18n import t
from llm_widgets.models.checks import shown
from llm_widgets.models.pretrained.errors import ModelError

WEIGHTS, BLOCKS = "weights.safetensors", "blocks.safetensors"
TOKENIZER, CONFIG, MANIFEST = "tokenizer.json", "config.json", "manifest.json"
FORMAT = "llm-widgets-model/1"
FOLDER_VARIABLE = "LLM_WIDGETS_MODELS"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


def models_folder() -> Path:
    """Where models are kept: `LLM_WIDGETS_MODELS`, else in the user's cache folder."""
    import platformdirs

    chosen = os.environ.get(FOLDER_VARIABLE)
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("llm_widgets") / "models"


def checked_name(name: object) -> str:
    """The name where it can be one of a model.

    Raises:
        ValueError: it has other signs than small letters, digits, ".", "_" and "-", or is too long.
    """
    if isinstance(name, str) and _NAME.fullmatch(name):
        return name
    raise ValueError(
        t(
            "A model's name has 1 to 63 small letters, digits, dots, hyphens or underscores, and begins with a letter "
            "or a digit. Received: {name}",
            name=shown(name),
        )
    )


def names() -> tuple[str, ...]:
    """The models that are here, by name."""
    folder = models_folder()
    found = (path.parent.name for path in folder.glob(f"*/{MANIFEST}")) if folder.is_dir() else ()
    return tuple(sorted(name for name in found if _NAME.fullmatch(name)))


def is_here(name: str) -> bool:
    """Whether the model is here and whole, by the sizes of its files."""
    try:
        return _first_fault(folder_of(name), read_manifest(name), hashes=False) == ""
    except ModelError:
        return False


def is_intact(name: str) -> bool:
    """Whether every file is as it was made, by its SHA-256."""
    try:
        return _first_fault(folder_of(name), read_manifest(name), hashes=True) == ""
    except ModelError:
        return False


def folder_of(name: str) -> Path:
    """Where the model lies, or would."""
    return models_folder() / checked_name(name)


def size_of(name: str) -> int:
    """Bytes of the model's files."""
    return sum(int(file["bytes"]) for file in read_manifest(name)["files"].values())


def read_manifest(name: str) -> dict[str, Any]:
    """The list of the model's files.

    Raises:
        ModelError: the model is not here, or its list cannot be read.
    """
    manifest = _read(folder_of(name) / MANIFEST, name)
    files = manifest.get("files")
    listed = files.values() if isinstance(files, dict) else [None]
    if not all(isinstance(file, dict) and {"bytes", "sha256"} <= file.keys() for file in listed):
        raise _damaged(name, MANIFEST)
    return manifest


def read_config(name: str) -> dict[str, Any]:
    """What is known of the model; its files have been compared with their sizes.

    Raises:
        ModelError: the model is not here, or not whole.
    """
    fault = _first_fault(folder_of(name), read_manifest(name), hashes=False)
    if fault:
        raise _damaged(name, fault)
    return _read(folder_of(name) / CONFIG, name)


def _read(path: Path, name: str) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise KeyError(data["format"])
    except FileNotFoundError as error:
        raise ModelError(
            t(
                "This model is not on this machine. Get it with: {command}. Received: {name}",
                command=f"llm-widgets models add {name}",
                name=name,
            )
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(name, f"{path.name}: {error}") from error
    return dict(data)


def _first_fault(folder: Path, manifest: dict[str, Any], *, hashes: bool) -> str:
    """The first file that is not as it was made; "" where all are."""
    for name, file in manifest["files"].items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != file["bytes"]:
            return str(name)
        if hashes and sha256(path) != file["sha256"]:
            return str(name)
    return ""


def _damaged(name: str, fault: str) -> ModelError:
    command = f"llm-widgets models remove {name}; llm-widgets models add {name}"
    return ModelError(
        t(
            "A file of this model is missing or was changed. Put it right with: {command}. Received: {name}: {fault}",
            command=command,
            name=name,
            fault=fault,
        )
    )


def sha256(path: Path) -> str:
    """The hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hidden(name: str, use: str) -> Path:
    """A folder beside the models that is none of them, and that says whose it is."""
    return models_folder() / f".{name}.{os.getpid()}.{use}.partial"


def remove(name: str) -> int:
    """Deletes a model from this machine; returns how many bytes that freed.

    Raises:
        ModelError: it is not here, or cannot be deleted.
    """
    folder = folder_of(name)
    if not folder.is_dir():
        raise ModelError(t("There is no such model on this machine. Received: {name}", name=name))
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    try:
        old = hidden(name, "old")
        folder.rename(old)  # at once: half a model is seen by nobody
        shutil.rmtree(old)
    except OSError as error:
        raise ModelError(
            t(
                "The model could not be deleted; close the notebooks that use it. Received: {path}: {error}",
                path=folder,
                error=error,
            )
        ) from error
    return size
