"""The whole lab in one line: what a chapter's cell makes."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Sequence
from typing import Any, ClassVar

import ipywidgets
import traitlets

from llm_widgets.corpora import Corpus
from llm_widgets.i18n import LANGUAGES, set_language, t
from llm_widgets.models import LSTMClassifierSpec
from llm_widgets.training import Replay, Run, Workbench
from llm_widgets.widgets._base import LiveWidget, as_workbench
from llm_widgets.widgets.controls import RunControls
from llm_widgets.widgets.curves import TrainingCurves
from llm_widgets.widgets.designer import LayerDesigner
from llm_widgets.widgets.evaluation import EvaluationView
from llm_widgets.widgets.tryit import TryIt

# What a new workbench may be started with.
SETTINGS = ("seed", "learning_rate", "batch_size", "epochs", "unit", "settle")


class LabHeader(LiveWidget):
    """The lab's first line: which corpus this is, and the switches for language and projector."""

    _front: ClassVar[str] = "lab"

    # The corpus: name, language, title in each language, and how many texts each split has.
    corpus = traitlets.Dict().tag(sync=True)

    def __init__(self, workbench: Workbench, **kwargs: Any) -> None:
        self._workbench = workbench
        super().__init__(corpus=_described(workbench.corpus), **kwargs)

    def _on_hello(self, content: Any) -> None:
        # Somebody looks at it: by the time that Train is pressed, the backend has been imported.
        if not self._workbench.replaying:
            self._workbench.warm()

    def _on_language(self, content: Any) -> None:
        set_language(content["language"])

    def _on_projector(self, content: Any) -> None:
        self.projector = bool(content["on"])


class TrainingLab(ipywidgets.Box):  # type: ignore[misc]
    """Layer designer, run controls, training curves, try-it box and evaluation around one workbench.

    Args:
        corpus: the name of a corpus, a `Corpus`, or a `Workbench`, `Run` or `Replay` to show.
        language: of the corpus, "en" or "zh"; None takes the learner's.
        preset: the name of a spec to begin with (`PRESETS`); None takes the document's own for the language.
        spec: a spec to begin with, or its text, instead of a preset.
        workbench: a `Workbench` to show, instead of a corpus.
        texts: example texts for the try-it box.
        projector: True draws everything at 1.6 times the size.
        **settings: seed, learning_rate, batch_size, epochs, unit and settle of the workbench.

    Raises:
        TypeError: a keyword is not known; the message names the one that may be meant.
        ValueError: a value is out of range, or a name is not known.

    Example:
        >>> lab = TrainingLab("reviews", language="en", epochs=3)  # doctest: +SKIP
        >>> lab.designer.value, lab.run.state  # doctest: +SKIP
    """

    # Everything at 1.6 times the size, in all parts at once.
    projector = traitlets.Bool(False)

    def __init__(
        self,
        corpus: str | Corpus | Workbench | Run | Replay | None = None,
        *,
        language: str | None = None,
        preset: str | None = None,
        spec: LSTMClassifierSpec | str | None = None,
        workbench: Workbench | None = None,
        texts: Sequence[str] = (),
        projector: bool = False,
        **settings: Any,
    ) -> None:
        _check_names(settings)
        choices = {"language": language, "preset": preset, "spec": spec, **settings}
        self.workbench = _workbench_for(corpus, workbench, {k: v for k, v in choices.items() if v is not None})
        self.header = LabHeader(self.workbench)
        self.controls = RunControls(self.workbench)
        self.curves = TrainingCurves(self.workbench)
        self.designer = LayerDesigner(self.workbench)
        self.tryit = TryIt(self.workbench, texts)
        self.evaluation = EvaluationView(self.workbench)
        columns = [_box([_placed(name, getattr(self, name)) for name in column], "lw-lab-column") for column in COLUMNS]
        grid = _box(columns, "lw-lab-grid")
        super().__init__(children=[_placed("header", self.header), grid])
        self.add_class("lw-lab")
        self._grid = grid
        traitlets.link((self, "projector"), (self.header, "projector"))
        for name in PARTS:
            traitlets.dlink((self, "projector"), (getattr(self, name), "projector"))
        self.observe(self._project, names="projector")
        self.projector = projector

    def _project(self, change: Any) -> None:
        (self._grid.add_class if change["new"] else self._grid.remove_class)("lw-lab-projected")

    @property
    def run(self) -> Run | Replay:
        """The workbench's current run."""
        return self.workbench.run

    @property
    def spec(self) -> LSTMClassifierSpec:
        """The spec that was proposed last."""
        return self.workbench.spec

    def close(self) -> None:
        """Takes the lab and its parts off the page; the run goes on."""
        for child in self.children:
            _close(child)
        super().close()


# Two columns where there is room, the second one on the left; on a narrow page one, with Train at its top.
COLUMNS = (("controls", "curves", "evaluation"), ("designer", "tryit"))
PARTS = tuple(name for column in COLUMNS for name in column)


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


def _check_names(settings: dict[str, Any]) -> None:
    names = [*list(inspect.signature(TrainingLab.__init__).parameters)[1:-1], *SETTINGS]
    for name in settings:
        if name not in SETTINGS:
            close = difflib.get_close_matches(name, names, n=1)
            if close:
                raise TypeError(
                    t(
                        "TrainingLab has no argument of this name; did you mean “{close}”? Received: {name}",
                        close=close[0],
                        name=name,
                    )
                )
            raise TypeError(
                t(
                    "TrainingLab has no argument of this name; it has {names}. Received: {name}",
                    names=", ".join(names),
                    name=name,
                )
            )


def _workbench_for(source: Any, workbench: Workbench | None, choices: dict[str, Any]) -> Workbench:
    if workbench is not None and source is not None:
        raise TypeError(t("Give a corpus or a workbench, not both. Received: {corpus}", corpus=repr(source)[:80]))
    source = workbench if workbench is not None else source
    if isinstance(source, (Workbench, Run, Replay)):
        if choices:
            raise TypeError(
                t(
                    "A workbench, run or recording has its own settings already. Received: {names}",
                    names=", ".join(choices),
                )
            )
        return as_workbench(source)
    preset, spec = choices.pop("preset", None), choices.pop("spec", None)
    if preset is not None and spec is not None:
        raise TypeError(
            t("Give a preset or a spec, not both. Received: preset={preset}, spec={spec}", preset=preset, spec=spec)
        )
    if isinstance(spec, str):
        spec = LSTMClassifierSpec.from_text(spec)
    if (language := choices.get("language")) is not None and language not in LANGUAGES:
        raise ValueError(
            t(
                "Choose one of {names}. Received: language={language}",
                names=", ".join(LANGUAGES),
                language=repr(language),
            )
        )
    return Workbench(source, preset if spec is None else spec, **choices)


def _described(corpus: Corpus) -> dict[str, Any]:
    return {
        "name": corpus.name,
        "language": corpus.language,
        "title": dict(corpus.card.title),
        "sizes": {name: len(split) for name, split in corpus.splits.items()},
    }
