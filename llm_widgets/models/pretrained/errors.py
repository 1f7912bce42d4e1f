"""What can go wrong with a model that is fetched, converted or loaded."""

from __future__ import annotations

FAILED, NO_SPACE, NO_NETWORK = 1, 3, 4  # as `llm_widgets._backend_install` has them


class ModelError(RuntimeError):
    """A model could not be had; the message says why and what to do, `code` is for the shell."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code
