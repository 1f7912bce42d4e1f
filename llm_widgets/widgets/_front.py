"""Front-end files: plain ES modules and style sheets, joined into one text for each widget, with no build step.

anywidget takes one module a widget. Ours import from each other (`import { el } from "./kit.js"`), so that an editor,
the type checker and the unit tests see real modules; here the imported files are put in front of the importing one and
the words `import` and `export` are taken out, and so are comments of types and functions that this widget does not use.
"""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from pathlib import Path

FOLDER = Path(__file__).parent
_IMPORT = re.compile(r"""^import\s+\{[^}]*\}\s+from\s+"\./([\w.-]+\.js)";[^\S\n]*\n""", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class)\b)", re.MULTILINE)
# Types and explanations, which an editor and the type checker read and a page does not.
_NOTE = re.compile(r"^[^\S\n]*/\*\*(?:(?!\*/).)*\*/[^\S\n]*\n", re.MULTILINE | re.DOTALL)
_INLINE_NOTE = re.compile(r"/\*\* @(?:type|param)(?:(?!\*/).)*\*/ ?")
# A line that is nothing but a comment, or nothing.
_REMARK = re.compile(r"^[^\S\n]*(?://.*)?\n", re.MULTILINE)
# How far a line is indented: one space is enough for a page to carry. No text of ours goes over several lines.
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
# Spaces beside signs, and strings, whose spaces count. Lines with a template or a slash stay as they are.
_GAP = re.compile(r"""("(?:[^"\\]|\\.)*")|(?:(?<=\S) )?([=*<>!&|?:,;{}()\[\]]+) ?""")
_MIXED = re.compile(r"[`'/]")
# Where a statement of a module begins, and what a function's says of its name.
_STATEMENT = re.compile(r"^(?=[^\s}\])])", re.MULTILINE)
_FUNCTION = re.compile(r"(?:async )?function\b\*? ?([\w$]+)")
# t("…") translates now; N("…") marks a string that is translated later.
_MESSAGE = re.compile(r"""(?<![\w.])(?:t|N)\(\s*("(?:[^"\\]|\\.)*")""")


@functools.cache
def bundle(name: str) -> str:
    """The module NAME.js with all that it imports, as one module."""
    return _without_unused("\n".join(f"// {file}\n{source}" for file, source in _parts(name).items()))


def _without_unused(source: str) -> str:
    """The module without functions whose name stands nowhere else in it: a widget carries what it uses."""
    statements = _STATEMENT.split(source)
    while True:
        words = Counter(re.findall(r"[\w$]+", "".join(statements)))
        used = [s for s in statements if not (m := _FUNCTION.match(s)) or words[m[1]] > 1]
        if len(used) == len(statements):
            return "".join(used)
        statements = used


@functools.cache
def _parts(name: str) -> dict[str, str]:
    """The sources of NAME.js and of all that it imports, what is imported first."""
    parts: dict[str, str] = {}
    _collect(f"{name}.js", parts, main=True)
    return parts


def _collect(file: str, parts: dict[str, str], *, main: bool = False) -> None:
    if file in parts:
        return
    source, dependencies = _module(file)
    for dependency in dependencies:
        _collect(dependency, parts)
    parts[file] = source if main else _EXPORT.sub("", source)


@functools.cache
def _module(file: str) -> tuple[str, tuple[str, ...]]:
    """A module as a page carries it, without what only people read, and the modules that it imports."""
    source = (FOLDER / file).read_text(encoding="utf-8")
    dependencies = tuple(_IMPORT.findall(source))
    source = _INDENT.sub(" ", _REMARK.sub("", _INLINE_NOTE.sub("", _NOTE.sub("", _IMPORT.sub("", source)))))
    lines = source.splitlines(keepends=True)
    return "".join(line if _MIXED.search(line) else _GAP.sub(r"\1\2", line) for line in lines), dependencies


@functools.cache
def styles(name: str) -> str:
    """The kit's style sheet, and those that lie beside NAME.js and the modules that it imports."""
    names = dict.fromkeys(["kit.css", *(file.removesuffix(".js") + ".css" for file in _parts(name))])
    files = [FOLDER / name for name in names]
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.is_file())


@functools.cache
def messages(name: str) -> tuple[str, ...]:
    """The English strings that the widget's page side can show."""
    return tuple(dict.fromkeys(json.loads(m) for m in _MESSAGE.findall(bundle(name))))
