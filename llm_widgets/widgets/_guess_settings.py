"""What can be set in "guess the next word", and within which limits."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets

from llm_widgets import _seeds
from llm_widgets.analysis.next_word_players import NextWordText
from llm_widgets.i18n import t
from llm_widgets.widgets._computed import ComputedWidget


class GuessSettings(ComputedWidget):
    """The traits of `GuessTheNextWord`, checked."""

    _game: NextWordText

    SETTINGS: ClassVar[tuple[str, ...]] = ("place", "sure", "pick", "seed")

    # Which of the held-out words is asked.
    place = traitlets.Int(0).tag(sync=True)
    # How sure the learner is of the guess, in per cent.
    sure = traitlets.Int(50).tag(sync=True)
    # Choose from six words instead of typing one.
    pick = traitlets.Bool(False).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)

    @traitlets.validate("place")
    def _check_place(self, proposal: Any) -> int:
        if not 0 <= proposal["value"] < len(self._game.words):
            raise ValueError(
                t(
                    "place must be from 0 to {last}. Received: place={value}",
                    last=len(self._game.words) - 1,
                    value=proposal["value"],
                )
            )
        return int(proposal["value"])

    @traitlets.validate("sure")
    def _check_sure(self, proposal: Any) -> int:
        if not 1 <= proposal["value"] <= 99:
            raise ValueError(
                t("Nobody is quite sure: sure must be from 1 to 99. Received: sure={value}", value=proposal["value"])
            )
        return int(proposal["value"])

    @traitlets.validate("seed")
    def _check_seed(self, proposal: Any) -> int:
        if not 0 <= proposal["value"] < _seeds.LARGEST:
            raise ValueError(
                t("seed must be from 0 to {last}. Received: seed={value}",
                  last=_seeds.LARGEST - 1, value=proposal["value"])
            )  # fmt: skip
        return int(proposal["value"])
