"""The machine: what trains, with which threads, and how much memory and disk is left."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from llm_widgets._backend_install import BACKENDS, chosen_backend
from llm_widgets._runtime import available_memory
from llm_widgets.doctor.findings import Finding, Level
from llm_widgets.i18n import t

# In a process of its own: a backend that crashes the interpreter must not take the doctor with it.
_QUESTION = """
import json, os, llm_widgets, keras
name = keras.backend.backend()
version = getattr(__import__(name), "__version__", "?")
threads = __import__("torch").get_num_threads() if name == "torch" else os.cpu_count()
keras.ops.convert_to_numpy(keras.ops.ones((2, 2)))
print(json.dumps([name, str(version), threads, os.environ.get("OMP_WAIT_POLICY", "")]))
"""


def backend() -> Iterator[Finding]:
    """Whether Keras's backend can be imported and computes, and how its threads wait."""
    chosen = chosen_backend()
    answer = subprocess.run([sys.executable, "-c", _QUESTION], capture_output=True, text=True, timeout=300, check=False)
    try:
        name, version, threads, policy = json.loads(answer.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        reason = (answer.stderr.strip().splitlines() or [f"exit status {answer.returncode}"])[-1]
        text = t("Keras cannot use the backend {name}: {reason}", name=chosen, reason=reason)
        yield Finding("backend", Level.SERIOUS, text, _backend_remedy(chosen))
        return
    yield Finding("backend", Level.OK, t("Keras trains with {name} {version}", name=name, version=version))
    text = t("{n} threads; waiting threads: {policy}", n=threads, policy=policy or "default")
    if name == "torch" and policy.upper() != "PASSIVE":
        remedy = t("Remove OMP_WAIT_POLICY from the environment: a browser beside it slows training to a thirtieth.")
        yield Finding("threads", Level.WARNING, text, remedy)
    else:
        yield Finding("threads", Level.OK, text)


def _backend_remedy(chosen: str) -> str:
    if chosen == "torch":
        return t("Install it: {command}", command="llm-widgets backend")
    if chosen in BACKENDS:
        command = f"{sys.executable} -m pip install {chosen}"
        return t("Install it ({command}), or remove KERAS_BACKEND from the environment.", command=command)
    names = ", ".join(BACKENDS)
    return t("Set KERAS_BACKEND to one of {names}, or remove it from the environment.", names=names)


def memory(needed: int) -> Iterator[Finding]:
    """Whether the memory that is left is enough to train the chapters' models."""
    free = available_memory()
    text = t("{free:.1f} GB of memory are free", free=free / 1e9)
    if free >= needed:
        yield Finding("memory", Level.OK, text)
        return
    remedy = t("Close other programs or kernels: training wants {needed:.1f} GB.", needed=needed / 1e9)
    yield Finding("memory", Level.WARNING if free >= needed / 2 else Level.SERIOUS, text, remedy)


def disk(needed: int) -> Iterator[Finding]:
    """Whether the disk under the present folder has room for notebooks and recordings, and lets us write."""
    here = Path.cwd()
    free = shutil.disk_usage(here).free
    text = t("{free:.1f} GB are free on the disk of {path}", free=free / 1e9, path=here)
    if free < needed:
        remedy = t("Make room: {needed:.1f} GB are wanted.", needed=needed / 1e9)
        yield Finding("disk", Level.WARNING if free >= needed / 4 else Level.SERIOUS, text, remedy)
    elif not os.access(here, os.W_OK):
        text = t("Nothing may be written into {path}", path=here)
        yield Finding("disk", Level.WARNING, text, t("Go into a folder of your own before you start."))
    else:
        yield Finding("disk", Level.OK, text)
