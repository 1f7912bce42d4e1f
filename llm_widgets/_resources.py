"""Where the files that travel with the package are: in the wheel, or beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder `name` ("data" or "notebooks"), as it lies in the wheel or in the checkout.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for path in (_PACKAGE / f"_{name}", _PACKAGE.parent / name):
        if path.is_dir():
            return path
    raise FileNotFoundError(
        f"The folder {name!r} is missing from this installation of llm_widgets. "
        f"Install it again: pip install --force-reinstall llm_widgets. Received: {_PACKAGE}"
    )
