"""Models that others trained, where a chapter asks for them: without them it runs, too, and says what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_widgets.i18n import t

if TYPE_CHECKING:
    from llm_widgets.models import LanguageModel


def real_model(name: str) -> LanguageModel | None:
    """The model where it is on this machine, loaded once for all cells; else None, and a line that says how to get it.

    Args:
        name: "minilm", "smollm2", or one that `models.pretrained.available()` lists.

    Raises:
        ModelError: its files are damaged.

    Example:
        >>> real_model("minilm")  # doctest: +SKIP
        This model is not on this machine yet. In a terminal, once, with a network: llm-widgets models add minilm
    """
    from llm_widgets.models import pretrained

    if not pretrained.is_here(name):
        command = f"llm-widgets models add {name}"
        print(
            t("This model is not on this machine yet. In a terminal, once, with a network: {command}", command=command)
        )
        return None
    if name not in _loaded:
        _loaded[name] = pretrained.load(name)
    return _loaded[name]


_loaded: dict[str, LanguageModel] = {}
