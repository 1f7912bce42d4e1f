"""What `llm-widgets train` prints: before, during and after a run."""

from __future__ import annotations

from rich.table import Table

from llm_widgets.cli import _train_bar
from llm_widgets.i18n import t
from llm_widgets.training import Run, RunState


def introduction(run: Run, preset: str) -> None:
    """The model, the texts and what simple methods reach on them."""
    console = _train_bar.plain_console()
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
    _train_bar.print_baselines(console, run)


def follow(run: Run) -> None:
    """Shows the run until it ends, with a line an epoch."""
    _train_bar.follow(
        run,
        lambda console, epoch: console.print(_train_bar.accuracy_line(run, epoch)),
        lambda status: t("loss {loss:.3f}, accuracy {accuracy:.3f}", loss=status.loss, accuracy=status.accuracy),
    )


def result(run: Run) -> None:
    """The test set's verdict beside the baselines, in words that do not flatter."""
    console = _train_bar.plain_console()
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
    if best is not None:
        _train_bar.print_verdict(console, t(best.name), beaten=accuracy > best.accuracy)
