"""Every string that a learner reads, in the language that the learner has chosen.

English is the language of the source and its strings are the keys; `locale/zh` holds the Chinese catalogue, a plain
gettext `.po` file that a translator can edit with the usual tools. Nothing is compiled, so nothing can be stale.

Example:
    >>> set_language("zh")
    >>> t("Train")
    '训练'
    >>> set_language("en")
    >>> t("Batch {i} of {n}", i=3, n=9)
    'Batch 3 of 9'
"""

from __future__ import annotations

import contextlib
import functools
import os
import threading
from collections.abc import Callable
from pathlib import Path

LANGUAGES = ("en", "zh")
CATALOGUES = Path(__file__).parent / "locale"

_lock = threading.Lock()
_listeners: dict[int, Callable[[str], None]] = {}
_next_listener = 0
_language: str | None = None


def get_language() -> str:
    """The language now in use, "en" or "zh": what `set_language` chose, else `LLM_WIDGETS_LANG`, else the system's."""
    return _language or _from_environment()


def _from_environment() -> str:
    for name in ("LLM_WIDGETS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def set_language(language: str) -> None:
    """Switches every widget on the page, and all that follows, to `language` ("en" or "zh") at once.

    Raises:
        ValueError: the language is not one of `LANGUAGES`.
    """
    global _language
    if language not in LANGUAGES:
        raise ValueError(
            f"No catalogue for this language; choose one of {', '.join(LANGUAGES)}. Received: language={language!r}"
        )
    with _lock:
        _language = language
        listeners = list(_listeners.values())
    for listener in listeners:
        # One widget that was closed must not keep the others in the old language.
        with contextlib.suppress(Exception):
            listener(language)


def on_language_change(listener: Callable[[str], None]) -> Callable[[], None]:
    """Calls `listener(language)` at each change; returns a function that ends this."""
    global _next_listener
    with _lock:
        key = _next_listener
        _next_listener += 1
        _listeners[key] = listener
    return lambda: _listeners.pop(key, None) and None


@functools.lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> dict[str, str]:
    """English strings to their translations; empty for English itself."""
    path = CATALOGUES / language / "LC_MESSAGES" / "llm_widgets.po"
    if language == "en" or not path.is_file():
        return {}
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        messages = read_po(file, locale=language)
    return {str(m.id): str(m.string) for m in messages if m.id and m.string and not m.fuzzy}


def t(message: str, /, **values: object) -> str:
    """The message in the learner's language, its `{placeholders}` filled in."""
    text = catalogue(get_language()).get(message, message)
    return text.format(**values) if values else text


def N_(message: str) -> str:
    """Marks a message for the catalogue that is translated later, where it is shown."""
    return message
