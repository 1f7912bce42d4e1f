"""The small language models that come with the kit, one folder of `data/models` each: see `tools/make_weights.py`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from llm_widgets._resources import folder
from llm_widgets.i18n import t
from llm_widgets.models.checks import shown
from llm_widgets.models.gpt import GPTSpec
from llm_widgets.models.language_model import LanguageModel

SHIPPED = ("alice", "tang")


class DamagedWeightsError(ValueError):
    """A file of a model is not the one that its card tells of."""


def shipped_card(name: str) -> dict[str, Any]:
    """What is known of a model that comes with the kit: how it was made, on what, how good it is, and its licence.

    Args:
        name: "alice" (a GPT that read *Alice's Adventures in Wonderland*) or "tang" (one that read Tang quatrains).

    Raises:
        ValueError: there is no model of this name.

    Example:
        >>> shipped_card("alice")["corpus"]["name"]
        'alice'
    """
    if name not in SHIPPED:
        raise ValueError(t("Choose one of {names}. Received: {name}", names=", ".join(SHIPPED), name=shown(name)))
    card: dict[str, Any] = json.loads((shipped_folder(name) / "card.json").read_text(encoding="utf-8"))
    return card


def shipped(name: str) -> LanguageModel:
    """A small GPT that has learned already, with its tokenizer, in a second and without a network.

    Its files are checked against the card; nothing is unpickled. Each call gives a model of its own.

    Args:
        name: as for `shipped_card`.

    Raises:
        ValueError: there is no model of this name.
        DamagedWeightsError: a file was changed or cut.

    Example:
        >>> model = shipped("alice")  # doctest: +SKIP
        >>> model.spec.num_layers, model.tokenizer.unit  # doctest: +SKIP
        (3, 'characters')
    """
    card = shipped_card(name)
    return load_shipped(shipped_folder(name), card)


def load_shipped(place: Path, card: dict[str, Any]) -> LanguageModel:
    """The model whose files lie in a folder, as its card tells.

    Raises:
        DamagedWeightsError: a file was changed or cut.
    """
    from safetensors.numpy import load

    from llm_widgets.models.weights.load import load_state
    from llm_widgets.tokenizers import TextTokenizer

    files = {name: checked_file(place / name, digest) for name, digest in card["sha256"].items()}
    tokenizer = TextTokenizer.from_json(files["tokenizer.json"].decode("utf-8"))
    model = GPTSpec.from_text(card["spec"]).build()
    state = load(files["weights.safetensors"])  # half as many bytes as the model computes with
    load_state(model, {name: array.astype("float32") for name, array in state.items()})
    return LanguageModel(card["name"], model, tokenizer, card["language"], f"{card['made_by']}; {card['licence']}")


def checked_file(path: Path, digest: str) -> bytes:
    """The content of a file of a model.

    Raises:
        DamagedWeightsError: it is not what its card tells of.
    """
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise DamagedWeightsError(
            t(
                "This file of a model is damaged: its content does not match its checksum. Install llm_widgets again. "
                "Received: {path}",
                path=path,
            )
        )
    return data


def shipped_folder(name: str) -> Path:
    """Where the files of a model lie."""
    return folder("data") / "models" / name
