"""Real pages for browser tests, benchmarks and pictures: JupyterLab and Notebook 7 in a Chromium without a network.

A page keeps a list of its faults: console errors, uncaught exceptions, dialogs, failed requests, and any request that
leaves the server; ask `faults()` at the end.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Response,
    WebSocket,
    sync_playwright,
)

from benchmarks._server import Kernel, Server

ARTEFACTS = Path(__file__).resolve().parent.parent / "artefacts"
TIMEOUT = 30_000  # ms
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage", "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
    # No name but the server's is ever resolved, whatever asks.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)  # fmt: skip


# Counts what the page's sockets receive, in the page itself: cheaper than a copy of every frame.
COUNTER = """
(() => {
  if (window.__received !== undefined) return;
  window.__received = 0;
  const size = (data) => typeof data === "string" ? data.length : data.byteLength ?? data.size ?? 0;
  window.WebSocket = class extends window.WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", (event) => { window.__received += size(event.data); });
    }
  };
})();
"""


class Excuse(NamedTuple):
    """A fault of somebody else's that tests put up with, and why."""

    app: str
    pattern: str
    reason: str


EXCUSES = (
    Excuse(
        "notebook",
        r"^exception: Cannot read properties of undefined \(reading 'schema'\)$",
        "Notebook 7.6 throws it on every page, an empty notebook too: its settings look up a plugin not loaded.",
    ),
    Excuse(
        "notebook",
        r"^exception: Command 'filebrowser:open-path' not registered\.$",
        "Notebook 7.6 restores the file browser, which its notebook pages do not have, when JupyterLab serves it.",
    ),
    Excuse(
        "notebook",
        r"^(status 403: .*|console: Failed to load resource: .* 403 .*)/static/notebook/\w+\.woff\]?$",
        "jupyter_server 2.21 remembers files by name for all handlers: a font of formulas that JupyterLab has loaded"
        " before is then looked for in the wrong folder.",
    ),
    Excuse(
        "lab",
        r"^console: Could not restore the debugger state: Canceled future for debug_request message",
        "JupyterLab 4.6 says so where a kernel ends while its debugger is being asked, as kernels do in some tests.",
    ),
    *(
        Excuse(
            app,
            r"^exception: \[anywidget\] Failed to initialize model\.$",
            "anywidget 0.11 says so where a busy page needs over two seconds for a widget: `late.js` makes it hear"
            " Python again, which is tested.",
        )
        for app in ("lab", "notebook")
    ),
)


