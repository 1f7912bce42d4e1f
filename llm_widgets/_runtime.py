"""The one place for thread and backend settings, and for how much memory is left."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.abc
import importlib.machinery
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_CGROUP = Path("/sys/fs/cgroup")
_MOST_THREADS = 4  # more only wait for one another at the sizes of the chapters

# torch read its settings before this package could make them, and they are not the user's own.
_torch_came_first = False


def prepare_environment() -> None:
    """Sets what must be set before a backend is imported; never overrides what the user chose.

    A training step shares the machine with a browser and with other kernels. OpenMP's own defaults, as many threads as
    there are cores and waiting by spinning, then cost up to thirty times the step; half the cores and waiting asleep
    cost nothing at the sizes of the chapters, where a second thread brings nothing even on a quiet machine.
    """
    global _torch_came_first
    if "torch" in sys.modules and not os.environ.keys() & {"OMP_WAIT_POLICY", "OMP_NUM_THREADS"}:
        _torch_came_first = True
    os.environ.setdefault("KERAS_BACKEND", "torch")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("OMP_NUM_THREADS", str(training_threads()))
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow: warnings and errors only


def calm_numpy() -> None:
    """Gives NumPy's own products as many threads as a training step, where NumPy was imported before this package.

    Its BLAS read its settings then, and took all cores. Beside a busy browser two threads that spin made a chapter's
    loop ten times slower; at the sizes of the chapters the second one brings nothing. The user's own choice stays.
    """
    if "numpy" in sys.modules and "OPENBLAS_NUM_THREADS" not in os.environ:
        from threadpoolctl import threadpool_limits

        with contextlib.suppress(ValueError):  # not a number: the user's own, and not ours to read
            threadpool_limits(int(os.environ["OMP_NUM_THREADS"]), user_api="blas")


def training_threads() -> int:
    """Threads for a training step: half the cores that this process may use, at least 1."""
    return max(1, min(_MOST_THREADS, usable_cores() // 2))


def usable_cores() -> int:
    """Cores that this process may use; in a container often fewer than the machine has."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        cores = os.cpu_count() or 1
    for folder in _own_cgroups():
        with contextlib.suppress(OSError, ValueError):
            quota, period = (folder / "cpu.max").read_text().split()
            cores = min(cores, max(1, int(quota) // int(period)))
    with contextlib.suppress(OSError, ValueError):  # control groups of version 1
        quota_v1 = int((_CGROUP / "cpu/cpu.cfs_quota_us").read_text())
        period_v1 = int((_CGROUP / "cpu/cpu.cfs_period_us").read_text())
        if quota_v1 > 0:
            cores = min(cores, max(1, quota_v1 // period_v1))
    return cores


def configure_backend() -> str:
    """Imports Keras with its backend, applies the thread settings, and returns the backend's name.

    Raises:
        ImportError: the backend that was asked for is not installed; the message says what to do.
    """
    global _torch_came_first
    prepare_environment()
    try:
        # Keras loads scikit-learn, and with it SciPy's statistics, for wrappers that nothing here uses: 65 MB, and a
        # sixth of the time.
        with _not_loaded("sklearn"):
            import keras
    except ImportError as error:
        from llm_widgets.i18n import t

        raise ImportError(
            t(
                "Keras cannot load its backend. Run `llm-widgets doctor`, or set KERAS_BACKEND to a backend that is "
                "installed and restart the kernel. Received: KERAS_BACKEND={backend}: {error}",
                backend=os.environ["KERAS_BACKEND"],
                error=error,
            )
        ) from error
    backend = str(keras.backend.backend())
    if backend == "torch" and _torch_came_first:
        import torch

        # How threads wait cannot be changed any more; one thread waits for nobody.
        torch.set_num_threads(1)
        _torch_came_first = False  # once: what the user sets from now on stays
    return backend


class _Unloadable(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a module for one thread and does not load it; others import it meanwhile as ever."""

    def __init__(self, name: str) -> None:
        self.name, self.thread = name, threading.get_ident()

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname != self.name or threading.get_ident() != self.thread:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None:
            spec.loader = self
        return spec

    def create_module(self, spec: Any) -> Any:
        raise ModuleNotFoundError(f"{spec.name} is not needed here", name=spec.name)


@contextlib.contextmanager
def _not_loaded(name: str) -> Iterator[None]:
    """What this thread imports meanwhile does without a module, unless it is loaded already."""
    finder = _Unloadable(name)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def available_memory() -> int:
    """Bytes that this process may still use: what the machine has free, or what a container's limit leaves."""
    import psutil

    return max(0, min(int(psutil.virtual_memory().available), *_cgroup_room()))


def give_back_memory() -> None:
    """Returns to the system what was freed here; glibc alone keeps it, tens of MB after each large job.

    A few milliseconds: for the end of a job, not for each batch. Where the C library is another one, nothing happens.
    """
    with contextlib.suppress(OSError, AttributeError):  # no C library to load, or one without this function
        ctypes.CDLL(None).malloc_trim(0)


def _cgroup_room() -> list[int]:
    """What each control group above this process still allows (version 2, then version 1); at least one entry."""
    room = [sys.maxsize]
    for folder in _own_cgroups():
        room += _room_of(folder / "memory.max", folder / "memory.current", folder / "memory.stat")
    first = _CGROUP / "memory"
    room += _room_of(first / "memory.limit_in_bytes", first / "memory.usage_in_bytes", first / "memory.stat")
    return room


def _own_cgroups() -> list[Path]:
    """The folders of this process's control group and of those above it (version 2)."""
    own = ""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text(errors="replace").splitlines():
            if line.startswith("0::"):
                own = line[3:].strip("/")
    folder = _CGROUP / own
    folders = []
    while folder.is_relative_to(_CGROUP):
        folders.append(folder)
        folder = folder.parent
    return folders


def _room_of(limit: Path, used: Path, stat: Path) -> list[int]:
    try:
        ceiling, usage = int(limit.read_text()), int(used.read_text())
    except (OSError, ValueError):  # no such group, or "max"
        return []
    reclaimable = 0
    with contextlib.suppress(OSError, ValueError):
        for line in stat.read_text().splitlines():
            if line.startswith("inactive_file "):  # cached files that the kernel drops when it needs room
                reclaimable = int(line.split()[1])
    return [max(0, ceiling - usage + reclaimable)]
