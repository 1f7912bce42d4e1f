"""Keeps the Chinese catalogue: `add FILE.json` merges translations, `check` lists what is missing or left over.

The catalogue is one gettext file, sorted by message, so that two changes seldom meet in one line.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "llm_widgets"
CATALOGUE = PACKAGE / "locale" / "zh" / "LC_MESSAGES" / "llm_widgets.po"
# t("…") or tr("…") in JavaScript, and the marker N("…") for strings that are translated later.
_JS_CALL = re.compile(r"""(?<![\w.])(?:t|N)\(\s*("(?:[^"\\]|\\.)*")""")


def python_messages(source: str) -> Iterator[str]:
    """The literal first arguments of calls to `t` and of the marker `N_`."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        first = node.args[0]
        if name in ("t", "N_") and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def script_messages(source: str) -> Iterator[str]:
    """The literal first arguments of calls to `t` and of the marker `N` in JavaScript."""
    for match in _JS_CALL.finditer(source):
        yield json.loads(match.group(1))


def used() -> dict[str, list[str]]:
    """Every message of the package, with the files that use it."""
    found: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix == ".py":
            messages = python_messages(path.read_text(encoding="utf-8"))
        elif path.suffix == ".js":
            messages = script_messages(path.read_text(encoding="utf-8"))
        else:
            continue
        for message in messages:
            places = found.setdefault(message, [])
            if (place := path.relative_to(ROOT).as_posix()) not in places:
                places.append(place)
    return found


def load() -> Catalog:
    """The catalogue as it stands; an empty one where there is none yet."""
    if not CATALOGUE.is_file():
        return Catalog(locale="zh", project="llm_widgets", charset="utf-8", fuzzy=False)
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh")


def save(catalogue: Catalog) -> None:
    """Writes the catalogue, sorted, without line numbers (they change with every edit)."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    temporary = CATALOGUE.with_suffix(".tmp")
    with temporary.open("wb") as file:
        write_po(file, catalogue, sort_output=True, no_location=True, omit_header=False, width=100)
    temporary.replace(CATALOGUE)


def add(path: Path) -> int:
    """Merges a JSON object of English to Chinese; returns how many messages were new or changed."""
    import fcntl

    translations: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with (Path(tempfile.gettempdir()) / "llm_widgets_catalogue.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        catalogue = load()
        changed = 0
        for english, chinese in translations.items():
            if placeholders(english) != placeholders(chinese):
                raise SystemExit(f"Placeholders differ. Received: {english!r} -> {chinese!r}")
            message = catalogue.get(english)
            if message is None or message.string != chinese:
                changed += 1
                # `add` alone keeps the old string of a message that is there already.
                catalogue.delete(english)
                catalogue.add(english, chinese)
        save(catalogue)
    return changed


def placeholders(text: str) -> list[str]:
    """The `{names}` of a message, sorted."""
    return sorted(re.findall(r"(?<!\{)\{(\w+)[^{}]*\}", text))


def problems() -> list[str]:
    """What keeps the catalogue from being complete: missing, left over, or with other placeholders."""
    messages = used()
    known = {str(m.id): str(m.string) for m in load() if m.id}
    missing = [f"missing: {m!r} ({', '.join(p)})" for m, p in messages.items() if not known.get(m)]
    unused = [f"left over: {m!r}" for m in known if m not in messages]
    differing = [f"placeholders differ: {m!r} -> {c!r}" for m, c in known.items() if placeholders(m) != placeholders(c)]
    return missing + unused + differing


if __name__ == "__main__":
    if sys.argv[1:2] == ["add"]:
        for name in sys.argv[2:]:
            print(f"{name}: {add(Path(name))} changed")
    else:
        found = problems()
        print("\n".join(found) or "The catalogue is complete.")
        sys.exit(bool(found))
