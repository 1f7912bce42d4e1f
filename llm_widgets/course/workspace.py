"""The learner's own folder: chapters are put into it, and never over anything that the learner has changed.

A manifest in the folder holds the hash of each file as it was delivered. A file that still has its hash is brought up
to date; one that differs is the learner's, and a newer version of it is written beside it (`05-practice.new.ipynb`).

Example:
    >>> import tempfile
    >>> first = deliver(tempfile.mkdtemp(), "en")
    >>> first.kept
    ()
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from llm_widgets._resources import folder as resources
from llm_widgets.i18n import t

MANIFEST = Path(".llm_widgets") / "manifest.json"
_SKIPPED = {".ipynb_checkpoints", "__pycache__"}


class WorkspaceError(OSError):
    """The learner's folder cannot be used; the message says why and what to do."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass
class Delivery:
    """What one delivery did, as paths relative to `folder`.

    `written` are new, `updated` replaced an older version that nobody had changed, `kept` are the learner's and were
    left alone, `beside` are new versions that were put next to those, `present` all chapters of this version.
    """

    folder: Path
    language: str
    written: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    present: tuple[str, ...] = field(default=(), repr=False)

    @property
    def start(self) -> str:
        """Where a browser should open: the first chapter."""
        return next((p for p in self.present if p.endswith(".ipynb")), self.language)


def deliver(folder: Path | str, language: str, source: Path | None = None) -> Delivery:
    """Puts the chapters of one language into `folder/LANGUAGE/`, which the learner owns.

    Args:
        folder: made where it does not exist.
        language: "en" or "zh".
        source: the folder that holds `en/` and `zh/`; by default the chapters of this installation.

    Raises:
        WorkspaceError: the folder cannot be made, read or written.
    """
    folder = Path(folder).expanduser().absolute()
    source = source or resources("notebooks")
    try:
        return _Workspace(folder).receive(source, language)
    except WorkspaceError:
        raise
    except OSError as error:
        raise WorkspaceError(_reason(error, folder)) from error


class _Workspace:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.manifest = _read_manifest(folder / MANIFEST)

    def receive(self, source: Path, language: str) -> Delivery:
        lists: dict[str, list[str]] = {k: [] for k in ("written", "updated", "kept", "beside", "present")}
        before = dict(self.manifest)
        try:
            for path in _files(source / language):
                name = f"{language}/{path.relative_to(source / language).as_posix()}"
                lists["present"].append(name)
                self._place(name, path.read_bytes(), lists)
        finally:
            # Also after an error half way: what was written must be known as ours the next time.
            if self.manifest != before:
                document = {"version": 1, "files": dict(sorted(self.manifest.items()))}
                text = json.dumps(document, indent=1, ensure_ascii=False)
                _write(self.folder / MANIFEST, f"{text}\n".encode())
        return Delivery(self.folder, language, **{k: tuple(v) for k, v in lists.items()})

    def _place(self, name: str, content: bytes, lists: dict[str, list[str]]) -> None:
        digest = _digest(content)
        target = self.folder / name
        if target.is_symlink() or (target.exists() and not target.is_file()):
            lists["kept"].append(name)  # a link or a folder of the learner's: nothing is written through it
            return
        present = _digest(target.read_bytes()) if target.exists() else None
        if present == digest:
            self.manifest[name] = digest
        elif present is None:
            self._put(name, content, digest)
            lists["written"].append(name)
        elif present == self.manifest.get(name):
            self._put(name, content, digest)
            lists["updated"].append(name)
        else:
            lists["kept"].append(name)
            # The learner changed this very version: there is nothing newer to offer.
            if self.manifest.get(name) != digest and (offer := self._offer(name, content, digest)):
                lists["beside"].append(offer)

    def _offer(self, name: str, content: bytes, digest: str) -> str | None:
        """Writes a new version beside a changed file, once; returns its name, or None where it lies there already."""
        suffix = Path(name).suffix
        stem = name.removesuffix(suffix)
        for number in range(1, 1000):
            beside = f"{stem}.new{'' if number == 1 else f'-{number}'}{suffix}"
            target = self.folder / beside
            present = _digest(target.read_bytes()) if target.is_file() else None
            if present == digest:
                return None
            free = present is None and not os.path.lexists(target)
            if free and self.manifest.get(beside) == digest:
                return None  # offered before, and the learner threw it away
            if free or (present is not None and present == self.manifest.get(beside)):
                self._put(beside, content, digest)
                return beside
            if self.manifest.get(beside) == digest:
                return None  # offered before, and the learner now works in it
        return None

    def _put(self, name: str, content: bytes, digest: str) -> None:
        _write(self.folder / name, content)
        self.manifest[name] = digest


def _files(source: Path) -> Iterator[Path]:
    for path in sorted(source.rglob("*")):
        hidden = any(part in _SKIPPED or part.startswith(".") for part in path.relative_to(source).parts)
        if path.is_file() and not hidden:
            yield path


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read_manifest(path: Path) -> dict[str, str]:
    """What was delivered before; a manifest that cannot be read counts as none, so that every file is kept."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): str(digest) for name, digest in document["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write(path: Path, content: bytes) -> None:
    """Writes the whole file or nothing of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # mkstemp makes files that only their owner can read; a chapter is an ordinary file.
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _reason(error: OSError, folder: Path) -> str:
    if error.errno == errno.ENOSPC:
        return t("The disk is full. Make room, or choose a folder on another disk. Received: {path}", path=folder)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return t(
            "Nothing may be written into this folder. Choose one of your own, as in: llm-widgets lab ~/course. "
            "Received: {path}",
            path=folder,
        )
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return t("A folder is needed here, and there is a file of this name. Received: {path}", path=folder)
    return t("This folder cannot be used: {reason}. Received: {path}", reason=error.strerror or error, path=folder)
