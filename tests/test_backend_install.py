"""Which build of PyTorch would be installed, decided on reports of pip's form."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from llm_widgets import _backend_install as backend


def report(version: str = "2.13.0", requires: list[str] | None = None, name: str = "torch") -> dict:
    return {"version": "1", "install": [{"metadata": {"name": name, "version": version, "requires_dist": requires}}]}


CUDA = [
    "filelock",
    'nvidia-cublas==13.1.0.3; platform_system == "Linux"',
    'triton==3.7.0; platform_system == "Linux" and platform_machine == "x86_64"',
    'optree>=0.13; extra == "optree"',
]
EITHER = 'cuda-bindings; platform_system == "Windows" or platform_system == "Linux"'


@pytest.mark.parametrize(
    ("pip_report", "system", "machine", "expected"),
    [
        (report("2.13.0+cpu", ["filelock"]), "Linux", "x86_64", True),
        (report("2.13.0+cpu", CUDA), "Linux", "x86_64", True),
        (report("2.13.0+cu130", ["filelock"]), "Linux", "x86_64", False),
        (report("2.13.0", CUDA), "Linux", "x86_64", False),
        (report("2.13.0", CUDA), "Darwin", "arm64", True),
        (report("2.13.0", CUDA), "Windows", "AMD64", True),
        (report("2.13.0", ["filelock", "sympy>=1.13"]), "Linux", "aarch64", True),
        # A requirement for another machine, or of an extra, says nothing about this one.
        (report("2.13.0", ['nvidia-nccl; platform_machine == "x86_64"']), "Linux", "aarch64", True),
        (report("2.13.0", ['nvidia-nccl; platform_machine == "x86_64"']), "Linux", "x86_64", False),
        (report("2.13.0", ['nvidia-nccl; sys_platform != "win32"']), "Linux", "x86_64", False),
        (report("2.13.0", ['nvidia-nccl; extra == "cuda"']), "Linux", "x86_64", True),
        (report("2.13.0", [EITHER]), "Linux", "x86_64", False),
        (report("2.13.0", ["nvidia-cublas"]), "Linux", "x86_64", False),
        (report("2.13.0", None), "Linux", "x86_64", True),
        (report("1.0", [], name="filelock"), "Linux", "x86_64", False),
        ({}, "Linux", "x86_64", False),
    ],
)
def test_a_cuda_build_is_told_from_a_cpu_build(pip_report, system, machine, expected):
    assert backend.is_cpu_build(pip_report, system, machine) is expected


def test_pip_goes_on_where_its_choice_is_a_cpu_build(monkeypatch):
    monkeypatch.setattr(backend, "ask_pip", lambda arguments: report("2.13.0+cpu"))
    command = backend.install_command(["--constraint", "pins.txt"])
    assert command[:3] == [sys.executable, "-m", "pip"]
    assert command[-3:] == ["--constraint", "pins.txt", backend.REQUIREMENT]


@pytest.mark.parametrize("answer", [report("2.13.0", CUDA), None])
def test_uv_is_taken_where_pip_would_bring_cuda_or_knows_nothing(monkeypatch, answer):
    monkeypatch.setattr(backend, "ask_pip", lambda arguments: answer)
    monkeypatch.setattr(backend.platform, "system", lambda: "Linux")
    monkeypatch.setattr(backend, "_uv", lambda: "/somewhere/uv")
    command = backend.install_command()
    assert command[:3] == ["/somewhere/uv", "pip", "install"]
    assert "--torch-backend=cpu" in command
    assert f"--python={sys.executable}" in command


def test_without_uv_it_refuses_cuda_and_says_what_to_do(monkeypatch):
    monkeypatch.setattr(backend, "ask_pip", lambda arguments: report("2.13.0", CUDA))
    monkeypatch.setattr(backend.platform, "system", lambda: "Linux")
    monkeypatch.setattr(backend, "_uv", lambda: None)
    with pytest.raises(backend.BackendError, match="pip install uv"):
        backend.install_command()


@pytest.mark.parametrize(
    ("output", "code", "expected"),
    [
        ("WARNING: a mirror is gone\n" + json.dumps(report("2.13.0+cpu")), 0, report("2.13.0+cpu")),
        ("", 1, None),
        ("{ not json", 0, None),
    ],
)
def test_pips_answer_is_read_past_its_warnings(monkeypatch, output, code, expected):
    answer = SimpleNamespace(stdout=output, returncode=code)
    monkeypatch.setattr(backend.subprocess, "run", lambda *a, **k: answer)
    assert backend.ask_pip() == expected


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("OSError: [Errno 28] No space left on device", backend.NO_SPACE),
        ("NewConnectionError: Name or service not known", backend.NO_NETWORK),
        ("error: dns error: failed to lookup address information", backend.NO_NETWORK),
        ("something else", backend.FAILED),
    ],
)
def test_a_failed_install_is_explained(monkeypatch, words, code):
    script = f"import sys; sys.stderr.write({words!r}); sys.exit(1)"
    monkeypatch.setattr(backend, "install_command", lambda arguments: [sys.executable, "-c", script])
    with pytest.raises(backend.BackendError) as caught:
        backend.install(say=lambda text: None)
    assert caught.value.code == code


def test_a_full_disk_is_seen_before_anything_is_fetched(monkeypatch):
    monkeypatch.setattr(backend.shutil, "disk_usage", lambda path: SimpleNamespace(free=10_000_000))
    monkeypatch.setattr(backend, "install_command", lambda arguments: pytest.fail("went on with a full disk"))
    with pytest.raises(backend.BackendError, match=r"1\.5 GB") as caught:
        backend.install(say=lambda text: None)
    assert caught.value.code == backend.NO_SPACE


def test_ensure_leaves_a_backend_alone_that_is_there(monkeypatch):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setattr(backend, "install", lambda *a: pytest.fail("installed what was there"))
    assert backend.ensure() == "torch"


@pytest.mark.parametrize(("name", "words"), [("nonsense", "choose one of torch"), ("jax", "pip install jax")])
def test_ensure_installs_no_backend_that_was_chosen_by_hand(monkeypatch, name, words):
    monkeypatch.setenv("KERAS_BACKEND", name)
    monkeypatch.setattr(backend, "is_importable", lambda backend: False)
    monkeypatch.setattr(backend, "install", lambda *a: pytest.fail("installed another's backend"))
    with pytest.raises(backend.BackendError, match=words):
        backend.ensure()


def test_it_runs_as_a_module_and_is_done_at_once_where_torch_is_there():
    run = subprocess.run([sys.executable, "-m", "llm_widgets._backend_install"], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
