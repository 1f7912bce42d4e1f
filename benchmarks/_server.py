"""A real Jupyter server and its kernels; all that they write stays in one temporary folder, and they end with it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
from jupyter_client.blocking.client import BlockingKernelClient


class Kernel:
    """One kernel of the server, spoken to from here and not through a page."""

    def __init__(self, server: Server, kernel_id: str) -> None:
        self.id, self._server = kernel_id, server
        self._client = BlockingKernelClient()
        self._client.load_connection_file(str(server.home / "runtime" / f"kernel-{kernel_id}.json"))
        # A kernel on a busy machine may be late; only its silence for a minute is its death.
        self._client.hb_channel.time_to_dead = 60.0
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def run(self, code: str, timeout: float = 60) -> str:
        """Runs code and returns what it printed; an exception there is one here."""
        printed: list[str] = []
        failed: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                printed.append(content["text"])
            elif message["msg_type"] == "error":
                failed.append("\n".join(content["traceback"]))

        self._client.execute_interactive(code, store_history=False, timeout=timeout, output_hook=hear)
        if failed:
            raise RuntimeError(re.sub(r"\x1b\[[\d;]*m", "", failed[0]))
        return "".join(printed)

    def value(self, expression: str, timeout: float = 60) -> Any:
        """The value of an expression, through JSON."""
        printed = self.run(f"import json; print('\\x02' + json.dumps({expression}, default=float))", timeout)
        return json.loads(printed.rpartition("\x02")[2])

    def until(self, expression: str, timeout: float = 20) -> None:
        """Asks again and again until this is true: what the page sent may be on its way, and is heard in between."""
        end = time.monotonic() + timeout
        while not self.value(f"bool({expression})"):
            if time.monotonic() > end:
                raise AssertionError(f"This never came true: {expression}")
            time.sleep(0.05)

    def close(self) -> None:
        self._client.stop_channels()
        with contextlib.suppress(OSError):
            self._server.api("DELETE", f"kernels/{self.id}")


class Server:
    """A running JupyterLab, which serves Notebook 7 as well."""

    def __init__(self, url: str, folder: Path, home: Path) -> None:
        self.url, self.folder, self.home = url, folder, home

    def api(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/api/{path}", data=data, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def kernel(self) -> Kernel:
        return Kernel(self, self.api("POST", "kernels", {"name": "python3"})["id"])

    def attach(self, kernel: Kernel, path: str) -> None:
        """Makes the notebook at `path` open with a kernel that runs already."""
        for session in self.api("GET", "sessions"):
            if session["path"] == path and session["kernel"]["id"] == kernel.id:
                return
        self.api("POST", "sessions", {"path": path, "name": path, "type": "notebook", "kernel": {"id": kernel.id}})

    def kernel_of(self, path: str) -> Kernel:
        """The kernel that the page opened for the notebook at `path`."""
        return Kernel(self, next(s["kernel"]["id"] for s in self.api("GET", "sessions") if s["path"] == path))

    def write(self, name: str, cells: Sequence[str]) -> str:
        """Writes a notebook with these code cells into the served folder and returns its path."""
        code: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        notebook = {
            "cells": [{**code, "id": f"cell-{i}", "source": source} for i, source in enumerate(cells)],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        (self.folder / name).write_text(json.dumps(notebook), encoding="utf-8")
        return name


@contextlib.contextmanager
def serve(home: Path, **environment: str) -> Iterator[Server]:
    """A server whose settings, run-time files and notebooks all lie under `home`; its kernels end with it."""
    folder = home / "notebooks"
    for name in ("notebooks", "config", "data", "runtime", "ipython", "settings", "workspaces"):
        (home / name).mkdir(parents=True, exist_ok=True)
    quiet = home / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    quiet.parent.mkdir(parents=True, exist_ok=True)
    quiet.write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True",
        "--JupyterNotebookApp.expose_app_in_browser=True", "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.extension_manager=readonly",
    ]  # fmt: skip
    variables = dict(
        os.environ,
        JUPYTER_CONFIG_DIR=str(home / "config"), JUPYTER_DATA_DIR=str(home / "data"),
        JUPYTER_RUNTIME_DIR=str(home / "runtime"), IPYTHONDIR=str(home / "ipython"),
        JUPYTERLAB_SETTINGS_DIR=str(home / "settings"), JUPYTERLAB_WORKSPACES_DIR=str(home / "workspaces"),
        LLM_WIDGETS_LANG="en",
    )  # fmt: skip
    # What the caller's own session set must not decide how the kernels run.
    for name in ("OMP_NUM_THREADS", "OMP_WAIT_POLICY", "KERAS_BACKEND"):
        variables.pop(name, None)
    variables |= environment
    log = home / "server.log"
    with log.open("w") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT, env=variables, cwd=folder)
    try:
        server = Server(f"http://127.0.0.1:{port}", folder, home)
        deadline = time.monotonic() + 60
        while True:
            try:
                server.api("GET", "status")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}") from None
                time.sleep(0.1)
        yield server
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)
    for child in children:
        with contextlib.suppress(psutil.Error):
            child.kill()
    psutil.wait_procs(children, timeout=5)
