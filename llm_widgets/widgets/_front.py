"""Front-end files: plain ES modules and style sheets, joined into one text for each widget, with no build step.

anywidget takes one module a widget. Ours import from each other (`import { el } from "./kit.js"`), so that an editor,
the type checker and the unit tests see real modules; here the imported files are put in front of the importing one and
the words `import` and `export` are taken out. What only people read (comments, indentation) stays here.
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

from rcssmin import cssmin
from rjsmin import jsmin

FOLDER = Path(__file__).parent
_IMPORT = re.compile(r"""^import\s+\{[^}]*\}\s+from\s+"\./([\w.-]+\.js)";[^\S\n]*\n""", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class)\b)", re.MULTILINE)
# t("…") translates now; N("…") marks a string that is translated later.
_MESSAGE = re.compile(r"""(?<![\w.])(?:t|N)\(\s*("(?:[^"\\]|\\.)*")""")


@functools.cache
def bundle(name: str) -> str:
    """The module NAME.js with all that it imports, as one module."""
    return "\n".join(f"// {file}\n{source}" for file, source in _parts(name).items())


@functools.cache
def _parts(name: str) -> dict[str, str]:
    """The sources of NAME.js and of all that it imports, what is imported first."""
    parts: dict[str, str] = {}
    _collect(f"{name}.js", parts)
    return parts


def _collect(file: str, parts: dict[str, str]) -> None:
    if file in parts:
        return
    source, dependencies = _module(file)
    for dependency in dependencies:
        _collect(dependency, parts)
    parts[file] = source


@functools.cache
def _module(file: str) -> tuple[str, tuple[str, ...]]:
    """A module made short, and what it imports. Once for all widgets: without its C part, rjsmin takes its time."""
    source = (FOLDER / file).read_text(encoding="utf-8")
    return jsmin(_EXPORT.sub("", _IMPORT.sub("", source))), tuple(_IMPORT.findall(source))


@functools.cache
def styles(name: str) -> str:
    """The kit's style sheet, and those that lie beside NAME.js and the modules that it imports."""
    names = dict.fromkeys(["kit.css", *(file.removesuffix(".js") + ".css" for file in _parts(name))])
    files = [FOLDER / name for name in names]
    return "\n".join(_style(file) for file in files if file.is_file())


@functools.cache
def _style(file: Path) -> str:
    short: str = cssmin(file.read_text(encoding="utf-8"))
    return short


@functools.cache
def messages(name: str) -> tuple[str, ...]:
    """The English strings that the widget's page side can show."""
    return tuple(dict.fromkeys(json.loads(m) for m in _MESSAGE.findall(bundle(name))))
