"""A chapter run headless as a learner's machine would run it: its seconds, its kernel's peak memory, its backends."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from tests.one_backend import ONE_BACKEND

CHAPTERS = Path(__file__).resolve().parent.parent / "notebooks"
BACKENDS = ("torch", "jax", "tensorflow", "keras")
PEAK = f"""
import sys
def _peak():
    try:
        return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) / 1000
    except (OSError, IndexError):
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
print("peak_mb", _peak())
print("backends", *(name for name in {BACKENDS!r} if sys.modules.get(name)))
"""


def chapter(path: Path, seconds_at_most: float, mb_at_most: float, *, backend: bool) -> dict[str, Any]:
    """What a notebook takes from the start of its kernel to its end, or why it cannot be run.

    Args:
        backend: whether it may import one.
    """
    if not path.is_file():
        return {"holds": False, "missing": True}
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory() as folder:
        # Beside the kernel, as in a learner's folder: this is how the code finds out its language.
        nbformat.write(notebook, Path(folder) / path.name)  # type: ignore[no-untyped-call]
        if backend:  # a learner has one; here tests have put others beside it, which Keras imports too
            notebook.cells.insert(0, nbformat.v4.new_code_cell(ONE_BACKEND))  # type: ignore[no-untyped-call]
        notebook.cells.append(nbformat.v4.new_code_cell(PEAK))  # type: ignore[no-untyped-call]
        client = NotebookClient(notebook, timeout=300, kernel_name="python3", allow_errors=False)
        client.create_kernel_manager()
        environment = {name: value for name, value in os.environ.items() if name != "JPY_SESSION_NAME"}
        began = time.perf_counter()
        try:
            client.execute(cwd=folder, env=environment)
        except Exception as error:  # a cell failed or took too long, or the kernel died: each is a figure missed
            return {"holds": False, "failed": f"{type(error).__name__}: {error}"[-500:]}
        seconds = time.perf_counter() - began
    printed = "".join(output.get("text", "") for output in notebook.cells[-1].outputs)
    lines = dict(line.partition(" ")[::2] for line in printed.splitlines())
    megabytes, backends = float(lines["peak_mb"]), lines["backends"].split()
    return {
        "holds": seconds <= seconds_at_most and megabytes <= mb_at_most and (backend or not backends),
        "seconds": round(seconds, 1),
        "kernel_mb": round(megabytes),
        "backends": backends,
    }
