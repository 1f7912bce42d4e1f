"""Chapter 04 as a learner opens it."""

from __future__ import annotations

import pytest

from tests.browser._whole_chapter import CHINESE, assert_whole

WIDGETS = (
    "predict(",
    "NeuronWorkbench(",
    "WorkedExample(",
    "Explorer(",
    "NetworkStepper(",
    "AutodiffStepper(",
    "errata(",
)


@pytest.mark.slow
@pytest.mark.parametrize("way", CHINESE)
def test_chapter_04_is_whole(open_page, server, way):
    guesses, others = 12, 9
    assert_whole(open_page, server, "04-mathematics", way, cells=60, widgets=WIDGETS, drawn=guesses + others)
