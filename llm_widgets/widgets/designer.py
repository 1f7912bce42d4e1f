"""The layer designer: a slider and a number for each size of a model, and what the sizes come to."""

from __future__ import annotations

import dataclasses
import threading
from typing import Any, ClassVar

import traitlets

from llm_widgets import i18n
from llm_widgets._runtime import available_memory
from llm_widgets.i18n import N_
from llm_widgets.models import Spec, TransformerSpec, preset_changes
from llm_widgets.models.diagram import diagram
from llm_widgets.models.fields import MAX_LAYERS
from llm_widgets.models.memory import USABLE
from llm_widgets.training import Replay, Run, Workbench
from llm_widgets.widgets._base import WorkbenchWidget, as_workbench
from llm_widgets.widgets._words import for_a_learner, with_labels


class LayerDesigner(WorkbenchWidget):
    """Sliders and numbers for the fields of a spec, with its layers, parameters and memory.

    The fields are those that the workbench's spec describes, whatever family it is of; those of a Transformer that
    are seldom changed are folded away. What is moved here is proposed to the workbench: a run that is going on starts
    again with the new sizes a moment after the last move. Sizes that this machine could not train are refused in
    words, and nothing is lost.

    Args:
        workbench: a `Workbench`, `Run` or `Replay`; None makes a workbench of its own. A recording cannot be changed.

    Example:
        >>> designer = LayerDesigner(workbench)  # doctest: +SKIP
        >>> designer.value  # doctest: +SKIP
        'lstm-classifier?vocabulary_size=10000&embedding_dim=32&…'
    """

    _front: ClassVar[str] = "designer"
    _title: ClassVar[str] = N_("Layer designer")

    # The spec as one line of text; set it to propose another one.
    value = traitlets.Unicode().tag(sync=True)
    # The spec as a dictionary of its fields; the page shows it.
    spec = traitlets.Dict().tag(sync=True)
    # What the spec comes to: layer rows, parameters, bytes.
    _facts = traitlets.Dict().tag(sync=True)
    _fields: traitlets.List[Any] = traitlets.List().tag(sync=True)
    # For each preset the fields that it sets.
    _presets = traitlets.Dict().tag(sync=True)
    # Which size must be divisible by which other.
    _multiples = traitlets.Dict().tag(sync=True)
    # A recording is played: its sizes are as they were.
    _locked = traitlets.Bool(False).tag(sync=True)
    # What becomes of sizes that are not those of the run: "settling" (it starts again), "next" (Train starts it), "".
    _fate = traitlets.Unicode("").tag(sync=True)

    def __init__(self, workbench: Workbench | Run | Replay | None = None, **kwargs: Any) -> None:
        self._state_lock = threading.RLock()  # the ticker and the page's messages come on different threads
        self._showing = False
        self._computed: tuple[Spec, int] | None = None  # what the facts are of
        workbench = as_workbench(workbench)
        self._family: type[Spec] = type(workbench.spec)
        super().__init__(
            workbench,
            _fields=[{**dataclasses.asdict(field), "most": MAX_LAYERS} for field in self._family.DESCRIBED],
            _presets=preset_changes(self._family),
            _multiples=dict(self._family.MULTIPLES),
            **kwargs,
        )
        self._refresh()
        self.observe(self._value_was_set, names="value")

    def _translations(self, language: str) -> dict[str, str]:
        known = i18n.catalogue(language)
        fields = self._family.DESCRIBED
        words = [word for f in fields for word in (f.label, f.help, f.unit, f.zero, *f.words) if word]
        return super()._translations(language) | {word: known[word] for word in words if word in known}

    def _refresh(self) -> None:
        self._show(self.workbench.spec)

    def _show(self, spec: Spec) -> None:
        """Brings the traits up to `spec`; sends nothing where nothing has changed."""
        run = self.workbench.run
        batch_size = self.workbench.batch_size
        with self._state_lock, self.hold_sync():
            self._showing = True
            try:
                self.spec = spec.to_dict()
                self.value = spec.to_text()
                if self._computed != (spec, batch_size):  # free memory changes all the time, and is no reason to send
                    self._computed = spec, batch_size
                    self._facts = _facts(spec, batch_size)
                self._locked = isinstance(run, Replay)
                if self._locked or spec == run.spec:
                    self._fate = ""
                else:
                    self._fate = "settling" if self.workbench.pending else "next"
            finally:
                self._showing = False

    def _on_hello(self, content: Any) -> None:
        self._refresh()

    def _on_propose(self, content: Any) -> None:
        """The page's sliders stand at `content["spec"]`."""
        self._answer(content, lambda: self._family.from_dict(content["spec"]))

    def _on_paste(self, content: Any) -> None:
        """A spec was pasted as text."""
        self._answer(content, lambda: self._family.from_text(content["text"]))

    def _answer(self, content: Any, read: Any) -> None:
        refusal = None
        try:
            self._propose(read())
        except ValueError as error:
            refusal = with_labels(for_a_learner(error), self._family.DESCRIBED)
        self.send({"type": "answer", "turn": content.get("turn"), "refused": refusal})

    def _propose(self, spec: Spec) -> None:
        workbench: Any = self.workbench  # one for this family of specs
        workbench.propose(spec)
        self._show(spec)

    def _value_was_set(self, change: Any) -> None:
        if self._showing:  # our own change: the workbench knows it already
            return
        try:
            self._propose(self._family.from_text(change["new"]))
        except ValueError:
            self._refresh()
            raise


def _facts(spec: Spec, batch_size: int) -> dict[str, Any]:
    return {
        "rows": [[row.name, row.kind, list(row.output_shape), row.parameters] for row in spec.layer_rows()],
        "parameters": spec.count_parameters(),
        "memory": spec.estimate_memory(batch_size).total,
        "usable": int(available_memory() * USABLE),
        "batch_size": batch_size,
        "diagram": dataclasses.asdict(diagram(spec)) if isinstance(spec, TransformerSpec) else None,
    }
