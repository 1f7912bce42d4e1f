"""Attention maps: which token looks at which, head by head, in one model or while it learns."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import NDArray

from llm_widgets.analysis.attention_weights import AttentionWeights, read_tokens, read_weights
from llm_widgets.i18n import N_, t
from llm_widgets.widgets._base import LiveWidget
from llm_widgets.widgets._snapshots import Snapshots, as_bytes
from llm_widgets.widgets._throttle import Throttle

INTERVAL = 0.1  # seconds between two live pictures
RATE = 20_000_000  # bytes a second at most
IN_A_NOTEBOOK = 2_000_000  # bytes of the picture that a saved notebook holds
ON_A_PAGE = 8_000_000  # bytes of snapshots that a saved page holds
EXACT_ON_A_PAGE = 2_000_000  # weights that a saved page also holds exactly
BRIGHT = 64  # keys, above which no single weight is large: colours are stretched
Message = tuple[dict[str, Any], list[bytes]]


class AttentionMap(LiveWidget):
    """Shows attention: a small map for each head of each layer, one enlarged, and lines from token to token.

    Choose a head in the grid; point at a token, or select the map and press the arrow keys. The menu has the same as a
    table, and saves a picture (PNG), the numbers (CSV) or a page that opens without Jupyter (HTML).

    Args:
        attention: weights [T, S], [H, T, S] or [L, H, T, S] of NumPy, PyTorch, JAX or TensorFlow, or a list of them,
            one a layer (see `read_weights`); None for a map that is filled by `show` later.
        tokens: the T tokens that look (queries).
        tokens_to: the S tokens that are looked at (keys), for cross attention; None: the same tokens.
        step: the training step that this is; None outside a training.

    Raises:
        TypeError, ValueError: weights or tokens are not what they should be.

    Example:
        >>> live = AttentionMap(first, tokens, step=0)  # doctest: +SKIP
        >>> live.update(second, step=50)  # doctest: +SKIP
    """

    _front: ClassVar[str] = "attention"
    _title: ClassVar[str] = N_("Attention map")

    # Which head is enlarged, counted from 0 as in arrays (the page counts from 1); None: their mean.
    layer = traitlets.Int(0, allow_none=True).tag(sync=True)
    head = traitlets.Int(0, allow_none=True).tag(sync=True)
    # The selected tokens, counted from 0.
    query = traitlets.Int(None, allow_none=True).tag(sync=True)
    key = traitlets.Int(None, allow_none=True).tag(sync=True)
    # The step shown; None follows the newest. The step that it is compared with; None for no comparison.
    step = traitlets.Int(None, allow_none=True).tag(sync=True)
    compare = traitlets.Int(None, allow_none=True).tag(sync=True)
    # Leaves out the first key, at which many heads look when they have nothing to say.
    hide_first = traitlets.Bool(False).tag(sync=True)
    # The brightest colour stands for the largest weight in the map, and not for 1.
    stretch = traitlets.Bool(False).tag(sync=True)
    # The last picture, for a notebook that was saved with its widgets and has no kernel.
    _about = traitlets.Dict().tag(sync=True)
    _picture = traitlets.Bytes(b"").tag(sync=True)

    def __init__(
        self,
        attention: Any = None,
        tokens: Iterable[str] = (),
        tokens_to: Iterable[str] | None = None,
        *,
        step: int | None = None,
        **kwargs: Any,
    ) -> None:
        self._lock = threading.RLock()  # the training's thread, the timer's, and the page's messages
        self._throttle = Throttle(self._send_frame, self._lock)
        self._generation = 0
        self._clear()
        if attention is not None:  # before anything is on the page: what is wrong is refused at once
            self._take(attention, tokens, tokens_to, step)
            kwargs.setdefault("stretch", len(self._keys) > BRIGHT)
        super().__init__(**kwargs)

    # From the learner's code

    def update(self, attention: Any, *, step: int | None = None) -> None:
        """Adds a snapshot and shows it at once; may be called from any thread, as often as one likes.

        The page gets ten a second at most, always the newest one. Of many snapshots 200 are kept, evenly spaced.

        Args:
            attention: weights of the same shape as before.
            step: the training step; None: one more than before. The same step again replaces its snapshot.

        Raises:
            ValueError: the weights have another shape, or the step lies before the newest: call `show` to start afresh.
        """
        read = read_weights(attention)
        with self._lock:
            steps = self._snapshots.steps
            if not steps:
                raise ValueError(t("Call show(attention, tokens) first. Received: step={step}", step=step))
            before = self._snapshots.near(None)[1].shape
            if read.weights.shape != before:
                raise ValueError(
                    t(
                        "The shape has changed; call show(attention, tokens) to start afresh. "
                        "Received: {new} after {old}",
                        new=read.weights.shape,
                        old=before,
                    )
                )
            step = steps[-1] + 1 if step is None else int(step)
            if step < steps[-1]:
                raise ValueError(
                    t(
                        "Steps go forward; call show(attention, tokens) to start afresh. Received: {new} after {old}",
                        new=step,
                        old=steps[-1],
                    )
                )
            self._live = True
            self._keep(step, read)
            # Large maps come less often, so that they do not queue.
            self._throttle.soon(max(INTERVAL, read.weights.size / RATE))

    def show(
        self,
        attention: Any,
        tokens: Iterable[str],
        tokens_to: Iterable[str] | None = None,
        *,
        step: int | None = None,
    ) -> None:
        """Starts afresh with other weights and tokens: the snapshots so far are forgotten.

        Raises:
            TypeError, ValueError: as when a map is made.
        """
        with self._lock:
            self._take(attention, tokens, tokens_to, step)
            with self.hold_sync():
                self.layer, self.head = _within(self.layer, self._shape[0]), _within(self.head, self._shape[1])
                self.query = self.key = self.step = self.compare = None
                self.stretch = len(self._keys) > BRIGHT
            self._send_begin()

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps whose snapshots are kept."""
        with self._lock:
            return self._snapshots.steps

    def weights(self, step: int | None = None) -> NDArray[np.float32]:
        """The weights [L, H, T, S] at a step (the nearest one kept); None for the newest.

        Raises:
            ValueError: nothing is shown yet.
        """
        with self._lock:
            if not len(self._snapshots):
                raise ValueError(t("Call show(attention, tokens) first. Received: step={step}", step=step))
            return self._snapshots.near(step)[1].copy()

    # What is kept

    def _clear(self) -> None:
        self._snapshots = Snapshots()
        self._queries: tuple[str, ...] = ()
        self._keys: tuple[str, ...] = ()
        self._odd: list[float] | None = None
        self._live = False
        self._pictured: tuple[Any, ...] = ()  # the weights in `_picture`

    def _take(self, attention: Any, tokens: Iterable[str], tokens_to: Iterable[str] | None, step: int | None) -> None:
        read = read_weights(attention)
        queries = read_tokens(tokens, read.weights.shape[2])
        keys = read_tokens(queries if tokens_to is None else tokens_to, read.weights.shape[3], "tokens_to")
        self._clear()
        self._generation += 1
        self._queries, self._keys, self._live = queries, keys, step is not None
        self._keep(0 if step is None else int(step), read)

    def _keep(self, step: int, read: AttentionWeights) -> None:
        self._snapshots.add(step, read.weights)
        self._odd = (
            [read.odd_rows, read.weights[..., 0].size, *(round(s, 3) for s in read.odd_sums)] if read.odd_rows else None
        )

    @property
    def _shape(self) -> tuple[int, ...]:
        return self._snapshots.near(None)[1].shape if len(self._snapshots) else (0, 0, 0, 0)

    # To the page

    def _send_frame(self) -> None:
        self.send(*self._frame("frame", None))

    def _send_begin(self) -> None:
        self._throttle.sent()
        self.send(*self._frame("begin", self.step))

    def _frame(self, kind: str, step: int | None) -> Message:
        """A snapshot at one byte a weight, and what the page must know of the time line."""
        message: dict[str, Any] = {"type": kind, "generation": self._generation, "steps": self._snapshots.steps}
        message |= {"odd": self._odd, "live": self._live}
        if kind == "begin":
            message |= {"shape": self._shape, "queries": self._queries, "keys": self._keys}
        if not len(self._snapshots):
            return message, []
        step, weights = self._snapshots.near(step)
        return message | {"step": step}, [as_bytes(weights)]

    def _exact(self, step: int, layer: int | None, head: int | None) -> Message:
        """One head's map, or a mean, at full precision."""
        step, weights = self._snapshots.near(step)
        chosen = weights if layer is None else weights[layer : layer + 1]
        chosen = chosen if head is None else chosen[:, head : head + 1]
        about = {"type": "exact", "generation": self._generation, "step": step, "layer": layer, "head": head}
        return about, [chosen.mean(axis=(0, 1), dtype=np.float32).tobytes()]

    def _page_messages(self) -> list[Message]:
        """What a page without Python is told: snapshots over the whole time, and exact numbers where there is room."""
        with self._lock:
            if not len(self._snapshots):
                return [self._frame("begin", None)]
            begin, buffers = self._frame("begin", self.step)
            kept = self._snapshots.spread(ON_A_PAGE, self.step, self.compare)
            begin["steps"] = tuple(step for step, _ in kept)
            told: list[Message] = [(begin, buffers)]
            told += [(begin | {"type": "maps", "step": s}, [as_bytes(w)]) for s, w in kept if s != begin["step"]]
            layers, heads = self._shape[:2]
            if int(np.prod(self._shape)) <= EXACT_ON_A_PAGE:
                told += [self._exact(begin["step"], i, j) for i in range(layers) for j in (*range(heads), None)]
                return [*told, self._exact(begin["step"], None, None)]
            return [*told, self._exact(begin["step"], self.layer, self.head)]

    def _save(self) -> None:
        """Puts what is seen, the step compared with too, into the state; what is too large is not saved."""
        other = [] if self.compare is None else [self.compare]
        steps, weights = zip(*self._snapshots.some(self.step, *other), strict=True)
        if [*map(id, weights)] == [*map(id, self._pictured)]:
            return
        self._pictured = weights
        picture = b"".join(map(as_bytes, weights))
        with self.hold_sync():
            self._about = self._frame("begin", self.step)[0] | {"steps": steps}
            self._picture = picture if len(picture) <= IN_A_NOTEBOOK else b""

    # From the page

    def _on_hello(self, content: Any) -> None:
        with self._lock:
            self._send_begin()

    def _on_want(self, content: Any) -> None:
        """The page asks for a snapshot of the time line, or for one map's exact numbers."""
        with self._lock:
            if content.get("generation") != self._generation or not len(self._snapshots):
                return
            if not content.get("exact"):
                self.send(*self._frame("maps", int(content["step"])))
            elif content["step"] in self._snapshots.steps:  # asked when nothing has moved for a moment
                self._save()
                self.send(*self._exact(content["step"], content["layer"], content["head"]))

    def _on_export(self, content: Any) -> None:
        from llm_widgets.widgets.export import to_html

        self.send({"type": "file", "name": "attention-map.html", "mime": "text/html"}, [to_html(self).encode()])


def attention_map(attention: Any, tokens: Iterable[str], tokens_to: Iterable[str] | None = None) -> AttentionMap:
    """Shows which token looks at which, for any model whose attention you have as arrays.

    Args:
        attention: weights [T, S], [H, T, S] or [L, H, T, S] of NumPy, PyTorch, JAX or TensorFlow, or a list of them,
            one a layer, as Hugging Face's `model(..., output_attentions=True).attentions`.
        tokens: the T tokens that look (queries), at most 512.
        tokens_to: the S tokens that are looked at (keys), for cross attention; None: the same tokens.

    Returns:
        The widget; in a notebook, the last line of a cell shows it.

    Raises:
        TypeError, ValueError: weights or tokens are not what they should be.

    Example:
        >>> attention_map([[1.0, 0.0], [0.3, 0.7]], ["Good", "morning"])  # doctest: +SKIP
    """
    return AttentionMap(attention, tokens, tokens_to)


def _within(index: int | None, count: int) -> int | None:
    return index if index is None or 0 <= index < count else 0
