"""What a row of the errata is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Kind = Literal["number", "rule", "statement", "outdated", "missing", "unconfirmed"]


class Place(NamedTuple):
    """Where a document says it: "en" or "zh", and its own section."""

    document: str
    section: str


@dataclass(frozen=True)
class Erratum:
    """One thing that is wrong; its texts are English messages of the catalogue.

    Attributes:
        key: names it.
        title: in a few words.
        places: where it stands.
        kind: a wrong number, rule or statement; out of date; missing; or not confirmed.
        claim: what the documents say.
        right: what is right.
        compute: a real computation, whose values fill the `{placeholders}` of `findings`; None: it can only be cited.
        findings: what comes out, or what the source says, a sentence each.
        reference: author, year, title, section; "" where the computation is enough.
    """

    key: str
    title: str
    places: tuple[Place, ...]
    kind: Kind
    claim: str
    right: str
    findings: tuple[str, ...]
    compute: Callable[[], dict[str, Any]] | None = None
    reference: str = ""


def standing_in(document: str, *sections: str) -> tuple[Place, ...]:
    """Places in one document."""
    return tuple(Place(document, section) for section in sections)
