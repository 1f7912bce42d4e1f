"""A widget as one page that opens from a disk, with no kernel, no server and no network.

The page holds the widget's own front end, its state, and what a new view would be told; a few lines of its own stand in
for Jupyter. What only shows works on (pointing, tables, themes, saving pictures); what asks Python does not.
"""

from __future__ import annotations

import base64
import html
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from llm_widgets.i18n import t
from llm_widgets.training.reading import finite
from llm_widgets.widgets._base import LiveWidget

_HOST = Path(__file__).with_name("standalone.js")
# The page could not reach anything even if it tried.
_POLICY = "default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; img-src data: blob:"
_STYLE = (
    "body{margin:16px auto;max-width:1200px;padding:0 8px;font:14px/1.45 system-ui,sans-serif}"
    "body>div{margin:0 0 16px}@media(prefers-color-scheme:dark){body{background:#161616;color:#eee}}"
)


def save_html(widget: Any, path: str | Path, *, title: str | None = None) -> Path:
    """Writes a widget, as it is now, as a page that opens in any browser without Jupyter or a network.

    Args:
        widget: one of the kit's widgets, or a box of several (`ipywidgets.VBox` and the like).
        path: the file, which is written over.
        title: the page's; None takes the widget's own name.

    Returns:
        The path.

    Raises:
        TypeError: there is none of the kit's widgets in it.

    Example:
        $ python -c "
        from llm_widgets import Replay, TrainingCurves
        from llm_widgets.widgets.export import save_html
        save_html(TrainingCurves(Replay.load('run.zip')), 'curves.html')
        "
    """
    path = Path(path)
    path.write_text(to_html(widget, title=title), encoding="utf-8")
    return path


def to_html(widget: Any, *, title: str | None = None) -> str:
    """The page of `save_html` as text."""
    found = list(_widgets(widget))
    if not found:
        raise TypeError(
            t("Only a widget of this kit can be saved as a page. Received: {value}", value=type(widget).__name__)
        )
    data = json.dumps(finite([_packed(one) for one in found]), ensure_ascii=False, allow_nan=False)
    # Nothing in a learner's text may end the script: "<" is written as an escape that only JSON understands.
    data = data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    language = "zh-CN" if found[0].language == "zh" else "en"
    name = html.escape(title or t(getattr(found[0], "_title", "llm_widgets")))
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{name}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<script type="application/json" id="widgets">{data}</script>\n'
        f'<script type="module">\n{_HOST.read_text(encoding="utf-8")}</script>\n</body>\n</html>\n'
    )


def _widgets(widget: Any) -> Iterator[LiveWidget]:
    """The kit's widgets in a widget, boxes opened."""
    if isinstance(widget, LiveWidget):
        yield widget
    else:
        for child in getattr(widget, "children", ()):
            yield from _widgets(child)


def _packed(widget: LiveWidget) -> dict[str, Any]:
    """One widget as JSON: its front end, its traits, and the messages that answer a new view."""
    # What stands in the messages is not said twice.
    skipped = {"_esm", "_css", "layout", "tabbable", "tooltip", "_about", "_picture"}
    state = {
        name: value
        for name, value in widget.get_state().items()
        if name not in skipped and not name.startswith(("_model", "_view", "_anywidget", "_dom"))
    }
    binary = {name: _text(value) for name, value in state.items() if isinstance(value, (bytes, memoryview))}
    return {
        "esm": str(widget._esm),
        "css": str(widget._css),
        "traits": {name: value for name, value in state.items() if name not in binary},
        "binary": binary,
        "messages": [{"content": c, "buffers": [_text(b) for b in buffers]} for c, buffers in _told(widget)],
    }


def _told(widget: LiveWidget) -> list[tuple[Any, list[Any]]]:
    """What the widget sends to a view that opens now. The views that are open are not disturbed."""
    if (page := getattr(widget, "_page_messages", None)) is not None:
        return [*page()]  # it knows what a page without Python needs
    hello = getattr(widget, "_on_hello", None)
    if hello is None:
        return []
    messages: list[tuple[Any, list[Any]]] = []
    here, send, own = threading.get_ident(), widget.send, vars(widget).get("send")

    def keep(content: Any, buffers: Any = None) -> None:
        if threading.get_ident() == here:
            messages.append((content, list(buffers or ())))
        else:  # the ticker goes on telling the views
            send(content, buffers)

    widget.send = keep
    try:
        hello({"type": "hello"})
    finally:
        del widget.send
        if own is not None:
            widget.send = own
    # The widget now believes that its views know all this: let them know it.
    hello({"type": "hello"})
    return messages


def _text(data: bytes | memoryview) -> str:
    return base64.b64encode(bytes(data)).decode()
