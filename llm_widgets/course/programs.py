"""A program that the learner writes beside programs that learned: who reads reviews better?

Example:
    >>> judged = program_against_learning(example_program("en"), language="en")
    >>> judged.table[0].accuracy > judged.table[1].accuracy  # better than always saying the commoner class
    True
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from llm_widgets.i18n import LANGUAGES, get_language, t

if TYPE_CHECKING:
    from llm_widgets.widgets.program import ProgramView


def program_against_learning(
    program: Callable[[str], Any],
    language: str | None = None,
    *,
    run: Any = None,
    seconds_a_text: float = 1.0,
    seconds: float = 30.0,
) -> ProgramView:
    """Judges a function `program(text)` that returns "positive" or "negative" on the test reviews, beside classifiers
    that learned: always the commoner class, TF-IDF with logistic regression, and `run` where one is given.

    What is returned shows itself as a widget; `.table`, `.rules`, `.texts(who)`, `.troubles` and `.sentence` are there
    for code. See `analysis.judge_program` for what else the function may return.

    Args:
        program: the function. language: of the reviews, "en" or "zh"; None takes the learner's, or that of the run.
        run: a `Run` on the reviews, or a lab that has one.
        seconds_a_text: after so long a text is given up. seconds: after so long in all the rest is not tried.

    Raises:
        TypeError: this is no function. ValueError: the language is not known, or the run learned something else.
    """
    from llm_widgets import corpora
    from llm_widgets.analysis.program import judge_program
    from llm_widgets.widgets.program import ProgramView

    run = getattr(run, "run", run)
    corpus = run.corpus if run is not None and language is None else corpora.load("reviews", language=_known(language))
    judged = judge_program(program, corpus, run=run, seconds_a_text=seconds_a_text, seconds=seconds)
    return ProgramView(judged)


def example_program(language: str | None = None) -> Callable[[str], Any]:
    """A program of rules to begin with: two lists of words, and "not" turns them around.

    `inspect.getsource(example_program("en"))` is its text. It returns None where it knows no word.

    Args:
        language: "en" or "zh"; None takes the learner's.

    Raises:
        ValueError: the language is not known.
    """
    from llm_widgets.course import example_programs

    found: Callable[[str], Any] = {"en": example_programs.english, "zh": example_programs.chinese}[_known(language)]
    return found


def _known(language: str | None) -> str:
    language = language or get_language()
    if language not in LANGUAGES:
        raise ValueError(
            t(
                "Choose one of {names}. Received: language={language}",
                names=", ".join(LANGUAGES),
                language=repr(language),
            )
        )
    return language
