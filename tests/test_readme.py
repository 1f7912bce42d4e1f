"""What the front page promises is there: commands, files, names, and one version everywhere."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

import llm_widgets
from llm_widgets.cli import cli

ROOT = Path(__file__).resolve().parent.parent
READMES = ["README.md", "README.zh.md"]
PAGES = [*READMES, "CONTRIBUTING.md"]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", READMES)
def test_the_picture_comes_first(name):
    language = "zh" if ".zh" in name else "en"
    assert re.match(rf"!\[[^\]]{{10,}}\]\(docs/pictures/training-lab-{language}\.png\)\n", text(name))


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_to_a_file(name):
    targets = re.findall(r"\]\(([^)]+)\)", text(name))
    missing = [t for t in targets if not t.startswith("http") and not (ROOT / t).exists()]
    assert missing == []


@pytest.mark.parametrize("name", PAGES)
def test_every_command_exists(name):
    commands = set(re.findall(r"llm-widgets(?:`)? ([a-z]+)", text(name)))
    assert commands <= set(cli.commands)
    targets = set(re.findall(r"make (lab-en|lab-zh|lab|test|lint|constraints)\b", text(name)))
    rules = {word for line in re.findall(r"^([\w -]+):", text("Makefile"), re.M) for word in line.split()}
    assert targets <= rules
    if name in READMES:
        assert commands == set(cli.commands)
        assert {"lab", "test"} <= targets


@pytest.mark.parametrize("name", READMES)
def test_every_python_line_uses_names_that_exist(name):
    for code in re.findall(r"```python\n(.*?)```", text(name), re.S):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "lw":
                assert hasattr(llm_widgets, node.attr)
    widgets = re.findall(r"`([A-Z]\w+)`", text(name))
    assert widgets
    assert [w for w in widgets if not hasattr(llm_widgets, w)] == []


def test_both_languages_show_the_same_commands():
    shown = []
    for name in READMES:
        blocks = re.findall(r"```(\w+)\n(.*?)```", text(name), re.S)
        code = "\n".join(re.sub(r"#.*| --lang zh", "", block) for _, block in blocks)
        shown.append(code.replace('"zh"', '"en"').replace("document_zh", "document_en"))
    assert [line.rstrip() for line in shown[0].splitlines()] == [line.rstrip() for line in shown[1].splitlines()]


def test_one_version_everywhere():
    version = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    assert llm_widgets.__version__ == version
    assert f"\nversion: {version}\n" in text("CITATION.cff")
    assert f"llm_widgets-{version}-" in text("README.md")


def test_the_citation_has_what_its_form_asks_for():
    keys = set(re.findall(r"^([\w-]+):", text("CITATION.cff"), re.M))
    assert {"cff-version", "message", "title", "authors", "version", "date-released", "license"} <= keys
