"""Opening a chapter: which language the learner reads it in, and what goes with that language.

Both languages run the same code, so the code asks here. The front end tells the kernel which file it opened
(Jupyter in an environment variable, VS Code in a variable of the kernel), and the file says its language.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from llm_widgets._runtime import calm_numpy
from llm_widgets.course import chapters
from llm_widgets.i18n import LANGUAGES, get_language, set_language

_PRESETS = {"en": "document_en", "zh": "document_zh"}


@dataclass(frozen=True)
class Chapter:
    """A chapter that somebody reads: its name, its language, and the preset of that language's document."""

    name: str
    language: str

    @property
    def preset(self) -> str:
        """The name of the model that the document in this language builds, as in `llm_widgets.PRESETS`."""
        return _PRESETS[self.language]

    def __repr__(self) -> str:
        return f"Chapter({self.name!r}, language={self.language!r})"


def open_chapter(name: str, language: str | None = None) -> Chapter:
    """Opens a chapter: finds out its language and switches all widgets and messages to it.

    Args:
        name: the name of the chapter's file without its ending, such as "05-practice".
        language: "en" or "zh"; None asks the notebook's file, then `LLM_WIDGETS_LANG`, then the system.

    Raises:
        ValueError: the language is neither "en" nor "zh".

    Example:
        >>> open_chapter("05-practice", language="en").preset
        'document_en'
    """
    calm_numpy()
    chosen = language or _language_of_notebook(name) or get_language()
    set_language(chosen)
    return Chapter(name, chosen)


def _language_of_notebook(name: str) -> str | None:
    """The language that the open notebook's file declares, else that of the folder that it lies in."""
    for path in _candidates(name):
        if path.is_file():
            try:
                declared = chapters.read(path).language
            except (ValueError, OSError):
                declared = None
            if declared is not None:
                return declared
        # A file may have been renamed, or live on another machine, and its folder still tell.
        if path.parent.name in LANGUAGES:
            return path.parent.name
    return None


def _candidates(name: str) -> Iterator[Path]:
    """The files that may be the open notebook, the surest first."""
    # Set by jupyter_server for each kernel that it starts for a notebook.
    if session := os.environ.get("JPY_SESSION_NAME"):
        yield Path(session)
    # Set by VS Code among the variables of the kernel.
    main = sys.modules.get("__main__")
    if isinstance(opened := getattr(main, "__vsc_ipynb_file__", None), str):
        yield Path(opened)
    yield Path.cwd() / f"{name}.ipynb"
