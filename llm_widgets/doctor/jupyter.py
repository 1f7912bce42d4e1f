"""Jupyter: do the page, the server and the kernel all come from the environment that holds our package?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from llm_widgets.doctor.findings import Finding, Level
from llm_widgets.i18n import t

# The front end of each package, as JupyterLab names it: without it a widget is a blank space or a line of text.
FRONT_ENDS = {"jupyterlab_widgets": "@jupyter-widgets/jupyterlab-manager", "anywidget": "anywidget"}
_QUESTION = (
    "import importlib.util as u, json, sys; "
    "print(json.dumps([sys.prefix, u.find_spec('llm_widgets') is not None, u.find_spec('ipykernel') is not None]))"
)


def front_ends() -> Iterator[Finding]:
    """Whether the page can draw widgets: the extensions lie where this environment's server looks, and are enabled."""
    from jupyter_core.paths import jupyter_path

    folders = [Path(path) for path in jupyter_path("labextensions")]
    off = _disabled()
    for package, name in FRONT_ENDS.items():
        found = next((f / name for f in folders if (f / name / "package.json").is_file()), None)
        if found is None:
            yield Finding(
                f"front-end:{package}",
                Level.SERIOUS,
                t("The page cannot draw widgets: the front end of {name} is missing here.", name=package),
                f"{sys.executable} -m pip install --force-reinstall {package}",
            )
        elif name in off:
            yield Finding(
                f"front-end:{package}",
                Level.SERIOUS,
                t("The page cannot draw widgets: JupyterLab's extension {name} is switched off.", name=name),
                f"{sys.executable} -m jupyter labextension enable {name}",
            )
        else:
            yield Finding(f"front-end:{package}", Level.OK, t("Front end of {name}: {path}", name=package, path=found))


def _disabled() -> set[str]:
    """The extensions that a settings file of JupyterLab switches off."""
    from jupyter_core.paths import jupyter_config_path

    off: set[str] = set()
    # The nearest file wins, so it is read last.
    for folder in reversed(jupyter_config_path()):
        try:
            page = json.loads((Path(folder) / "labconfig" / "page_config.json").read_text(encoding="utf-8"))
            entries = page.get("disabledExtensions", {})
        except (OSError, ValueError, AttributeError):
            continue
        if isinstance(entries, list):
            entries = dict.fromkeys(entries, True)
        for name, is_off in entries.items():
            (off.add if is_off else off.discard)(name)
    return off


def server() -> Iterator[Finding]:
    """Whether `jupyter lab`, typed in this terminal, starts this environment's server."""
    found = shutil.which("jupyter-lab") or shutil.which("jupyter")
    here = Path(sys.executable).parent
    if found is None or Path(found).parent == here or Path(found).resolve().parent == here.resolve():
        yield Finding("server", Level.OK, t("The server of this environment: {path}", path=here))
    else:
        yield Finding(
            "server",
            Level.WARNING,
            t("`jupyter lab` in this terminal starts another environment's server: {path}", path=found),
            t("Start it with: {command}", command="llm-widgets lab"),
        )


def kernel() -> Iterator[Finding]:
    """Whether the kernel that notebooks start runs in this environment, and can import our package."""
    # The same preference as `llm-widgets lab` gives to the server that it starts.
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    remedy = t("Install the kernel again: {command}", command=f"{sys.executable} -m ipykernel install --sys-prefix")
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        yield Finding("kernel", Level.SERIOUS, t("Notebooks find no Python kernel to run in."), remedy)
        return
    program = _program(spec)
    if Path(spec.resource_dir).is_relative_to(sys.prefix) is False and program != sys.executable:
        remedy = t("Remove the kernel that hides this environment's: {path}", path=spec.resource_dir)
    answer = _ask(program)
    if isinstance(answer, str):
        text = t("The kernel of notebooks does not start: {program}: {reason}", program=program, reason=answer)
        yield Finding("kernel", Level.SERIOUS, text, remedy)
        return
    prefix, has_package, has_kernel = answer
    if not (has_package and has_kernel):
        text = t("The kernel of notebooks runs in another environment, without llm_widgets: {path}", path=prefix)
        yield Finding("kernel", Level.SERIOUS, text, remedy)
    elif os.path.realpath(prefix) != os.path.realpath(sys.prefix):
        text = t("The kernel of notebooks runs in another environment: {path}", path=prefix)
        yield Finding("kernel", Level.WARNING, text, remedy)
    else:
        yield Finding("kernel", Level.OK, t("Notebooks run in the same environment: {path}", path=prefix))


def _program(spec: Any) -> str:
    """The Python that a kernel starts; a bare name means the server's own, as Jupyter itself has it."""
    program = str(spec.argv[0])
    own = {"python", "python3", f"python3.{sys.version_info.minor}"}
    return sys.executable if program in own else program


def _ask(program: str) -> list[Any] | str:
    """What that Python says of itself; a reason where it says nothing."""
    try:
        answer = subprocess.run(
            [program, "-c", _QUESTION], capture_output=True, text=True, timeout=60, check=False, cwd=Path.home().anchor
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    try:
        values: list[Any] = json.loads(answer.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        return (answer.stderr.strip().splitlines() or [f"exit status {answer.returncode}"])[-1]
    return values
