"""Chapter 03 as a learner opens it."""

from __future__ import annotations

import pytest

from tests.browser._whole_chapter import CHINESE, NAMES, assert_whole

WIDGETS = ("predict(", "SoftmaxExplorer(", "OptimizerRace(", "Walk(", "errata(")


@pytest.mark.slow
@pytest.mark.parametrize("way", CHINESE)
def test_chapter_03_is_whole(open_page, server, way):
    guesses, others = 8, 5
    assert_whole(
        open_page,
        server,
        "03-algorithms",
        way,
        cells=50,
        widgets=WIDGETS,
        drawn=guesses + others,
        names={*NAMES, "SGD", "Adam"},
    )
