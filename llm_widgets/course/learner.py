"""Who learns here: one whole number from which each learner's exercises are drawn; neighbours get other numbers.

It comes from `LLM_WIDGETS_SEED` (a number or any text, such as a name), else from a small file in the user's own state
folder, else it is drawn and written there; where nothing can be written it holds for this session.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from llm_widgets._seeds import LARGEST, from_environment, seed_of
from llm_widgets._seeds import VARIABLE as VARIABLE

if TYPE_CHECKING:
    import numpy as np

_lock = threading.Lock()
_kept: dict[Path, int] = {}


def seed() -> int:
    """The learner's seed, from 0 to 2³² − 1; the same at each call, and in each session where it could be kept.

    Example:
        >>> seed() == seed()
        True
    """
    if (given := from_environment()) is not None:
        return given
    path = seed_file()
    with _lock:
        if path not in _kept:
            _kept[path] = _read(path) if path.is_absolute() else _drawn()
        return _kept[path]


def seed_file() -> Path:
    """Where the seed is kept; a relative path where there is no such folder."""
    import platformdirs

    try:
        return platformdirs.user_state_path("llm_widgets") / "learner-seed.txt"
    except (OSError, RuntimeError, KeyError):  # an account without a home
        return Path("learner-seed.txt")


def generator(name: str, again: int = 0, of: int | None = None) -> np.random.Generator:
    """Random numbers for one exercise of this learner.

    Args:
        name: of the exercise.
        again: how often it was drawn before.
        of: another learner's seed.
    """
    import numpy as np

    return np.random.default_rng([seed() if of is None else of, seed_of(name), again])


def _read(path: Path) -> int:
    for _ in range(2):
        with contextlib.suppress(OSError, ValueError):
            return int(path.read_text(encoding="ascii")[:20]) % LARGEST
        with contextlib.suppress(OSError):
            _write(path, _drawn())
    return _drawn()


def _write(path: Path, number: int) -> None:
    """Writes the whole file; where two kernels do so at once, both then read what the later one wrote."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".learner-seed")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{number}\n")
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _drawn() -> int:
    return secrets.randbelow(LARGEST)
