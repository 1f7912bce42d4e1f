"""Where one weight of ours comes from, and what the families' tables have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Entry(NamedTuple):
    """One variable of a model and the arrays that it is made of.

    Args:
        variable: a Keras variable.
        names: the arrays' names; several are put side by side.
        transposed: torch's linear layers keep their matrices the other way round.
    """

    variable: Any
    names: tuple[str, ...]
    transposed: bool = False

    def value(self, arrays: list[NDArray[Any]]) -> NDArray[Any]:
        """The variable's new value."""
        turned = [array.T if self.transposed else array for array in arrays]
        return turned[0] if len(turned) == 1 else np.concatenate(turned, axis=-1)


def norm_entries(norm: tuple[Any, Any], name: str) -> Iterator[Entry]:
    """Scale and, where there is one, shift."""
    scale, shift = norm
    yield Entry(scale, (f"{name}.weight",))
    if shift is not None:
        yield Entry(shift, (f"{name}.bias",))


def linear_entries(kernel: Any, bias: Any, *names: str, transposed: bool = True) -> Iterator[Entry]:
    """A matrix, of one or several linear layers, and its bias where there is one."""
    yield Entry(kernel, tuple(f"{name}.weight" for name in names), transposed)
    if bias is not None:
        yield Entry(bias, tuple(f"{name}.bias" for name in names))


def output_entries(model: Any) -> Iterator[Entry]:
    """The output's own matrix, where it is not the embedding table."""
    if model.output_kernel is not None:
        yield Entry(model.output_kernel, ("lm_head.weight",), True)
