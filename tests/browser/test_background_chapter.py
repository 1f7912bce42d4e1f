"""Chapter 01 as a learner opens it."""

from __future__ import annotations

import pytest

from tests.browser._whole_chapter import NAMES, WAYS, assert_whole
from tests.browser.test_history import NAMES as HISTORY

WIDGETS = ("predict(", "GuessTheNextWord(", "course.history(", "errata(")


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_chapter_01_is_whole(open_page, server, way):
    guesses, others = 7, 3
    assert_whole(
        open_page,
        server,
        "01-background",
        way,
        cells=35,
        widgets=WIDGETS,
        drawn=guesses + others,
        formulas=12,
        names=NAMES | {part for name in HISTORY for part in name.replace("-", " ").replace("/", " ").split()},
    )
