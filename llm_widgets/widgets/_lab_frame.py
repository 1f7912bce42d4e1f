"""What every lab is: a header, and widgets around one workbench in two columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import ipywidgets
import traitlets

from llm_widgets.corpora import TextCorpus
from llm_widgets.i18n import set_language
from llm_widgets.models import Spec
from llm_widgets.training import LanguageReplay, Workbench
from llm_widgets.widgets._base import LiveWidget


class LabHeader(LiveWidget):
    """The lab's first line: which corpus this is, and the switches for language and projector."""

    _front: ClassVar[str] = "lab"

    # The corpus: name, language, title in each language, how large each split is, and whether it is running text.
    corpus = traitlets.Dict().tag(sync=True)

    def __init__(self, workbench: Workbench, **kwargs: Any) -> None:
        self._workbench = workbench
        super().__init__(corpus=_described(workbench.corpus, workbench.run), **kwargs)

    def _on_hello(self, content: Any) -> None:
        # Somebody looks at it: by the time that Train is pressed, the backend has been imported.
        if not self._workbench.replaying:
            self._workbench.warm()

    def _on_language(self, content: Any) -> None:
        set_language(content["language"])

    def _on_projector(self, content: Any) -> None:
        self.projector = bool(content["on"])


class LabFrame(ipywidgets.Box):  # type: ignore[misc]
    """The base of `TrainingLab` and `LanguageLab`.

    Args:
        workbench: what all parts show.
        columns: names of parts, which are attributes already: the right column, then the left one. On a narrow page
            they stand one under another.
        projector: True draws everything at 1.6 times the size.
    """

    # Everything at 1.6 times the size, in all parts at once.
    projector = traitlets.Bool(False)
    workbench: Workbench

    def __init__(self, columns: Sequence[Sequence[str]], projector: bool) -> None:
        self.header = LabHeader(self.workbench)
        boxes = [_box([_placed(name, getattr(self, name)) for name in column], "lw-lab-column") for column in columns]
        grid = _box(boxes, "lw-lab-grid")
        super().__init__(children=[_placed("header", self.header), grid])
        self.add_class("lw-lab")
        self._grid = grid
        traitlets.link((self, "projector"), (self.header, "projector"))
        for name in (name for column in columns for name in column):
            traitlets.dlink((self, "projector"), (getattr(self, name), "projector"))
        self.observe(self._project, names="projector")
        self.projector = projector

    def _project(self, change: Any) -> None:
        (self._grid.add_class if change["new"] else self._grid.remove_class)("lw-lab-projected")

    @property
    def run(self) -> Any:
        """The workbench's current run."""
        return self.workbench.run

    @property
    def spec(self) -> Spec:
        """The spec that was proposed last."""
        return self.workbench.spec

    def close(self) -> None:
        """Takes the lab and its parts off the page; the run goes on."""
        for child in self.children:
            _close(child)
        super().close()


def _box(children: list[Any], name: str) -> ipywidgets.Box:
    box = ipywidgets.Box(children=children)
    box.add_class(name)
    return box


def _close(widget: Any) -> None:
    for child in getattr(widget, "children", ()):
        _close(child)
    widget.close()


def _placed(name: str, widget: ipywidgets.DOMWidget) -> ipywidgets.DOMWidget:
    widget.add_class(f"lw-lab-{name}")
    return widget


def _described(corpus: Any, run: Any) -> dict[str, Any]:
    recorded = isinstance(run, LanguageReplay)  # it knows how long its text was, and not the text
    return {
        "name": corpus.name,
        "language": corpus.language,
        "title": dict(corpus.card.title),
        "sizes": run.sizes if recorded else {name: len(split) for name, split in corpus.splits.items()},
        "running": isinstance(corpus, TextCorpus),
    }
