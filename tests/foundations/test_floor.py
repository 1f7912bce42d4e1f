"""The floor as a whole: NumPy and the standard library alone, and every example in its docstrings."""

from __future__ import annotations

import ast
import doctest
import importlib
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import llm_widgets.foundations as foundations

MODULES = [f"llm_widgets.foundations.{module.name}" for module in pkgutil.iter_modules(foundations.__path__)]


def test_numpy_and_the_standard_library_alone():
    script = "import json, sys, llm_widgets.foundations; print(json.dumps(sorted(sys.modules)))"
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=120).stdout
    roots = {name.split(".")[0] for name in json.loads(output)}
    # What an interpreter of this environment has loaded before any line is run (.pth files of installed packages).
    bare = subprocess.run(
        [sys.executable, "-c", "import json, sys; print(json.dumps(sorted(sys.modules)))"],
        capture_output=True, check=True, timeout=120,
    ).stdout  # fmt: skip
    roots -= {name.split(".")[0] for name in json.loads(bare)}
    roots -= set(sys.stdlib_module_names)
    # NumPy puts its own compiled parts there under such names.
    assert {name for name in roots if not name.startswith("_")} == {"llm_widgets", "numpy"}
    assert not roots & {"keras", "torch", "tensorflow", "jax", "ipywidgets", "scipy", "sklearn"}


@pytest.mark.parametrize("module", MODULES)
def test_no_file_imports_from_another_floor(module):
    source = Path(importlib.import_module(module).__file__).read_text("utf-8")
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module]
        for name in names:
            root = name.split(".")[0]
            assert root in {"numpy", *sys.stdlib_module_names} or name.startswith("llm_widgets.foundations"), name


@pytest.mark.parametrize("module", MODULES)
def test_examples_give_what_they_say(module):
    result = doctest.testmod(importlib.import_module(module))
    assert result.failed == 0


def test_public_names_are_there_and_say_what_they_are():
    for name in foundations.__all__:
        public = getattr(foundations, name)
        if not isinstance(public, (str, tuple)) and callable(public):
            assert public.__doc__, name
