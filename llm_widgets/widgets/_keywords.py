"""A misspelled keyword is answered with the right one."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable, Sequence

from llm_widgets.i18n import t


def check_keywords(owner: type, given: Iterable[str], settings: Sequence[str]) -> None:
    """Refuses names that are none of `settings`.

    Args:
        owner: the class whose arguments they are.

    Raises:
        TypeError: a name is not known; the message names the one that may be meant.
    """
    names = [*list(inspect.signature(owner).parameters)[:-1], *settings]
    for name in given:
        if name in settings:
            continue
        close = difflib.get_close_matches(name, names, n=1)
        if close:
            raise TypeError(
                t(
                    "{owner} has no argument of this name; did you mean “{close}”? Received: {name}",
                    owner=owner.__name__,
                    close=close[0],
                    name=name,
                )
            )
        raise TypeError(
            t(
                "{owner} has no argument of this name; it has {names}. Received: {name}",
                owner=owner.__name__,
                names=", ".join(names),
                name=name,
            )
        )
