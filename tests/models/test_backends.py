"""The tests of models and layers pass on every backend, not only on the one of this process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

HERE = Path(__file__).parent
FILES = (
    "layers/test_lstm.py",
    "layers/test_adam.py",
    "layers/test_loss.py",
    "test_build.py",
    "transformers",
    "pretrained/test_folders.py",
)


@pytest.mark.slow
@pytest.mark.parametrize("backend", sorted({"torch", "tensorflow", "jax"} - {keras.backend.backend()}))
def test_the_same_tests_pass(backend: str) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not slow", "-p", "no:cacheprovider", *FILES],
        cwd=HERE,
        # XLA compiles each new shape; the tests have many shapes and little to compute, so it need not optimize them.
        env={**os.environ, "KERAS_BACKEND": backend, "XLA_FLAGS": "--xla_backend_optimization_level=0"},
        capture_output=True,
        text=True,
        timeout=1500,
    )
    assert finished.returncode == 0, finished.stdout[-4000:]
    assert " passed" in finished.stdout
    assert " skipped" not in finished.stdout
