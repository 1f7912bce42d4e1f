"""The progress bar of `llm-widgets train`, and what it says of a run whatever learns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from llm_widgets.i18n import t

if TYPE_CHECKING:
    from llm_widgets.training import LanguageRun, Run
    from llm_widgets.training.events import EpochRecord

_WAIT = 0.2  # seconds between two looks at the run


def plain_console() -> Console:
    """Lines as long as they are, and nothing coloured that is not said to be."""
    return Console(highlight=False, soft_wrap=True)


def follow(run: Run | LanguageRun, tell: Callable[[Console, EpochRecord], None], now: Callable[[Any], str]) -> None:
    """Shows the run until it ends: a bar where a terminal can draw one; what `tell` prints of an epoch anywhere.

    Args:
        now: what stands beside the bar, from the run's status once there is a loss.
    """
    console = plain_console()
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[now]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
        refresh_per_second=5,
    )
    shown = version = 0
    with bar:
        task = bar.add_task(t("Epoch {i} of {n}", i=1, n=run.epochs), total=run.epochs * run.steps_per_epoch, now="")
        while True:
            ended = run.state.ended
            for epoch in run.log.epochs[shown:]:
                tell(console, epoch)
                shown += 1
            status = run.status()
            heading = t("Epoch {i} of {n}", i=min(shown + 1, run.epochs), n=run.epochs)
            beside = "" if status.loss is None else now(status)
            bar.update(task, completed=run.log.batch_count, now=beside, description=heading)
            if ended:
                return
            version = run.log.wait(version, _WAIT)


def accuracy_line(run: Run | LanguageRun, epoch: EpochRecord) -> str:
    """An epoch of a model that is right or wrong."""
    return t(
        "Epoch {i} of {n}: loss {loss:.3f}, accuracy {accuracy:.3f}; validation: loss {val_loss:.3f}, "
        "accuracy {val_accuracy:.3f}; {seconds:.0f} s so far",
        i=epoch.epoch,
        n=run.epochs,
        loss=epoch.loss,
        accuracy=epoch.accuracy,
        val_loss=epoch.val_loss,
        val_accuracy=epoch.val_accuracy,
        seconds=epoch.seconds,
    )


def print_baselines(console: Console, run: Run | LanguageRun) -> None:
    """What simple methods reach on the validation part."""
    for baseline in run.baselines(wait=True):
        if baseline.split == "validation":
            words = t("Baseline, {name}: {accuracy:.3f}", name=t(baseline.name), accuracy=baseline.accuracy)
            console.print("  " + words)


def print_verdict(console: Console, name: str, *, beaten: bool) -> None:
    """Whether the best baseline, called `name`, is beaten."""
    if beaten:
        console.print(t("The network beats the best baseline ({name}).", name=name))
    else:
        console.print(t("The network does not beat the best baseline ({name}).", name=name))
