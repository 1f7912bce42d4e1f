"""Word vectors that come with the kit, made from an encoder that others trained: see `tools/make_vectors.py`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets._resources import folder
from llm_widgets.i18n import t
from llm_widgets.models.checks import shown
from llm_widgets.models.shipped import DamagedWeightsError

LANGUAGES = ("en",)


@dataclass(frozen=True, eq=False)
class ShippedVectors:
    """Words with their vectors.

    Args:
        words: lower case; vectors: float32 [V, E], read-only; card: how they were made.
    """

    words: tuple[str, ...]
    vectors: NDArray[np.float32]
    card: dict[str, Any]

    @property
    def places(self) -> dict[str, int]:
        """Where each word stands."""
        return {word: place for place, word in enumerate(self.words)}


def shipped_vectors(language: str = "en") -> ShippedVectors:
    """The word vectors of a language; read once. Its files are checked against the card.

    Raises:
        ValueError: there are none for this language. DamagedWeightsError: a file was changed or cut.

    Example:
        >>> shipped_vectors("en").vectors.shape[1]
        64
    """
    if language not in LANGUAGES:
        raise ValueError(t("Choose one of {names}. Received: {name}", names=", ".join(LANGUAGES), name=shown(language)))
    return _read(folder("data") / "models" / f"words-{language}")


@cache
def _read(place: Path) -> ShippedVectors:
    from safetensors.numpy import load

    card: dict[str, Any] = json.loads((place / "card.json").read_text(encoding="utf-8"))
    files = {}
    for name, digest in card["sha256"].items():
        data = (place / name).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise DamagedWeightsError(
                t(
                    "This file of a model is damaged: its content does not match its checksum. Install llm_widgets "
                    "again. Received: {path}",
                    path=place / name,
                )
            )
        files[name] = data
    vectors = load(files["vectors.safetensors"])["vectors"].astype(np.float32)
    vectors.setflags(write=False)
    return ShippedVectors(tuple(files["words.txt"].decode("utf-8").split("\n")), vectors, card)
