"""Pins the versions that are installed now: `constraints.txt` everywhere, `binder/requirements.txt` for Binder.

Versions only, no addresses and no hashes of files, so that every package index and mirror can serve them.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
BINDER = ROOT / "binder" / "requirements.txt"
OURS = "llm-widgets"
# What an environment is made with, rather than what is in it.
LEFT_OUT = {"pip", "setuptools", "wheel", OURS}
BACKEND = "torch"  # installed by `llm_widgets._backend_install`, in its CPU build


def closure(name: str) -> set[str]:
    """The package and all that it requires here, by canonical name."""
    found: set[str] = set()
    waiting: list[tuple[str, str]] = [(canonicalize_name(name), "")]
    seen: set[tuple[str, str]] = set()
    while waiting:
        pair = waiting.pop()
        if pair in seen:
            continue
        seen.add(pair)
        found.add(pair[0])
        for line in importlib.metadata.requires(pair[0]) or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": pair[1]}):
                child = canonicalize_name(requirement.name)
                waiting += [(child, extra) for extra in ("", *requirement.extras)]
    return found


def pin(name: str) -> str:
    """`name==version`, without a local part such as "+cpu", which no index knows."""
    distribution = importlib.metadata.distribution(name)
    return f"{distribution.metadata['Name']}=={distribution.version.partition('+')[0]}"


def runtime() -> list[str]:
    """The pins of everything that the package needs to run, its backend's own requirements among it."""
    names = closure(OURS) | closure(BACKEND)
    return _sorted(pin(name) for name in names - LEFT_OUT - {BACKEND})


def installed() -> list[str]:
    """The pins of everything in this environment."""
    names = {canonicalize_name(d.metadata["Name"]) for d in importlib.metadata.distributions()}
    return _sorted(pin(name) for name in names - LEFT_OUT)


def read(path: Path) -> list[str]:
    """The pins in a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _sorted(pins: Iterator[str]) -> list[str]:
    return sorted(pins, key=lambda line: re.split("==", line.lower())[0])


def _write(path: Path, pins: list[str]) -> None:
    comments = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    path.write_text("\n".join([*comments, *pins]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _write(CONSTRAINTS, installed())
    _write(BINDER, runtime())
    sys.stdout.write(f"{len(read(CONSTRAINTS))} pins, {len(read(BINDER))} of them for Binder\n")
