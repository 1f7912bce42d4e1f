"""The whole number that `LLM_WIDGETS_SEED` gives to a class, so that all of it draws the same."""

from __future__ import annotations

import hashlib
import os

VARIABLE = "LLM_WIDGETS_SEED"
LARGEST = 2**32


def from_environment() -> int | None:
    """The seed that was set, from 0 to 2³² − 1; None where none was."""
    given = os.environ.get(VARIABLE, "").strip()
    return seed_of(given) if given else None


def seed_of(text: str) -> int:
    """A number as it is, any other text as one that only it has, on every machine."""
    if text.isascii() and text.isdigit() and len(text) <= 10 and int(text) < LARGEST:
        return int(text)
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:4], "big")
