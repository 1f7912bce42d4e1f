"""Runs every check, one after the other, and ends with how many passed and how many failed.

Usage: python tools/checks.py [--quick]
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


@dataclass
class Outcome:
    """What one check came to."""

    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float


def announce(name: str) -> None:
    print(f"\n── {name} " + "─" * max(0, 70 - len(name)), flush=True)


def command(name: str, *arguments: str) -> Callable[[], Outcome]:
    """Begins a check that either passes or fails as a whole; what it printed is shown when its outcome is asked for."""
    start = time.monotonic()
    running = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def outcome() -> Outcome:
        printed = running.communicate()[0]
        announce(name)
        print(printed, end="", flush=True)
        failed = int(running.returncode != 0)
        return Outcome(name, 1 - failed, failed, 0, time.monotonic() - start)

    return outcome


def pytest(name: str, *arguments: str) -> Outcome:
    """A run of pytest, its cases counted from its own report."""
    announce(name)
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        code = subprocess.run(
            [PYTHON, "-m", "pytest", "--quiet", f"--junitxml={report}", *arguments],
            cwd=ROOT,
            check=False,
        ).returncode
        counts = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
        if report.is_file():
            for suite in ElementTree.parse(report).iter("testsuite"):
                for key in counts:
                    counts[key] += int(suite.get(key, 0))
    failed = counts["failures"] + counts["errors"]
    # 5: nothing was collected. That, a crash or an interruption must not look like success.
    failed = max(failed, int(code != 0))
    passed = max(0, counts["tests"] - failed - counts["skipped"])
    return Outcome(name, passed, failed, counts["skipped"], time.monotonic() - start)


def node_tests() -> Outcome:
    """The front end's unit tests, counted from the summary of Node's own runner."""
    name = "front end: unit tests"
    announce(name)
    start = time.monotonic()
    files = sorted(str(p) for p in (ROOT / "tests").rglob("*.test.[jm]*s"))
    run = subprocess.run(
        ["node", "--test", "--test-reporter=tap", *files],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    counts = {k: int(n) for k, n in re.findall(r"^# (pass|fail|skipped) (\d+)", run.stdout, re.M)}
    failed = max(counts.get("fail", 0), int(run.returncode != 0), int(not files))
    print(run.stdout + run.stderr if failed else f"{counts.get('pass', 0)} passed")
    seconds = time.monotonic() - start
    return Outcome(name, counts.get("pass", 0), failed, counts.get("skipped", 0), seconds)


def quick_checks() -> list[Outcome]:
    """Style and types: what is worth running before every commit. The types take longest, the others run beside."""
    types = command("types", PYTHON, "-m", "mypy")
    others = [
        command("style", PYTHON, "-m", "ruff", "check", "."),
        command("format", PYTHON, "-m", "ruff", "format", "--check", "."),
        command("front end: types", "npx", "--no-install", "tsc", "--project", "."),
        command("catalogue", PYTHON, "tools/catalogue.py", "check"),
    ]
    return [*(outcome() for outcome in others), node_tests(), types()]


def tests() -> list[Outcome]:
    """Two at a time: those that drive a browser mostly wait, and a file of them stays together for its shared page."""
    os.environ.setdefault("LLM_WIDGETS_CHROMIUM", browser())
    # Else each of their hundred processes compiles anew all that it imports: four seconds for Keras alone.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # By folder: what is only left out afterwards is imported all the same, PyTorch and the rest in each process.
    return [
        pytest("tests", "--numprocesses=2", "--dist=worksteal", "--ignore=tests/browser"),
        pytest("tests in the browser", "--numprocesses=2", "--dist=loadfile", "tests/browser"),
    ]


def browser() -> str:
    """The Chromium that the tests drive; empty where none is found (they say so themselves)."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), "")


def main(arguments: list[str]) -> int:
    outcomes = quick_checks()
    if "--quick" not in arguments:
        outcomes += tests()
    announce("summary")
    for o in outcomes:
        state = "ok    " if not o.failed else "FAILED"
        skipped = f", {o.skipped} skipped" if o.skipped else ""
        print(f"{state} {o.name}: {o.passed} passed, {o.failed} failed{skipped} ({o.seconds:.0f} s)")
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    print(f"\n{passed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
