"""The course: its chapters in two languages, its exercises and its terms.

Example:
    >>> from llm_widgets import course
    >>> course.check("padding", [True, True, True, False, False])
    ✓ Yes. The mask is true where a token stands, and the LSTM leaves its state alone at the rest.
"""

from __future__ import annotations

from llm_widgets.course.errata import ERRATA, Erratum, errata
from llm_widgets.course.exercises import Feedback, check
from llm_widgets.course.glossary import glossary
from llm_widgets.course.history import history
from llm_widgets.course.language_results import TextVerdict, text_verdict, trained_writer
from llm_widgets.course.opening import Chapter, open_chapter
from llm_widgets.course.predictions import draw, predict
from llm_widgets.course.programs import example_program, program_against_learning
from llm_widgets.course.real_models import real_model
from llm_widgets.course.results import Verdict, trained, verdict

__all__ = [
    "ERRATA",
    "Chapter",
    "Erratum",
    "Feedback",
    "TextVerdict",
    "Verdict",
    "check",
    "draw",
    "errata",
    "example_program",
    "glossary",
    "history",
    "open_chapter",
    "predict",
    "program_against_learning",
    "real_model",
    "text_verdict",
    "trained",
    "trained_writer",
    "verdict",
]
