"""What the tests of the data scripts share."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable

import pytest


@pytest.fixture
def archive() -> Callable[[dict[str, bytes]], bytes]:
    """Makes a .tar.gz of names and contents."""

    def make(files: dict[str, bytes]) -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            for name, data in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        return buffer.getvalue()

    return make
