"""Loss and accuracy while a network learns, over baselines that it must beat and beside earlier runs."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import NDArray

from llm_widgets.i18n import N_, catalogue
from llm_widgets.training import Replay, Run, RunState, Workbench
from llm_widgets.training.reading import finite
from llm_widgets.widgets._base import WorkbenchWidget
from llm_widgets.widgets._past import Past

_SAVED = 20_000  # batches that a saved notebook keeps, 160 kB


@dataclass
class _Sent:
    """What the page has by now."""

    key: str = ""
    batches: int = 0
    epochs: int = 0
    baselines: int = 0
    rate: float | None = None
    about: tuple[Any, ...] = ()


class TrainingCurves(WorkbenchWidget):
    """Draws a run's loss and accuracy while it trains: each batch, each epoch, validation, baselines, earlier runs.

    Point at a curve to read its values, or select it and press the arrow keys. The menu has the same as a table, and
    saves a picture (PNG), the numbers (CSV, JSON) or a page that opens without Jupyter (HTML).

    Args:
        workbench: a `Workbench`, or a `Run` or `Replay` alone; None for a new workbench.
        by: "batch" or "epoch": what one point stands for.
        log_scale: the loss on a logarithmic scale.

    Example:
        $ python -c "
        from llm_widgets import PRESETS, Run, TrainingCurves, corpora
        run = Run(PRESETS['document_en'], corpora.load('reviews'))
        curves = TrainingCurves(run)  # in a notebook, the last line of a cell shows it
        "
    """

    _front: ClassVar[str] = "curves"
    _title: ClassVar[str] = N_("Training curves")

    # What one point stands for: "batch" or "epoch".
    by = traitlets.Enum(["batch", "epoch"], "batch").tag(sync=True)
    # The loss on a logarithmic scale.
    log_scale = traitlets.Bool(False).tag(sync=True)
    # The last picture, for a notebook that was saved with its widgets and has no kernel.
    _about = traitlets.Dict().tag(sync=True)
    _picture = traitlets.Bytes(b"").tag(sync=True)

    def __init__(self, workbench: Workbench | Run | Replay | None = None, **kwargs: Any) -> None:
        self._sending = threading.Lock()  # messages go out in the order in which they were made
        self._sent = _Sent()
        self._past = Past()
        super().__init__(workbench, **kwargs)

    def _refresh(self) -> None:
        with self._sending:
            run = self.run
            if self._sent.key != _key(run):
                self._send_everything(run)
            elif news := self._news(run):
                points = news.pop("points", None)
                message = {"type": "update", "key": self._sent.key, **news}
                self.send(message, None if points is None else [points])
                if news.get("state") in _ENDS:
                    self._keep(run)

    def _on_hello(self, content: Any) -> None:
        with self._sending:
            self._send_everything(self.run)

    def _on_export(self, content: Any) -> None:
        from llm_widgets.widgets.export import to_html

        name = f"training-curves-run-{self.run.id}.html"
        self.send({"type": "file", "name": name, "mime": "text/html"}, [to_html(self).encode()])

    def _send_everything(self, run: Run | Replay) -> None:
        message, numbers = self._everything(run)
        self.send(message, [numbers])
        if message["state"] in _ENDS:
            self._keep(run)

    def _everything(self, run: Run | Replay) -> tuple[dict[str, Any], bytes]:
        """The message that a new view needs: this run and the earlier ones."""
        self._sent = _Sent(_key(run))
        news = self._news(run)
        ghosts = self._past.ghosts(run, self.workbench.past)
        points = news.pop("points", b"")
        message = {
            "type": "run",
            "key": self._sent.key,
            "run": run.id,
            "steps_per_epoch": run.steps_per_epoch,
            "planned": run.epochs,
            "plan": run.epochs * run.steps_per_epoch,
            "n": 0,
            "ghosts": [ghost.about for ghost in ghosts],
            **news,
        }
        return message, b"".join([points, *(ghost.numbers for ghost in ghosts)])

    def _news(self, run: Run | Replay) -> dict[str, Any]:
        """What the page does not have yet; empty when it has all."""
        sent, log = self._sent, run.log
        state = run.state  # before the batches: whoever sees the end has seen all batches
        count, epochs = log.batch_count, log.epochs
        news: dict[str, Any] = {}
        ms = None
        if count:
            columns = log.batches(max(0, min(sent.batches, count - 21)), count)
            new = count - sent.batches
            if len(columns.seconds) > 1:
                ms = round(1000 * float(np.median(np.diff(columns.seconds[-21:]))), 1)
            if new:
                news |= {"start": sent.batches, "n": new}
                news["points"] = np.concatenate([columns.loss[-new:], columns.accuracy[-new:]]).tobytes()
                if marks := self._marks(run, columns.learning_rate[-new:]):
                    news["marks"] = marks
                sent.batches = count
        if len(epochs) > sent.epochs:
            news |= {"first_epoch": sent.epochs, "epochs": [finite(asdict(e)) for e in epochs[sent.epochs :]]}
            sent.epochs = len(epochs)
        if not sent.baselines and (found := self._baselines(run)):
            news["baselines"] = found
            sent.baselines = len(found)
        about = (str(state), ms, run.error)
        if about != sent.about:
            news |= dict(zip(("state", "ms", "error"), about, strict=True))
            sent.about = about
        return news

    def _marks(self, run: Run | Replay, rates: NDArray[np.float32]) -> list[list[float]]:
        """Every [step, learning rate] at which the rate was changed, if one of these is new."""
        before = self._sent.rate if self._sent.rate is not None else float(rates[0])
        self._sent.rate = float(rates[-1])
        if before == rates[0] and bool((rates == rates[0]).all()):
            return []
        every = run.log.batches().learning_rate
        changed = np.flatnonzero(np.diff(every)) + 1
        # A slider that is dragged changes the rate with each batch: where it came to rest is what counts.
        rest = [int(i) for k, i in enumerate(changed) if k + 1 == len(changed) or changed[k + 1] - i >= 5]
        return [[i + 1, float(f"{every[i]:.3g}")] for i in rest]

    @staticmethod
    def _baselines(run: Run | Replay) -> list[dict[str, Any]]:
        chinese = catalogue("zh")
        return [
            {"name": {"en": b.name, "zh": chinese.get(b.name, b.name)}, "accuracy": b.accuracy}
            for b in run.baselines(wait=False)
            if b.split == "validation"
        ]

    def _keep(self, run: Run | Replay) -> None:
        """Puts the picture into the widget's state."""
        if run.log.batch_count > _SAVED:
            return
        sent = self._sent
        message, numbers = self._everything(run)
        self._sent = sent
        with self.hold_sync():
            self._about = message
            self._picture = numbers


_ENDS = frozenset({RunState.PAUSED, RunState.FINISHED, RunState.STOPPED, RunState.FAILED})


def _key(run: Run | Replay) -> str:
    """Changes with the run, and when the run starts again."""
    return f"{run.id}.{run.log.generation}"
