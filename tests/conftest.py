"""What all tests share: a language that no test leaves behind, and one browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from benchmarks._page import chromium
from llm_widgets import i18n


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    i18n.set_language("en")
    yield
    i18n.set_language("en")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one Chromium of a session; Playwright cannot be started twice in a process."""
    with chromium() as running:
        yield running
