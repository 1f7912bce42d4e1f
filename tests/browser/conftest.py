"""One server, one browser, one kernel and one JupyterLab for all browser tests, and clean hands for each."""

from __future__ import annotations

import itertools
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from benchmarks._lab import LabHandles
from benchmarks._page import NotebookPage, picture
from benchmarks._server import Kernel, Server, serve
from tests.one_backend import ONE_BACKEND

LAB = ('import llm_widgets as lw\nlab = lw.TrainingLab("reviews", language="en")\nlab',)


def pytest_sessionstart(session: pytest.Session) -> None:
    # A run that is ended from outside ends its servers and browsers too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("jupyter")
    startup = home / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "one_backend.py").write_text(ONE_BACKEND, encoding="utf-8")
    with serve(home) as running:
        yield running


@pytest.fixture(scope="session")
def shared_kernel(server: Server) -> Iterator[Kernel]:
    kernel = server.kernel()
    yield kernel
    kernel.close()


@pytest.fixture
def kernel(shared_kernel: Kernel) -> Kernel:
    """The shared kernel, with nothing left of the test before."""
    shared_kernel.run(CLEAN)
    return shared_kernel


CLEAN = """
import ipywidgets, llm_widgets
from llm_widgets import i18n
if "lab" in globals():
    lab.workbench.run.stop(wait=True)
    del lab
ipywidgets.Widget.close_all()
i18n.set_language("en")
"""


@pytest.fixture
def open_page(
    request: pytest.FixtureRequest, browser: Browser, server: Server
) -> Iterator[Callable[..., NotebookPage]]:
    """Opens tabs; at the end any fault on any of them fails the test, and a failure leaves pictures of them."""
    opened: list[NotebookPage] = []
    contexts = []

    def new(app: str = "lab", *, width: int = 1280, height: int = 1000, reduced_motion: bool = False) -> NotebookPage:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            reduced_motion="reduce" if reduced_motion else "no-preference",
        )
        contexts.append(context)
        opened.append(NotebookPage(context, server, app))
        return opened[-1]

    failures = request.session.testsfailed
    yield new
    faults = [fault for page in opened for fault in page.faults()]
    if faults or request.session.testsfailed > failures:
        for i, page in enumerate(opened):
            if not page.page.is_closed():
                picture(page, f"failed-{re.sub(r'[^A-Za-z0-9]+', '-', request.node.name)}-{i}")
    for context in contexts:
        context.close()
    assert not faults, "\n".join(["The page had faults:", *faults])


@pytest.fixture
def open_lab(
    request: pytest.FixtureRequest, open_page: Callable[..., NotebookPage], server: Server, kernel: Kernel
) -> Callable[..., tuple[NotebookPage, LabHandles]]:
    """Opens a tab with a notebook whose cells make a laboratory called `lab`, and runs them."""
    names = itertools.count()

    def new(app: str = "lab", *, cells: Sequence[str] = LAB, **viewport: Any) -> tuple[NotebookPage, LabHandles]:
        name = f"{re.sub(r'[^A-Za-z0-9]+', '-', request.node.name)}-{next(names)}.ipynb"
        page = open_page(app, **viewport).open(server.write(name, cells), kernel)
        page.run_all()
        return page, LabHandles(page.page).wait()

    return new
