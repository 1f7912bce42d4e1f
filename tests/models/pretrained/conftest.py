"""No test of these sees, or touches, the models of whoever runs them."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where models are kept meanwhile."""
    folder = tmp_path / "models"
    monkeypatch.setenv("LLM_WIDGETS_MODELS", str(folder))
    return folder
