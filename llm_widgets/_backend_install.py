"""Installs the CPU build of PyTorch, the backend that the course trains with.

On Linux a plain `pip install torch` brings several GB of CUDA. So pip is asked what it *would* install; where that is a
CPU build it may go on, otherwise uv does it, which knows PyTorch's own index of CPU builds. The standard library
alone, because this also runs while an environment is being made: `python -m llm_widgets._backend_install`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from llm_widgets.i18n import t

REQUIREMENT = "torch==2.13.0"
NEEDED_BYTES = 1_500_000_000  # the wheel, its unpacked files and what it needs
BACKENDS = {"torch": "torch", "tensorflow": "tensorflow", "jax": "jax"}  # Keras's name: its module
OK, FAILED, NO_SPACE, NO_NETWORK = 0, 1, 3, 4

_ACCELERATOR = re.compile(r"\s*(nvidia|cuda|triton|rocm|pytorch-triton|intel-sycl|mkl-sycl)\b", re.I)
_CLAUSE = re.compile(r"""(platform_system|sys_platform|platform_machine)\s*(==|!=)\s*["']([^"']+)["']""")
_NETWORK = re.compile(
    r"ConnectionError|NewConnectionError|Name or service not known|Temporary failure in name resolution"
    r"|Network is unreachable|getaddrinfo failed|timed out|dns error|error sending request|ProxyError"
    r"|nodename nor servname|Connection refused|tunnel error",
    re.I,
)
_SPACE = re.compile(r"No space left|Errno 28|not enough space|disk quota", re.I)


class BackendError(RuntimeError):
    """The backend could not be installed; the message says why and what to do, `code` is for the shell."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


def chosen_backend() -> str:
    """The Keras backend that this process will use, as `KERAS_BACKEND` says; PyTorch by default."""
    return os.environ.get("KERAS_BACKEND", "torch")


def is_importable(backend: str) -> bool:
    """Whether the backend's package is there; nothing is imported."""
    module = BACKENDS.get(backend)
    return module is not None and importlib.util.find_spec(module) is not None


def is_cpu_build(report: Mapping[str, Any], system: str | None = None, machine: str | None = None) -> bool:
    """Whether what pip would install is a build for the CPU alone.

    Args:
        report: pip's installation report (`pip install --dry-run --report -`).
        system: as `platform.system()` gives it; by default this machine's.
        machine: as `platform.machine()` gives it; by default this machine's.

    Example:
        >>> wheel = {"name": "torch", "version": "2.13.0", "requires_dist": ["nvidia-cublas"]}
        >>> is_cpu_build({"install": [{"metadata": wheel}]}, system="Linux")
        False
    """
    system, machine = system or platform.system(), machine or platform.machine()
    found = [item.get("metadata", {}) for item in report.get("install", ())]
    found = [metadata for metadata in found if metadata.get("name", "").lower() == "torch"]
    if not found:
        return False
    if system != "Linux":  # there are no CUDA builds of it on the public index for other systems
        return True
    local = found[0].get("version", "").partition("+")[2]
    if local:
        return bool(local == "cpu")
    return not any(_applies(r, system, machine) for r in found[0].get("requires_dist") or ())


def _applies(requirement: str, system: str, machine: str) -> bool:
    """Whether a requirement is for an accelerator, and for this machine."""
    name, _, marker = requirement.partition(";")
    if not _ACCELERATOR.match(name) or re.search(r"\bextra\s*==", marker):
        return False
    mine = {"platform_system": system, "sys_platform": system.lower(), "platform_machine": machine}
    # A marker with "or" is not worth taking apart: to be on the safe side, it applies.
    if re.search(r"\bor\b", marker):
        return True
    return all((mine[k] == v) == (op == "==") for k, op, v in _CLAUSE.findall(marker))


def ask_pip(arguments: Iterable[str] = ()) -> dict[str, Any] | None:
    """pip's report of what it would install; None where there is no pip, or it does not find the version."""
    question = ["--dry-run", "--no-deps", "--ignore-installed", "--quiet", "--report", "-"]
    answer = subprocess.run(
        [*_pip(), "install", *question, *arguments, REQUIREMENT],
        capture_output=True,
        text=True,
        check=False,
    )
    # pip may print warnings before its report.
    start = answer.stdout.find("{")
    if answer.returncode or start < 0:
        return None
    try:
        report: dict[str, Any] = json.loads(answer.stdout[start:])
    except json.JSONDecodeError:
        return None
    return report


def _pip() -> list[str]:
    return [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]


def _uv() -> str | None:
    """uv's program: the one in this environment, else the one on the path."""
    name = "uv.exe" if os.name == "nt" else "uv"
    beside = Path(sysconfig.get_path("scripts")) / name
    return str(beside) if beside.is_file() else shutil.which("uv")


