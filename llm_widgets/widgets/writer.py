"""What it writes: a language model writes on from a prompt, from its first batch on and whenever it is asked."""

from __future__ import annotations

import contextlib
import threading
from typing import Any, ClassVar

import traitlets

from llm_widgets.i18n import N_, t
from llm_widgets.training import LanguageReplay, LanguageRun, LanguageWorkbench, Sample, Workbench
from llm_widgets.training._filling import BLANK
from llm_widgets.training.language_workbench import first_probe
from llm_widgets.widgets._base import WorkbenchWidget
from llm_widgets.widgets._choosing import RANGES, another_seed, in_range
from llm_widgets.widgets._prompt_tokens import prompt_tokens
from llm_widgets.widgets._words import whole_text
from llm_widgets.widgets._worker import Worker

MAX_CHARACTERS = 500  # of a prompt; what is pasted beyond is left out, and the page says so
MAX_PROMPTS = 3  # prompts that a run writes from while it learns; the newest ones stay
WRITTEN_TOKENS = 200  # when asked


class Writer(WorkbenchWidget):
    """What a language model writes from a prompt while it learns, all of it from the first batch on, and on demand.

    A BERT or a T5 fills the gaps of a text instead, each of them written "_". A recording shows what was written while
    it was made. The samples of the run itself have a temperature of 0.8; temperature, top-k, top-p and seed are those
    of `write`.

    Args:
        workbench: a `LanguageWorkbench`, `LanguageRun` or `LanguageReplay`; None makes a workbench of its own.
        prompt: the text to write on from, "" for nothing; None takes the run's first probe, else one of the kit's own.

    Raises:
        ValueError: this run does not write: it learns labels.

    Example:
        >>> writer = Writer(run, prompt="Alice ")  # doctest: +SKIP
        >>> writer.temperature = 0  # doctest: +SKIP
        >>> writer.write()  # doctest: +SKIP
    """

    _front: ClassVar[str] = "writer"
    _title: ClassVar[str] = N_("What it writes")

    # The text to write on from, and how: set them from Python, or in the page.
    prompt = traitlets.Unicode().tag(sync=True)
    temperature = traitlets.Float(0.8).tag(sync=True)
    top_k = traitlets.Int(None, allow_none=True).tag(sync=True)
    top_p = traitlets.Float(1.0).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)
    # What was written last on demand: number, prompt, text, step, loss and the settings; {} before.
    written = traitlets.Dict().tag(sync=True)
    # The prompt as the model sees it: tokens, which of them it knows, how many it reads at once.
    _tokens = traitlets.Dict().tag(sync=True)
    # "en" or "zh": what the corpus is written in.
    _speaks = traitlets.Unicode("en").tag(sync=True)
    # It fills gaps; it is a recording: so from the beginning to the end.
    _fills = traitlets.Bool(False).tag(sync=True)
    _recorded = traitlets.Bool(False).tag(sync=True)
    _untrained = traitlets.Bool(True).tag(sync=True)
    _active = traitlets.Bool(False).tag(sync=True)
    _busy = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        workbench: Workbench | LanguageRun | LanguageReplay | None = None,
        *,
        prompt: str | None = None,
        **kwargs: Any,
    ) -> None:
        bench = _writing_workbench(workbench)
        self._state_lock = threading.RLock()  # the ticker, the worker and the page's messages: three threads
        self._worker = Worker(self, "writer")
        self._series: tuple[Any, ...] = ()  # run, its generation, and prompts that are others'
        self._sent: Sample | None = None  # the newest sample that the page has
        self._read: tuple[Any, ...] = ()  # run and prompt of the tokens that the page has
        self._probed: str | None = None  # the probe that is ours
        self._wanted: tuple[Any, ...] = ()  # how to write next; () for not at all
        self._shown: tuple[Any, ...] = ()  # run and generation of what was written
        self._count = 0  # texts written, so that the page can tell the same text twice from one
        run = bench.run
        fills, recorded = run.objective != "next_token", isinstance(run, LanguageReplay)
        if prompt is None:
            prompt = first_probe(run)
        super().__init__(bench, prompt=prompt, _fills=fills, _recorded=recorded, **kwargs)
        self._refresh()
        self.observe(lambda change: self._worker.ask(), names="prompt")

    @traitlets.validate("prompt")
    def _bounded(self, proposal: Any) -> str:
        return whole_text(proposal["value"], MAX_CHARACTERS)

    @traitlets.validate("temperature", "top_k", "top_p", "seed")
    def _in_range(self, proposal: Any) -> Any:
        return in_range(proposal["trait"].name, proposal["value"])

    def write(self) -> None:
        """Writes from the prompt with the settings as they are now, in a thread; `written` changes when it is done.

        Raises:
            ValueError: it is a recording, which has no model to ask.
        """
        if self._recorded:
            raise ValueError(
                t("A recording writes nothing new: it shows what was written. Received: {run}", run=repr(self.run))
            )
        with self._state_lock:
            self._wanted = (self.prompt, self.temperature, self.top_k, self.top_p, self.seed)
            self._busy = self.run.log.batch_count > 0
        self._worker.ask()

    # From the page

    def _on_hello(self, content: Any) -> None:
        with self._state_lock:
            self._series = ()
        self._refresh()

    def _on_prompt(self, content: Any) -> None:
        self.prompt = str(content["text"])

    def _on_settings(self, content: Any) -> None:
        for name in RANGES.keys() & content["changes"].keys():
            setattr(self, name, content["changes"][name])

    def _on_seed(self, content: Any) -> None:
        self.seed = another_seed(self.seed)
        if self.written:
            self.write()

    def _on_write(self, content: Any) -> None:
        self.write()

    # From the run

    def _refresh(self) -> None:
        run = self.workbench.run
        with self._state_lock, self.hold_sync():
            self._untrained = run.log.batch_count == 0
            self._active = run.state.active
            self._speaks = run.corpus.language
            if self._shown != (run.id, run.log.generation):
                self.written = {}  # it is another model's
        self._send_samples(run)
        if self._read != (run.id, self.prompt) or (self._probed not in run.probes and not self._recorded):
            self._worker.ask()

    def _send_samples(self, run: LanguageRun) -> None:
        """The samples that the page does not have, and how many there are in all."""
        with self._state_lock:
            others = tuple(probe for probe in run.probes if probe not in (self._probed, self.prompt))
            series = (run.id, run.log.generation, others)
            samples = [sample for sample in run.log.samples if sample.prompt not in others]
            fresh = series != self._series or not any(sample is self._sent for sample in samples)
            first = 0 if fresh else next(i for i, sample in enumerate(samples) if sample is self._sent) + 1
            if (fresh and (samples or series != self._series)) or first < len(samples):
                self.send(
                    {
                        "type": "samples",
                        "fresh": fresh,
                        "count": len(samples),
                        "samples": [
                            {
                                "step": s.step,
                                "prompt": s.prompt,
                                "text": s.text,
                                "fills": list(s.fills),
                                "loss": _loss(run, s.step),
                            }
                            for s in samples[first:]
                        ],
                    }
                )
            self._series, self._sent = series, samples[-1] if samples else None

    # The worker: tokens, the run's probe, and what was asked for

    def _answer(self) -> None:
        run, prompt = self.workbench.run, self.prompt
        if self._read != (run.id, prompt):
            tokens = prompt_tokens(run, prompt)
            with self._state_lock:
                self._tokens, self._read = tokens, (run.id, prompt)
        if self._recorded:
            return
        if prompt != self._probed or prompt not in run.probes:
            others = [probe for probe in run.probes if probe not in (self._probed, prompt)]
            self._probed = prompt
            self.workbench.probes = (*others[-(MAX_PROMPTS - 1) :], prompt)
        with self._state_lock:
            wanted, self._wanted = self._wanted, ()
        if not wanted:
            return
        try:
            if run.log.batch_count:
                self._write(run, *wanted)
        finally:
            with self._state_lock:
                self._busy = bool(self._wanted)

    def _write(
        self, run: LanguageRun, prompt: str, temperature: float, top_k: int | None, top_p: float, seed: int
    ) -> None:
        generation = run.log.generation
        choice: dict[str, Any] = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "seed": seed}
        # One call, so that no batch comes between the count and the text.
        if self._fills:
            whole = prompt if BLANK in prompt else prompt + BLANK
            filled = run.fill(whole)
            step, text = filled.step, filled.text
            choice |= {
                "fills": [gap.text for gap in filled.gaps],
                "gaps": [list(gap.candidates) for gap in filled.gaps],
            }
        else:
            step, text = run.call(lambda model: (run.log.batch_count, run.write(prompt, WRITTEN_TOKENS, **choice)))
        with self._state_lock:
            if (self.workbench.run, run.log.generation) == (run, generation):
                self._shown = (run.id, generation)
                self._count += 1
                written = {"number": self._count, "prompt": prompt, "text": text, "step": step}
                self.written = written | {"loss": _loss(run, step)} | choice

    def close(self) -> None:
        """Takes the widget off the page; the run goes on."""
        with contextlib.suppress(AttributeError):  # refused before there was one
            self._worker.end()
        super().close()


def _writing_workbench(source: Workbench | LanguageRun | LanguageReplay | None) -> Workbench:
    """The workbench of a run that writes; a new one for None."""
    if source is None:
        return LanguageWorkbench()
    bench = Workbench.of(source) if isinstance(source, (LanguageRun, LanguageReplay)) else source
    if isinstance(bench, Workbench) and isinstance(bench.run, (LanguageRun, LanguageReplay)):
        return bench
    raise ValueError(
        t(
            "Only a language model writes: give a LanguageRun or a LanguageWorkbench. Received: {run}",
            run=repr(getattr(source, "run", source))[:200],
        )
    )


def _loss(run: LanguageRun, step: int) -> float | None:
    """Of one batch, counted from 1; None where the log does not have it (any more)."""
    loss = run.log.batches(step - 1, step).loss
    return float(loss[0]) if len(loss) else None
