"""What Binder reads: pinned, no CUDA, no second backend, and in step with the package."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
BINDER = ROOT / "binder"
sys.path.insert(0, str(ROOT))

from tools import pins  # noqa: E402


def names(lines: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in lines}


def test_every_requirement_is_pinned_as_everywhere_else():
    lines = pins.read(pins.BINDER)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line) for line in lines)
    assert set(lines) <= set(pins.read(pins.CONSTRAINTS))


def test_it_brings_no_cuda_and_no_second_backend():
    heavy = ("nvidia", "cuda", "triton", "tensorflow", "jax", "playwright", "torch")
    assert [name for name in names(pins.read(pins.BINDER)) if name.startswith(heavy)] == []


@pytest.mark.skipif(sys.platform != "linux", reason="Binder is Linux: the pins are those of Linux")
def test_it_is_what_the_package_requires_no_less_and_no_more():
    assert names(pins.read(pins.BINDER)) == names(pins.runtime())


def test_the_constraints_fit_what_the_package_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    versions = {canonicalize_name(r.name): r for r in map(Requirement, pins.read(pins.CONSTRAINTS))}
    for line in asked:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            (pinned,) = versions[canonicalize_name(requirement.name)].specifier
            assert requirement.specifier.contains(pinned.version), line


def test_no_file_of_the_front_door_names_an_address():
    files = [*BINDER.iterdir(), *(ROOT / name for name in ("constraints.txt", "Makefile", "tools/environment.sh"))]
    for path in files:
        assert re.search(r"https?://|index-url|find-links", path.read_text(encoding="utf-8")) is None, path
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock


def test_the_image_copies_what_the_wheel_is_built_from():
    text = (BINDER / "Dockerfile").read_text(encoding="utf-8")
    copied = {word for line in re.findall(r"^COPY (.*)$", text, re.M) for word in line.split()[:-1]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {"pyproject.toml", project["project"]["readme"], *project["project"]["license-files"]}
    assert needed | set(wheel["packages"]) | set(wheel["force-include"]) | {"binder"} == copied
    assert all((ROOT / name).exists() for name in copied)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert not copied & set(ignored)


def test_the_image_installs_the_cpu_build_and_runs_as_the_user_that_binder_gives():
    text = (BINDER / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    order = ["binder/requirements.txt", "--no-deps .", "llm_widgets._backend_install", "trim.sh", "USER ${NB_USER}"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert re.search(r"^FROM \S+:3\.11\S*$", text, re.M)
    assert "ARG NB_UID=1000" in text
    assert re.search(r"^ENTRYPOINT \[\]$", text, re.M)


def test_trimming_removes_what_no_course_runs_and_nothing_else(tmp_path):
    kept = ["torch/lib/libtorch_cpu.so", "torch/__init__.py", "numpy/testing/__init__.py", "llm_widgets/tests/x.py"]
    kept += ["babel/locale-data/zh_Hans_CN.dat", "babel/locale-data/root.dat", "bin/llm-widgets"]
    gone = ["torch/include/a.h", "torch/lib/x.a", "numpy/tests/t.py", "sympy/core/tests/t.py", "a/__pycache__/b.pyc"]
    gone += ["babel/locale-data/de.dat", "bin/uv"]
    for name in [*kept, *gone, "static/app.js.map"]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    subprocess.run(
        [shutil.which("sh") or "sh", str(BINDER / "trim.sh"), str(tmp_path), str(tmp_path / "bin")], check=True
    )
    left = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert left == set(kept)
