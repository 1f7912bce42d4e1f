"""Makes a model's folder in hiding and shows it when it is whole."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from llm_widgets.i18n import t
from llm_widgets.models.pretrained.errors import NO_SPACE, ModelError
from llm_widgets.models.pretrained.store import FOLDER_VARIABLE, FORMAT, MANIFEST, folder_of, hidden, sha256

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}  # Windows has no quota's number
_HIDDEN = re.compile(r"\.(\d+)\.\w+\.partial$")


@contextlib.contextmanager
def being_made(name: str, origin: dict[str, Any], needed: int) -> Iterator[tuple[Path, Path]]:
    """A folder to make a model in, and one for what is only needed meanwhile.

    When all has gone well the first becomes the model's, at once and whole; else both are gone.

    Args:
        name: of the model; one that is there already is replaced at the end.
        origin: what the manifest says about where it comes from.
        needed: bytes that must be free.

    Raises:
        ModelError: there is no room, or the folder cannot be written.
    """
    final = folder_of(name)
    folder, work = hidden(name, "new"), hidden(name, "work")
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        _sweep(final.parent)
        _check_room(final.parent, needed)
        for one in (folder, work):
            shutil.rmtree(one, ignore_errors=True)
            one.mkdir()
        yield folder, work
        _finish(folder, origin)
        _publish(folder, final)
    except OSError as error:
        if error.errno in _FULL:
            raise ModelError(
                t("The disk ran full. Make room, then try again. Received: {path}", path=final), NO_SPACE
            ) from error
        raise ModelError(
            t("The model could not be written. Received: {path}: {error}", path=final, error=error)
        ) from error
    finally:
        for one in (folder, work):
            shutil.rmtree(one, ignore_errors=True)


def _finish(folder: Path, origin: dict[str, Any]) -> None:
    """Writes the list of files, and sees to it that all of them are on the disk."""
    files = {}
    for path in sorted(folder.iterdir()):
        files[path.name] = {"bytes": path.stat().st_size, "sha256": sha256(path)}
    text = json.dumps({"format": FORMAT, "files": files, "origin": origin}, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    for path in folder.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def _publish(folder: Path, final: Path) -> None:
    old = hidden(final.name, "old")
    if final.exists():
        final.rename(old)
    folder.rename(final)
    shutil.rmtree(old, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Takes away what was left by processes that were ended in the middle."""
    import psutil

    for path in folder.glob(".*.partial"):
        found = _HIDDEN.search(path.name)
        if found and not psutil.pid_exists(int(found[1])):
            shutil.rmtree(path, ignore_errors=True)


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ModelError(
            t(
                "The model needs {needed:.1f} GB on the disk while it is made and {free:.1f} GB are free. Make room, "
                "or set {variable} to a folder on another disk. Received: {path}",
                needed=needed / 1e9,
                free=free / 1e9,
                variable=FOLDER_VARIABLE,
                path=folder,
            ),
            NO_SPACE,
        )
