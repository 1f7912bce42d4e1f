"""What keeps a widget from showing, or a model from training, found before a learner has to look for it.

Example:
    >>> findings = diagnose()
    >>> {finding.level.value for finding in findings} <= {"ok", "warning", "serious"}
    True
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from llm_widgets.doctor import jupyter, machine, packages
from llm_widgets.doctor.findings import Finding, Level
from llm_widgets.i18n import t

__all__ = ["Finding", "Level", "diagnose"]

MEMORY_NEEDED = 1_000_000_000  # bytes: a kernel that has trained chapter 05, with room for a browser tab
DISK_NEEDED = 200_000_000  # bytes: notebooks, recordings, downloads


def diagnose(*, memory_needed: int = MEMORY_NEEDED, disk_needed: int = DISK_NEEDED) -> list[Finding]:
    """Every check, in the order in which things build on each other; a check that breaks is itself a finding.

    Args:
        memory_needed: bytes of free memory below which it warns.
        disk_needed: bytes of free disk space below which it warns.
    """
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        packages.python,
        packages.versions,
        packages.own_files,
        jupyter.front_ends,
        jupyter.server,
        jupyter.kernel,
        machine.backend,
        lambda: machine.memory(memory_needed),
        lambda: machine.disk(disk_needed),
    )
    findings: list[Finding] = []
    for check in checks:
        try:
            findings += check()
        except Exception as error:
            name = getattr(check, "__name__", "check")
            findings.append(
                Finding(
                    name,
                    Level.WARNING,
                    t("This check could not be made: {error}", error=f"{type(error).__name__}: {error}"),
                    t("Please report it, with this line."),
                )
            )
    return findings
