"""`make lab` and `make test` before anything is installed: what they find, what they say, when they do nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("sh", "cat", "cksum", "awk", "grep", "dirname", "rm", "id", "pwd", "mkdir", "cp")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="make is for Linux and macOS")


class Checkout:
    """A copy of the files that matter, with a path on which nothing lies but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bin, self.venv = folder, folder / "path", folder / ".venv"
        (folder / "tools").mkdir(parents=True)
        self.bin.mkdir()
        for name in ("tools/environment.sh", "pyproject.toml", "constraints.txt", "Makefile"):
            shutil.copy(ROOT / name, folder / name)
        for name in NEEDED:
            (self.bin / name).symlink_to(str(shutil.which(name)))

    def program(self, name: str, script: str) -> Path:
        path = self.bin / name if "/" not in name else self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def fake_environment(self, pip: str = "exit 0") -> None:
        """An environment whose Python says yes to everything, and whose pip does as told."""
        calls = self.folder / "calls"
        script = f'echo "$@" >>{calls}\ncase "$*" in *"pip install"*) {pip};; esac\nexit 0'
        self.program(".venv/bin/python", script)
        self.program(".venv/bin/llm-widgets", "exit 0")

    def run(self, goal: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.bin), "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        command = [str(self.bin / "sh"), "tools/environment.sh", goal]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)

    @property
    def calls(self) -> str:
        path = self.folder / "calls"
        return path.read_text() if path.exists() else ""


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


def test_without_a_python_that_fits_it_says_how_to_get_one(checkout):
    for name in ("python3", "python", "python3.12"):
        checkout.program(name, "exit 1")  # as Python 3.9 answers, or pyenv's stand-in for a version that is not there
    done = checkout.run("lab")
    assert done.returncode == 1
    assert "Python 3.11, 3.12 or 3.13 is needed" in done.stderr
    assert "apt-get install python3 python3-venv" in done.stderr
    assert "brew install python" in done.stderr


def test_a_python_without_venv_is_named_with_the_package_that_it_lacks(checkout):
    script = 'case "$*" in *ensurepip*) exit 1;; *print*) echo 3.11;; esac\nexit 0'
    checkout.program("python3", script)
    done = checkout.run("lab")
    assert done.returncode == 1
    assert "apt-get install python3.11-venv" in done.stderr


def test_it_installs_the_pinned_versions_and_then_the_backend(checkout):
    checkout.fake_environment()
    done = checkout.run("lab")
    assert done.returncode == 0, done.stderr
    install, backend = (line for line in checkout.calls.splitlines() if "install" in line)
    assert "--constraint constraints.txt" in install
    assert install.endswith("--editable .")
    assert "[test]" not in install
    assert backend == "-m llm_widgets._backend_install --constraint constraints.txt"


def test_a_second_run_installs_nothing_until_the_requirements_change(checkout):
    checkout.fake_environment()
    checkout.run("lab")
    (checkout.folder / "calls").unlink()
    assert checkout.run("lab").returncode == 0
    assert "install" not in checkout.calls
    with (checkout.folder / "constraints.txt").open("a") as file:
        file.write("one-more==1.0\n")
    assert checkout.run("lab").returncode == 0
    assert "pip install" in checkout.calls


def test_where_pip_fails_its_words_are_shown_and_the_next_run_tries_again(checkout):
    checkout.fake_environment("echo 'WARNING: a mirror'>&2; echo 'ERROR: no such host' >&2; exit 1")
    for _ in range(2):
        done = checkout.run("lab")
        assert done.returncode == 1
        assert "ERROR: no such host" in done.stderr
        assert "WARNING" not in done.stderr
        assert "PIP_INDEX_URL" in done.stderr


def test_without_a_browser_the_tests_say_how_to_get_one(checkout):
    checkout.fake_environment()
    done = checkout.run("test")
    assert done.returncode == 1
    assert "apt-get install chromium" in done.stderr
    assert "LLM_WIDGETS_CHROMIUM" in done.stderr
    assert "[test]" in checkout.calls


def test_without_node_the_tests_say_how_to_get_it(checkout):
    checkout.fake_environment()
    checkout.program("chromium", "exit 0")
    done = checkout.run("test")
    assert done.returncode == 1
    assert "Node.js 18" in done.stderr


def test_with_both_the_environment_is_ready(checkout):
    checkout.fake_environment()
    for name in ("chromium", "node", "npm"):
        checkout.program(name, "exit 0")
    assert checkout.run("test").returncode == 0
    # What tests need is more than what learning needs: `make lab` has nothing left to do.
    (checkout.folder / "calls").unlink()
    checkout.run("lab")
    assert "install" not in checkout.calls


def test_an_environment_that_was_moved_is_made_anew(checkout):
    checkout.program(".venv/bin/python", "exit 127")  # its Python is gone
    checkout.program(".venv/bin/llm-widgets", "exit 0")
    checkout.program("works", "exit 0")
    checkout.program("python3", 'case "$*" in "-m venv "*) mkdir -p .venv/bin; cp path/works .venv/bin/python;; esac')
    done = checkout.run("lab")
    assert done.returncode == 0, done.stderr
    assert "making it anew" in done.stderr
    assert not (checkout.folder / ".venv/bin/llm-widgets").exists()  # nothing of the old one is left


def test_continuous_integration_runs_the_same_checks():
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "exec make test" in text
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