def install_command(arguments: Iterable[str] = ()) -> list[str]:
    """The command that installs the CPU build here.

    Raises:
        BackendError: neither pip's choice nor uv can give a CPU build.
    """
    arguments = list(arguments)
    report = ask_pip(arguments)
    if report is not None and is_cpu_build(report):
        return [*_pip(), "install", "--progress-bar", "on", *arguments, REQUIREMENT]
    uv = _uv()
    if uv is None:
        raise BackendError(
            t(
                "pip would install the CUDA build of PyTorch (several GB), and uv, which finds the CPU build, is "
                "not here. Install it: {command}",
                command=f"{sys.executable} -m pip install uv",
            )
        )
    return [uv, "pip", "install", f"--python={sys.executable}", "--torch-backend=cpu", *arguments, REQUIREMENT]


def install(arguments: Iterable[str] = (), say: Callable[[str], None] = print) -> None:
    """Installs the CPU build of PyTorch into this environment.

    Args:
        arguments: passed on to pip or uv, such as `["--constraint", "constraints.txt"]`.
        say: takes what is to be told to the user.

    Raises:
        BackendError: no space, no network, or the installer failed.
    """
    here = Path(sysconfig.get_path("purelib"))
    free = shutil.disk_usage(here).free
    if free < NEEDED_BYTES:
        raise BackendError(
            t(
                "PyTorch needs {needed:.1f} GB on the disk and {free:.1f} GB are free. Make room, then try "
                "again. Received: {path}",
                needed=NEEDED_BYTES / 1e9,
                free=free / 1e9,
                path=here,
            ),
            NO_SPACE,
        )
    say(t("Looking for the CPU build of PyTorch …"))
    command = install_command(arguments)
    say(t("Installing PyTorch for the CPU (some 200 MB, once) …"))
    errors = _run(command)
    importlib.invalidate_caches()
    if errors is not None:
        raise _explained(errors, command)


def _run(command: list[str]) -> str | None:
    """Runs the installer with its progress in sight; what it wrote as errors where it failed, else None."""
    lines: list[str] = []
    # Progress goes to stdout (pip) and stays on the terminal; errors are kept, to be explained.
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace") as process:
        assert process.stderr is not None
        for line in process.stderr:
            lines.append(line)
            sys.stderr.write(line)
    return "".join(lines) if process.returncode else None


def why_failed(errors: str) -> int:
    """What pip's or uv's errors mean: `NO_SPACE`, `NO_NETWORK`, or `FAILED` for all else."""
    if _SPACE.search(errors):
        return NO_SPACE
    return NO_NETWORK if _NETWORK.search(errors) else FAILED


def _explained(errors: str, command: list[str]) -> BackendError:
    shown = " ".join(command)
    if why_failed(errors) == NO_SPACE:
        message = t("The disk ran full while PyTorch was being installed. Make room, then try again.")
        return BackendError(message, NO_SPACE)
    if why_failed(errors) == NO_NETWORK:
        message = t(
            "PyTorch could not be fetched: there is no network, or a proxy stands between. Connect (or set "
            "HTTPS_PROXY), then run again: llm-widgets backend. Where nothing but a package mirror can be reached, JAX "
            "does as well: {command}, and set KERAS_BACKEND=jax",
            command=f"{sys.executable} -m pip install jax",
        )
        return BackendError(message, NO_NETWORK)
    return BackendError(
        t("PyTorch could not be installed; the lines above say why. Received: {command}", command=shown)
    )


def ensure(say: Callable[[str], None] = print, arguments: Iterable[str] = ()) -> str:
    """Makes sure that the chosen backend can be imported; returns its name.

    Only PyTorch is installed of its own accord: whoever chose another backend knows how it is to be installed.

    Raises:
        BackendError: it is not there and could not be installed.
    """
    backend = chosen_backend()
    if is_importable(backend):
        return backend
    if backend not in BACKENDS:
        raise BackendError(
            t(
                "There is no Keras backend of this name; choose one of {names}. Received: KERAS_BACKEND={name}",
                names=", ".join(BACKENDS),
                name=backend,
            )
        )
    if backend != "torch":
        raise BackendError(
            t(
                "The Keras backend is not installed. Install it ({command}), or remove KERAS_BACKEND from the "
                "environment to train with PyTorch. Received: KERAS_BACKEND={name}",
                command=f"{sys.executable} -m pip install {backend}",
                name=backend,
            )
        )
    install(arguments, say)
    if not is_importable(backend):
        raise BackendError(t("PyTorch was installed but cannot be found. Received: {path}", path=sys.prefix))
    return backend


def main(arguments: list[str]) -> int:
    """Installs PyTorch for the CPU where it is missing; the arguments are passed on to the installer."""

    def say(text: str) -> None:
        print(text, flush=True)

    try:
        if is_importable("torch"):
            return OK
        install(arguments, say)
    except BackendError as error:
        print(str(error), file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return 130
    return OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
