"""The built wheel, in an empty environment and away from the checkout, is enough."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TINY = "lstm-classifier?vocabulary_size=300&embedding_dim=4&lstm_units=4&sequence_length=12"
# `python:3.11-slim-bookworm`, unpacked, rounded up: what binder/Dockerfile stands on.
BASE_IMAGE = 150_000_000
IMAGE_LIMIT = 1_200_000_000


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--sdist", "--wheel", "--outdir", str(folder), "."]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


def test_the_wheel_carries_all_that_a_learner_needs(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    package = {path.relative_to(ROOT).as_posix() for path in (ROOT / "llm_widgets").rglob("*") if path.is_file()}
    package = {name for name in package if "__pycache__" not in name and not name.endswith(".tmp")}
    assert package - names == set()
    assert {name.rpartition(".")[2] for name in package} >= {"py", "js", "css", "po", "typed"}
    for folder, there in (("data", "llm_widgets/_data"), ("notebooks", "llm_widgets/_notebooks")):
        files = {p.relative_to(ROOT / folder).as_posix() for p in (ROOT / folder).rglob("*") if p.is_file()}
        files = {name for name in files if ".ipynb_checkpoints" not in name}
        assert files
        assert {f"{there}/{name}" for name in files} - names == set()


def test_the_wheel_carries_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"llm_widgets", "llm_widgets-0.1.0.dist-info"}
    assert wheel.stat().st_size < 10_000_000


def test_the_source_archive_carries_no_environment(built):
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "tests/test_packaging.py", "data/reviews/card.json"} <= names
    bad = (".venv/", "node_modules/", "artefacts/", "llm_widgets_course/", ".git/", ".mypy_cache/", ".hypothesis/")
    assert [name for name in names if name.startswith(bad) or "__pycache__" in name] == []
    assert path.stat().st_size < 20_000_000


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel and what pip fetched for it."""
    folder = tmp_path_factory.mktemp("empty") / "venv"
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    pins = ["--constraint", str(ROOT / "constraints.txt")]
    run(python, "-m", "pip", "install", "--quiet", "--no-compile", *pins, str(wheel))
    run(python, "-m", "llm_widgets._backend_install", "--quiet", "--no-compile", *pins)
    return python


@pytest.mark.slow
class TestInAnEmptyEnvironment:
    @pytest.fixture
    def program(self, python: Path) -> Path:
        return python.parent / "llm-widgets"

    def test_the_doctor_finds_nothing_serious(self, program, tmp_path):
        document = json.loads(run(program, "doctor", "--json", cwd=tmp_path))
        assert [f for f in document["findings"] if f["level"] == "serious"] == []

    def test_its_data_is_whole(self, program, tmp_path):
        assert run(program, "data", "check", cwd=tmp_path).count("✓") == 4

    def test_it_delivers_the_chapters_in_both_languages(self, program, tmp_path):
        for language in ("en", "zh"):
            run(program, "lab", "course", "--no-server", "--lang", language, cwd=tmp_path)
            chapter = json.loads((tmp_path / "course" / language / "05-practice.ipynb").read_text(encoding="utf-8"))
            assert chapter["cells"]

    def test_it_brings_no_cuda_and_no_second_backend(self, python):
        names = [item["name"].lower() for item in json.loads(run(python, "-m", "pip", "list", "--format=json"))]
        assert "torch" in names
        assert [n for n in names if n.startswith(("nvidia", "cuda", "triton", "tensorflow", "jax"))] == []

    def test_trimmed_for_binder_it_still_trains_and_the_image_stays_small(self, python, program, tmp_path):
        packages = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
        subprocess.run(["sh", str(ROOT / "binder" / "trim.sh"), packages, str(python.parent)], check=True)
        shown = run(program, "train", TINY, "--epochs", "1", "--batch-size", "512", "--lang", "zh", cwd=tmp_path)
        assert "测试集" in shown
        assert run(python, "-c", "import sklearn, scipy.stats, sympy, plotly, jupyterlab, numpy.testing") == ""
        assert BASE_IMAGE + weight(python.parent.parent) < IMAGE_LIMIT


def run(program: Path, *arguments: str, cwd: Path | None = None) -> str:
    """What the program prints, run away from the checkout and from this environment's settings."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV", "KERAS_BACKEND")}
    environment["LLM_WIDGETS_LANG"] = "en"
    environment["PYTHONDONTWRITEBYTECODE"] = "1"  # what is weighed is what was installed, not what a run compiled
    environment["PATH"] = f"{program.parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        [str(program), *arguments], cwd=cwd or program.parent, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def weight(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
