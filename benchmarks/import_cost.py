"""What the package costs: seconds of `import llm_widgets`, and memory of a kernel that has trained chapter 05.

The import is timed in fresh interpreters that take turns with `import numpy` and `import keras`. The chapter's own
notebook, in English and in Chinese, runs through nbclient in a kernel that sees PyTorch alone, as a learner's
installation does (Keras loads TensorFlow and JAX as well wherever they are installed, as they are for the tests); its
peak is read at the end.

Goals: import at most 0.3 s (the value), peak at most 700 MB in both languages.

Usage: python -m benchmarks.import_cost
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from benchmarks._timing import report

GOAL_SECONDS, GOAL_MB = 0.3, 700
ROUNDS = 7
NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"

TIMED = "import time; start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"
PEAK = """
def _peak():
    try:
        status = open("/proc/self/status").read()
        return int(status.split("VmHWM:")[1].split()[0]) / 1000
    except (OSError, IndexError):
        import resource, sys
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
import sys
print("peak_mb", _peak())
print("loaded", *(name for name in ("tensorflow", "jax", "torch") if sys.modules.get(name)))
"""
# Python runs this at the start of the kernel: to it, and to Keras, these two are not installed.
HIDE = "import sys\nsys.modules['tensorflow'] = sys.modules['jax'] = None\n"


def import_seconds() -> dict[str, float]:
    """Median seconds of each import, with bytecode and file cache warm."""
    modules = ("llm_widgets", "numpy", "keras")
    found: dict[str, list[float]] = {module: [] for module in modules}
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    for _ in range(ROUNDS):
        for module in modules:
            command = [sys.executable, "-c", TIMED.format(module=module)]
            output = subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout
            found[module].append(float(output.split()[-1]))
    return {module: statistics.median(values[1:]) for module, values in found.items()}


def chapter_peak(language: str) -> tuple[float, str]:
    """MB that a kernel took at its highest while it ran chapter 05, and the backends that it had loaded."""
    notebook = nbformat.read(NOTEBOOKS / language / "05-practice.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK))  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sitecustomize.py").write_text(HIDE, encoding="utf-8")
        paths = os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH", "")]))
        # Exercises that wait for the learner's answer say so; they do not end the run.
        client = NotebookClient(notebook, timeout=1800, kernel_name="python3", allow_errors=False)
        client.create_kernel_manager()
        environment = {**os.environ, "PYTHONPATH": paths, "KERAS_BACKEND": "torch", "LLM_WIDGETS_LANG": language}
        client.execute(cwd=folder, env=environment)
    printed = "".join(output.get("text", "") for output in notebook.cells[-1].outputs)
    lines = dict(line.partition(" ")[::2] for line in printed.splitlines())
    return float(lines["peak_mb"]), lines["loaded"]


def main() -> None:
    """Measures, and prints the report."""
    seconds = import_seconds()
    print({module: round(value, 3) for module, value in seconds.items()}, flush=True)
    peaks = {language: chapter_peak(language) for language in ("en", "zh")}
    peak = max(megabytes for megabytes, _ in peaks.values())
    report(
        "import_cost",
        round(seconds["llm_widgets"], 3),
        "s of import llm_widgets",
        f"<= {GOAL_SECONDS}, and kernel_mb <= {GOAL_MB}",
        seconds["llm_widgets"] <= GOAL_SECONDS and peak <= GOAL_MB,
        kernel_mb=round(peak),
        kernel_mb_by_language={language: round(megabytes) for language, (megabytes, _) in peaks.items()},
        kernel_backends=peaks["en"][1],
        numpy_s=round(seconds["numpy"], 3),
        keras_s=round(seconds["keras"], 3),
    )


if __name__ == "__main__":
    main()
