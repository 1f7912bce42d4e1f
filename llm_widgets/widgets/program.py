"""A learner's program of rules beside classifiers that learned: who is right, and on which texts alone."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets

from llm_widgets.analysis.program import ProgramJudgement, Row, RuleRow, Trouble, describe
from llm_widgets.i18n import N_, catalogue
from llm_widgets.widgets._base import LiveWidget
from llm_widgets.widgets._computed import plain

MOST_TEXTS, MOST_RULES, LONGEST = 20, 12, 600


class ProgramView(LiveWidget):
    """Accuracies with their intervals, confusion counts, cases by rule, and texts on which only one side is right.

    Args:
        judged: what `analysis.judge_program` found.

    Example:
        >>> from llm_widgets import course
        >>> view = course.program_against_learning(lambda text: "good" in text, "en")
        >>> view.table[0].answered
        1585
    """

    _front: ClassVar[str] = "program"
    _title: ClassVar[str] = N_("Rules against learning")

    # Whose texts are shown: "program" or "learned" (only this side is right).
    who = traitlets.Enum(("program", "learned"), "learned").tag(sync=True)
    _found = traitlets.Dict().tag(sync=True)

    def __init__(self, judged: ProgramJudgement, **kwargs: Any) -> None:
        self.judged = judged
        super().__init__(**kwargs)
        self._found = plain(_picture(judged))

    @property
    def table(self) -> tuple[Row, ...]:
        """The program first, then those that learned."""
        return self.judged.table

    @property
    def rules(self) -> tuple[RuleRow, ...]:
        """Cases by rule, the commonest first."""
        return self.judged.rules

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """Errors, odd answers and loops, each with the first text that caused it."""
        return self.judged.troubles

    @property
    def sentence(self) -> str:
        """The result in words."""
        return self.judged.sentence

    def texts(self, who: str = "learned", n: int = MOST_TEXTS) -> tuple[str, ...]:
        """Texts on which only "program" or only "learned" is right."""
        return self.judged.texts(who, n)

    def __repr__(self) -> str:
        return repr(self.judged) if hasattr(self, "judged") else super().__repr__()

    def _on_hello(self, content: Any) -> None:
        """All is in the traits."""

    def _switch_language(self, language: str) -> None:
        super()._switch_language(language)
        self._found = plain(_picture(self.judged))  # troubles are told in words

    def _on_settings(self, content: Any) -> None:
        changes = content["changes"]
        if "who" in changes:
            self.who = changes["who"]


def _picture(judged: ProgramJudgement) -> dict[str, Any]:
    chinese = catalogue("zh")

    def both(name: str) -> dict[str, str]:
        return {"en": name, "zh": chinese.get(name, name)}

    labels, texts = judged.labels, judged.corpus.test.texts
    return {
        "n": len(labels),
        "rows": [row._asdict() | {"name": both(row.name)} for row in judged.table],
        "opponent": both(judged.opponent),
        "compared": judged.compared(),
        "counts": judged.counts,
        "reading": judged.reading,
        "rules": [row._asdict() for row in judged.rules[:MOST_RULES]],
        "more_rules": max(0, len(judged.rules) - MOST_RULES),
        "troubles": [describe(trouble) for trouble in judged.troubles],
        "texts": {
            who: [_case(judged, place, texts[place]) for place in judged.places(who)[:MOST_TEXTS]]
            for who in ("program", "learned")
        },
    }


def _case(judged: ProgramJudgement, place: int, text: str) -> dict[str, Any]:
    outcome = judged.outcomes[place]
    return {
        "text": text[:LONGEST].encode("utf-8", "replace").decode("utf-8"),
        "label": int(judged.labels[place]),
        "said": int(judged.said[place]),
        "learned": int(judged.learned[judged.opponent][place]),
        "kind": outcome.kind,
        "rule": outcome.rule,
    }
