"""Reads the one-line form of a spec; the values are checked by the spec itself."""

from __future__ import annotations

import re

from llm_widgets.i18n import t
from llm_widgets.models.checks import shown
from llm_widgets.models.fields import FIELDS

_KINDS = {field.name: field.kind for field in FIELDS}
# ASCII digits alone, and not many of them: int() itself would take thousands and other scripts' digits.
_WHOLE = re.compile(r"[0-9]{1,15}")
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{0,25})?([eE][-+]?[0-9]{1,3})?")


def parse(text: object, *, prefix: str, limit: int) -> dict[str, object]:
    """The fields in `text`, "prefix?name=value&name=value".

    Raises:
        ValueError: another form, longer than `limit` characters, or a field given twice.
    """
    if not isinstance(text, str) or len(text) > limit:
        raise _malformed(text, prefix)
    head, mark, rest = text.strip().partition("?")
    if head != prefix or not mark:
        raise _malformed(text, prefix)
    fields: dict[str, object] = {}
    for part in rest.split("&") if rest else []:
        name, equals, value = part.partition("=")
        if not equals:
            raise _malformed(text, prefix)
        if name in fields:
            raise ValueError(t("A field is given twice: {name}. Received: {text}", name=name, text=shown(text)))
        fields[name] = _value(_KINDS.get(name, ""), value)
    return fields


def _value(kind: str, value: str) -> object:
    """The value in its field's type; what cannot be read stays text, which the spec refuses in its own words."""
    if kind == "int" and _WHOLE.fullmatch(value):
        return int(value)
    if kind == "float" and _NUMBER.fullmatch(value):
        return float(value)
    if kind == "bool" and value in ("true", "false"):
        return value == "true"
    if kind == "sizes":
        return tuple(_value("int", size) for size in value.split("-"))
    return value


def _malformed(text: object, prefix: str) -> ValueError:
    return ValueError(
        t(
            "A spec as text looks like {example}. Received: {text}",
            example=f"{prefix}?embedding_dim=32&lstm_units=128-64",
            text=shown(text),
        )
    )
