"""The numbers that training starts from; each weight's depend on the model's seed and its own place alone."""

from __future__ import annotations

import contextlib
import contextvars
import math
import zlib
from collections.abc import Iterator
from typing import Any

from llm_widgets.models.seeds import derived_seed
from llm_widgets.models.transformer_spec import TransformerSpec

STD, WIDTH = 0.02, 768  # GPT-2's and BERT's, and how wide they are


class Initial:
    """Makes the initializers of one part of a model.

    Args:
        spec: sizes and switches.
        seed: of the whole model.
        place: where the part stands in it; no two parts share a place.

    Reference:
        Radford et al. (2019): the last matrix of each step is smaller by sqrt(2 · layers), so that the sum of all steps
        does not grow with the depth. Their width is 768; where it is another, a sum of so many products has the same
        size only if each number is larger by the root of 768 over it (LeCun et al. 1998, Efficient BackProp). Left at
        0.02, a GPT of width 64 has after 250 steps the loss that it reaches like this after 170.
    """

    def __init__(self, spec: TransformerSpec, seed: int, *place: int) -> None:
        self.spec, self.seed, self.place = spec, seed, place

    @property
    def std(self) -> float:
        """How far the numbers of a matrix or a table lie from 0."""
        return STD * math.sqrt(WIDTH / self.spec.d_model)

    def seed_of(self, name: str) -> int:
        """The seed of one weight, by its name: a switch that adds a weight leaves the others' as they were."""
        return derived_seed(self.seed, *self.place, zlib.crc32(name.encode()))

    def matrix(self, name: str) -> Any:
        """The initializer of the matrix `name`."""
        return self.normal(name, self.std / math.sqrt(2 * self.spec.num_layers) if name in _LAST else self.std)

    def normal(self, name: str, std: float) -> Any:
        """Normal numbers around 0."""
        from keras.initializers import RandomNormal

        if _blank.get():
            return _nothing
        return RandomNormal(0.0, std, seed=self.seed_of(name))


_LAST = ("out", "cross_out", "down")
_blank: contextvars.ContextVar[bool] = contextvars.ContextVar("blank", default=False)


@contextlib.contextmanager
def blank() -> Iterator[None]:
    """Models that are built meanwhile have no numbers yet, and on torch need no memory for them: they get theirs from
    a file.
    """
    token = _blank.set(True)
    try:
        yield
    finally:
        _blank.reset(token)


def _nothing(shape: Any, dtype: Any = None) -> Any:
    """One zero that stands in every place."""
    from keras import ops

    return ops.broadcast_to(ops.zeros((), dtype or "float32"), tuple(shape))
