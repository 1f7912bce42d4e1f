"""What every spec can do: be changed, written as data or as one line of text, read back, and counted."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from llm_widgets.i18n import t
from llm_widgets.models.checks import checked, shown

if TYPE_CHECKING:
    import keras

    from llm_widgets.models.fields import Field
    from llm_widgets.models.memory import MemoryEstimate

_MAX_TEXT = 1000


class LayerRow(NamedTuple):
    """One layer of a model: its name, what it is, the shape that leaves it and its number of parameters."""

    name: str
    kind: str
    output_shape: tuple[int | None, ...]  # [B, T], [B, T, C] or [B, C]; B is None until it is known
    parameters: int


@dataclass(frozen=True)
class Spec:
    """The base of all specs: a frozen dataclass whose fields are described, and checked, one by one.

    A subclass says what it is called in text (`PREFIX`), which fields it has (`DESCRIBED`, in the dataclass's order),
    which layers they make (`layer_rows`) and how the layers are built (`build`).
    """

    PREFIX: ClassVar[str] = ""
    EXAMPLE: ClassVar[str] = ""  # what follows the prefix in the message for a text of another form
    DESCRIBED: ClassVar[tuple[Field, ...]] = ()
    SHRINKS: ClassVar[
        tuple[str, ...]
    ] = ()  # the sizes that can be lowered to save memory, the one to try first in front
    MULTIPLES: ClassVar[dict[str, str]] = {}  # which size must be divisible by which

    def __post_init__(self) -> None:
        for field in self.DESCRIBED:
            object.__setattr__(self, field.name, checked(field, getattr(self, field.name)))

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed; a misspelled name raises a TypeError that names the right one."""
        for name in changes:
            if name not in self._names():
                raise TypeError(self._unknown(name))
        return dataclasses.replace(self, **changes)

    # --- as data and as text -------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Fields by name, ready for JSON."""
        return {name: _plain(getattr(self, name)) for name in self._names()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The spec of `to_dict`; fields that are missing keep their defaults.

        Raises:
            ValueError: `data` is no mapping, has an unknown field, or a value is wrong.
        """
        if not isinstance(data, Mapping):
            raise ValueError(t("A spec is read from a dictionary of its fields. Received: {value}", value=shown(data)))
        for name in data:
            if name not in cls._names():
                raise ValueError(cls._unknown(name))
        return cls(**data)

    def to_text(self) -> str:
        """The spec as one line that can be pasted into a link, a message or `from_text`."""
        return f"{self.PREFIX}?" + "&".join(f"{k}={_as_text(v)}" for k, v in self.to_dict().items())

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The spec that `to_text` wrote; fields that are missing keep their defaults.

        Raises:
            ValueError: the text is not of this form, names a field twice, or a value is wrong.
        """
        from llm_widgets.models.spec_text import parse

        return cls.from_dict(
            parse(text, prefix=cls.PREFIX, limit=_MAX_TEXT, described=cls.DESCRIBED, example=cls.EXAMPLE)
        )

    # --- sizes, known before anything is built -------------------------------------------------------------

    def layer_rows(self, batch: int | None = None) -> list[LayerRow]:
        """The layers in order, with shapes for `batch` rows (None: not known yet)."""
        raise NotImplementedError

    def count_parameters(self) -> int:
        """The number of trainable parameters, in closed form."""
        return sum(row.parameters for row in self.layer_rows())

    def summary(self, batch: int | None = None) -> str:
        """A table of the layers with real shapes and parameter counts, as text."""
        from llm_widgets.models.summary import summary

        return summary(self.layer_rows(batch))

    def kept_numbers(self) -> int:
        """Floating-point numbers that a training step keeps for one text, besides parameters."""
        from llm_widgets.models.kept import kept_numbers
        from llm_widgets.models.named_sizes import named_sizes

        return int(kept_numbers(self).value(named_sizes(self)))

    def lowered(self, name: str, size: int) -> Self:
        """A copy with a size of `SHRINKS` lowered to `size`, or to the next one below that is possible."""
        return self.replace(**{name: size})

    def estimate_memory(self, batch_size: int = 32) -> MemoryEstimate:
        """Bytes that a training step with Adam needs; see `MemoryEstimate`."""
        from llm_widgets.models.memory import estimate_memory

        return estimate_memory(self, batch_size)

    def check_fits(self, batch_size: int = 32, available: int | None = None) -> None:
        """Refuses what this machine could not train.

        Args:
            batch_size: texts in one step.
            available: bytes that may be used; None asks the machine.

        Raises:
            ModelTooLargeError: too large; the message names the size to lower and a value that fits.
        """
        from llm_widgets.models.memory import check_fits

        check_fits(self, batch_size, available)

    def build(self, seed: int = 0) -> keras.Model:
        """The Keras model, uncompiled; the same seed gives the same weights."""
        raise NotImplementedError

    # --- names ---------------------------------------------------------------------------------------------

    @classmethod
    def _names(cls) -> tuple[str, ...]:
        return tuple(field.name for field in cls.DESCRIBED)

    @classmethod
    def _unknown(cls, name: object) -> str:
        close = difflib.get_close_matches(str(name), cls._names(), n=1)
        if close:
            return t(
                "A spec has no field of this name; did you mean “{close}”? Received: {name}",
                close=close[0],
                name=shown(name),
            )
        return t(
            "A spec has no field of this name; it has {names}. Received: {name}",
            names=", ".join(cls._names()),
            name=shown(name),
        )


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value  # a choice: a plain word
    return "-".join(map(str, value)) if isinstance(value, list) else repr(value)
