"""Python, the packages, and the files that travel with ours: are they there, and of the versions that are needed?"""

from __future__ import annotations

import contextlib
import importlib.metadata
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from llm_widgets import _resources
from llm_widgets.doctor.findings import Finding, Level
from llm_widgets.i18n import CATALOGUES, t

DISTRIBUTION = "llm_widgets"
_PACKAGE = Path(__file__).resolve().parent.parent


def python() -> Iterator[Finding]:
    """Whether this Python is one that the package supports."""
    from packaging.specifiers import SpecifierSet

    version, wanted = platform.python_version(), ">=3.11"
    with contextlib.suppress(importlib.metadata.PackageNotFoundError, KeyError):
        wanted = importlib.metadata.metadata(DISTRIBUTION)["Requires-Python"] or wanted
    text = t("Python {version} in {prefix}", version=version, prefix=sys.prefix)
    if SpecifierSet(wanted).contains(version, prereleases=True):
        yield Finding("python", Level.OK, text)
    else:
        remedy = t("Install a Python that fits ({wanted}), then llm_widgets into it.", wanted=wanted)
        yield Finding("python", Level.SERIOUS, text, remedy)


def versions() -> Iterator[Finding]:
    """Whether every package that ours requires is there, in a version that fits."""
    from packaging.requirements import Requirement

    try:
        lines = importlib.metadata.requires(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        yield Finding(
            "packages",
            Level.SERIOUS,
            t("llm_widgets is not installed in this environment; it is only found on the path."),
            f"{sys.executable} -m pip install llm_widgets",
        )
        return
    requirements = [r for line in lines if _applies(r := Requirement(line))]
    bad = 0
    for requirement in requirements:
        found = _version(requirement.name)
        if found is not None and requirement.specifier.contains(found, prereleases=True):
            continue
        bad += 1
        wanted = f"{requirement.name}{requirement.specifier}"
        if found is None:
            text = t("Missing: {wanted}", wanted=wanted)
        else:
            text = t("{name} {found} does not fit; needed: {wanted}", name=requirement.name, found=found, wanted=wanted)
        remedy = f'{sys.executable} -m pip install "{wanted}"'
        yield Finding(f"package:{requirement.name}", Level.SERIOUS, text, remedy)
    if not bad:
        shown = ("keras", "jupyterlab", "ipywidgets", "anywidget")
        text = ", ".join(f"{name} {_version(name)}" for name in shown)
        yield Finding("packages", Level.OK, t("{n} packages fit: {shown} …", n=len(requirements), shown=text))


def _applies(requirement: object) -> bool:
    marker = getattr(requirement, "marker", None)
    return marker is None or bool(marker.evaluate({"extra": ""}))


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def own_files() -> Iterator[Finding]:
    """Whether chapters, data, front-end files and the catalogue came along."""
    missing = []
    for name, pattern in (("notebooks", "*/*.ipynb"), ("data", "*/*")):
        try:
            if not any(_resources.folder(name).glob(pattern)):
                missing.append(name)
        except FileNotFoundError:
            missing.append(name)
    if not any((_PACKAGE / "widgets").glob("*.js")):
        missing.append("widgets/*.js")
    if not any(CATALOGUES.glob("*/LC_MESSAGES/*.po")):
        missing.append("locale")
    if missing:
        yield Finding(
            "files",
            Level.SERIOUS,
            t("This installation lacks files of its own: {names}", names=", ".join(missing)),
            f"{sys.executable} -m pip install --force-reinstall --no-deps llm_widgets",
        )
    else:
        yield Finding("files", Level.OK, t("Chapters, data, front-end files and translations are there."))
