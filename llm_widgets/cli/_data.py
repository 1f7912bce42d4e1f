"""`llm-widgets data`: the texts that the course trains on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from llm_widgets.cli._localized import Command, Group, UserError, language_option
from llm_widgets.i18n import N_, get_language, t

if TYPE_CHECKING:
    from llm_widgets.corpora import Entry


@click.group(
    cls=Group,
    invoke_without_command=True,
    short_help=N_("List, check and fetch the texts that models train on."),
    help=N_("The texts that models train on: without a command, lists them."),
)
@language_option
@click.pass_context
def data(ctx: click.Context) -> None:
    """Lists, where no command follows."""
    if ctx.invoked_subcommand is None:
        _list()


@data.command("list", cls=Command, short_help=N_("List the corpora."), help=N_("Lists every corpus, with its source."))
@language_option
def list_command() -> None:
    """Lists every corpus."""
    _list()


@data.command(
    cls=Command,
    short_help=N_("Compare the files with their SHA-256."),
    help=N_(
        "Compares the files of every corpus that is here with their SHA-256.\n\nEnds with 1 where one was changed or "
        "is missing that should be here."
    ),
)
@language_option
def check() -> int:
    """Checks the files; the exit status says whether all are as they were shipped."""
    from llm_widgets import corpora

    bad = 0
    for entry in corpora.available():
        label = f"{entry.name} ({entry.language})"
        if not entry.present and not entry.ships:
            click.echo("– " + t("{name}: not here; get it with: {command}", name=label, command=_fetch_line(entry)))
        elif entry.present and entry.intact:
            click.echo("✓ " + t("{name}: as it was made", name=label))
        else:
            bad += 1
            remedy = "pip install --force-reinstall llm_widgets" if entry.ships else _fetch_line(entry)
            click.echo("✗ " + t("{name}: missing or changed; put it right with: {command}", name=label, command=remedy))
    return int(bad > 0)


@data.command(
    cls=Command,
    short_help=N_("Fetch a corpus that does not travel with the package."),
    help=N_("Fetches the corpus NAME, where it is not here yet. This needs a network."),
)
@click.argument("name")
@language_option
def fetch(name: str) -> None:
    """Fetches one corpus."""
    from llm_widgets import corpora

    try:
        folder = corpora.fetch(name)
    except (ValueError, OSError) as error:
        raise UserError(str(error)) from error
    click.echo(t("The files of {name} are in {path}", name=name, path=folder))


def _fetch_line(entry: Entry) -> str:
    return f"llm-widgets data fetch {entry.name}"


def _list() -> None:
    from rich.console import Console
    from rich.table import Table

    from llm_widgets import corpora

    table = Table(box=None, pad_edge=False)
    for heading in (t("Name"), t("Language"), t("Size"), t("Licence"), ""):
        table.add_column(heading, overflow="fold")
    for entry in corpora.available(check=False):
        title = entry.card.title.get(get_language(), entry.card.title.get("en", ""))
        state = title if entry.present else title + " · " + t("get it with: {command}", command=_fetch_line(entry))
        size = f"{entry.bytes / 1e6:.1f} MB" if entry.present else "–"
        table.add_row(entry.name, entry.language, size, entry.card.licence, state)
    Console(highlight=False).print(table)
