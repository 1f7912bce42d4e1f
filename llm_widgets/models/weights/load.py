"""Puts weights under Hugging Face's names into a model of ours."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from llm_widgets.i18n import t
from llm_widgets.models.checks import shown
from llm_widgets.models.weights.entry import Entry

_TABLES = {"gpt": "gpt2", "llama": "llama", "bert": "bert", "t5": "t5"}
_SHOWN = 3  # missing names in a message


def load_state(model: Any, state: Mapping[str, NDArray[Any]]) -> list[str]:
    """Gives every weight of `model` the value that it has in `state`.

    All is checked before the first weight changes. The names may have the prefix of the model with a head
    ("transformer.wte.weight") or lack it ("wte.weight").

    Args:
        model: built from a `GPTSpec`, `BERTSpec`, `T5Spec` or `LlamaSpec`.
        state: arrays by the names that `transformers` gives them, as a safetensors file has them.

    Returns:
        The names of which the model has no use, such as those of a head that it lacks.

    Raises:
        TypeError: `model` is of no family that has such names.
        ValueError: a weight is missing or has another shape; the message names it.

    Example:
        >>> from safetensors.numpy import load_file  # doctest: +SKIP
        >>> model = GPT2_SMALL.build()  # doctest: +SKIP
        >>> load_state(model, load_file("model.safetensors"))  # doctest: +SKIP
        []
    """
    found, unused = matched(model, state)
    for entry, names in found:
        check_shape(entry, names, [state[name] for name in names])
    for entry, names in found:
        entry.variable.assign(entry.value([state[name] for name in names]))
    return unused


def matched(model: Any, state: Mapping[str, Any]) -> tuple[list[tuple[Entry, list[str]]], list[str]]:
    """Which arrays of `state` each weight of the model is made of, and the names that it has no use for.

    Raises:
        TypeError: `model` is of no family that has such names.
        ValueError: an array is missing.
    """
    table = _table(model)
    found: list[tuple[Entry, list[str]]] = []
    missing: list[str] = []
    for entry in table.entries(model):
        places = {name: _found(state, table.PREFIX, name) for name in entry.names}
        missing += [name for name, place in places.items() if place is None]
        found.append((entry, [place for place in places.values() if place is not None]))
    if missing:
        raise ValueError(
            t(
                "The state lacks {count} of the model's arrays. Is the spec that of the weights? Received: no {names}",
                count=len(missing),
                names=", ".join(missing[:_SHOWN]) + (", …" if len(missing) > _SHOWN else ""),
            )
        )
    used = {name for _, names in found for name in names}
    return found, sorted(name for name in state if name not in used)


def _table(model: Any) -> Any:
    prefix = getattr(getattr(model, "spec", None), "PREFIX", None)
    if prefix not in _TABLES:
        raise TypeError(
            t(
                "Weights are loaded into a model built from one of {families}. Received: {model}",
                families="GPTSpec, BERTSpec, T5Spec, LlamaSpec",
                model=shown(model),
            )
        )
    return importlib.import_module(f"llm_widgets.models.weights.{_TABLES[prefix]}")


def _found(state: Mapping[str, NDArray[Any]], prefix: str, name: str) -> str | None:
    """The name under which `state` has the array: with the prefix, without it, or not at all."""
    return next((candidate for candidate in (prefix + name, name) if candidate in state), None)


def check_shape(entry: Entry, names: list[str], arrays: list[NDArray[Any]]) -> None:
    """Refuses arrays that do not make up the weight.

    Raises:
        ValueError: the shapes do not fit; the message names them.
    """
    shapes = [tuple(array.shape) for array in arrays]
    turned = [shape[::-1] if entry.transposed else shape for shape in shapes]
    wanted = tuple(entry.variable.shape)
    together = (*turned[0][:-1], sum(shape[-1] for shape in turned)) if turned[0] else ()
    same = all(shape[:-1] == turned[0][:-1] and shape for shape in turned)
    if not same or together != wanted:
        raise ValueError(
            t(
                "A weight of the model has shape {wanted}. Is the spec that of the weights? Received: {names} of shape "
                "{shapes}",
                wanted=wanted,
                names=", ".join(names),
                shapes=", ".join(map(str, shapes)),
            )
        )
