"""Writes a source down in the form that loads at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from llm_widgets.i18n import t
from llm_widgets.models.pretrained.errors import ModelError
from llm_widgets.models.pretrained.gguf_reader import BLOCK, GGUFFile
from llm_widgets.models.pretrained.mapped import Shapes, write_arrays
from llm_widgets.models.pretrained.source import Progress, Source
from llm_widgets.models.pretrained.store import BLOCKS, CONFIG, FORMAT, TOKENIZER, WEIGHTS
from llm_widgets.models.pretrained.tokenizer import PretrainedTokenizer

_QUANTIZED = ("Q4_1", "Q8_0")


def convert(source: Source, folder: Path, about: dict[str, Any], progress: Progress) -> None:
    """Writes weights, tokenizer and config into a folder.

    Args:
        source: what the model is made of.
        folder: where to; empty.
        about: "name", "licence", "language", "source", for the config.
        progress: told about the bytes.

    Raises:
        ModelError: an array is missing or of another shape, or the tokenizer does not go with the model.
    """
    tokenizer = PretrainedTokenizer(
        source.tokenizer, size=source.spec.vocabulary_size, ids=source.ids, chat=source.chat
    )  # refused before the long part
    _write_weights(source, folder / WEIGHTS, progress)
    if source.blocks is not None:
        _write_blocks(source.blocks, folder / BLOCKS)
    (folder / TOKENIZER).write_text(source.tokenizer, encoding="utf-8")
    config = {
        "format": FORMAT,
        **about,
        "spec": source.spec.to_text(),
        "ids": tokenizer.ids_by_role,
        "chat": source.chat,
    }
    (folder / CONFIG).write_text(json.dumps(config, ensure_ascii=False, indent=1), encoding="utf-8")


def build_blank(spec: Any) -> Any:
    """The model of a spec, without numbers yet."""
    from llm_widgets._runtime import configure_backend

    configure_backend()
    from llm_widgets.models.layers.initial import blank

    with blank():
        return spec.build(seed=0)


def _write_weights(source: Source, path: Path, progress: Progress) -> None:
    model = build_blank(source.spec)
    from llm_widgets.models.weights.load import check_shape, matched

    try:
        found, _ = matched(model, source.state)
        by_path = {entry.variable.path: (entry, names) for entry, names in found}
        shapes: Shapes = {variable.path: ("float32", tuple(variable.shape)) for variable in model.weights}

        def arrays() -> Iterator[NDArray[Any]]:
            for place in shapes:
                entry, names = by_path[place]
                parts = [source.state[name] for name in names]
                check_shape(entry, names, parts)
                yield entry.value(parts)

        write_arrays(path, shapes, arrays(), lambda written, total: progress("convert", written, total))
    except ValueError as error:
        raise ModelError(t("The weights do not go with config.json. {error}", error=error)) from error


def _write_blocks(file: GGUFFile, path: Path) -> None:
    """The whole numbers as they came, [R, C], with a scale (for Q4_1 also a minimum) for each 32 of a row."""
    names = [name for name in file if file.kind(name) in _QUANTIZED]
    shapes: dict[str, tuple[str, tuple[int, ...]]] = {}
    for name in names:
        rows, columns = file.shape(name)
        four_bits = file.kind(name) == "Q4_1"
        shapes[f"{name}.codes"] = ("uint8" if four_bits else "int8", (rows, columns))
        shapes[f"{name}.scales"] = ("float16", (rows, columns // BLOCK))
        if four_bits:
            shapes[f"{name}.minima"] = ("float16", (rows, columns // BLOCK))

    def arrays() -> Iterator[NDArray[Any]]:
        for name in names:
            yield from (part for part in file.blocks(name) if part is not None)

    write_arrays(path, shapes, arrays())
