"""`llm-widgets train`: a chapter's run in a terminal, over ssh or in a script."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from llm_widgets.cli._backend import ensured
from llm_widgets.cli._localized import Command, UserError, language_option, option
from llm_widgets.i18n import LANGUAGES, N_, t

if TYPE_CHECKING:
    from llm_widgets.corpora import Corpus
    from llm_widgets.models import LSTMClassifierSpec
    from llm_widgets.training import Run

INTERRUPTED = 130
UNITS = ("characters", "bytes", "bpe")


@click.command(
    cls=Command,
    short_help=N_("Train a chapter's model here in the terminal."),
    help=N_(
        "Trains PRESET with a progress bar, beside its baselines, and tests it. PRESET is document_en or document_zh "
        "(a classifier), alice or tang or a text file of your own (a language model that learns it and shows what it "
        "writes), or a spec as the layer designer copies it.\n\n"
        "Ctrl-C stops after the batch at hand; what was reached is tested and saved all the same."
    ),
)
@click.argument("preset")
@language_option
@option("--epochs", type=click.IntRange(1, 1000), help=N_("How many epochs (else 10, or 20 for a language model)."))
@option("--seed", type=click.IntRange(0), default=0, show_default=True, help=N_("The same seed, the same curve."))
@option(
    "--lr",
    "learning_rate",
    type=click.FloatRange(0, 10, min_open=True),
    help=N_("The learning rate (else 0.001, or the lab's for a language model)."),
)
@option(
    "--batch-size", type=click.IntRange(1, 4096), default=32, show_default=True, help=N_("Texts a training step sees.")
)
@option("--corpus", "corpus_name", help=N_("As `llm-widgets data` lists them (else the one that suits PRESET)."))
@option("--text-lang", type=click.Choice(LANGUAGES), help=N_("The language of the texts (else that of the preset)."))
@option("--spec", "spec_text", help=N_("The language model, as the layer designer copies it (else a small GPT)."))
@option("--unit", type=click.Choice(UNITS), help=N_("What a token of a language model is (else a character)."))
@option("--prompt", help=N_("What a language model writes on from; for a model that fills gaps, _ is one."))
@option("--table", type=click.Path(path_type=Path), help=N_("Train on your own CSV or TSV of text and label."))
@option("--save", type=click.Path(path_type=Path), help=N_("Save the run as a recording, to be replayed."))
@option("--csv", "csv_file", type=click.Path(path_type=Path), help=N_("Save the curve as CSV."))
@option("--json", "json_file", type=click.Path(path_type=Path), help=N_("Save the curve as JSON."))
def train(
    preset: str,
    epochs: int | None,
    seed: int,
    learning_rate: float | None,
    batch_size: int,
    corpus_name: str | None,
    text_lang: str | None,
    spec_text: str | None,
    unit: str | None,
    prompt: str | None,
    table: Path | None,
    save: Path | None,
    csv_file: Path | None,
    json_file: Path | None,
) -> int:
    """Trains, shows, tests and saves; the exit status says whether it came to its end."""
    for path in (save, csv_file, json_file):
        if path is not None:
            _check_writable(path)
    given = {"seed": seed, "learning_rate": learning_rate, "batch_size": batch_size, "epochs": epochs}
    settings = {name: value for name, value in given.items() if value is not None}
    from llm_widgets.cli import _train_text as text

    show: Any
    run: Any
    if text.is_text(preset):
        from llm_widgets.cli import _train_text_show as show

        run = text.make(preset, corpus_name, text_lang, settings, spec=spec_text, unit=unit, prompt=prompt, table=table)
    else:
        from llm_widgets.cli import _train_show as show

        if spec_text is not None or unit is not None or prompt is not None:
            raise UserError(t("--spec, --unit and --prompt are for a language model. Received: {name}", name=preset))
        run = _make(preset, corpus_name or "reviews", text_lang, table, settings)
    return _carry_out(run, show, preset, {"save": save, "csv": csv_file, "json": json_file})


def _make(preset: str, corpus_name: str, text_lang: str | None, table: Path | None, settings: dict[str, Any]) -> Run:
    """A classifier's run, idle."""
    spec = _spec(preset)
    language = text_lang or ("zh" if preset.endswith("_zh") else "en")
    corpus = _corpus(corpus_name, language, table)
    ensured()
    from llm_widgets.training import Run

    try:
        spec.check_fits(batch_size=settings["batch_size"])
        return Run(spec, corpus, **settings)
    except ValueError as error:
        raise UserError(str(error)) from error


def _carry_out(run: Any, show: Any, preset: str, files: dict[str, Path | None]) -> int:
    """Trains, shows, tests and saves; the exit status."""
    from llm_widgets.training import RunState

    show.introduction(run, preset)
    run.start()
    try:
        show.follow(run)
    except KeyboardInterrupt:
        click.echo(t("Stopping after this batch …"), err=True)
        run.stop(wait=True)
    if run.state is RunState.FAILED:
        raise UserError(run.error or t("The run failed."))
    if run.log.batch_count == 0:
        click.echo(t("Stopped before the first step: there is nothing to test or to save."), err=True)
        return INTERRUPTED
    show.result(run)
    for kind, write in (("save", run.save), ("csv", run.to_csv), ("json", run.to_json)):
        if (path := files[kind]) is not None:
            write(path)
            click.echo(t("Saved: {path}", path=path))
    sys.stdout.flush()
    return 0 if run.state is RunState.FINISHED else INTERRUPTED


def _spec(preset: str) -> LSTMClassifierSpec:
    """The preset of this name, or the spec that the text describes."""
    from llm_widgets.models import PRESETS, LSTMClassifierSpec

    if preset in PRESETS:
        return PRESETS[preset]
    if "?" not in preset:
        from llm_widgets.cli._train_text import TEXTS

        names = ", ".join([*PRESETS, *TEXTS])
        raise UserError(
            t("There is no preset of this name; choose one of {names}. Received: {name}", names=names, name=preset)
        )
    try:
        return LSTMClassifierSpec.from_text(preset)
    except ValueError as error:
        raise UserError(str(error)) from error


def _corpus(name: str, language: str, table: Path | None) -> Corpus:
    from llm_widgets import corpora

    try:
        if table is not None:
            return corpora.read_table(table, language=language)
        return corpora.load_labelled(name, language=language)
    except (ValueError, LookupError, OSError, RuntimeError, ImportError) as error:
        # str() of a KeyError is its argument in quotes.
        raise UserError(str(error.args[0]) if isinstance(error, KeyError) else str(error)) from error


def _check_writable(path: Path) -> None:
    """A run of many minutes must not find out at its end that its file cannot be written."""
    if path.is_dir():
        raise UserError(t("A file is needed here, and this is a folder. Received: {path}", path=path))
    if not path.absolute().parent.is_dir():
        raise UserError(t("There is no folder to save this file in; make it first. Received: {path}", path=path))
