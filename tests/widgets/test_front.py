from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from llm_widgets import i18n, widgets
from llm_widgets.widgets import _front
from llm_widgets.widgets._base import LiveWidget

WIDGETS = sorted(
    {cls for name in dir(widgets) if isinstance(cls := getattr(widgets, name), type) and issubclass(cls, LiveWidget)},
    key=lambda cls: cls.__name__,
)
FRONTS = sorted(path.stem for path in _front.FOLDER.glob("*.js") if "export default" in path.read_text("utf-8"))


@pytest.mark.parametrize("front", FRONTS)
def test_a_bundle_is_one_module_that_node_accepts(front, tmp_path):
    # It says so, too, where two of the joined modules declare the same name.
    file = tmp_path / "bundle.mjs"
    file.write_text(_front.bundle(front), encoding="utf-8")
    checked = subprocess.run(["node", "--check", str(file)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    source = file.read_text(encoding="utf-8")
    assert not re.search(r"\bimport\b[^.(]*?\bfrom\b|\bimport\s*[\"']", source)
    assert re.findall(r"\bexport\s+(\w+)", source) == ["default"]


def test_what_is_made_short_means_the_same(tmp_path):
    # rjsmin takes spaces out of a template within a template, for instance; so none has one.
    for file in _front.FOLDER.glob("*.js"):
        (tmp_path / file.name).write_text(_front.jsmin(file.read_text(encoding="utf-8")), encoding="utf-8")
    script = Path(__file__).parents[1] / "frontend" / "same_tokens.mjs"
    command = ["node", str(script), str(_front.FOLDER), str(tmp_path)]
    compared = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (compared.returncode, compared.stdout, compared.stderr) == (0, "", "")


@pytest.mark.parametrize("front", FRONTS)
def test_every_string_of_the_page_has_a_chinese_translation(front):
    known = i18n.catalogue("zh")
    assert _front.messages(front)
    assert [message for message in _front.messages(front) if message not in known] == []


@pytest.mark.parametrize("file", sorted(_front.FOLDER.glob("*.[jc]s*")), ids=lambda path: path.name)
def test_the_page_asks_nobody_and_writes_no_html(file):
    source = file.read_text(encoding="utf-8")
    assert not re.search(r"https?://(?!www\.w3\.org/)", source)
    assert not re.search(
        r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|fetch|XMLHttpRequest)\b", source
    )
    assert "@import" not in source


def test_dependencies_come_first_and_once():
    source = _front.bundle("curves")
    order = [line[3:] for line in source.splitlines() if re.fullmatch(r"// [\w.]+\.js", line)]
    assert order[:2] == ["picture.js", "kit.js"]
    assert order.index("late.js") < order.index("sheet.js")
    assert order[-1] == "curves.js"
    assert len(order) == len(set(order))


def test_styles_begin_with_the_kit():
    assert _front.styles("curves").startswith(_front.cssmin((_front.FOLDER / "kit.css").read_text(encoding="utf-8")))
    assert ".lw-panels" in _front.styles("curves")


def selectors(file):
    """The selectors of a style sheet, one by one."""
    css = re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    for head in re.findall(r"([^{}]+)\{", css):
        if not re.match(r"\s*(@|\d+%|from\b|to\b)", head):
            yield from (part.strip() for part in re.split(r",(?![^()]*\))", head))


def classes(selector):
    return re.findall(r"\.(lw[\w-]*)", re.sub(r":not\([^)]*\)", "", selector))


def test_no_style_of_one_widget_reaches_another():
    # A page keeps the styles of all its widgets together. A selector reaches what lies within its first class that the
    # kit does not share: that class is of one file, or it is a widget's root.
    kit = {name for selector in selectors(_front.FOLDER / "kit.css") for name in classes(selector)}
    source = "\n".join(file.read_text("utf-8") for file in _front.FOLDER.glob("*.js"))
    titles = re.findall(r'N\("([^"]+)"\)', "\n".join(re.findall(r"^ *title: .*$", source, re.MULTILINE)))
    roots = {"lw-" + re.sub(r"[^a-z]+", "-", title.lower()) for title in titles}
    assert {"lw-chat", "lw-layer-designer", "lw-what-it-writes"} <= roots
    where = {}
    for file in _front.FOLDER.glob("*.css"):
        for selector in selectors(file):
            own = [name for name in classes(selector) if name not in kit]
            assert own or file.name == "kit.css", f"{file.name}: {selector}"
            if own and own[0] not in roots:
                where.setdefault(own[0], set()).add(file.name)
    assert {name: files for name, files in where.items() if len(files) > 1} == {}


@pytest.mark.parametrize("cls", WIDGETS, ids=lambda cls: cls.__name__)
def test_a_widget_weighs_little(cls):
    # A FigureWidget carries 5 MB of JavaScript an instance.
    assert len(str(cls._esm)) + len(str(cls._css)) < 100_000
