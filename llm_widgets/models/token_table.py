"""The embedding table of a model, and the text that it is looked up with; read from a file where that is enough."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t
from llm_widgets.models.checks import shown
from llm_widgets.models.shipped import SHIPPED, checked_file, shipped_card, shipped_folder

if TYPE_CHECKING:
    from llm_widgets.models.language_model import Askable


@dataclass(frozen=True, eq=False)
class TokenTable:
    """One row of numbers for each token that a model knows.

    Args:
        name: of the model.
        tokenizer: cuts text into tokens with ids.
        vectors: the table, float32 [V, C].
        positions: what is added at each place of a text, learned or computed, float32 [T, C]; None where the model adds
            nothing. With BERT the row of the first token type is in it, which is added everywhere.
        language: "en", "zh", or "" for any.
    """

    name: str
    tokenizer: Any
    vectors: NDArray[np.float32]
    positions: NDArray[np.float32] | None = None
    language: str = ""


def stored_table(name: str) -> TokenTable:
    """The table of a model that is on this machine, read from its file: no backend is loaded, and no other weight.

    Args:
        name: "alice", "tang", or a model that `llm-widgets models add` has put here, such as "minilm".

    Raises:
        ValueError: there is no model of this name. DamagedWeightsError, ModelError: a file was changed.

    Example:
        >>> table = stored_table("alice")
        >>> table.vectors.shape, table.positions.shape
        ((108, 96), (128, 96))
    """
    return _shipped(name) if name in SHIPPED else _added(name)


def table_of(source: Askable, name: str = "", language: str = "") -> TokenTable:
    """The table of a model as it is now, copied.

    Args:
        source: a `LanguageModel`, a `LanguageRun`, or a `Run`.

    Raises:
        ValueError: the model has no embedding table.

    Example:
        >>> table_of(run).vectors.shape  # doctest: +SKIP
        (1000, 64)
    """
    vectors, positions = source.call(read_table)
    return TokenTable(name, source.tokenizer, vectors, positions, language)


def read_table(model: Any) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """The table of a Keras model, and what it adds at each place, copied.

    Raises:
        ValueError: the model has no embedding table.
    """
    from llm_widgets.models.reading import synchronize

    synchronize(model)
    table = getattr(model, "embedding", None)
    if hasattr(table, "product"):  # packed: rows are unpacked by looking them up
        vectors = looked_up(model, np.arange(model.spec.vocabulary_size))
    else:
        vectors = _numbers(classifier_table(model) if table is None else table)
    spec = getattr(model, "spec", None)
    if getattr(spec, "position", "") == "sinusoidal":
        from llm_widgets.models.layers.positions import sinusoidal

        return vectors, sinusoidal(model.spec.max_length, model.spec.d_model)
    positions, types = getattr(getattr(model, "stack", None), "positions", None), getattr(model, "types", None)
    if positions is None:
        return vectors, None
    return vectors, _numbers(positions) + (0 if types is None else _numbers(types)[0])


def looked_up(model: Any, ids: NDArray[Any]) -> NDArray[np.float32]:
    """Rows of a Transformer's table by its own lookup, float32 [N, C]."""
    from llm_widgets.models.layers.transformer import as_arrays, as_ids

    with model.reading():
        found: NDArray[np.float32] = as_arrays([model.embed(as_ids(ids[None]))])[0][0]
    return found


def classifier_table(model: Any) -> Any:
    """The variable of a Keras model whose layer is called "embedding".

    Raises:
        ValueError: it has no such layer.
    """
    table = next((layer.embeddings for layer in getattr(model, "layers", ()) if layer.name == "embedding"), None)
    if table is None:
        raise ValueError(t("This model has no embedding table. Received: {model}", model=shown(repr(model))))
    return table


def _numbers(variable: Any) -> NDArray[np.float32]:
    import keras

    return np.array(keras.ops.convert_to_numpy(variable.value), np.float32)


def _shipped(name: str) -> TokenTable:
    from safetensors.numpy import load

    from llm_widgets.tokenizers import TextTokenizer

    card = shipped_card(name)
    place = shipped_folder(name)
    text, weights = (
        checked_file(place / file, card["sha256"][file]) for file in ("tokenizer.json", "weights.safetensors")
    )
    state = load(weights)
    vectors, positions = (state[key].astype(np.float32) for key in ("wte.weight", "wpe.weight"))
    return TokenTable(name, TextTokenizer.from_json(text.decode("utf-8")), vectors, positions, card["language"])


def _added(name: str) -> TokenTable:
    from safetensors import SafetensorError, safe_open

    from llm_widgets.models.pretrained import ModelError, store
    from llm_widgets.models.pretrained.tokenizer import PretrainedTokenizer

    config, folder = store.read_config(name), store.folder_of(name)
    path = folder / store.WEIGHTS
    try:
        with safe_open(path, "np") as file:
            keys = list(file.keys())
            by_end = {key.partition("/")[2]: key for key in keys}
            vectors = np.asarray(file.get_tensor(by_end["embedding"]), np.float32)
            extra = [file.get_tensor(by_end[end]) for end in ("stack/positions", "token_types") if end in by_end]
        positions = (
            sum((part if len(part) > 4 else part[0] for part in extra), np.zeros(1, np.float32)) if extra else None
        )
        tokenizer = PretrainedTokenizer(
            (folder / store.TOKENIZER).read_text(encoding="utf-8"),
            size=len(vectors),
            ids=config["ids"],
            chat=config["chat"],
        )
    except (SafetensorError, OSError, KeyError, json.JSONDecodeError) as error:
        raise ModelError(
            t("This file cannot be read. Received: {path}: {reason}", path=Path(path), reason=error)
        ) from error
    return TokenTable(name, tokenizer, vectors, positions, config["language"])
