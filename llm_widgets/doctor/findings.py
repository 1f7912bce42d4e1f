"""What a check comes to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is: only a serious one keeps the course from working."""

    OK = "ok"
    WARNING = "warning"
    SERIOUS = "serious"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `name` is for programs, `text` and `remedy` for the reader, in the reader's language."""

    name: str
    level: Level
    text: str
    remedy: str = ""

    def to_dict(self) -> dict[str, str]:
        """The finding as plain values."""
        return {**asdict(self), "level": self.level.value}
