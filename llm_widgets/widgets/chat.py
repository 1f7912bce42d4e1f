"""A conversation with a real chat model, and its attention beside it."""

from __future__ import annotations

import contextlib
from typing import Any

import ipywidgets
import traitlets

from llm_widgets.models import LanguageModel
from llm_widgets.widgets import _conversation as conversation
from llm_widgets.widgets.attention import AttentionMap
from llm_widgets.widgets.chat_window import ChatWindow

LOOKS = 64  # newest tokens whose attention is shown: of SmolLM2's 30 x 9 heads that is a megabyte


class Chat(ipywidgets.Box):  # type: ignore[misc]
    """Talks with a language model that learned to, while its attention lies open beside it.

    After each answer the map shows all layers and heads at the newest 64 tokens; what lies before them is one column.

    Args:
        source: "smollm2", another model's name, or a `LanguageModel` that holds conversations. A model that is not on
            this machine can be fetched from the page.
        projector: True draws everything at 1.6 times the size.

    Raises:
        ValueError: there is no model of this name, or it holds no conversations.

    Example:
        >>> chat = Chat("smollm2")  # doctest: +SKIP
        >>> chat.ask("What is the capital of Japan?")  # doctest: +SKIP
        >>> chat.wait() and chat.turns[-1]["content"]  # doctest: +SKIP
        'The capital of Japan is Tokyo.'
    """

    projector = traitlets.Bool(False)

    def __init__(self, source: str | LanguageModel = "smollm2", *, projector: bool = False) -> None:
        self.window = ChatWindow(source, self._look)
        self.attention = AttentionMap()
        self._grid = ipywidgets.Box(children=[self.window, self.attention])
        self._grid.add_class("lw-chat-grid")
        super().__init__(children=[self._grid])
        self.add_class("lw-chat-box")
        for part in self._grid.children:
            traitlets.dlink((self, "projector"), (part, "projector"))
        self.observe(self._project, names="projector")
        self.projector = projector

    def ask(self, text: str) -> None:
        """Says something to the model; see `turns` for its answer. Returns at once: `wait` waits for it.

        Raises:
            ValueError: there is no text.
        """
        self.window.ask(text)

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until nothing is being done; False where `timeout` seconds have passed first."""
        return self.window.wait(timeout)

    @property
    def turns(self) -> list[dict[str, str]]:
        """The conversation so far: dictionaries of "role" ("user" or "assistant") and "content"."""
        return list(self.window.turns)

    def _look(self, model: Any, ids: Any) -> None:
        """Shows the attention of what was read and written; on the window's thread."""
        if len(ids):
            self.attention.show(*conversation.last_looks(model, ids, LOOKS))

    def _project(self, change: Any) -> None:
        (self._grid.add_class if change["new"] else self._grid.remove_class)("lw-chat-projected")

    def close(self) -> None:
        """Takes the chat and its parts off the page."""
        with contextlib.suppress(AttributeError):  # refused before there were any
            for child in (self.window, self.attention, self._grid):
                child.close()
        super().close()
