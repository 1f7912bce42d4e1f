"""`llm-widgets lab | train | data | models | doctor | backend`: the kit from a terminal.

Nothing heavy is imported before a command needs it, so that `--help` answers at once.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

import click

import llm_widgets
from llm_widgets.cli._backend import backend
from llm_widgets.cli._data import data
from llm_widgets.cli._doctor import doctor
from llm_widgets.cli._lab import lab
from llm_widgets.cli._localized import Group, UserError, language_option, option
from llm_widgets.cli._models import models
from llm_widgets.cli._train import train
from llm_widgets.i18n import LANGUAGES, N_, set_language, t

INTERRUPTED, UNEXPECTED = 130, 70


def _show_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(f"llm_widgets {llm_widgets.__version__}")
        ctx.exit()


@click.group(
    cls=Group,
    help=N_(
        "Understand large language models by touching real ones.\n\n"
        "Begin with: llm-widgets lab. If something does not work: llm-widgets doctor."
    ),
    invoke_without_command=False,
    no_args_is_help=True,
)
@language_option
@option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help=N_("Show the version and exit."),
)
def cli() -> None:
    """The group of all commands."""


for command in (lab, train, data, models, doctor, backend):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line; returns its exit status and never shows a traceback for a user's mistake."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese shows question marks rather than ending the program.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    _choose_language(arguments)
    try:
        result = cli.main(arguments, prog_name="llm-widgets", standalone_mode=False)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        _show(error)
        return error.code if isinstance(error, UserError) else error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(t("Stopped."), err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (`head`, a pager that was closed) has seen enough.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("LLM_WIDGETS_DEBUG"):
            raise
        name = type(error).__name__
        click.echo(
            t(
                "Something unexpected went wrong: {name}: {error}. Run `llm-widgets doctor`; to see where, set "
                "LLM_WIDGETS_DEBUG=1 and run again.",
                name=name,
                error=error,
            ),
            err=True,
        )
        return UNEXPECTED
    return result if isinstance(result, int) else 0


def _choose_language(arguments: Sequence[str]) -> None:
    """`--lang` counts from the first word on: an error before it is in that language too."""
    for word, following in zip(arguments, [*arguments, ""][1:], strict=True):
        value = following if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and value in LANGUAGES:
            set_language(value)


def _show(error: click.ClickException) -> None:
    """What was wrong, in the user's language as far as click's own messages go."""
    match error:
        case click.NoSuchOption():
            message = t("There is no option {name}.", name=error.option_name)
        case click.exceptions.NoSuchCommand():
            message = t("There is no command {name}.", name=error.command_name)
        case click.MissingParameter():
            hint = error.param.make_metavar(error.ctx) if error.param and error.ctx else error.param_hint
            message = t("Something is missing: {name}", name=hint)
        case click.BadParameter():
            hint = error.param.get_error_hint(error.ctx) if error.param and error.ctx else error.param_hint
            message = t("The value of {name} does not fit: {reason}", name=hint, reason=error.message)
        case _:
            message = error.format_message()
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.ctx.get_help() if error.ctx else message)
        return
    click.echo(t("Error:") + f" {message}", err=True)
    if isinstance(error, click.UsageError) and error.ctx and not isinstance(error, UserError):
        click.echo(t("For help: {command}", command=f"{error.ctx.command_path} --help"), err=True)
