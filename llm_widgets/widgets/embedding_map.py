"""A map of embedding vectors in two dimensions that moves while a model trains."""

from __future__ import annotations

import contextlib
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import NDArray

from llm_widgets.analysis.embedding_table import embedding_rows
from llm_widgets.i18n import N_, t
from llm_widgets.training.replay import Replay
from llm_widgets.widgets._base import LiveWidget
from llm_widgets.widgets._embedding_frames import Frames, Message
from llm_widgets.widgets._embedding_source import Points, points_of, read_source
from llm_widgets.widgets._ticker import SHARE, follow
from llm_widgets.widgets._worker import Worker

INTERVAL = 0.125  # seconds from one look to the next, at least: in between, the page glides
SLOWEST = 1.0  # seconds, at most
NEAREST_EVERY = 0.5  # seconds between two lists of neighbours while it trains
SETTLING = 4  # rounds a picture, when nothing else moves
STILL = 1e-3  # of the picture's width: less than this, and the plane has come to rest


class EmbeddingMap(LiveWidget):
    """Shows embedding vectors as points: what is near in the model's space, as far as a plane can show it.

    The plane holds the most variance that two dimensions can (principal components), and glides instead of jumping
    while the vectors move. Click a point, search for it, or walk with the arrow keys: its nearest neighbours are those
    of the whole space. The time line goes back over the training; the menu has tables and files.

    Args:
        source: a `Workbench` or `Run` (the embedding table of the classifier), a `LanguageWorkbench`, `LanguageRun` or
            `LanguageModel`, or a pair (names, vectors [N, C]). A recording has no vectors, and the map says so.
        words: which tokens are shown; None: the 2,000 that are commonest in the training text.

    Raises:
        ValueError: the source is none of these, or its names and vectors do not go together.

    Example:
        >>> lab = lw.TrainingLab("reviews", language="en")  # doctest: +SKIP
        >>> view = EmbeddingMap(lab.workbench)  # doctest: +SKIP
        >>> view.choose("great")  # doctest: +SKIP
    """

    _front: ClassVar[str] = "embedding_map"
    _title: ClassVar[str] = N_("Embedding map")

    # The chosen point, counted from 0; None for none.
    chosen = traitlets.Int(None, allow_none=True).tag(sync=True)
    # The training step shown; None follows the newest.
    step = traitlets.Int(None, allow_none=True).tag(sync=True)
    # Shows where the points were at first, too, and how the labelled ones came from there.
    show_first = traitlets.Bool(False).tag(sync=True)
    # Why there is no map, in one word; empty where there is one.
    _waiting = traitlets.Unicode("loading").tag(sync=True)
    # It follows a training, and has a time line.
    _trains = traitlets.Bool(False).tag(sync=True)
    # The last picture, for a notebook that was saved with its widgets and has no kernel.
    _about = traitlets.Dict().tag(sync=True)
    _picture = traitlets.Bytes(b"").tag(sync=True)

    def __init__(self, source: Any, words: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.workbench, self._model, self._pair = read_source(source)
        self.words = None if words is None else tuple(map(str, [words] if isinstance(words, str) else words))
        self._lock = threading.RLock()  # the worker's thread, and the page's messages
        self._frames = Frames()
        self._key: tuple[Any, ...] = ()  # of what is shown: the run and its generation
        self._rested = True  # the plane no longer moves
        self._saved: tuple[Any, ...] = ()  # the picture that is in the state
        self._costs: deque[float] = deque(maxlen=9)  # seconds of the training that the last looks took
        self._due = self._told_nearest = 0.0
        self._unfollow: Callable[[], None] = lambda: None
        super().__init__(_trains=self.workbench is not None, **kwargs)
        self._worker = Worker(self, "embedding-map", INTERVAL)
        self.observe(self._chosen_moved, names=["chosen", "step"])
        if self._pair is not None:
            self._begin(points_of(None, self._pair, self.words), ("pair",))
            self._take(self._pair[1][self._frames.points.ids], 0)
        else:
            if self.workbench is not None:
                self._unfollow = follow(self.workbench, self)
            self._worker.ask()

    # From the learner's code

    @property
    def names(self) -> tuple[str, ...]:
        """Of the points, the commonest first; () while there is no map yet."""
        return self._frames.points.names

    @property
    def steps(self) -> tuple[int, ...]:
        """The training steps whose vectors are kept."""
        with self._lock:
            return self._frames.steps

    @property
    def word(self) -> str | None:
        """The name of the chosen point."""
        return None if self.chosen is None else self.names[self.chosen]

    def choose(self, word: str | None) -> None:
        """Chooses a point by its name; None chooses none.

        Raises:
            ValueError: no point has this name.
        """
        if word is None:
            self.chosen = None
        elif word in self.names:
            self.chosen = self.names.index(word)
        else:
            raise ValueError(t("There is no such point in this map. Received: {word}", word=repr(word)[:80]))

    def vectors(self, step: int | None = None) -> NDArray[np.float32]:
        """The vectors [N, C] at a step (the nearest one kept); None for the newest.

        Raises:
            ValueError: there is no map yet.
        """
        with self._lock:
            self._needed()
            return self._frames.vectors(step)

    def positions(self, step: int | None = None) -> NDArray[np.float32]:
        """Where the points lie in the picture of a step, float32 [N, 2].

        Raises:
            ValueError: there is no map yet.
        """
        with self._lock:
            self._needed()
            return self._frames.positions(step)

    def _needed(self) -> None:
        if not self._frames.steps:
            raise ValueError(t("There is no map yet. Received: {state}", state=self._waiting or "loading"))

    @traitlets.validate("chosen")
    def _one_of_the_points(self, proposal: Any) -> int | None:
        row: int | None = proposal["value"]
        return row if row is not None and 0 <= row < len(self.names) else None

    # While it trains

    def _refresh(self) -> None:
        """Something has happened; called by the ticker, on any thread."""
        self._worker.ask()

    def _answer(self) -> None:
        """Brings the map up to the newest weights; on the worker's thread."""
        source = self._model if self.workbench is None else self.workbench.run
        if isinstance(source, Replay):
            self._forget("recorded")
            return
        key = (id(source), *((source.id, source.log.generation) if self.workbench is not None else ()))
        if key != self._key:
            self._begin(points_of(source, None, self.words), key)
        if not self._frames.points.names:
            self._waiting = "empty"
            return
        step = 0 if self.workbench is None else source.log.batch_count
        if self._frames.steps and step == self._frames.steps[-1]:
            if self._rested or self._active:  # while it trains, the next batch brings the next picture
                self._worker.pause = 0.0
                self._save()
                return
            self._take(self._frames.vectors(None), step, SETTLING)  # the plane comes nearer to the best one
            self._worker.pause = INTERVAL
            self._worker.ask()
            return
        (vectors, step), cost = self._look(source)
        if key != self._key or (self.workbench is not None and self.workbench.run is not source):
            return  # while it was looked at, another run has come
        began = time.thread_time()
        self._take(vectors, step)
        self._costs.append(cost + time.thread_time() - began)
        every = max(INTERVAL, min(SLOWEST, statistics.median(self._costs) / SHARE))
        self._due = max(self._due + every, time.monotonic())
        self._worker.pause = max(0.0, self._due - time.monotonic())
        # What is asked now is answered after that pause, without waiting for the ticker.
        self._worker.ask()

    def _look(self, source: Any) -> tuple[tuple[NDArray[np.float32], int], float]:
        """The vectors, the step, and the seconds of the training that this took: the wait for a batch left out."""
        ids, trains = self._frames.points.ids, self.workbench is not None

        def look(model: Any) -> tuple[tuple[NDArray[np.float32], int], float]:
            began = time.perf_counter()
            vectors = embedding_rows(model, ids)
            return (vectors, source.log.batch_count if trains else 0), time.perf_counter() - began

        found: tuple[tuple[NDArray[np.float32], int], float] = source.call(look)
        return found

    def _begin(self, points: Points, key: tuple[Any, ...]) -> None:
        """Other points: all that was kept is forgotten."""
        with self._lock:
            word = self.word
            self._frames.begin(points)
            self._key = key
            with self.hold_sync():
                self.step = None
                self.chosen = points.names.index(word) if word in points.names else None

    def _take(self, vectors: NDArray[np.float32], step: int, rounds: int = 1) -> None:
        """Keeps vectors, and shows them; see `Frames.add` for `rounds`."""
        with self._lock:
            first = not self._frames.steps
            moved = self._frames.add(vectors, step, rounds)
            self._rested = moved < STILL
            self.send(*self._frames.message("begin" if first else "frame", None if first else step))
            now = time.monotonic()
            if self.chosen is not None and self.step is None and (now - self._told_nearest > NEAREST_EVERY):
                self._tell_nearest()
            self._save()
        self._waiting = "" if len(vectors) else "empty"

    @property
    def _active(self) -> bool:
        return self.workbench is not None and self.workbench.run.state == "running"

    def _forget(self, why: str) -> None:
        """Shows no map, and why."""
        with self._lock:
            self._frames.forget()
            self._key = ()
            self.send(*self._frames.message("begin", None))
            self._about, self._picture = {}, b""
        self._waiting = why

    # To the page

    def _chosen_moved(self, change: Any) -> None:
        with self._lock:
            self._tell_nearest()

    def _tell_nearest(self) -> None:
        self._told_nearest = time.monotonic()
        if self.chosen is not None and self._frames.steps:
            self.send(*self._frames.nearest(self.chosen, self.step))

    def _save(self) -> None:
        """Puts a picture that has come to rest into the state, which a notebook is saved with."""
        with self._lock:
            now = (self._frames.generation, self._frames.steps)
            if not self._rested or self._active or self._saved == now:
                return
            self._saved = now
            about, buffers = self._frames.message("begin", None)
            with self.hold_sync():
                self._about, self._picture = about, b"".join(buffers)

    def _page_messages(self) -> list[Message]:
        """What a page without Python is told: the time line, and every point's neighbours in the newest step."""
        with self._lock:
            if not self._frames.steps:
                return [self._frames.message("begin", None)]
            return self._frames.whole(self.step)

    def _on_hello(self, content: Any) -> None:
        with self._lock:
            self.send(*self._frames.message("begin", self.step))
            self._tell_nearest()

    def _on_want(self, content: Any) -> None:
        """The page asks for a snapshot of the time line."""
        with self._lock:
            if content.get("generation") == self._frames.generation and self._frames.steps:
                self.send(*self._frames.message("maps", int(content["step"])))

    def _on_export(self, content: Any) -> None:
        from llm_widgets.widgets.export import to_html

        self.send({"type": "file", "name": "embedding-map.html", "mime": "text/html"}, [to_html(self).encode()])

    def close(self) -> None:
        """Takes the widget off the page; the run goes on."""
        with contextlib.suppress(AttributeError):  # where it was refused, there is nothing to end
            self._unfollow()
            self._worker.end()
        super().close()
