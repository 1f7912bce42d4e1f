"""The laboratory as a learner's hands know it: the one place that names the widgets' test handles."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


class LabHandles:
    """Buttons, sliders and read-outs of the first `TrainingLab` on a page.

    Args:
        page: the tab. nth: which of several views, 0 the first.
    """

    def __init__(self, page: Page, nth: int = 0) -> None:
        self.page, self.nth = page, nth
        self.controls = page.locator(".lw-run-controls").nth(nth)
        self.curves = page.locator(".lw-training-curves").nth(nth)
        self.designer = page.locator(".lw-layer-designer").nth(nth)
        self.tryit = page.locator(".lw-try-it").nth(nth)

    def wait(self) -> LabHandles:
        """Waits until every part is drawn."""
        for part in (self.designer, self.controls, self.curves, self.tryit):
            part.wait_for()
        return self

    def button(self, action: str) -> Locator:
        """One of the run's buttons: train, pause, resume, step, stop, reset."""
        return self.controls.locator(f'button[data-action="{action}"]')

    def press(self, action: str) -> None:
        """Clicks one of the run's buttons once it is there and enabled."""
        self.button(action).click()

    def state(self) -> str:
        """What the controls show: idle, running, …"""
        return str(self.controls.get_attribute("data-state"))

    def wait_state(self, state: str, timeout: float = 30) -> None:
        """Waits until the controls and the curves both show this state."""
        self._wait("(root) => root.dataset.state === arg", ".lw-run-controls", state, timeout)
        self._wait("(root) => root.dataset.state === arg", ".lw-training-curves", state, timeout)

    def run(self) -> int:
        """The run whose curve is drawn."""
        return int(self.curves.get_attribute("data-run") or 0)

    def points(self) -> int:
        """How many batches the curve shows."""
        return int(self.curves.get_attribute("data-points") or 0)

    def ghosts(self) -> int:
        """How many earlier runs the curve shows."""
        return int(self.curves.get_attribute("data-ghosts") or 0)

    def wait_points(self, least: int, timeout: float = 60) -> int:
        """Waits until the curve shows at least this many batches."""
        self._wait("(root) => Number(root.dataset.points) >= arg", ".lw-training-curves", least, timeout)
        return self.points()

    def wait_run(self, after: int, timeout: float = 30) -> int:
        """Waits for the first point of a run newer than `after`."""
        test = "(root) => Number(root.dataset.run) > arg && Number(root.dataset.points) > 0"
        self._wait(test, ".lw-training-curves", after, timeout)
        return self.run()

    def slider(self, field: str) -> Locator:
        """The slider of a size in the designer, such as "embedding_dim"."""
        return self.designer.locator(f'input[data-field="{field}"][data-part="slider"]').first

    def entry(self, field: str) -> Locator:
        """The number field of a size in the designer."""
        return self.designer.locator(f'input[data-field="{field}"][data-part="number"]').first

    def rate(self) -> Locator:
        """The number field of the learning rate."""
        return self.controls.locator('input[data-setting="learning_rate"][data-part="number"]')

    def text(self) -> Locator:
        """The box for a text of one's own."""
        return self.tryit.locator('textarea[data-role="text"]')

    def write(self, text: str) -> None:
        """Writes a text into the box and waits until its tokens, and not those of the text before, are drawn."""
        self.text().fill("")
        self.page.wait_for_function("() => !document.querySelector('.lw-token')")
        self.text().fill(text)
        self.wait_tokens(1)

    def wait_tokens(self, least: int, timeout: float = 30) -> None:
        """Waits until at least this many tokens of the text are drawn."""
        self._wait("(root) => root.querySelectorAll('.lw-token').length >= arg", ".lw-try-it", least, timeout)

    def _wait(self, test: str, selector: str, arg: object, timeout: float) -> None:
        self.page.wait_for_function(
            f"([selector, nth, arg]) => {{ const root = document.querySelectorAll(selector)[nth];"
            f" return root && ({test})(root); }}",
            arg=[selector, self.nth, arg],
            timeout=timeout * 1000,
            # Not at each frame, which is the default and would make the page draw sixty times a second.
            polling=100,
        )
