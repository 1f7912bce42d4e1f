"""Reads the one-line form of a spec; the values are checked by the spec itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from llm_widgets.i18n import t
from llm_widgets.models.checks import shown
from llm_widgets.models.fields import Field

# ASCII digits alone, and not many of them: int() itself would take thousands and other scripts' digits.
_WHOLE = re.compile(r"[0-9]{1,15}")
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{0,25})?([eE][-+]?[0-9]{1,3})?")


def parse(text: object, *, prefix: str, limit: int, described: Sequence[Field], example: str) -> dict[str, object]:
    """The fields in `text`, "prefix?name=value&name=value".

    Args:
        text: what was pasted.
        prefix: the word before the question mark.
        limit: the most characters that are read.
        described: the fields that the spec has.
        example: what could follow the question mark, for the message where the form is another.

    Raises:
        ValueError: another form, longer than `limit` characters, or a field given twice.
    """
    if not isinstance(text, str) or len(text) > limit:
        raise ValueError(_malformed(text, f"{prefix}?{example}"))
    head, mark, rest = text.strip().partition("?")
    if head != prefix and mark and head in _families():
        raise ValueError(
            t(
                "This text describes a model of another family, {other}. A text that is read here begins with "
                "{prefix}?, such as {example}. Received: {text}",
                other=head,
                prefix=prefix,
                example=f"{prefix}?{example}",
                text=shown(text),
            )
        )
    if head != prefix or not mark:
        raise ValueError(_malformed(text, f"{prefix}?{example}"))
    kinds = {field.name: field.kind for field in described}
    fields: dict[str, object] = {}
    for part in rest.split("&") if rest else []:
        name, equals, value = part.partition("=")
        if not equals:
            raise ValueError(_malformed(text, f"{prefix}?{example}"))
        if name in fields:
            raise ValueError(t("A field is given twice: {name}. Received: {text}", name=name, text=shown(text)))
        fields[name] = _value(kinds.get(name, ""), value)
    return fields


def _families() -> set[str]:
    """The first words of all families' texts."""
    from llm_widgets.models.spec import Spec

    found, new = set(), [Spec]
    while new:
        family = new.pop()
        found.add(family.PREFIX)
        new += family.__subclasses__()
    return found - {""}


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


def _malformed(text: object, example: str) -> str:
    return t("A spec as text looks like {example}. Received: {text}", example=example, text=shown(text))
