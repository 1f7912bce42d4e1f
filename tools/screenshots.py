"""Makes the README's pictures anew, from the real labs in a real JupyterLab while they train.

Usage: python -m tools.screenshots [NAME …]

NAME is a picture's, or its beginning: "chat" makes chat-en and chat-zh, for which SmolLM2 must be on this machine.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks._lab import LabHandles
from benchmarks._page import NotebookPage, chromium
from benchmarks._server import Kernel, Server, serve

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
TRAINING = """import llm_widgets as lw
lw.set_language("{language}")
lab = lw.TrainingLab("reviews", language="{language}", preset="document_en")
lab"""
LANGUAGE = """import llm_widgets as lw
lw.set_language("{language}")
lab = lw.LanguageLab(language="{language}")
lab"""
EXPLORER = """import llm_widgets as lw
lw.set_language("{language}")
explorer = lw.TokenExplorer(lw.models.shipped("{model}"), {prompt!r}, strategy="sample", top_p=0.95)
explorer"""
CHAT = """import llm_widgets as lw
lw.set_language("{language}")
chat = lw.Chat()
chat"""
ARCHITECTURE = """import llm_widgets as lw
lw.set_language("{language}")
explorer = lw.ArchitectureExplorer("gpt2")
explorer.chosen = "block.up"
explorer"""
MAP = """import llm_widgets as lw
lw.set_language("{language}")
bench = lw.Workbench("reviews", language="{language}", epochs=30)
view = lw.EmbeddingMap(bench)
view"""
STEPPER = """import llm_widgets as lw
lw.set_language("{language}")
stepper = lw.NetworkStepper(sizes=(2, 4, 3, 1), seed=1)
stepper.step = 14
stepper"""
COMPARISON = """import llm_widgets as lw
lw.set_language("{language}")
comparison = lw.TokenizerComparison({text!r})
comparison"""
COMPARED = {
    "en": "GPT-2 doesn't read words: it reads tokens. Unbelievable, naïve café!",
    "zh": "大语言模型读的不是词，而是词元。GPT-2 也一样：naïve café！",
}
QUESTION = "What is the capital of Japan?"
STEPS = {"en": 12, "zh": 5}  # tokens that are taken before another road is tried
GHOST = 120  # batches of the first run, which becomes the ghost
LEARNED = {"en": 900, "zh": 500}  # batches after which something can be read in what the model writes

Train = Callable[[NotebookPage, Kernel], None]


def picture(server: Server, browser: Browser, name: str, cell: str, train: Train, *, dark: bool, shown: str) -> Path:
    """One picture of what a cell makes (`shown`, a selector), when `train` has ended and a lab still learns."""
    context = browser.new_context(viewport={"width": 1360, "height": 2600}, device_scale_factor=1)
    kernel = server.kernel()
    tab = NotebookPage(context, server).open(server.write(f"{name}.ipynb", [cell]), kernel)
    try:
        tab.command("application:toggle-left-area")
        tab.theme(dark=dark)
        tab.run_all()
        train(tab, kernel)
        # The pointer and the focus would leave marks.
        tab.page.mouse.move(5, 5)
        tab.page.evaluate("() => document.activeElement?.blur()")
        path = PICTURES / f"{name}.png"
        tab.page.locator(shown).first.screenshot(path=str(path))
        if faults := tab.faults():
            raise RuntimeError(f"The page had faults: {faults}")
        return path
    finally:
        tab.close()
        kernel.close()
        context.close()


def train_classifier(tab: NotebookPage, kernel: Kernel) -> None:
    """A run with an earlier one behind it, its first epoch judged, the second under way."""
    lab = LabHandles(tab.page).wait()
    lab.press("train")
    lab.wait_points(GHOST)
    run = lab.run()
    lab.slider("lstm_units").press("ArrowLeft")
    lab.wait_run(run)
    # One epoch and a half: what the validation said is on the page, and the curves still move.
    steps = int(kernel.value("lab.run.steps_per_epoch"))
    lab.wait_points(steps * 3 // 2, timeout=180)


def train_language_model(language: str) -> Train:
    """A model that has learned to write a little."""

    def train(tab: NotebookPage, kernel: Kernel) -> None:
        lab = LabHandles(tab.page)
        lab.press("train")
        lab.wait_points(LEARNED[language], timeout=300)

    return train


def explore(language: str) -> Train:
    """A text, and another one that leaves it half way."""

    def walk(tab: NotebookPage, kernel: Kernel) -> None:
        steps = STEPS[language]
        for call in (
            *["step()"] * steps,
            *["back()"] * (steps // 2),
            "take(explorer.candidates()[1].id)",
            *["step()"] * 3,
        ):
            kernel.run(f"explorer.{call}")
        tab.page.wait_for_timeout(1000)

    return walk


def look(tab: NotebookPage, kernel: Kernel) -> None:
    """Nothing is done; the picture is drawn."""
    tab.page.wait_for_timeout(1500)


def learn(word: str) -> Train:
    """A map while its classifier learns, with one word and its neighbours."""

    def train(tab: NotebookPage, kernel: Kernel) -> None:
        kernel.run("bench.start()")
        kernel.until("bench.run.log.batch_count > 400", timeout=180)
        kernel.run(f"view.choose({word!r})")
        tab.page.wait_for_timeout(1500)

    return train


def talk(tab: NotebookPage, kernel: Kernel) -> None:
    """A question and its answer."""
    kernel.run(f"chat.wait(120); chat.ask({QUESTION!r}); chat.wait(120)", timeout=300)
    tab.page.wait_for_timeout(1500)


def main(names: list[str]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, serve(Path(home)) as server, chromium() as browser:

        def make(name: str, cell: str, train: Train, *, dark: bool = False, shown: str = ".lw-lab") -> None:
            if not names or any(name.startswith(asked) for asked in names):
                print(picture(server, browser, name, cell, train, dark=dark, shown=shown).name, flush=True)

        for language in ("en", "zh"):
            cell = TRAINING.format(language=language)
            make(f"training-lab-{language}", cell, train_classifier)
            make(f"training-lab-{language}-dark", cell, train_classifier, dark=True)
            cell = LANGUAGE.format(language=language)
            make(f"language-lab-{language}", cell, train_language_model(language))
            model, prompt = {"en": ("alice", "Alice "), "zh": ("tang", "春")}[language]
            cell = EXPLORER.format(language=language, model=model, prompt=prompt)
            make(f"token-explorer-{language}", cell, explore(language), shown=".lw-next-token-explorer")
            cell = ARCHITECTURE.format(language=language)
            make(f"architecture-{language}", cell, look, shown=".lw-architecture-explorer")
            cell = STEPPER.format(language=language)
            make(f"network-stepper-{language}", cell, look, shown=".lw-a-network-step-by-step")
            cell = COMPARISON.format(language=language, text=COMPARED[language])
            make(f"tokenizer-comparison-{language}", cell, look, shown=".lw-tokenizer-comparison")
            word = {"en": "dull", "zh": "差"}[language]
            cell = MAP.format(language=language)
            make(f"embedding-map-{language}", cell, learn(word), shown=".lw-embedding-map")
            make(f"chat-{language}", CHAT.format(language=language), talk, shown=".lw-chat-box")


if __name__ == "__main__":
    main(sys.argv[1:])
