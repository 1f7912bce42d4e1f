"""The doctor finds what is broken on purpose, and names the remedy."""

from __future__ import annotations

import importlib.metadata
import json
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from llm_widgets import doctor
from llm_widgets.cli import main
from llm_widgets.doctor import Finding, Level, jupyter, machine, packages
from llm_widgets.i18n import set_language


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


@pytest.fixture
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose kernels come before those of the environment, as a stray one in the user's home would."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    return tmp_path / "kernels"


def put_kernel(kernels: Path, program: str) -> None:
    (kernels / "python3").mkdir(parents=True)
    spec = {"argv": [program, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "Python 3"}
    (kernels / "python3" / "kernel.json").write_text(json.dumps({**spec, "language": "python"}))


def only(findings: Iterator[Finding]) -> Finding:
    (finding,) = findings
    return finding


def test_this_environment_is_well():
    findings = doctor.diagnose(memory_needed=1, disk_needed=1)
    assert [f for f in findings if f.level is Level.SERIOUS] == []
    names = {f.name for f in findings}
    assert names >= {"python", "packages", "files", "front-end:jupyterlab_widgets", "front-end:anywidget"}
    assert names >= {"server", "kernel", "backend", "threads", "memory", "disk"}
    assert any("torch" in f.text for f in findings if f.name == "backend")


def test_a_kernel_of_another_environment_is_serious(kernels, tmp_path):
    venv.create(tmp_path / "other", with_pip=False)
    put_kernel(kernels, str(tmp_path / "other" / "bin" / "python"))
    finding = only(jupyter.kernel())
    assert finding.level is Level.SERIOUS
    assert str(tmp_path / "other") in finding.text
    assert str(kernels / "python3") in finding.remedy


@pytest.mark.parametrize("program", ["/no/such/python", "/bin/false"])
def test_a_kernel_that_does_not_start_is_serious(kernels, program):
    put_kernel(kernels, program)
    finding = only(jupyter.kernel())
    assert finding.level is Level.SERIOUS
    assert program in finding.text


def test_a_bare_python_means_the_servers_own(kernels):
    put_kernel(kernels, "python3")
    finding = only(jupyter.kernel())
    assert (finding.level, sys.prefix in finding.text) == (Level.OK, True)


def test_a_server_of_another_environment_is_named(tmp_path, monkeypatch):
    program = tmp_path / "jupyter-lab"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    finding = only(jupyter.server())
    assert finding.level is Level.WARNING
    assert str(program) in finding.text


def test_a_missing_front_end_is_serious(monkeypatch, tmp_path):
    import jupyter_core.paths

    monkeypatch.setattr(jupyter_core.paths, "jupyter_path", lambda *sub: [str(tmp_path)])
    findings = list(jupyter.front_ends())
    assert [f.level for f in findings] == [Level.SERIOUS] * 2
    assert "pip install --force-reinstall jupyterlab_widgets" in findings[0].remedy
    assert "pip install --force-reinstall anywidget" in findings[1].remedy


@pytest.mark.parametrize("entry", [["anywidget"], {"anywidget": True, "other": False}])
def test_a_front_end_that_is_switched_off_is_serious(monkeypatch, tmp_path, entry):
    (tmp_path / "labconfig").mkdir()
    (tmp_path / "labconfig" / "page_config.json").write_text(json.dumps({"disabledExtensions": entry}))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    levels = {f.name: f.level for f in jupyter.front_ends()}
    assert levels == {"front-end:jupyterlab_widgets": Level.OK, "front-end:anywidget": Level.SERIOUS}


def test_a_backend_that_does_not_exist_is_serious(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "nonsense")
    finding = only(machine.backend())
    assert finding.level is Level.SERIOUS
    assert "nonsense" in finding.text
    assert "torch, tensorflow, jax" in finding.remedy


def test_threads_that_spin_are_a_warning(monkeypatch):
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    levels = {f.name: f.level for f in machine.backend()}
    assert levels == {"backend": Level.OK, "threads": Level.WARNING}


@pytest.mark.parametrize(("needed", "level"), [(1, Level.OK), (10**18, Level.SERIOUS)])
def test_memory_and_disk_are_held_against_what_is_needed(needed, level):
    assert only(machine.memory(needed)).level is level
    assert only(machine.disk(needed)).level is level


def test_a_missing_and_an_old_package_are_serious(monkeypatch):
    wanted = ["click>=99", "no-such-package-here", "jax; extra == 'test'", "click; sys_platform == 'nowhere'"]
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: wanted)
    findings = list(packages.versions())
    assert [f.name for f in findings] == ["package:click", "package:no-such-package-here"]
    assert all(f.level is Level.SERIOUS for f in findings)
    assert '"click>=99"' in findings[0].remedy


def test_an_unsupported_python_is_serious(monkeypatch):
    monkeypatch.setattr(packages.platform, "python_version", lambda: "3.9.1")
    assert only(packages.python()).level is Level.SERIOUS


def test_missing_files_of_our_own_are_serious(monkeypatch, tmp_path):
    monkeypatch.setattr(packages._resources, "folder", lambda name: tmp_path)
    finding = only(packages.own_files())
    assert finding.level is Level.SERIOUS
    assert "notebooks, data" in finding.text


def test_a_check_that_breaks_is_a_finding_and_stops_no_other(monkeypatch):
    def broken(needed: int) -> Iterator[Finding]:
        raise RuntimeError("psutil is away")

    monkeypatch.setattr(machine, "memory", broken)
    findings = doctor.diagnose(disk_needed=1)
    assert findings[-1].name == "disk"
    assert any("psutil is away" in f.text and f.level is Level.WARNING for f in findings)


def test_the_command_ends_with_1_where_something_is_serious(monkeypatch, capsys):
    bad = Finding("kernel", Level.SERIOUS, "broken", "mend it")
    monkeypatch.setattr(doctor, "diagnose", lambda: [Finding("python", Level.OK, "fine"), bad])
    assert main(["doctor"]) == 1
    assert "→ mend it" in capsys.readouterr().out
    assert main(["doctor", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["serious"] == 1
    assert document["findings"][1] == {"name": "kernel", "level": "serious", "text": "broken", "remedy": "mend it"}
    monkeypatch.setattr(doctor, "diagnose", lambda: [Finding("disk", Level.WARNING, "little", "make room")])
    assert main(["doctor"]) == 0


def test_it_speaks_chinese(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "diagnose", lambda: list(machine.disk(10**18)))
    assert main(["doctor", "--lang", "zh"]) == 1
    assert "腾出空间" in capsys.readouterr().out
