"""`llm-widgets lab`: the chapters in a folder of the learner's own, and JupyterLab on them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from llm_widgets.cli._backend import ensured
from llm_widgets.cli._localized import Command, UserError, language_option, option
from llm_widgets.i18n import N_, get_language, t

DEFAULT_FOLDER = "llm_widgets_course"


@click.command(
    cls=Command,
    short_help=N_("Put the chapters into a folder of yours and open JupyterLab there."),
    help=N_(
        "Puts the chapters into FOLDER (default: llm_widgets_course) and opens JupyterLab there.\n\n"
        "The folder is yours: a file that you have changed is never overwritten; a newer version is put beside it, "
        "as NAME.new.ipynb. A chapter that you delete comes back fresh."
    ),
)
@click.argument("folder", required=False, type=click.Path(path_type=Path), default=DEFAULT_FOLDER)
@language_option
@option("--no-browser", is_flag=True, help=N_("Start the server, and open no browser (for a remote machine)."))
@option("--port", type=click.IntRange(1, 65535), help=N_("The port of the server (else a free one from 8888 up)."))
@option("--no-server", is_flag=True, help=N_("Only put the chapters there."))
def lab(folder: Path, no_browser: bool, port: int | None, no_server: bool) -> None:
    """Delivers the chapters and starts JupyterLab on them."""
    from llm_widgets.course.workspace import Delivery, WorkspaceError, deliver

    language = get_language()
    try:
        delivery: Delivery = deliver(folder, language)
    except WorkspaceError as error:
        raise UserError(str(error)) from error
    click.echo(t("The chapters are in {path}", path=delivery.folder / language))
    for name in delivery.updated:
        click.echo(t("Brought up to date: {name}", name=name))
    for name in delivery.beside:
        click.echo(t("You have changed a chapter; its new version lies beside it: {name}", name=name))
    if no_server:
        return
    ensured()
    start_server(server_command(delivery.folder, delivery.start, no_browser, port), server_environment(language))


def server_command(folder: Path, start: str, no_browser: bool = False, port: int | None = None) -> list[str]:
    """The command that starts JupyterLab on a folder, with everything off that would ask the network."""
    command = [
        sys.executable,
        *("-m", "jupyterlab"),
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{start}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container everybody is root, and the server listens to this machine alone and asks for its token.
        command.append("--allow-root")
    if no_browser:
        command.append("--no-browser")
    if port is not None:
        command.append(f"--ServerApp.port={port}")
    return command


def server_environment(language: str) -> dict[str, str]:
    """The environment for the server and its kernels: the learner's language, and kernels from this environment."""
    return {
        **os.environ,
        "LLM_WIDGETS_LANG": language,
        # A "python3" kernel that lies in the user's home belongs to some other environment.
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def start_server(command: list[str], environment: dict[str, str]) -> None:
    """Becomes the server where the system can do that, so that Ctrl-C and signals reach it directly."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        os.execve(command[0], command, environment)
    try:
        code = subprocess.run(command, env=environment, check=False).returncode
    except KeyboardInterrupt:
        code = 0
    raise SystemExit(code)
