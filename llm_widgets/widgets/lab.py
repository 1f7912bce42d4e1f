"""The whole lab in one line: what a chapter's cell makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llm_widgets.corpora import Corpus
from llm_widgets.i18n import LANGUAGES, t
from llm_widgets.models import LSTMClassifierSpec
from llm_widgets.training import Replay, Run, Workbench
from llm_widgets.widgets._base import as_workbench
from llm_widgets.widgets._keywords import check_keywords
from llm_widgets.widgets._lab_frame import LabFrame
from llm_widgets.widgets.controls import RunControls
from llm_widgets.widgets.curves import TrainingCurves
from llm_widgets.widgets.designer import LayerDesigner
from llm_widgets.widgets.evaluation import EvaluationView
from llm_widgets.widgets.tryit import TryIt

# What a new workbench may be started with.
SETTINGS = ("seed", "learning_rate", "batch_size", "epochs", "unit", "settle")


class TrainingLab(LabFrame):
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
        check_keywords(TrainingLab, settings, SETTINGS)
        choices = {"language": language, "preset": preset, "spec": spec, **settings}
        self.workbench = _workbench_for(corpus, workbench, {k: v for k, v in choices.items() if v is not None})
        self.controls = RunControls(self.workbench)
        self.curves = TrainingCurves(self.workbench)
        self.designer = LayerDesigner(self.workbench)
        self.tryit = TryIt(self.workbench, texts)
        self.evaluation = EvaluationView(self.workbench)
        super().__init__(COLUMNS, projector)


# Two columns where there is room, the second one on the left; on a narrow page one, with Train at its top.
COLUMNS = (("controls", "curves", "evaluation"), ("designer", "tryit"))


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
