"""`llm-widgets backend`: what the course trains with."""

from __future__ import annotations

import click

from llm_widgets import _backend_install
from llm_widgets.cli._localized import Command, UserError, language_option
from llm_widgets.i18n import N_, t


@click.command(
    cls=Command,
    short_help=N_("Install what the course trains with: PyTorch, for the CPU."),
    help=N_(
        "Installs the CPU build of PyTorch, where no backend is there yet. On Linux it never brings CUDA.\n\n"
        "Another backend (KERAS_BACKEND=tensorflow or jax) is yours to install; this checks that it is there."
    ),
)
@language_option
def backend() -> None:
    """Makes sure that the chosen backend can be imported."""
    click.echo(t("Backend: {name}", name=ensured()))


def ensured() -> str:
    """The backend's name, installed where it was missing.

    Raises:
        UserError: it is not there and could not be installed.
    """
    try:
        return _backend_install.ensure(click.echo)
    except _backend_install.BackendError as error:
        raise UserError(str(error), error.code) from error
