"""The lab of a language model in one line: it is resized, it learns to write, and one watches its attention move."""

from __future__ import annotations

from typing import Any

from llm_widgets.corpora import TextCorpus
from llm_widgets.i18n import LANGUAGES, t
from llm_widgets.models import TransformerSpec
from llm_widgets.training import LanguageReplay, LanguageRun, LanguageWorkbench
from llm_widgets.widgets._base import as_workbench
from llm_widgets.widgets._keywords import check_keywords
from llm_widgets.widgets._lab_frame import LabFrame
from llm_widgets.widgets.controls import RunControls
from llm_widgets.widgets.curves import TrainingCurves
from llm_widgets.widgets.designer import LayerDesigner
from llm_widgets.widgets.lab import SETTINGS
from llm_widgets.widgets.live_attention import LiveAttention
from llm_widgets.widgets.writer import Writer

# Two columns where there is room, the second one on the left; on a narrow page one, with Train at its top.
COLUMNS = (("controls", "curves", "attention"), ("designer", "writer"))


class LanguageLab(LabFrame):
    """Layer designer, run controls, training curves, what the model writes, and its attention, around one workbench.

    Args:
        corpus: the name of a text ("alice", "tang"), a `TextCorpus`, or a `LanguageWorkbench`, `LanguageRun` or
            `LanguageReplay` to show.
        language: "en" or "zh": which of the course's texts, where none is named; None takes the learner's.
        spec: a `GPTSpec`, `LlamaSpec`, `BERTSpec` or `T5Spec` to begin with, or its text; "bert" or "t5" alone take a
            small one of that family; None takes a small GPT.
        workbench: a `LanguageWorkbench` to show, instead of a corpus.
        text: what the attention map reads; empty: the beginning of the validation part.
        projector: True draws everything at 1.6 times the size.
        **settings: seed, learning_rate, batch_size, epochs, unit, schedule and settle of the workbench.

    Raises:
        TypeError: a keyword is not known; the message names the one that may be meant.
        ValueError: a value is out of range, a name is not known, or the corpus has labels instead of running text.

    Example:
        >>> lab = LanguageLab("tang")  # doctest: +SKIP
        >>> lab.workbench.start()  # doctest: +SKIP
        >>> lab.designer.value = "gpt?vocabulary_size=3000&d_model=64&mask=none"  # doctest: +SKIP
    """

    def __init__(
        self,
        corpus: str | TextCorpus | LanguageWorkbench | LanguageRun | LanguageReplay | None = None,
        *,
        language: str | None = None,
        spec: TransformerSpec | str | None = None,
        workbench: LanguageWorkbench | None = None,
        text: str = "",
        projector: bool = False,
        **settings: Any,
    ) -> None:
        check_keywords(LanguageLab, settings, (*SETTINGS, "schedule"))
        if workbench is not None and corpus is not None:
            raise TypeError(t("Give a corpus or a workbench, not both. Received: {corpus}", corpus=repr(corpus)[:80]))
        if language is not None and language not in LANGUAGES:
            raise ValueError(
                t(
                    "Choose one of {names}. Received: language={language}",
                    names=", ".join(LANGUAGES),
                    language=repr(language),
                )
            )
        source = corpus if workbench is None else workbench
        choices = {k: v for k, v in {"language": language, "spec": spec, **settings}.items() if v is not None}
        if isinstance(source, (LanguageWorkbench, LanguageRun, LanguageReplay)):
            if choices:
                raise TypeError(
                    t(
                        "A workbench, run or recording has its own settings already. Received: {names}",
                        names=", ".join(choices),
                    )
                )
            self.workbench = as_workbench(source)
        else:
            self.workbench = LanguageWorkbench(source, choices.pop("spec", None), **choices)
        self.controls = RunControls(self.workbench)
        self.curves = TrainingCurves(self.workbench)
        self.designer = LayerDesigner(self.workbench)
        self.writer = Writer(self.workbench)
        self.attention = LiveAttention(self.workbench, text)
        super().__init__(COLUMNS, projector)
