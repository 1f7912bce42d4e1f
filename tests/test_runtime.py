"""Settings are made before a backend reads them, never over the user's; a busy neighbour slows no step down."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from llm_widgets import _runtime

NAMES = ("KERAS_BACKEND", "OMP_WAIT_POLICY", "OMP_NUM_THREADS", "TF_CPP_MIN_LOG_LEVEL")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(_runtime, "_torch_came_first", False)
    return monkeypatch


def run(code: str, **environment: str) -> str:
    clean = {name: value for name, value in os.environ.items() if name not in NAMES}
    finished = subprocess.run(
        [sys.executable, "-c", code], env=clean | environment, capture_output=True, text=True, timeout=300
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def test_defaults(bare: pytest.MonkeyPatch) -> None:
    _runtime.prepare_environment()
    threads = str(_runtime.training_threads())
    assert [os.environ[name] for name in NAMES] == ["torch", "PASSIVE", threads, "2"]


def test_the_users_settings_stay(bare: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        bare.setenv(name, "mine")
    _runtime.prepare_environment()
    assert {os.environ[name] for name in NAMES} == {"mine"}


BLAS = """
import numpy
import llm_widgets
from threadpoolctl import threadpool_info
llm_widgets.course.open_chapter("04-mathematics", "en")
print({pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"})
"""


def test_numpy_imported_first_takes_no_more_threads_than_a_step_once_a_chapter_is_open() -> None:
    assert run(BLAS).strip() == f"{{{_runtime.training_threads()}}}"
    assert run(BLAS, OPENBLAS_NUM_THREADS="2").strip() == "{2}", "the user's own choice stays"
    assert run(BLAS, OMP_NUM_THREADS="mine")


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (3, 1), (4, 2), (8, 4), (64, 4)])
def test_half_the_cores(bare: pytest.MonkeyPatch, cores: int, threads: int) -> None:
    bare.setattr(_runtime, "usable_cores", lambda: cores)
    assert _runtime.training_threads() == threads


def test_containers_are_asked(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def group(path: Path, cpu: str, limit: str, used: int, cached: int) -> Path:
        path.mkdir(parents=True, exist_ok=True)
        (path / "cpu.max").write_text(cpu)
        (path / "memory.max").write_text(limit)
        (path / "memory.current").write_text(f"{used}\n")
        (path / "memory.stat").write_text(f"anon 5\ninactive_file {cached}\n")
        return path

    outer = group(tmp_path / "outer", "100000 100000\n", "9000\n", 5000, 100)
    inner = group(tmp_path / "outer/inner", "max 100000\n", "max\n", 1000, 0)
    bare.setattr(_runtime, "_own_cgroups", lambda: [inner, outer])
    assert _runtime.usable_cores() == 1
    assert _runtime.available_memory() == 4100


def test_memory_is_within_the_machines() -> None:
    assert 0 < _runtime.available_memory() <= psutil.virtual_memory().total


@pytest.mark.slow
def test_torch_reads_the_settings() -> None:
    code = (
        "from llm_widgets._runtime import configure_backend\n"
        "import torch; print(configure_backend(), torch.get_num_threads())"
    )
    assert run(code).split() == ["torch", str(_runtime.training_threads())]
    cores = str(_runtime.usable_cores())
    assert run(code, OMP_NUM_THREADS=cores).split() == ["torch", cores]


@pytest.mark.slow
def test_torch_imported_first_waits_for_nobody() -> None:
    code = (
        "import torch; torch.set_num_threads(2)\n"
        "from llm_widgets._runtime import configure_backend\n"
        "configure_backend(); print(torch.get_num_threads())\n"
        "torch.set_num_threads(2); configure_backend(); print(torch.get_num_threads())"
    )
    assert run(code).split() == ["1", "2"]  # and what is set later stays
    assert run(code, OMP_NUM_THREADS="2").split() == ["2", "2"]


@pytest.mark.slow
def test_a_missing_backend_is_named() -> None:
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from llm_widgets._runtime import configure_backend\n"
        "try: configure_backend()\n"
        "except ImportError as error: print(error)"
    )
    assert "KERAS_BACKEND=torch" in run(code, LLM_WIDGETS_LANG="en")


_STEPS = """
import json, statistics, sys, time
import numpy as np
from llm_widgets import PRESETS
model = PRESETS["document_en"].build()
model.compile("adam", "binary_crossentropy")
x = np.random.default_rng(0).integers(1, 10_000, (32, 100)).astype("int32")
y = np.zeros((32, 1), "float32")
for _ in range(5): model.train_on_batch(x, y)
print("ready", flush=True)
for _ in sys.stdin:
    seconds = []
    for _ in range(25):
        start = time.perf_counter(); model.train_on_batch(x, y); seconds.append(time.perf_counter() - start)
    print(json.dumps(statistics.median(seconds)), flush=True)
"""


@pytest.mark.slow
def test_a_busy_neighbour_slows_no_step_down() -> None:
    """One other process at work: the goal is 2 x; the bound is wider, since tests run beside who knows what."""
    clean = {name: value for name, value in os.environ.items() if name not in NAMES}
    trainer = subprocess.Popen(
        [sys.executable, "-c", _STEPS], env=clean, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert trainer.stdin is not None
    assert trainer.stdout is not None

    def step() -> float:
        trainer.stdin.write("\n")  # type: ignore[union-attr]
        trainer.stdin.flush()  # type: ignore[union-attr]
        return float(json.loads(trainer.stdout.readline()))  # type: ignore[union-attr]

    ratios = []
    try:
        assert trainer.stdout.readline() == "ready\n"
        for _ in range(3):
            quiet = step()
            neighbour = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            try:
                ratios.append(step() / quiet)
            finally:
                neighbour.kill()
                neighbour.wait()
    finally:
        trainer.stdin.close()
        trainer.wait(timeout=60)
    assert min(ratios) < 3


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries give it back by themselves")
def test_freed_memory_is_given_back() -> None:
    code = """
import resource
from llm_widgets import _runtime
page = resource.getpagesize()
def resident(): return int(open("/proc/self/statm").read().split()[1]) * page / 1e6
many = [bytes(1000) for _ in range(100_000)]
wall = bytes(1000)  # above the freed ones: the C library cannot cut its heap off below it
del many
before = resident()
_runtime.give_back_memory()
print(before - resident())
"""
    assert float(run(code)) > 50
