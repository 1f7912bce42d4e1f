"""What a network gets right and wrong: validation while it learns, the test set once, at the end."""

from __future__ import annotations

import logging
import threading
import weakref
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import NDArray

from llm_widgets.analysis import Evaluation
from llm_widgets.i18n import N_, catalogue, t
from llm_widgets.training import Replay, Run, Workbench
from llm_widgets.widgets._base import WorkbenchWidget
from llm_widgets.widgets._words import for_a_learner

WORST = 20  # mistakes that are listed
LONGEST = 5_000  # characters of a review that the page gets
log = logging.getLogger(__name__)


@dataclass
class _Sent:
    """What the page has by now."""

    key: str = ""
    epoch: int = 0
    tested: bool = False
    about: tuple[Any, ...] = ()


class EvaluationView(WorkbenchWidget):
    """A confusion table with a threshold to move, the figures at every threshold, and the reviews it gets most wrong.

    Shows the validation reviews after each epoch. The test reviews are looked at on a button alone, once the run has
    ended. `evaluation()` gives the figures as an object, `figure()` as a Plotly figure.

    Args:
        workbench: a `Workbench`, or a `Run` or `Replay` alone; None for a new workbench.
        threshold: from 0 to 1; "positive" is said above it.
        split: "validation" or "test": what is shown.

    Example:
        $ python -c "
        from llm_widgets import PRESETS, EvaluationView, Run, corpora
        run = Run(PRESETS['document_en'], corpora.load('reviews'), epochs=1)
        view = EvaluationView(run)  # in a notebook, the last line of a cell shows it
        run.start(); run.wait()
        print(view.evaluation('test').accuracy())
        "
    """

    _front: ClassVar[str] = "evaluation"
    _title: ClassVar[str] = N_("Right and wrong")

    # From 0 to 1: "positive" is said where the probability is greater.
    threshold = traitlets.Float(0.5, min=0.0, max=1.0).tag(sync=True)
    # Which reviews are shown: "validation" or "test".
    split = traitlets.Enum(["validation", "test"], "validation").tag(sync=True)

    def __init__(self, workbench: Workbench | Run | Replay | None = None, **kwargs: Any) -> None:
        self._sending = threading.Lock()
        self._sent = _Sent()
        # Each run's test result: (which training of it, its probabilities or None while they are computed).
        self._tests: weakref.WeakKeyDictionary[Run | Replay, tuple[str, NDArray[np.float32] | None]]
        self._tests = weakref.WeakKeyDictionary()
        super().__init__(workbench, **kwargs)

    def evaluation(self, split: str = "validation") -> Evaluation:
        """The figures for a split: "validation" as of the newest epoch, "test" with the model as it is now.

        Raises:
            ValueError: no epoch has ended yet, or the recording does not have it.
        """
        run = self.run
        if split == "validation":
            snapshots = run.log.snapshots
            if not snapshots:
                raise ValueError(
                    t("Nothing can be judged before the first epoch has ended. Received: {run}", run=repr(run))
                )
            said = snapshots[-1].probabilities
        else:
            said = self._test(run) if split == "test" else run.evaluate(split)["probabilities"]
        judged = run.corpus.splits[split]
        return Evaluation(judged.labels, said, judged.texts)

    def figure(self, split: str = "validation") -> Any:
        """A Plotly figure: the confusion table and the figures at every threshold.

        Raises:
            ValueError: as for `evaluation`.
        """
        from llm_widgets.widgets._figure import evaluation_figure

        return evaluation_figure(self.evaluation(split), self.threshold, self.run.corpus.label_names)

    def _refresh(self) -> None:
        with self._sending:
            self._tell()

    def _on_hello(self, content: Any) -> None:
        with self._sending:
            self._sent = _Sent()
            self._tell()

    def _on_export(self, content: Any) -> None:
        from llm_widgets.widgets.export import to_html

        name = f"evaluation-run-{self.run.id}.html"
        self.send({"type": "file", "name": name, "mime": "text/html"}, [to_html(self).encode()])

    def _on_test(self, content: Any) -> None:
        run = self.run
        if run.state.ended and not self._tested(run):
            self._tests[run] = _key(run), None
            threading.Thread(target=self._test_aloud, args=(run,), name="llm_widgets-test", daemon=True).start()
            self._refresh()

    def _test_aloud(self, run: Run | Replay) -> None:
        try:
            self._test(run)
        except Exception as error:
            log.debug("The test reviews could not be judged", exc_info=True)
            self.send({"type": "failed", "text": for_a_learner(error)})
        self._refresh()

    def _test(self, run: Run | Replay) -> NDArray[np.float32]:
        """The model's probabilities for the test reviews; what an ended run says is computed once."""
        key, said = self._tests.get(run, ("", None))
        if said is None or key != _key(run):
            key = _key(run)
            try:
                said = np.asarray(run.evaluate("test")["probabilities"], np.float32)
            except Exception:
                self._tests.pop(run, None)
                raise
            if run.state.ended:
                self._tests[run] = key, said
        return said

    def _tested(self, run: Run | Replay) -> bool:
        return self._tests.get(run, ("", None))[0] == _key(run)

    def _tell(self) -> None:
        run, sent, key = self.run, self._sent, _key(self.run)
        if sent.key != key:
            sent = self._sent = _Sent(key)
        state = run.state
        sets: dict[str, NDArray[np.float32]] = {}
        snapshots = run.log.snapshots
        if len(snapshots) > sent.epoch:
            sets["validation"] = snapshots[-1].probabilities
            sent.epoch = len(snapshots)
        tested = self._tests.get(run, ("", None))[1] if self._tested(run) else None
        if tested is not None and not sent.tested:
            sets["test"] = tested
            sent.tested = True
        test = "none" if not self._tested(run) else "busy" if tested is None else "done"
        baselines = run.baselines(wait=False)
        about = (str(state), test, len(baselines))
        if about == sent.about and not sets:
            return
        sent.about = about
        judged = {name: _judged(run, name, said) for name, said in sets.items() if np.isfinite(said).all()}
        message = {
            "type": "show",
            "key": key,
            "run": run.id,
            "state": state,
            "ended": state.ended,
            "recorded": isinstance(run, Replay) and state.ended and not _has_test(run),
            "test": test,
            "label_names": list(run.corpus.label_names),
            "baselines": _baselines(baselines),
            "sets": {name: one for name, (one, _) in judged.items()},
        }
        self.send(message, [numbers for _, numbers in judged.values()])


