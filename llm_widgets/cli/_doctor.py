"""`llm-widgets doctor`: what is wrong with this installation, and what puts it right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from llm_widgets.cli._localized import Command, language_option, option
from llm_widgets.i18n import N_, t

if TYPE_CHECKING:
    from llm_widgets.doctor import Finding

_SIGNS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "serious": ("✗", "red")}


@click.command(
    cls=Command,
    short_help=N_("Find out why a widget stays blank or a model does not train."),
    help=N_(
        "Looks at versions, the widgets' front end, the notebooks' kernel, the backend, memory and disk, and says for "
        "each finding what puts it right.\n\n"
        "Ends with 1 where something keeps the course from working, else with 0."
    ),
)
@language_option
@option("--json", "as_json", is_flag=True, help=N_("Print the findings as JSON, for programs."))
def doctor(as_json: bool) -> int:
    """Prints every finding; the exit status says whether one is serious."""
    from llm_widgets.doctor import Level, diagnose

    findings = diagnose()
    serious = sum(f.level is Level.SERIOUS for f in findings)
    if as_json:
        document = {"serious": serious, "findings": [f.to_dict() for f in findings]}
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return int(serious > 0)
    for finding in findings:
        _show(finding)
    click.echo("")
    if serious:
        click.echo(t("{n} findings keep the course from working.", n=serious))
    elif any(f.level is Level.WARNING for f in findings):
        click.echo(t("The course will work; see the lines marked with !"))
    else:
        click.echo(t("All is well."))
    return int(serious > 0)


def _show(finding: Finding) -> None:
    sign, colour = _SIGNS[finding.level.value]
    click.echo(f"{click.style(sign, fg=colour)} {finding.text}")
    if finding.remedy:
        click.echo(f"    → {finding.remedy}")
