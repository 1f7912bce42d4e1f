"""Pre-training and fine-tuning, live: one small network from nothing and from a pre-trained start, on few labels."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any, ClassVar

import traitlets

from llm_widgets.corpora import Corpus
from llm_widgets.i18n import N_
from llm_widgets.training._few_labels import labelled_corpus
from llm_widgets.training.checks import checked_count
from llm_widgets.training.transfer import TransferResult, TransferRun
from llm_widgets.widgets._base import LiveWidget
from llm_widgets.widgets._computed import plain
from llm_widgets.widgets._ticker import follow
from llm_widgets.widgets._transfer_picture import picture

KEPT = 20  # earlier draws


class TransferLab(LiveWidget):
    """Pre-trains word vectors without labels, then trains two copies of a network on the same few labels.

    "Another draw" repeats the fine-tuning with other labels; earlier curves stay, grey, and the mean is said. From
    Python: `lab.start()`, `lab.run.wait()`, `lab.again()`, `lab.results`, `lab.run` (a `TransferRun`).

    Args:
        corpus: labelled texts, or the name of a corpus. language: of a corpus that is named; None takes the learner's.
        labels: how many texts are given with their labels, 10 to 2,000.
        freeze: the pre-trained vectors stay as they are. learning_rate: of fine-tuning. seed: of the first draw.
        **settings: spec, batch_size, epochs, pretraining_epochs of the `TransferRun`.

    Raises:
        ValueError: a value is out of range.

    Example:
        >>> lab = TransferLab("reviews", language="en", labels=100)  # doctest: +SKIP
        >>> lab.start(); lab.run.wait()  # doctest: +SKIP
        >>> lab.results[-1].gain  # doctest: +SKIP

    Reference:
        Howard, J. and Ruder, S. (2018). Universal Language Model Fine-tuning for Text Classification. ACL.
    """

    _front: ClassVar[str] = "transfer"
    _title: ClassVar[str] = N_("Pre-training and fine-tuning")

    # Labelled texts of the next draw.
    labels = traitlets.Int(100).tag(sync=True)
    # Whether the pre-trained vectors stay as they are.
    freeze = traitlets.Bool(False).tag(sync=True)
    # Of fine-tuning; acts at once.
    learning_rate = traitlets.Float(3e-3).tag(sync=True)
    # The picture, renewed while it trains.
    _found = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        corpus: str | Corpus = "reviews",
        *,
        language: str | None = None,
        labels: int = 100,
        freeze: bool = False,
        learning_rate: float = 3e-3,
        seed: int = 0,
        projector: bool = False,
        **settings: Any,
    ) -> None:
        self.corpus = labelled_corpus(corpus, language)
        self._extra = settings
        self._first_seed = checked_count("seed", seed, least=0)
        self._changing = threading.RLock()
        self._subscribers: list[Callable[[str], None]] = []
        self._start: Any = None
        self.past: tuple[TransferRun, ...] = ()
        chosen: dict[str, Any] = {
            "labels": labels,
            "freeze": freeze,
            "learning_rate": learning_rate,
        }
        self.run = TransferRun(self.corpus, seed=self._first_seed, **chosen, **settings)
        super().__init__(
            labels=self.run.labels, freeze=self.run.freeze, learning_rate=self.run.learning_rate,
            projector=projector,
        )  # fmt: skip
        self.observe(self._settled, names=["labels", "freeze", "learning_rate"])
        self._refresh()
        self._unfollow = follow(self, self)

    # What a ticker needs of a workbench

    def subscribe(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Calls `callback(what)` when another run becomes the present one; returns a function that ends this."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    # Controls

    def start(self) -> None:
        """Trains; goes on where it was paused; after the end, the same draw again."""
        with self._changing:
            if self.run.state.ended or not self._fits():
                self._new(self.run.seed)
            self.run.start()

    def again(self, seed: int | None = None) -> None:
        """Fine-tunes on another draw of labels, with other first weights; earlier curves stay.

        Args:
            seed: of the draw; None takes the next one.
        """
        with self._changing:
            self._new(self.run.seed + 1 if seed is None else checked_count("seed", seed, least=0))
            self.run.start()

    def pause(self) -> None:
        """Waits after the present batch."""
        self.run.pause()

    def stop(self) -> None:
        """Ends after the present batch."""
        self.run.stop()

    def forget(self) -> None:
        """Takes the earlier draws away."""
        with self._changing:
            self.past = ()
        self._refresh()

    @property
    def results(self) -> tuple[TransferResult, ...]:
        """Test accuracies of all draws that came to their end, the oldest first."""
        return tuple(run.result for run in (*self.past, self.run) if run.result is not None)

    def close(self) -> None:
        """Takes the widget off the page; the run goes on."""
        with contextlib.suppress(AttributeError):  # a lab that was refused was never followed
            self._unfollow()
        super().close()

    # Inside

    def _fits(self) -> bool:
        run = self.run
        return (run.labels, run.freeze) == (self.labels, self.freeze)

    def _make(self, seed: int) -> TransferRun:
        chosen = {name: getattr(self, name) for name in ("labels", "freeze", "learning_rate")}
        return TransferRun(self.corpus, seed=seed, start=self._start, **chosen, **self._extra)

    def _new(self, seed: int) -> None:
        old = self.run
        if old.learned_start is not None:
            self._start = old.learned_start
        run = self._make(seed)
        old.release()
        if old.result is not None:
            self.past = (*self.past, old)[-KEPT:]
        self.run = run
        for tell in list(self._subscribers):
            tell("run")

    def _settled(self, change: Any) -> None:
        """A setting was changed, here or on the page; what cannot be is taken back."""
        with self._changing:
            name = change["name"]
            if name == "learning_rate":
                self._refused(change, lambda: setattr(self.run, "learning_rate", change["new"]))
                return
            self._refused(change, lambda: self._make(self.run.seed))
            if not self.run.state.active and not self._fits():
                self._new(self.run.seed)
        self._refresh()

    def _refused(self, change: Any, attempt: Callable[[], Any]) -> None:
        try:
            attempt()
        except ValueError:
            with self.hold_trait_notifications():
                self.set_trait(change["name"], change["old"])
            raise

    def _refresh(self) -> None:
        self._found = plain(picture(self.run, self.past))

    def _on_hello(self, content: Any) -> None:
        self._refresh()

    def _on_settings(self, content: Any) -> None:
        for name, value in content["changes"].items():
            if name in ("labels", "freeze", "learning_rate"):
                try:
                    setattr(self, name, value)
                except traitlets.TraitError as error:
                    raise ValueError(str(error)) from error

    def _on_act(self, content: Any) -> None:
        act = content["act"]
        if act in ("start", "again", "pause", "stop", "forget"):
            getattr(self, act)()
