"""The next-token explorer: what a model thinks comes next, and how one of it is chosen."""

from __future__ import annotations

from typing import Any, ClassVar

from llm_widgets.i18n import N_
from llm_widgets.models import Askable
from llm_widgets.training import LanguageRun, Workbench
from llm_widgets.widgets import _explorer_page as to_page
from llm_widgets.widgets._choosing import another_seed
from llm_widgets.widgets._explorer_loop import ExplorerLoop
from llm_widgets.widgets._explorer_source import RANGES, asked
from llm_widgets.widgets._exploring import Exploring


class TokenExplorer(ExplorerLoop):
    """The next token's probabilities as bars, and a text that grows by one of them: greedily, by chance, or with beams.

    Other tokens can be taken by hand; what was tried stays as branches of a tree. The same model, seed and settings
    give the same text, whichever way one came to it. While a model learns, the bars move.

    Args:
        source: a `LanguageModel` or anything `Askable`, a `LanguageRun`, or a `LanguageWorkbench`, whose run of the
            moment is followed.
        prompt: what the text begins with, "" for nothing; None takes the run's first probe, else one of the kit's own.
        settings: strategy ("greedy", "sample", "beam"), temperature, top_k, top_p, seed; beam_width, beam_length,
            length_penalty; speed.

    Raises:
        ValueError: the source cannot be asked for a next token, or a setting is out of range.

    Example:
        >>> explorer = TokenExplorer(run, prompt="Alice ", temperature=0.8)  # doctest: +SKIP
        >>> explorer.step()  # doctest: +SKIP
        >>> explorer.take(explorer.candidates()[1].id)  # doctest: +SKIP
        >>> explorer.text, explorer.settings  # doctest: +SKIP
    """

    _front: ClassVar[str] = "token_explorer"
    _title: ClassVar[str] = N_("Next-token explorer")

    def __init__(self, source: Askable | Workbench | LanguageRun, prompt: str | None = None, **settings: Any) -> None:
        super().__init__(*asked(source), prompt, **settings)

    # What can be done by hand, written down

    @property
    def text(self) -> str:
        """The prompt and what was written so far."""
        return str(self._ask(lambda exploring: exploring.text))

    @property
    def settings(self) -> dict[str, Any]:
        """How the next token is chosen."""
        return self._settings._asdict()

    def candidates(self, count: int | None = 20) -> list[to_page.Entry]:
        """The likeliest next tokens: rank, token, id, logit, probability, and that after the settings; None: all."""

        def ask(exploring: Exploring) -> list[to_page.Entry]:
            seen = exploring.seen(self._settings)
            return to_page.entries(exploring, seen, range(len(seen.ids))[:count])

        found: list[to_page.Entry] = self._ask(ask)
        return found

    def step(self) -> None:
        """One token more, as the settings choose it; or one step of the beam search."""
        self._do("step")

    def back(self) -> None:
        """One token less, or one step of the search."""
        self._do("back")

    def take(self, token_id: int) -> None:
        """Goes on with this token, whatever the settings would choose.

        Raises:
            ValueError: it cannot come next.
        """
        self._do("take", id=token_id)

    def restart(self) -> None:
        """Back to the prompt; the branches stay."""
        self._do("restart")

    def play(self) -> None:
        """Steps by itself, `speed` tokens a second, until the text ends, it is as long as it may be, or `pause`."""
        self.playing, self._wanted, self._play_due = True, True, 0.0
        self._worker.ask()

    def pause(self) -> None:
        """Ends `play`."""
        self.playing = False

    def refresh(self) -> None:
        """Asks again: the weights of a model that learns elsewhere have changed."""
        self._key = ()
        self._worker.ask()

    def new_seed(self) -> None:
        """Another seed, small enough to be said aloud in class."""
        self.seed = another_seed(self.seed)

    # From the page: nothing here waits

    def _on_hello(self, content: Any) -> None:
        self._sent = ()
        self._worker.ask()

    def _on_prompt(self, content: Any) -> None:
        self.prompt = str(content["text"])

    def _on_settings(self, content: Any) -> None:
        with self.hold_sync():
            for name in RANGES.keys() & content["changes"].keys():
                setattr(self, name, content["changes"][name])

    def _on_seed(self, content: Any) -> None:
        self.new_seed()

    def _on_play(self, content: Any) -> None:
        self.play() if content["on"] else self.pause()

    def _on_do(self, content: Any) -> None:
        """One of `step`, `back`, `restart`, `take`, `jump`, `view`."""
        self.playing = False
        self._commands.append(content)
        self._worker.ask()
