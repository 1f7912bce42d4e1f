"""Files that travel with the package: read only where they are still the ones that were shipped."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from llm_widgets.corpora.corpus import Card
from llm_widgets.i18n import t


class DamagedDataError(RuntimeError):
    """A file of the package is missing or is not the one that was shipped."""


def read_shipped(path: Path, sha256: str) -> bytes:
    """The bytes of a file.

    Raises:
        DamagedDataError: it is missing, or its SHA-256 is another.
    """
    data = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DamagedDataError(
            t(
                "A file of the package was changed or is missing. Install the package again: "
                "pip install --force-reinstall llm_widgets. Received: {path}",
                path=path,
            )
        )
    return data


def is_as_shipped(path: Path, sha256: str) -> bool:
    """Whether the file is there and is the one that was shipped."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


@lru_cache(maxsize=8)
def cards(place: Path) -> dict[str, dict[str, Any]]:
    """What the folder's `card.json` says of each language."""
    found: dict[str, dict[str, Any]] = json.loads((place / "card.json").read_text(encoding="utf-8"))
    return found


def make_card(facts: dict[str, Any]) -> Card:
    """A card from its JSON."""
    return Card(
        title=facts["title"],
        licence=facts.get("licence", ""),
        source=facts.get("source", ""),
        citation=facts.get("citation", ""),
        sha256=facts["sha256"],
        description=facts.get("description", {}),
        notes=tuple(facts.get("known_faults", ())),
        statistics=facts.get("statistics", {}),
    )
