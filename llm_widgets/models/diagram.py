"""A model as what can be drawn of it: its parts in order, with shapes and parameters, and how they are connected."""

from __future__ import annotations

from dataclasses import dataclass

from llm_widgets.models.blueprint import Edge, blueprint
from llm_widgets.models.named_sizes import named_sizes
from llm_widgets.models.spec import Spec

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Part:
    """One box.

    Args:
        id: names it within the diagram, such as "block.query".
        kind: what it is: "ids", "embedding", "positions", "norm", "query", "weights", "add" …
        shape: of what leaves it; None is the batch.
        parameters: that it learns, of one copy.
        row: the name of its row in `layer_rows`; of a block, what that name begins with.
        detail: which kind of it: the mask, the positions, the normalization, the function.
        step: parts of one step of a block stand side by side with a way around them, which ends in its "add".
    """

    id: str
    kind: str
    shape: Shape
    parameters: int = 0
    row: str = ""
    detail: str = ""
    step: str = ""


@dataclass(frozen=True)
class Section:
    """Parts one after the other.

    Args:
        name: "" or "block".
        parts: from the text on.
        count: how many copies of it stand one after the other.
        column: 0, or 1 for the decoder of a T5.
    """

    name: str
    parts: tuple[Part, ...]
    count: int = 1
    column: int = 0


@dataclass(frozen=True)
class Diagram:
    """What `diagram` gives; see `Section`, `Part` and `Edge`."""

    sections: tuple[Section, ...]
    edges: tuple[Edge, ...] = ()

    def parts(self) -> list[tuple[Part, int]]:
        """All parts in order, with the number of their copies."""
        return [(part, section.count) for section in self.sections for part in section.parts]

    def count_parameters(self) -> int:
        """Of all copies of all parts."""
        return sum(part.parameters * count for part, count in self.parts())


def diagram(spec: Spec, batch: int | None = None) -> Diagram:
    """The parts of any model of the kit.

    Args:
        spec: of a Transformer; another model is drawn as the chain of its layers.
        batch: rows in a batch, for the shapes; None: not known yet.

    Example:
        >>> from llm_widgets.models import GPTSpec
        >>> drawn = diagram(GPTSpec(vocabulary_size=100, d_model=64, num_layers=2, num_heads=4, max_length=32))
        >>> [section.name for section in drawn.sections], drawn.sections[1].count
        (['', 'block', ''], 2)
        >>> drawn.sections[1].parts[1].id, drawn.sections[1].parts[1].shape
        ('block.query', (None, 4, 32, 16))
    """
    plan, sizes = blueprint(spec), {**named_sizes(spec), "B": batch}
    sections = tuple(
        Section(
            section.name,
            tuple(
                Part(
                    part.id,
                    part.kind,
                    tuple(length.value(sizes) for length in part.shape),
                    part.parameters.value(sizes),
                    part.row,
                    part.detail,
                    part.step,
                )
                for part in section.parts
            ),
            section.count.value(sizes),
            section.column,
        )
        for section in plan.sections
    )
    return Diagram(sections, plan.edges)
