"""A model's diagram alone: its boxes, shapes, parameters and connections, before anything is built."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import traitlets

from llm_widgets.i18n import N_, t
from llm_widgets.models import Spec
from llm_widgets.models.diagram import diagram
from llm_widgets.widgets._base import LiveWidget


class BlockDiagram(LiveWidget):
    """Draws a model from its spec; set `spec` to another one, and what differs is outlined for a moment.

    Point at a box, or select the diagram and press the arrow keys: a sentence explains it.

    Args:
        spec: any spec of the kit, such as a `GPTSpec`.

    Raises:
        TypeError: it is no spec.

    Example:
        >>> view = BlockDiagram(GPTSpec())  # doctest: +SKIP
        >>> view.spec = view.spec.replace(norm_place="after")  # doctest: +SKIP
    """

    _front: ClassVar[str] = "block_diagram"
    _title: ClassVar[str] = N_("Diagram of the model")

    # What the page draws: the diagram, and the sum of its parameters.
    _drawn = traitlets.Dict().tag(sync=True)

    def __init__(self, spec: Spec, **kwargs: Any) -> None:
        self._spec = _checked(spec)
        super().__init__(_drawn=_drawn(spec), **kwargs)

    @property
    def spec(self) -> Spec:
        """What is drawn."""
        return self._spec

    @spec.setter
    def spec(self, spec: Spec) -> None:
        self._spec = _checked(spec)
        self._drawn = _drawn(spec)

    def _on_hello(self, content: Any) -> None:
        """The page has all that it needs in its traits."""


def _checked(spec: Any) -> Spec:
    if isinstance(spec, Spec):
        return spec
    raise TypeError(t("A diagram is drawn from a spec, such as GPTSpec(). Received: {spec}", spec=repr(spec)[:80]))


def _drawn(spec: Spec) -> dict[str, Any]:
    return {
        "diagram": dataclasses.asdict(diagram(spec)),
        "parameters": spec.count_parameters(),
        "text": spec.to_text(),
    }