def find_chromium(playwright_path: str = "") -> str:
    """The Chromium to drive: `LLM_WIDGETS_CHROMIUM`, else one of the system's, else Playwright's own.

    Raises:
        RuntimeError: there is none; says what to install.
    """
    given = os.environ.get("LLM_WIDGETS_CHROMIUM", "")
    found = given or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), playwright_path)
    if not found or not Path(found).exists():
        raise RuntimeError(
            "The browser tests need Chromium. Install it (Debian, Ubuntu: apt install chromium; macOS: brew install "
            "--cask chromium; anywhere: python -m playwright install chromium), or name one in LLM_WIDGETS_CHROMIUM. "
            f"Received: LLM_WIDGETS_CHROMIUM={given!r}, none of {', '.join(CHROMIUM_NAMES)} on the PATH"
        )
    return found


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium that reaches nothing but this machine."""
    with sync_playwright() as playwright:
        path = find_chromium(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class NotebookPage:
    """One tab with a notebook in JupyterLab ("lab") or Notebook 7 ("notebook")."""

    def __init__(self, context: BrowserContext, server: Server, app: str = "lab") -> None:
        self.server, self.app, self.path = server, app, ""
        self._faults: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(TIMEOUT)
        context.add_init_script(COUNTER)
        # Told of, not routed: Chromium itself reaches no other machine, and each route costs a way through Python.
        self.page.on("request", lambda request: self._check(request.url))
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self._faults.append(f"exception: {error}"))
        self.page.on("dialog", self._on_dialog)
        self.page.on("response", self._on_response)
        self.page.on("websocket", self._on_websocket)

    def _check(self, url: str) -> None:
        allowed = url.startswith((self.server.url + "/", "data:", "blob:", "about:"))
        if not allowed:
            self._faults.append(f"outside request: {url[:200]}")

    def _on_websocket(self, opened: WebSocket) -> None:
        self._check(opened.url.replace("ws://", "http://", 1))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._faults.append(f"console: {message.text[:500]} [{message.location.get('url', '')[-100:]}]")

    def _on_dialog(self, dialog: Dialog) -> None:
        # The question whether to leave an unsaved notebook is the application's own and has no words.
        if dialog.type == "beforeunload":
            dialog.accept()
            return
        self._faults.append(f"dialog: {dialog.message[:200]}")
        dialog.dismiss()

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self._faults.append(f"status {response.status}: {response.url[:200]}")

    def faults(self) -> list[str]:
        """What went wrong on this page, less what `EXCUSES` names."""
        excuses = [excuse.pattern for excuse in EXCUSES if excuse.app == self.app]
        return [fault for fault in self._faults if not any(re.search(pattern, fault) for pattern in excuses)]

    def open(self, path: str, kernel: Kernel | None = None) -> NotebookPage:
        """Opens the notebook and waits until its kernel is idle."""
        self.path = path
        if kernel is not None:
            self.server.attach(kernel, path)
        where = f"lab/tree/{path}?reset" if self.app == "lab" else f"notebooks/{path}"
        self.page.goto(f"{self.server.url}/{where}", wait_until="domcontentloaded")
        self._ready()
        return self

    def put_away(self) -> None:
        """Closes what is open in this JupyterLab, unsaved, and undoes what was changed about the page."""
        self.page.evaluate(
            """() => {
              for (const one of [...window.jupyterapp.shell.widgets('main')]) {
                if (one.context) one.context.model.dirty = false; // else a dialog asks
                one.close();
              }
              for (const style of document.body.querySelectorAll(':scope > style')) style.remove();
            }"""
        )
        self.page.context.clear_permissions()
        self.page.mouse.move(0, 0)
        self.page.set_default_timeout(TIMEOUT)

    def reload(self) -> None:
        """Reloads the tab as a learner would with F5."""
        self.page.reload(wait_until="domcontentloaded")
        self._ready()

    def _ready(self) -> None:
        self.page.wait_for_function(
            """(path) => {
              const open = window.jupyterapp?.shell?.currentWidget;
              return open?.context?.path === path && open.sessionContext?.session?.kernel?.status === 'idle'
                && !document.getElementById('jupyterlab-splash');
            }""",
            arg=self.path,
            timeout=60_000,
        )

    def command(self, name: str, **arguments: Any) -> None:
        """Runs one of the application's commands and waits for its promise."""
        self.page.evaluate("async ([n, a]) => { await window.jupyterapp.commands.execute(n, a) }", [name, arguments])

    def run_all(self, *, wait: bool = True) -> None:
        """Runs all cells; with `wait`, until each has its reply."""
        if wait:
            self.command("notebook:run-all-cells")
        else:
            self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")

    def save(self) -> None:
        self.command("docmanager:save")

    def theme(self, *, dark: bool) -> None:
        """Changes the application's theme and waits until its style sheet is in."""
        self.command("apputils:change-theme", theme="JupyterLab Dark" if dark else "JupyterLab Light")
        self.page.wait_for_function(
            """(light) => document.body.dataset.jpThemeLight === light
              && getComputedStyle(document.body).getPropertyValue('--jp-layout-color0').trim() !== ''
              && !document.getElementById('jupyterlab-splash')""",
            arg=str(not dark).lower(),
        )

    def received(self) -> int:
        """How many bytes the page's sockets have received since it was loaded."""
        return int(self.page.evaluate("() => window.__received"))

    def close(self) -> None:
        """Closes the tab; kernels and the server go on."""
        self.page.close()


def picture(page: NotebookPage, name: str) -> None:
    """Keeps a screenshot of the tab as artefacts/NAME.png."""
    ARTEFACTS.mkdir(exist_ok=True)
    page.page.screenshot(path=ARTEFACTS / f"{name}.png")
