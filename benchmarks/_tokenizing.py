"""1 MB of text pasted into the comparison of tokenizers: from the paste to the page that shows all ways.

Beside it the seconds that the kernel took, and those of the library `tokenizers` alone, which cuts the same text with a
BPE over bytes of the same size.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks._page import NotebookPage, chromium
from benchmarks._server import Kernel, serve

GOAL_SECONDS, BYTES, TURNS = 1.0, 1_000_000, 5
ROOT = ".lw-tokenizer-comparison"
CELLS = (
    f"""
import json, time
import llm_widgets as lw
from llm_widgets import corpora
from llm_widgets.tokenizers import compare
lw.set_language("en")
def book(name):
    "A book over and over, until it has a megabyte in UTF-8; each time with another beginning."
    text = corpora.load(name).train
    many = text * (1 + {BYTES} // len(text.encode()))
    return many.encode()[:{BYTES}].decode(errors="ignore")
texts = {{"en": book("alice"), "zh": book("tang")}}
for text in texts.values():
    compare(text[:1000])  # the vocabularies are learned once
def library(text):
    "Seconds that the library takes to cut a text by itself."
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    theirs = Tokenizer(models.BPE())
    theirs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    signs = pre_tokenizers.ByteLevel.alphabet()
    theirs.train_from_iterator(
        [text[:200_000]], trainers.BpeTrainer(vocab_size=2000, initial_alphabet=signs, show_progress=False)
    )
    began = time.perf_counter()
    theirs.encode(text)
    return time.perf_counter() - began
view = lw.TokenizerComparison("begin")
view
""",
)
# What is pasted takes the place of what stood there; the page says how many characters it has shown.
PASTE = """([root, text]) => {
  const box = document.querySelector(`${root} [data-role=text]`);
  const whole = document.querySelector(root), status = document.querySelector(`${root} .lw-status`);
  window.pasted = new Promise((done, failed) => {
    const began = performance.now();
    const look = () => {
      const said = `${text.length.toLocaleString("en")} characters make`;
      if (whole.dataset.ready === "true" && status.textContent.includes(said)) {
        watch.disconnect();
        requestAnimationFrame(() => done((performance.now() - began) / 1000));
      }
    };
    const watch = new MutationObserver(look);
    watch.observe(status, { childList: true, characterData: true, subtree: true });
    watch.observe(whole, { attributes: true });
    setTimeout(() => failed(new Error(`Not shown within 60 s: ${status.textContent}`)), 60000);
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
  window.pasted.catch(() => null);
}"""


def _pasted(page: NotebookPage, kernel: Kernel, language: str) -> float:
    kernel.run("view.text = 'begin'")
    page.page.wait_for_function(
        f"() => document.querySelector('{ROOT} .lw-status').textContent.includes('5 characters make')"
    )
    page.page.evaluate(PASTE, [ROOT, kernel.value(f"texts[{language!r}]")])
    return float(page.page.evaluate("() => window.pasted"))


def measure() -> dict[str, Any]:
    """Seconds from the paste to the page, by language: the median of the turns, and what the kernel computed."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as home, serve(Path(home)) as server, chromium() as browser:
        kernel = server.kernel()
        page = NotebookPage(browser.new_context(viewport={"width": 1280, "height": 1800}), server)
        page.page.set_default_timeout(120_000)
        page.open(server.write("tokenizing.ipynb", CELLS), kernel)
        page.run_all()
        page.page.locator(f"{ROOT}[data-ready=true]").wait_for()
        for language in ("en", "zh"):
            _pasted(page, kernel, language)
            seconds = [_pasted(page, kernel, language) for _ in range(TURNS)]
            kernel.run("took = view._found['took']")
            found[language] = {
                "page_s": round(statistics.median(seconds), 2),
                "slowest_s": round(max(seconds), 2),
                "kernel_s": round(float(kernel.value("took")), 2),
                "library_bpe_s": round(float(kernel.value(f"library(texts[{language!r}])")), 2),
            }
        faults = page.faults()
        kernel.close()
    if faults:
        raise RuntimeError(f"The page had faults: {faults}")
    worst = max(times["page_s"] for times in found.values())
    return {"page_s": worst, "bytes": BYTES, "languages": found, "goal_s": GOAL_SECONDS, "holds": worst <= GOAL_SECONDS}


if __name__ == "__main__":
    print(measure())
