"""What `llm-widgets train` prints: before, during and after a run."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from llm_widgets.i18n import t
from llm_widgets.training import Run, RunState

_WAIT = 0.2  # seconds between two looks at the run


def introduction(run: Run, preset: str) -> None:
    """The model, the texts and what simple methods reach on them."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        t(
            "{preset}: {parameters:,} parameters; texts: {train:,} to train on, {validation:,} to validate, "
            "{test:,} to test",
            preset=preset,
            parameters=run.spec.count_parameters(),
            train=len(run.corpus.train),
            validation=len(run.corpus.validation),
            test=len(run.corpus.test),
        )
    )
    for baseline in run.baselines(wait=True):
        if baseline.split == "validation":
            console.print(
                "  " + t("Baseline, {name}: {accuracy:.3f}", name=t(baseline.name), accuracy=baseline.accuracy)
            )


def follow(run: Run) -> None:
    """Shows the run until it ends: a bar where a terminal can draw one, a line an epoch anywhere."""
    console = Console(highlight=False, soft_wrap=True)
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
    total = run.epochs * run.steps_per_epoch
    shown = version = 0
    with bar:
        task = bar.add_task(t("Epoch {i} of {n}", i=1, n=run.epochs), total=total, now="")
        while True:
            ended = run.state not in (RunState.IDLE, RunState.RUNNING, RunState.PAUSED)
            for epoch in run.log.epochs[shown:]:
                console.print(
                    t(
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
                )
                shown += 1
            status = run.status()
            now = ""
            if status.loss is not None and run.log.batch_count:
                now = t("loss {loss:.3f}, accuracy {accuracy:.3f}", loss=status.loss, accuracy=status.accuracy)
            heading = t("Epoch {i} of {n}", i=min(shown + 1, run.epochs), n=run.epochs)
            bar.update(task, completed=run.log.batch_count, now=now, description=heading)
            if ended:
                return
            version = run.log.wait(version, _WAIT)


def result(run: Run) -> None:
    """The test set's verdict beside the baselines, in words that do not flatter."""
    console = Console(highlight=False, soft_wrap=True)
    if run.state is not RunState.FINISHED:
        console.print(t("Stopped after {n} steps; this is what was reached.", n=run.log.batch_count))
    test = run.evaluate("test")
    table = Table(title=t("On the test set"), title_justify="left")
    table.add_column("")
    table.add_column(t("Accuracy"), justify="right")
    baselines = [b for b in run.baselines(wait=True) if b.split == "test"]
    for baseline in baselines:
        table.add_row(t(baseline.name), f"{baseline.accuracy:.3f}")
    accuracy = float(test["accuracy"])
    table.add_row(t("This network"), f"{accuracy:.3f}", style="bold")
    console.print(table)
    best = max(baselines, key=lambda b: b.accuracy, default=None)
    if best is not None and accuracy > best.accuracy:
        console.print(t("The network beats the best baseline ({name}).", name=t(best.name)))
    elif best is not None:
        console.print(t("The network does not beat the best baseline ({name}).", name=t(best.name)))