def _has_test(replay: Replay) -> bool:
    try:
        replay.evaluate("test")
    except ValueError:
        return False
    return True


def _key(run: Run | Replay) -> str:
    """Changes with the run, and when the run starts again."""
    return f"{run.id}.{run.log.generation}"


def _judged(run: Run | Replay, name: str, said: NDArray[np.float32]) -> tuple[dict[str, Any], bytes]:
    """A split as the page needs it, and its float32 labels and probabilities, one after the other."""
    split = run.corpus.splits[name]
    evaluation = Evaluation(split.labels, said, split.texts)
    right = evaluation.confusion().trace()
    about = {
        "n": len(said),
        "epoch": run.log.snapshots[-1].epoch if run.log.snapshots else 0,
        "mistakes": int(len(said) - right),
        "worst": [_mistake(run, asdict(mistake)) for mistake in evaluation.worst(WORST)],
    }
    return about, np.concatenate([split.labels, said]).astype(np.float32).tobytes()


def _mistake(run: Run | Replay, mistake: dict[str, Any]) -> dict[str, Any]:
    text = mistake["text"][:LONGEST]
    encoding = run.tokenizer.encode(text)
    unknown = [[start, end] for (start, end), known in zip(encoding.offsets, encoding.known, strict=True) if not known]
    return mistake | {"text": text, "unknown": unknown}


def _baselines(found: tuple[Any, ...]) -> dict[str, list[dict[str, Any]]]:
    chinese = catalogue("zh")
    return {
        split: [
            {"name": {"en": b.name, "zh": chinese.get(b.name, b.name)}, "accuracy": b.accuracy}
            for b in found
            if b.split == split
        ]
        for split in ("validation", "test")
    }
