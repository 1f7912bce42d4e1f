"""What `llm-widgets train` prints where a language model learns a text."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from llm_widgets.cli import _train_bar
from llm_widgets.i18n import t
from llm_widgets.training import LanguageRun, RunState
from llm_widgets.training.events import EpochRecord
from llm_widgets.training.text_baselines import TextBaseline, text_baselines

_SHOWN = 160  # characters of a sample


def introduction(run: LanguageRun, preset: str) -> None:
    """The model, the text and what counting reaches on it."""
    console = _train_bar.plain_console()
    console.print(
        t(
            "{preset}: {parameters:,} parameters; characters: {train:,} to train on, {validation:,} to validate, "
            "{test:,} to test",
            preset=preset[:60],
            parameters=run.spec.count_parameters(),
            train=len(run.corpus.train),
            validation=len(run.corpus.validation),
            test=len(run.corpus.test),
        ),
        markup=False,
    )
    if run.objective == "next_token":
        for one in _grams(run, "validation"):
            words = t("Baseline, {name}: {bits:.3f} bits a character", name=t(one.name), bits=one.bits_per_character)
            console.print("  " + words)
        return
    _train_bar.print_baselines(console, run)


def follow(run: LanguageRun) -> None:
    """Shows the run until it ends, with a line and a sample an epoch."""

    def tell(console: Console, epoch: EpochRecord) -> None:
        console.print(_line(run, epoch))
        _print_sample(console, run, epoch.step)

    _train_bar.follow(run, tell, lambda status: t("loss {loss:.3f}", loss=status.loss))


def result(run: LanguageRun) -> None:
    """The test part's verdict beside the baselines, in words that do not flatter."""
    console = _train_bar.plain_console()
    if run.state is not RunState.FINISHED:
        console.print(t("Stopped after {n} steps; this is what was reached.", n=run.log.batch_count))
    try:
        test = run.evaluate("test")
    except ValueError as error:  # a test part that is shorter than a window
        console.print(str(error), markup=False)
        return
    table = Table(title=t("On the test part"), title_justify="left")
    table.add_column("")
    if run.objective == "next_token":
        table.add_column(t("Bits a character"), justify="right")
        others = [(t(one.name), one.bits_per_character) for one in _grams(run, "test")]
        own, best = test["bits_per_character"], min(others, key=lambda row: row[1], default=None)
        wins = best is not None and own < best[1]
    else:
        table.add_column(t("Accuracy"), justify="right")
        others = [(t(b.name), b.accuracy) for b in run.baselines(wait=True) if b.split == "test"]
        own, best = test["accuracy"], max(others, key=lambda row: row[1], default=None)
        wins = best is not None and own > best[1]
    for name, value in others:
        table.add_row(name, f"{value:.3f}")
    table.add_row(t("This network"), f"{own:.3f}", style="bold")
    console.print(table)
    if best is not None:
        _train_bar.print_verdict(console, best[0], beaten=wins)


def _line(run: LanguageRun, epoch: EpochRecord) -> str:
    if run.objective != "next_token":
        return _train_bar.accuracy_line(run, epoch)
    return t(
        "Epoch {i} of {n}: loss {loss:.3f}; validation: loss {val_loss:.3f}, {bits:.3f} bits a character; "
        "{seconds:.0f} s so far",
        i=epoch.epoch,
        n=run.epochs,
        loss=epoch.loss,
        val_loss=epoch.val_loss,
        bits=run.bits_at(epoch),
        seconds=epoch.seconds,
    )


def _print_sample(console: Console, run: LanguageRun, step: int) -> None:
    """What it made of its probe after these batches, on one line; a learner's text is no markup."""
    for sample in reversed(run.log.samples):
        if sample.step == step:
            text = sample.text if sample.fills else sample.prompt + sample.text
            # Control characters would move the cursor of a terminal, and halves of characters cannot be printed.
            words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
            console.print(Text(f"    {words[:_SHOWN]}", style="dim"))
            return


def _grams(run: LanguageRun, split: str) -> list[TextBaseline]:
    return [one for one in text_baselines(run.corpus, run.tokenizer, wait=True) if one.split == split]
